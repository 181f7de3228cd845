"""本人申领: a trainee claims what is due to themself, gives the account it goes to, and takes the claim back while nobody examined it.

From then on it is a claim like any other: the same lines, examiners, notice and money. Whoever files first, base or trainee, has the
segment: a live line is one person's in one claim.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.service import own_enrolment
from yanglao.classes import queries as classes
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.people import queries as people
from yanglao.subsidy import claims, payees, refusals
from yanglao.subsidy.claimable import look
from yanglao.subsidy.models import Claim, ClaimLine
from yanglao.subsidy.payees import AccountDraft
from yanglao.subsidy.queries import fund_for
from yanglao.subsidy.run_models import Payment
from yanglao.subsidy.shapes import PERSONAL, Asked, LookedLine
from yanglao.subsidy.states import BY_NAME, STATES
from yanglao.subsidy.steps import Told, waiting


def lines_for(session: Session, enrolment_id: str, mode: str, *, now: datetime) -> list[LookedLine]:
    """Return what the trainee of an enrolment may claim themself in a mode now, from the fund that holds the class."""
    own = classes.enrolment(session, enrolment_id)
    asked = Asked("training", mode, fund_for(session, own.class_id, "training"), PERSONAL)
    besides = _returned(session, enrolment_id, asked)
    found = look(
        session, own.class_id, asked, now=now, only=[enrolment_id], besides=besides.id if besides else ""
    )
    return [one for one in found.lines if one.claimable]


def apply(
    session: Session, enrolment_id: str, mode: str, account: AccountDraft, *, now: datetime, actor: Actor
) -> str:
    """File a claim for everything that is due to the actor in one mode of a class; return its id.

    A claim of theirs that was sent back is amended and filed anew.

    Raises EnrolmentUnknown (not their own), NothingToClaim, NumberWrong, HolderMissing, PolicyChanged, LinesChanged.
    """
    own = own_enrolment(session, enrolment_id, actor)
    claims.lock_people(session, people.same_person_ids(session, actor.person_id))
    asked = Asked("training", mode, fund_for(session, own.class_id, "training"), PERSONAL)
    before = _returned(session, enrolment_id, asked)
    found = look(
        session, own.class_id, asked, now=now, only=[enrolment_id], besides=before.id if before else ""
    )
    if not found.claimable:
        raise refusals.NothingToClaim()
    claims.policy_stands(session, found.policy_file, found.policy_digest)
    payees.set_own(session, actor.person_id, account, now=now, actor=actor)
    claim = before or _begun(session, enrolment_id, asked, now=now, actor=actor)
    claim.policy_file, claim.policy_digest = found.policy_file, found.policy_digest
    claims.lay(session, claim, found.claimable)
    told = Told("file", before.state if before else None, "filed")
    claims.move(session, claim, BY_NAME["file"], told, now=now, actor=actor)
    return claim.id


def withdraw(session: Session, claim_id: str, *, reason: str, now: datetime, actor: Actor) -> None:
    """Take one's own claim back before anybody examined it. Raises ClaimUnknown, WrongState, PaperWaits, ReasonMissing."""
    claim = session.scalar(
        select(Claim).where(Claim.id == claim_id).with_for_update().execution_options(populate_existing=True)
    )
    if claim is None or claim.route != PERSONAL:
        raise refusals.ClaimUnknown()
    if claim.created_by not in people.same_person_ids(session, actor.person_id):
        raise refusals.ClaimUnknown()
    wanted = BY_NAME["withdraw"]
    if claim.state not in wanted.since:
        raise refusals.WrongState(state=claim.state, name=STATES[claim.state])
    if waiting(session, claim.id):
        raise refusals.PaperWaits()
    said = claims.need_reason(reason)
    claims.move(
        session, claim, wanted, Told("withdraw", claim.state, wanted.to, reason=said), now=now, actor=actor
    )


def correct_account(
    session: Session, claim_id: str, account: AccountDraft, *, now: datetime, actor: Actor
) -> None:
    """Say anew where one's own money goes, after the bank sent some of it back. Raises ClaimUnknown: none of theirs waits in this claim."""
    mine = ClaimLine.person_id.in_(people.same_person_ids(session, actor.person_id))
    due = select(ClaimLine.person_id).join(Payment, Payment.line_id == ClaimLine.id)
    person = session.scalar(due.where(Payment.claim_id == claim_id, Payment.state == "due", mine).limit(1))
    if person is None:
        raise refusals.ClaimUnknown()
    payees.set_own(session, person, account, now=now, actor=actor)


def _begun(session: Session, enrolment_id: str, asked: Asked, *, now: datetime, actor: Actor) -> Claim:
    """Begin a claim as sent back: a draft is the base's, of which a class has one."""
    own = classes.class_(session, classes.enrolment(session, enrolment_id).class_id)
    claim = Claim(
        class_id=own.id,
        base_id=own.base_id,
        division_code=own.division_code,
        kind=asked.kind,
        mode=asked.mode,
        fund=asked.fund,
        route=PERSONAL,
        month_key=day_of(now).isoformat()[:7],
        state="returned",
        state_ms=to_ms(now),
        policy_file="",
        policy_digest="",
        people=0,
        total_fen=0,
        owed_fen=0,
        created_by=actor.person_id,
        created_ms=to_ms(now),
    )
    session.add(claim)
    session.flush()
    return claim


def _returned(session: Session, enrolment_id: str, asked: Asked) -> Claim | None:
    """Return the claim of this enrolment that waits to be filed anew, locked."""
    mine = select(ClaimLine.claim_id).where(ClaimLine.enrolment_id == enrolment_id)
    wanted = select(Claim).where(
        Claim.id.in_(mine), Claim.route == PERSONAL, Claim.state == "returned", Claim.mode == asked.mode
    )
    return session.scalar(wanted.where(Claim.fund == asked.fund).order_by(Claim.id.desc()).limit(1))
