"""Read viewings: open windows, which are credited but not yet entered, and where a person learns now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.viewing.models import IS_LIVE, Viewing
from yanglao.capture.viewing.shapes import OpenWindow
from yanglao.capture.viewing.window import HELD

WAITS = "viewing.waits_for_answer"


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


@dataclass(frozen=True)
class LiveWindow:
    """What one live viewing holds that is not in the ledger yet.

    ``pieces``: [wall_ms, media_s, seconds, late]; ``lost``: code -> seconds that its beats did not earn.
    """

    segment_id: str
    lesson_id: str
    client: str
    device_digest: str | None
    arrival_ms: int
    credited_s: int
    pieces: tuple[tuple[int, int, int, int], ...]
    lost: dict[str, int]


def live_windows(session: Session, enrolment_id: str) -> list[LiveWindow]:
    """Return the open windows of an enrolment with what their beats said."""
    rows = session.scalars(select(Viewing).where(Viewing.enrolment_id == enrolment_id, IS_LIVE))
    return [
        LiveWindow(
            row.segment_id, row.lesson_id, row.client, row.device_digest, row.arrival_ms, row.window_credited_s,
            tuple((a, b, c, d) for a, b, c, d in row.pieces), _lost(row),
        )
        for row in rows
        if row.beats or row.pieces
    ]  # fmt: skip


def _lost(row: Viewing) -> dict[str, int]:
    """Return what the beats did not earn; what waits for the answer to a challenge stands apart under ``WAITS``."""
    lost: dict[str, int] = {}
    for beat in row.beats:
        for code, seconds in beat[4]:
            lost[code] = lost.get(code, 0) + seconds
    held_s = sum(piece[2] for piece in row.held or ())
    missed_s = lost.pop(HELD, 0) - (row.released_s or 0) - held_s
    return lost | {code: s for code, s in ((HELD, missed_s), (WAITS, held_s)) if s > 0}


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
            IS_LIVE,
            Viewing.window_credited_s > 0,
        )
    )
    return [OpenWindow(row[0], row[1], row[2], row[3], tuple((a, b) for a, b in row[4])) for row in rows]


def live(session: Session, person_id: str) -> LiveView | None:
    """Return the person's live viewing, or None."""
    names = LiveView.__dataclass_fields__
    row = session.scalar(select(Viewing).where(Viewing.person_id == person_id, IS_LIVE))
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
