"""Read viewings: open windows, which are credited but not yet entered, and where a person learns now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.viewing.models import Viewing
from yanglao.capture.viewing.shapes import OpenWindow


@dataclass(frozen=True)
class LiveView:
    """A viewing that is live now."""

    id: str
    person_id: str
    enrolment_id: str
    lesson_id: str
    client: str
    opened_ms: int
    arrival_ms: int
    position_s: int


def open_windows(session: Session, enrolment_ids: Iterable[str]) -> list[OpenWindow]:
    """Return the windows of live viewings of these enrolments that hold credited seconds."""
    rows = session.execute(
        select(
            Viewing.enrolment_id,
            Viewing.segment_id,
            Viewing.lesson_id,
            Viewing.window_credited_s,
            Viewing.covered,
        ).where(
            Viewing.enrolment_id.in_(list(enrolment_ids)),
            Viewing.state == "live",
            Viewing.window_credited_s > 0,
        )
    )
    return [OpenWindow(row[0], row[1], row[2], row[3], tuple((a, b) for a, b in row[4])) for row in rows]


def live(session: Session, person_id: str) -> LiveView | None:
    """Return the person's live viewing, or None."""
    names = LiveView.__dataclass_fields__
    row = session.scalar(select(Viewing).where(Viewing.person_id == person_id, Viewing.state == "live"))
    return LiveView(**{name: getattr(row, name) for name in names}) if row else None


def viewing(session: Session, viewing_id: str) -> LiveView | None:
    """Return a viewing whatever its state, or None."""
    names = LiveView.__dataclass_fields__
    row = session.get(Viewing, viewing_id)
    return LiveView(**{name: getattr(row, name) for name in names}) if row else None


def last_position_s(session: Session, enrolment_id: str, lesson_id: str) -> int:
    """Return the second of a lesson where its last viewing stopped, on whatever device; 0 before the first one."""
    own = select(Viewing.position_s).where(
        Viewing.enrolment_id == enrolment_id, Viewing.lesson_id == lesson_id
    )
    return session.scalar(own.order_by(Viewing.id.desc()).limit(1)) or 0
