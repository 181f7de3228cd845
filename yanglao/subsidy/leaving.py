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
from yanglao.kernel.clock import to_ms
from yanglao.kernel.wording import sentence
from yanglao.subsidy import carried, claims, payments, refusals, repayments
from yanglao.subsidy.claimable import PolicyBad, book_of, look
from yanglao.subsidy.models import Claim, ClaimLine
from yanglao.subsidy.states import STATES
from yanglao.subsidy.steps import Told, step

_LOST = {
    carried.CREDIT: "claim.lost_credit",
    carried.CERTIFICATE: "claim.lost_certificate",
    carried.TWICE: "claim.lost_twice",
}
_FLAGS = {
    carried.CREDIT: "claim.clawed_back",
    carried.CERTIFICATE: "claim.certificate_gone",
    carried.TWICE: "claim.paid_twice",
}
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
    """Compare every live line with what it rests on today; claw back what is no longer carried. Return how many.

    A line is clawed back when its segment (or, where the model pays for all together, another one) is no longer complete, when it is
    worth less than was claimed, when the certificate it needs was revoked or withdrawn (not while one is suspended), or when its person
    turns out to be somebody to whom the same segment was claimed before. What was paid is then owed back, and a flag of weight stands on
    the enrolment.
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
    """Yield (claim, lines) of live lines that have fewer seconds or rest on something that no longer stands."""
    lines = list(session.scalars(select(ClaimLine).where(ClaimLine.live)))
    today = figures.entered(session, {line.enrolment_id for line in lines})
    lost = carried.faults(session, lines) | carried.twice(session)
    found: dict[str, set[str]] = {}
    for line in lines:
        _, seconds = today.get((line.enrolment_id, line.segment_id), ("not_started", 0))
        if lost.get(line.id, carried.SUSPENDED) != carried.SUSPENDED or seconds < line.seconds:
            found.setdefault(line.claim_id, set()).add(line.id)
    yield from sorted(found.items())


def _recheck(session: Session, claim: Claim, line_ids: set[str], *, now: datetime) -> int:
    lines = [one for one in claims.lines_of(session, claim.id, "claimed") if one.id in line_ids]
    claims.lock_people(session, (line.person_id for line in lines))
    today = figures.entered(session, {line.enrolment_id for line in lines})
    lost = carried.faults(session, lines) | carried.twice(session)
    worth = _worth(session, claim, lines, now=now)
    found = 0
    for line in lines:
        key = (line.enrolment_id, line.segment_id)
        fault = lost.get(line.id, "")
        if fault in ("", carried.SUSPENDED) and worth.get(key, 0) < line.amount_fen:
            fault = carried.CREDIT
        if fault in _LOST:
            _claw_back(session, claim, line, fault, seconds=today.get(key, ("", 0))[1], now=now)
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
    found = look(session, claim.class_id, claims.asked_of(claim), now=now, only=only, besides=claim.id)
    return {(one.enrolment_id, one.segment_id): one.share for one in found.lines}


def _claw_back(
    session: Session, claim: Claim, line: ClaimLine, fault: str, *, seconds: int, now: datetime
) -> None:
    facts = (
        {"claimed_s": line.seconds, "entered_s": seconds}
        if fault == carried.CREDIT
        else {"at_ms": to_ms(now)}
    )
    flags.raise_flag(
        session,
        _FLAGS[fault],
        subject=("enrolment", line.enrolment_id),
        facts=facts,
        once=f"{_FLAGS[fault]}:{line.id}",
        now=now,
    )
    returned = payments.drop(session, line, now=now)
    if claim.state == claims.PAID and not returned:
        claim.owed_fen += line.amount_fen
        line.owed_fen = line.amount_fen
    else:
        repayments.undo(session, claim, line, now=now)
    why = sentence(_LOST[fault])
    _take_out(session, claim, line, state="clawed_back", reason=why)
    told = Told("claw_back", claim.state, claim.state, reason=why, line_id=line.id)
    step(session, claim, told, now=now, actor=SYSTEM)


def _take_out(session: Session, claim: Claim, line: ClaimLine, *, state: str, reason: str = "") -> None:
    line.live, line.state, line.reason = False, state, reason
    session.flush()
    claims.add_up(session, claim)
