"""How a line leaves a claim: pulled back for an objection to the notice, or clawed back when its credit was voided later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.completion import figures
from yanglao.flags import service as flags
from yanglao.kernel.actor import SYSTEM, Actor
from yanglao.subsidy import claims, refusals
from yanglao.subsidy.claimable import PolicyBad, book_of, look
from yanglao.subsidy.models import Claim, ClaimLine
from yanglao.subsidy.shapes import Asked
from yanglao.subsidy.states import STATES
from yanglao.subsidy.steps import Told, step

ON_NOTICE = ("on_notice", "notice_over")


class LineUnknown(refusals.ClaimUnknown):
    code = "claim.line_unknown"


def pull(session: Session, claim_id: str, line_id: str, *, reason: str, now: datetime, actor: Actor) -> None:
    """Take a line out of a claim that is or was on notice, because somebody objected; the others go on.

    Raises ClaimUnknown, Forbidden, WrongState, PaperWaits, OwnMoney, LineUnknown, ReasonMissing.
    """
    claim = claims.held(session, claim_id, actor, "claim.notice")
    if claim.state not in ON_NOTICE:
        raise refusals.WrongState(state=claim.state, name=STATES[claim.state])
    claims.not_own(session, claim, actor)
    said = claims.need_reason(reason)
    line = next((one for one in claims.lines_of(session, claim.id, "claimed") if one.id == line_id), None)
    if line is None:
        raise LineUnknown()
    _take_out(session, claim, line, state="pulled", reason=said)
    told = Told("pull", claim.state, claim.state, reason=said, line_id=line.id)
    step(session, claim, told, now=now, actor=actor)


def recheck(session: Session, *, now: datetime) -> int:
    """Compare every live line with today's standing; claw back what its evidence no longer carries. Return how many.

    A line is clawed back when its segment is no longer complete, or is worth less than was claimed. What was paid is then owed back,
    and a flag of weight stands on the enrolment.
    """
    found = 0
    for claim_id, line_ids in list(_doubtful(session)):
        claim = session.scalar(
            select(Claim)
            .where(Claim.id == claim_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if claim is not None:
            found += _recheck(session, claim, line_ids, now=now)
    return found


def _doubtful(session: Session) -> Iterator[tuple[str, set[str]]]:
    """Yield (claim, lines) of live lines whose standing has fewer seconds or is no longer complete."""
    lines = list(session.scalars(select(ClaimLine).where(ClaimLine.live)))
    today = figures.entered(session, {line.enrolment_id for line in lines})
    found: dict[str, set[str]] = {}
    for line in lines:
        state, seconds = today.get((line.enrolment_id, line.segment_id), ("not_started", 0))
        if state != "complete" or seconds < line.seconds:
            found.setdefault(line.claim_id, set()).add(line.id)
    yield from sorted(found.items())


def _recheck(session: Session, claim: Claim, line_ids: set[str], *, now: datetime) -> int:
    lines = [one for one in claims.lines_of(session, claim.id, "claimed") if one.id in line_ids]
    claims.lock_people(session, (line.person_id for line in lines))
    today = figures.entered(session, {line.enrolment_id for line in lines})
    worth = _worth(session, claim, lines, now=now)
    found = 0
    for line in lines:
        state, seconds = today.get((line.enrolment_id, line.segment_id), ("not_started", 0))
        carried = (
            state == "complete" and worth.get((line.enrolment_id, line.segment_id), 0) >= line.amount_fen
        )
        if not carried:
            _claw_back(session, claim, line, seconds, now=now)
            found += 1
    return found


def _worth(
    session: Session, claim: Claim, lines: list[ClaimLine], *, now: datetime
) -> dict[tuple[str, str], int]:
    """Return what segments are worth today by the claim's own policy file; with a file that was changed, what was claimed."""
    claimed = {(line.enrolment_id, line.segment_id): line.amount_fen for line in lines}
    try:
        book = book_of(classes.class_(session, claim.class_id))
    except PolicyBad:
        return claimed
    if (book.file, book.digest) != (claim.policy_file, claim.policy_digest):
        return claimed
    only = sorted({line.enrolment_id for line in lines})
    asked = Asked(claim.kind, claim.mode, claim.fund)
    found = look(session, claim.class_id, asked, now=now, only=only, besides=claim.id)
    return {(one.enrolment_id, one.segment_id): one.share for one in found.lines}


def _claw_back(session: Session, claim: Claim, line: ClaimLine, seconds: int, *, now: datetime) -> None:
    facts = {"claimed_s": line.seconds, "entered_s": seconds}
    flags.raise_flag(
        session,
        "claim.clawed_back",
        subject=("enrolment", line.enrolment_id),
        facts=facts,
        once=f"claim.clawed_back:{line.id}",
        now=now,
    )
    if claim.state == claims.PAID:
        claim.owed_fen += line.amount_fen
    _take_out(session, claim, line, state="clawed_back")
    told = Told("claw_back", claim.state, claim.state, line_id=line.id)
    step(session, claim, told, now=now, actor=SYSTEM)


def _take_out(session: Session, claim: Claim, line: ClaimLine, *, state: str, reason: str = "") -> None:
    line.live, line.state, line.reason = False, state, reason
    session.flush()
    claims.add_up(session, claim)
