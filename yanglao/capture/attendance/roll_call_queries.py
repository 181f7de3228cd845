"""Look at roll calls: who was drawn, and how each of them stands."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.attendance.proof_models import RollCall, RollCallSeat
from yanglao.kernel.errors import NotFound


class RollCallUnknown(NotFound):
    code = "roll_call.unknown"


@dataclass(frozen=True)
class SeatView:
    """One person drawn; ``state`` is waiting, here, left, missed or excused."""

    enrolment_id: str
    person_id: str
    state: str
    answered_ms: int | None
    method: str | None


@dataclass(frozen=True)
class RollCallView:
    """A roll call; who has not answered stands first. ``present``: how many were in the room when it began."""

    id: str
    session_id: str
    started_ms: int
    until_ms: int
    present: int
    settled_ms: int | None
    seats: tuple[SeatView, ...]


def view(session: Session, roll_call_id: str) -> RollCallView:
    """Return one roll call. Raises RollCallUnknown."""
    call = session.get(RollCall, roll_call_id)
    if call is None:
        raise RollCallUnknown
    rows = session.scalars(
        select(RollCallSeat)
        .where(RollCallSeat.roll_call_id == call.id)
        .order_by(RollCallSeat.answered_ms, RollCallSeat.enrolment_id)
    )
    seats = [
        SeatView(row.enrolment_id, row.person_id, row.state, row.answered_ms, row.method) for row in rows
    ]
    seats.sort(key=lambda one: one.state not in ("waiting", "missed"))
    return RollCallView(
        call.id,
        call.session_id,
        call.started_ms,
        call.until_ms,
        call.present,
        call.settled_ms,
        tuple(seats),
    )


def of_session(session: Session, session_id: str) -> list[RollCallView]:
    """List the roll calls of a session, newest first."""
    wanted = select(RollCall.id).where(RollCall.session_id == session_id).order_by(RollCall.started_ms.desc())
    return [view(session, one) for one in session.scalars(wanted)]


def waiting(session: Session, session_id: str, *, now_ms: int) -> RollCallView | None:
    """Return the roll call of a session that people may answer now, or None."""
    found = session.scalar(
        select(RollCall.id).where(
            RollCall.session_id == session_id, RollCall.settled_ms.is_(None), RollCall.until_ms > now_ms
        )
    )
    return view(session, found) if found else None
