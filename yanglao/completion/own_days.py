"""A trainee's own days in one segment, as they are shown to be confirmed: what the ledger gives per day and place.

Only what is entered counts here, never an open window: the word on it has to rest on something that stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.classes.shapes import EnrolmentView
from yanglao.completion.models import CompletionPerson, Standing
from yanglao.completion.refresh import derive
from yanglao.completion.rules import EMPTY, MET, Sums, gather_all
from yanglao.evidence import queries as evidence
from yanglao.kernel.canonical import digest
from yanglao.kernel.clock import day_of
from yanglao.people import queries as people

VERSION = 1
Figure = tuple[str, str, int]


@dataclass(frozen=True)
class OwnDay:
    """One day in Shanghai; ``places`` are the rooms of its offline seconds."""

    day: date
    online_s: int
    offline_s: int
    places: tuple[str, ...]


@dataclass(frozen=True)
class Days:
    """The days of one segment, the first first. ``digest`` is theirs; ``met``: the segment's hours are whole."""

    enrolment_id: str
    segment_id: str
    digest: str
    met: bool
    entered_s: int
    days: tuple[OwnDay, ...]

    @property
    def online_s(self) -> int:
        """Return the seconds of all days online."""
        return sum(one.online_s for one in self.days)

    @property
    def offline_s(self) -> int:
        """Return the seconds of all days offline."""
        return sum(one.offline_s for one in self.days)


def figures(state: dict[str, Any], sums: Sums, enrolment_id: str, segment_id: str) -> list[Figure]:
    """Return [ISO day, session id or "" online, seconds] of one segment, sorted, without what counts nothing. Pure."""
    where = {row[1]: "" for row in state["spans"] if row[0] == enrolment_id and row[2] == segment_id}
    where |= {row[1]: row[3] for row in state["marks"] if row[0] == enrolment_id and row[2] == segment_id}
    found: dict[tuple[str, str], int] = {}
    for position, room in where.items():
        for from_ms, _to_ms, counted_s in sums.parts.get((enrolment_id, position), ()):
            key = (day_of(from_ms).isoformat(), room)
            found[key] = found.get(key, 0) + counted_s
    return [(day, room, seconds) for (day, room), seconds in sorted(found.items()) if seconds]


def digest_of(enrolment_id: str, segment_id: str, rows: Iterable[Figure]) -> str:
    """Return the digest that a word is tied to. Pure."""
    named = {"v": VERSION, "enrolment": enrolment_id, "segment": segment_id}
    return digest(named | {"days": [list(row) for row in rows]})


def address(enrolment_id: str, segment_id: str) -> str:
    """Return the path of the page on which the word on these days is given. Pure."""
    return f"/learn/hours/{enrolment_id}/days/{segment_id}"


def own_days(session: Session, own: EnrolmentView, segment_id: str) -> Days:
    """Return the days of one segment of an enrolment, as they are folded now."""
    return of_segments(session, own, [segment_id])[0]


def as_of(session: Session, own: EnrolmentView, segment_id: str, upto: Mapping[tuple[str, str], int]) -> Days:
    """Return the days as the ledger gave them when the chains of the person's enrolments ended at ``upto``: (kind, id) -> position."""
    family = people.same_person_ids(session, own.person_id)
    entries = [
        one
        for one in evidence.of_persons(session, family)
        if one.position <= upto.get((one.chain_kind, one.chain_id), 0)
    ]
    state = gather_all(dict(EMPTY), entries)
    told = figures(state, derive(state), own.id, segment_id)
    entered_s = sum(seconds for _, _, seconds in told)
    return Days(
        own.id, segment_id, digest_of(own.id, segment_id, told), True, entered_s, _days(session, told)
    )


def of_segments(session: Session, own: EnrolmentView, segment_ids: Iterable[str]) -> list[Days]:
    """Return the days of some segments of an enrolment, in the order asked for."""
    kept = session.get(CompletionPerson, people.standing_id(session, own.person_id))
    sums = derive(kept.state) if kept else Sums()
    held = select(Standing).where(Standing.enrolment_id == own.id)
    rows = {row.segment_id: row for row in session.scalars(held)}
    found = []
    for segment_id in segment_ids:
        row = rows.get(segment_id)
        told = figures(kept.state, sums, own.id, segment_id) if kept else []
        found.append(
            Days(
                enrolment_id=own.id,
                segment_id=segment_id,
                digest=digest_of(own.id, segment_id, told),
                met=row is not None and row.state in MET,
                entered_s=row.entered_s if row else 0,
                days=_days(session, told),
            )
        )
    return found


def _days(session: Session, told: list[Figure]) -> tuple[OwnDay, ...]:
    rooms = classes.sessions(session, {room for _, room, _ in told if room})
    online: dict[str, int] = {}
    offline: dict[str, int] = {}
    places: dict[str, list[str]] = {}
    for day, room, seconds in told:
        mode = offline if room else online
        mode[day] = mode.get(day, 0) + seconds
        if room in rooms:
            places.setdefault(day, []).append(rooms[room].venue)
    return tuple(
        OwnDay(
            date.fromisoformat(day),
            online.get(day, 0),
            offline.get(day, 0),
            tuple(dict.fromkeys(places.get(day, []))),
        )
        for day in sorted({day for day, _, _ in told})
    )
