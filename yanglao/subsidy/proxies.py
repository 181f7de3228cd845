"""Record the contracts by which a base claims for its trainees: number, day, scan, and the sentence that it takes no fee."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.evidence.ledger import Entry, append
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Forbidden, Refused
from yanglao.people.roles import scope_of
from yanglao.subsidy.papers import Paper, stored
from yanglao.subsidy.proxy_models import ProxyContract

NO_FEE = "培训机构为学员代领补贴，不收学费，不收手续费。"


class FeeTaken(Refused):
    code = "proxy.fee_taken"


class SignedLater(Refused):
    code = "proxy.signed_later"


def record(
    session: Session,
    enrolment_id: str,
    paper: Paper,
    *,
    signed_on: date,
    free_of_charge: bool,
    now: datetime,
    actor: Actor,
) -> str:
    """Keep the contract of one trainee with its scan; it ends the one before. Return its id.

    Raises EnrolmentUnknown (outside the scope), Forbidden (their own), FeeTaken, SignedLater, PaperMissing, PaperTooLarge, WrongKind.
    """
    own = classes.enrolment(session, enrolment_id, scope_of(actor.grants, "claim.file"))
    if own.person_id == actor.person_id:
        raise Forbidden("claim.own_money")
    if not free_of_charge:
        raise FeeTaken()
    if signed_on > day_of(now):
        raise SignedLater()
    number, file_id, sealed = stored(session, paper, "claim.proxy", now=now, actor=actor)
    mine = ProxyContract.enrolment_id == enrolment_id
    session.execute(update(ProxyContract).where(mine, ProxyContract.live).values(live=False))
    row = ProxyContract(
        enrolment_id=enrolment_id,
        number=number,
        signed_on=signed_on,
        file_id=file_id,
        free_of_charge=True,
        recorded_by=actor.person_id,
        recorded_ms=to_ms(now),
        live=True,
    )
    session.add(row)
    session.flush()
    body = {"enrolment": enrolment_id, "proxy": row.id, "signed_on": signed_on.isoformat(), "file": sealed}
    entry = Entry(("class", own.class_id), "claim.proxy", body, to_ms(now), client=actor.client)
    append(session, entry, now=now, actor=actor)
    return row.id
