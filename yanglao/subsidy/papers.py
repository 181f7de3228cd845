"""Take over what a department decided on paper: its document number and scan by one person, confirmed by a second."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.files import service as files
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Conflict, NotFound, Refused
from yanglao.subsidy import claims, refusals
from yanglao.subsidy.states import BY_NAME, STATES
from yanglao.subsidy.steps import Told, note, step, waiting

MOST_BYTES = 15 * 1024 * 1024
KINDS = ("application/pdf", "image/jpeg", "image/png")


class NotByPaper(Conflict):
    code = "claim.not_by_paper"


class PaperMissing(Refused):
    code = "claim.paper_missing"


class PaperTooLarge(Refused):
    code = "claim.paper_too_large"


class SecondPerson(refusals.FourEyes):
    code = "claim.second_person"


class StepUnknown(NotFound):
    code = "claim.step_unknown"


@dataclass(frozen=True)
class Paper:
    """A department's document as handed in; ``media_type`` is not trusted."""

    document_no: str
    content: bytes
    name: str
    media_type: str


def stored(
    session: Session, paper: Paper, purpose: str, *, now: datetime, actor: Actor
) -> tuple[str, str, str]:
    """Store the scan of a document; return its number, stored file and SHA-256. Raises PaperMissing, PaperTooLarge, WrongKind."""
    number = paper.document_no.strip()[:60]
    if not number or not paper.content or paper.media_type not in KINDS:
        raise PaperMissing()
    if len(paper.content) > MOST_BYTES:
        raise PaperTooLarge(most_mb=MOST_BYTES // 1024 // 1024)
    file_id = files.store(
        session,
        paper.content,
        name=paper.name,
        media_type=paper.media_type,
        owner_id=actor.person_id,
        purpose=purpose,
        now=now,
    )
    return number, file_id, files.open_(session, file_id, now=now).sha256


def record(session: Session, claim_id: str, name: str, paper: Paper, *, now: datetime, actor: Actor) -> str:
    """Write down that a department did an act on paper; the claim moves when a second person confirms. Return the step's id.

    Raises:
        ClaimUnknown, Forbidden, WrongState, OwnMoney, FourEyes (who filed), PaperWaits. NotByPaper: the act is done in the system only.
        PaperMissing, PaperTooLarge, WrongKind: number or scan cannot be used.
    """
    wanted = BY_NAME[name]
    claim = claims.held(session, claim_id, actor, "claim.paper", wanted.needs)
    if not wanted.paper:
        raise NotByPaper()
    if claim.state not in wanted.since:
        raise refusals.WrongState(state=claim.state, name=STATES[claim.state])
    claims.not_own(session, claim, actor)
    if waiting(session, claim.id):
        raise refusals.PaperWaits()
    number, file_id, sealed = stored(session, paper, "claim.paper", now=now, actor=actor)
    told = Told(
        name,
        claim.state,
        wanted.to,
        document_no=number,
        file_id=file_id,
        file_sha256=sealed,
        state="waiting",
    )
    return step(session, claim, told, now=now, actor=actor).id


def decide(
    session: Session, claim_id: str, step_id: str, *, accept: bool, reason: str, now: datetime, actor: Actor
) -> None:
    """Confirm, as a second person who holds the scan beside it, or refuse with a reason; confirmed, the act takes place.

    Raises:
        ClaimUnknown, Forbidden, StepUnknown, SecondPerson, FourEyes, OwnMoney, WrongState, ReasonMissing, and as the act itself.
    """
    claim = claims.held(session, claim_id, actor, "claim.paper", "claim.hrss", "claim.finance")
    row = waiting(session, claim.id)
    if row is None or row.id != step_id:
        raise StepUnknown()
    if {row.actor_id, row.for_id} & set(actor.hands()):
        raise SecondPerson()
    wanted = BY_NAME[row.act]
    said = (
        claims.allowed(session, claim, wanted, reason=reason, actor=actor)
        if accept
        else claims.need_reason(reason)
    )
    row.state = "done" if accept else "refused"
    row.confirmed_by, row.confirmed_ms = actor.person_id, to_ms(now)
    row.confirmed_for = actor.stands_for or None
    session.flush()
    if accept:
        told = Told("confirm_paper", claim.state, wanted.to, reason=said)
        claims.move(session, claim, wanted, told, now=now, actor=actor)
    else:
        row.reason = said
        note(session, claim, "refuse_paper", {"step": row.id}, now=now, actor=actor)
