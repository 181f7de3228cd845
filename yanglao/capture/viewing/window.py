"""The open window of a viewing becomes ledger entries: on coverage, close, idleness, midnight or size."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from yanglao.capture.viewing.models import Viewing
from yanglao.capture.viewing.rules import Piece, cut_at_midnight
from yanglao.evidence.ledger import Entry, append
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms

HELD = "viewing.challenge_missed"
TAKEN_OVER = "taken_over"  # why a viewing ended when its person went on elsewhere


def enter(session: Session, viewing: Viewing, why: str, *, now: datetime, actor: Actor) -> bool:
    """Append the open window as one ``viewing.span`` entry per Shanghai day and begin an empty one.

    The caller holds the person lock. Returns False when the window was empty.
    """
    if not viewing.beats and not viewing.pieces:
        return False
    by_day = _by_day([Piece(*row) for row in viewing.pieces])
    for number, (_day, pieces) in enumerate(by_day or [("", [])]):
        body = _body(viewing, pieces, why, with_beats=number == len(by_day or [0]) - 1)
        append(
            session,
            Entry(
                chain=("enrolment", viewing.enrolment_id),
                kind="viewing.span",
                body=body,
                occurred_ms=pieces[0].wall_ms if pieces else viewing.arrival_ms,
                person_id=viewing.person_id,
                enrolment_id=viewing.enrolment_id,
                segment_id=viewing.segment_id,
                client=viewing.client,
                device_digest=viewing.device_digest,
                grade="late" if any(piece.late for piece in pieces) else "beats",
            ),
            now=now,
            actor=actor,
        )
    viewing.base_credited_s += viewing.window_credited_s
    viewing.window_credited_s = 0
    viewing.pieces = []
    viewing.beats = []
    viewing.released_s = 0
    return True


def close(session: Session, viewing: Viewing, why: str, *, now: datetime, actor: Actor) -> bool:
    """Enter the open window and end the viewing; tell whether anything was entered. The person lock is held."""
    entered = enter(session, viewing, why, now=now, actor=actor)
    viewing.state, viewing.closed_ms, viewing.closed_why = "closed", to_ms(now), why
    session.flush()
    return entered


def _by_day(pieces: list[Piece]) -> list[tuple[str, list[Piece]]]:
    days: dict[str, list[Piece]] = {}
    for piece in (part for whole in pieces for part in cut_at_midnight(whole)):
        days.setdefault(day_of(piece.wall_ms).isoformat(), []).append(piece)
    return sorted(days.items())


def _body(viewing: Viewing, pieces: list[Piece], why: str, *, with_beats: bool) -> dict[str, Any]:
    lost: dict[str, int] = {}
    beats = viewing.beats if with_beats else []
    for _seq, _from, _to, _credited, reasons in beats:
        for code, seconds in reasons:
            lost[code] = lost.get(code, 0) + seconds
    released = min(viewing.released_s or 0, lost.get(HELD, 0))
    if released:
        lost[HELD] -= released
        if not lost[HELD]:
            del lost[HELD]
    marks: dict[str, Any] = {"shared": True} if viewing.shared else {}
    if viewing.released_s:
        marks["released_s"] = viewing.released_s
    return marks | {
        "viewing": viewing.id,
        "segment": viewing.segment_id,
        "lesson": viewing.lesson_id,
        "pieces": [[piece.wall_ms, piece.media_s, piece.seconds, int(piece.late)] for piece in pieces],
        "credited_s": sum(piece.seconds for piece in pieces),
        "not_counted": lost,
        "beats": beats,
        "why": why,
    }
