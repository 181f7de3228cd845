"""Take a roll call that an instructor held without network: the phone drew, the server judges who was there at that moment.

Answers are scans like any other, made on that phone and sent after it. So it stays open a little from its arrival on, not from its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from yanglao.capture.attendance import meetings, roll_call_queries, roll_calls, rules
from yanglao.capture.attendance.models import Presence
from yanglao.capture.attendance.proof_models import RollCall
from yanglao.capture.attendance.roll_call_queries import RollCallView
from yanglao.capture.attendance.roll_calls import NobodyThere, NotInClass, RollCallRunning
from yanglao.classes.queries import SessionView
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Conflict


@dataclass(frozen=True)
class Held:
    """What the phone says: its own name for the call, when it began, how long it lasted, and whom it drew."""

    call_uuid: str
    times: rules.Times
    within_s: int | None
    enrolment_ids: tuple[str, ...]


def take(session: Session, session_id: str, held: Held, *, now: datetime, actor: Actor) -> RollCallView:
    """Keep a roll call of those drawn who were in the room when it began; the same again gives the first one.

    Raises: SessionUnknown, Conflict (another call of that name), NotInClass, RollCallTime, RollCallRunning, NobodyThere.
    """
    meeting = meetings.own(session, session_id, actor)
    before = session.scalar(select(RollCall).where(RollCall.call_uuid == held.call_uuid))
    if before is not None:
        if before.session_id != session_id:
            raise Conflict("scan.uuid_reused")
        return roll_call_queries.view(session, before.id)
    started_ms, until_ms = _window(meeting, held, now=now)
    running = roll_calls.running(session, session_id)
    if running is not None and to_ms(now) < running.until_ms:
        raise RollCallRunning(until_ms=running.until_ms)
    if running is not None:
        roll_calls.settle(session, running, meeting, now=now, actor=actor)
    there = _there(session, session_id, started_ms)
    drawn = {own: there[own] for own in held.enrolment_ids if own in there}
    if not drawn:
        raise NobodyThere
    call = RollCall(
        session_id=session_id,
        started_by=actor.person_id,
        started_ms=started_ms,
        until_ms=until_ms,
        present=len(there),
        call_uuid=held.call_uuid,
        arrived_ms=to_ms(now),
    )
    told = {"captured_ms": held.times.captured_ms, "sent_ms": held.times.sent_ms, "received_ms": to_ms(now)}
    roll_calls.begin(session, call, meeting, drawn, more={"held": told}, now=now, actor=actor)
    return roll_call_queries.view(session, call.id)


def _window(meeting: SessionView, held: Held, *, now: datetime) -> tuple[int, int]:
    """Return from when until when the call lasted, in milliseconds UTC."""
    started_ms = held.times.corrected_ms
    if meeting.state != "open" or not meeting.starts_ms <= started_ms < meeting.ends_ms:
        raise NotInClass(starts_ms=meeting.starts_ms, ends_ms=meeting.ends_ms)
    return started_ms, started_ms + roll_calls.lasts_s(held.within_s, now=now) * 1000


def _there(session: Session, session_id: str, moment_ms: int) -> dict[str, Presence]:
    """Return enrolment -> presence of those who were in the room at a moment."""
    rows = session.scalars(
        select(Presence).where(
            Presence.session_id == session_id,
            Presence.voided_ms.is_(None),
            Presence.in_ms <= moment_ms,
            or_(Presence.out_ms.is_(None), Presence.out_ms > moment_ms),
        )
    )
    return {row.enrolment_id: row for row in rows}
