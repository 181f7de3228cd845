"""Ask for leave from a session and decide on it. Leave is worth no minutes: it says why somebody was not there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.attendance import telling
from yanglao.capture.attendance.models import Leave
from yanglao.capture.attendance.presences import digest_of
from yanglao.capture.attendance.readings import teaches
from yanglao.classes import queries as classes
from yanglao.classes.queries import SessionUnknown, SessionView
from yanglao.evidence import ledger
from yanglao.evidence.ledger import Entry
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, Forbidden, NotFound, Refused
from yanglao.people import service as persons

STANDING = ("pending", "granted")


class LeaveUnknown(NotFound):
    code = "leave.unknown"


class LeaveTooLate(Conflict):
    code = "leave.too_late"


class LeaveReasonMissing(Refused):
    code = "leave.reason_missing"


class LeaveDecided(Conflict):
    code = "leave.decided"


class OwnLeave(Forbidden):
    code = "leave.own"


@dataclass(frozen=True)
class LeaveView:
    """A request for leave; ``state`` is pending, granted, refused or withdrawn. Milliseconds UTC."""

    id: str
    session_id: str
    enrolment_id: str
    person_id: str
    reason: str
    state: str
    asked_ms: int
    decided_ms: int | None
    decision_reason: str


def ask(session: Session, session_id: str, *, reason: str, now: datetime, actor: Actor) -> LeaveView:
    """Ask for leave as somebody on the roster; while one is pending or granted, asking again gives it.

    Raises: SessionUnknown (not one's own class), LeaveReasonMissing, LeaveTooLate.
    """
    meeting = classes.session_(session, session_id)
    own = classes.enrolment_in(session, meeting.class_id, actor.person_id)
    if own is None or own.state != "enrolled":
        raise SessionUnknown(session_id=session_id)
    persons.lock(session, own.person_id)
    held = _newest(session, own.id, session_id)
    if held is not None and held.state in STANDING:
        return _view(held)
    if not reason.strip():
        raise LeaveReasonMissing
    late_ms = meeting.ends_ms + policy.on(day_of(now)).attendance.leave_after_s * 1000
    if meeting.state == "cancelled" or to_ms(now) > late_ms:
        raise LeaveTooLate(until_ms=late_ms)
    row = Leave(
        session_id=session_id,
        enrolment_id=own.id,
        person_id=own.person_id,
        reason=reason.strip()[:200],
        state="pending",
        asked_ms=to_ms(now),
        decision_reason="",
    )
    session.add(row)
    session.flush()
    _note(session, row, meeting, "asked", reason=reason, now=now, actor=actor)
    telling.leave_asked(session, row, meeting, now=now)
    return _view(row)


def withdraw(session: Session, session_id: str, *, now: datetime, actor: Actor) -> LeaveView:
    """Take one's own request back while nobody has decided; taken back already it stays so.

    Raises: LeaveUnknown (none asked for), LeaveDecided.
    """
    meant = select(Leave).where(Leave.session_id == session_id, Leave.person_id == actor.person_id)
    row = session.scalar(meant.order_by(Leave.asked_ms.desc(), Leave.id.desc()).limit(1))
    if row is None:
        raise LeaveUnknown
    persons.lock(session, row.person_id)
    session.refresh(row)
    if row.state == "withdrawn":
        return _view(row)
    if row.state != "pending":
        raise LeaveDecided
    row.state = "withdrawn"
    _note(session, row, classes.session_(session, session_id), "withdrawn", reason="", now=now, actor=actor)
    session.flush()
    return _view(row)


def decide(
    session: Session, leave_id: str, *, accept: bool, reason: str, now: datetime, actor: Actor
) -> LeaveView:
    """Grant or refuse leave as the session's instructor or its base; refusing says why.

    Raises: LeaveUnknown (not the actor's), OwnLeave, LeaveDecided, LeaveReasonMissing.
    """
    row = session.get(Leave, leave_id)
    meeting = classes.session_(session, row.session_id) if row else None
    if row is None or meeting is None or not teaches(meeting, actor):
        raise LeaveUnknown
    if row.person_id == actor.person_id:
        raise OwnLeave
    persons.lock(session, row.person_id)
    session.refresh(row)
    if row.state != "pending":
        raise LeaveDecided
    if not accept and not reason.strip():
        raise LeaveReasonMissing
    row.state = "granted" if accept else "refused"
    row.decided_by, row.decided_ms, row.decision_reason = actor.person_id, to_ms(now), reason.strip()[:200]
    _note(session, row, meeting, row.state, reason=reason, now=now, actor=actor)
    telling.leave_decided(session, row, meeting, now=now)
    session.flush()
    return _view(row)


def of_sessions(session: Session, session_ids: Iterable[str]) -> list[LeaveView]:
    """List the leave that people asked for from some sessions: what waits first, then the newest first."""
    rows = session.scalars(
        select(Leave).where(Leave.session_id.in_(list(session_ids))).order_by(Leave.asked_ms.desc())
    )
    return sorted(map(_view, rows), key=lambda one: one.state != "pending")


def own(session: Session, session_id: str, person_id: str) -> LeaveView | None:
    """Return the newest leave that a person asked for from a session, or None."""
    meant = select(Leave).where(Leave.session_id == session_id, Leave.person_id == person_id)
    row = session.scalar(meant.order_by(Leave.asked_ms.desc(), Leave.id.desc()).limit(1))
    return _view(row) if row else None


def granted(session: Session, enrolment_ids: Iterable[str]) -> set[tuple[str, str]]:
    """Return (enrolment, session) wherever leave was granted."""
    wanted = select(Leave.enrolment_id, Leave.session_id).where(
        Leave.enrolment_id.in_(list(enrolment_ids)), Leave.state == "granted"
    )
    return {(enrolment_id, session_id) for enrolment_id, session_id in session.execute(wanted)}


def _newest(session: Session, enrolment_id: str, session_id: str) -> Leave | None:
    meant = select(Leave).where(Leave.enrolment_id == enrolment_id, Leave.session_id == session_id)
    return session.scalar(meant.order_by(Leave.asked_ms.desc(), Leave.id.desc()).limit(1))


def _note(
    session: Session,
    row: Leave,
    meeting: SessionView,
    what: str,
    *,
    reason: str,
    now: datetime,
    actor: Actor,
) -> None:
    # Without a segment: leave is no evidence of hours, and nobody has begun a segment by it.
    entry = Entry(
        chain=("enrolment", row.enrolment_id),
        kind=f"attendance.leave_{what}",
        body={"session": meeting.id, "leave": row.id, "reason": digest_of(reason)},
        occurred_ms=to_ms(now),
        person_id=row.person_id,
        enrolment_id=row.enrolment_id,
        client=actor.client,
    )
    ledger.append(session, entry, now=now, actor=actor)


def _view(row: Leave) -> LeaveView:
    return LeaveView(**{name: getattr(row, name) for name in LeaveView.__dataclass_fields__})
