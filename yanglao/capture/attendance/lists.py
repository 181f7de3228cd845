"""List what an instructor or a base administrator sees of sessions: theirs, and who is in the room."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from yanglao.capture.attendance import by_hand, leaves, queries
from yanglao.capture.attendance.queries import Count, PresenceView, ScanView
from yanglao.classes import queries as classes
from yanglao.classes.queries import EnrolmentView, SessionView
from yanglao.kernel.actor import Actor, Scope
from yanglao.kernel.clock import day_of
from yanglao.people import queries as people
from yanglao.people.queries import PersonView
from yanglao.people.roles import scope_of


@dataclass(frozen=True)
class Listed:
    """A session and its head counts."""

    meeting: SessionView
    count: Count


@dataclass(frozen=True)
class Seat:
    """One name of the roster. ``held`` are its presences here, earliest first; ``state`` missing, present or left."""

    enrolment: EnrolmentView
    person: PersonView
    held: tuple[PresenceView, ...]
    state: str
    on_leave: bool = False

    @property
    def unsigned(self) -> bool:
        """Tell whether somebody was here and no scan says when they left, also where the policy gave an end."""
        return any(one.out_ms is None or one.assumed for one in self.held)


@dataclass(frozen=True)
class Room:
    """A session with its roster, those who are missing first, and what was refused or waits, newest first."""

    meeting: SessionView
    count: Count
    seats: tuple[Seat, ...]
    odd: tuple[ScanView, ...]
    names: dict[str, str]


@dataclass(frozen=True)
class Waiting:
    """A scan that waits, with whom and which session it means. ``own``: the reader made it or is meant, so may not decide."""

    scan: ScanView
    meeting: SessionView
    person: PersonView | None
    by: PersonView | None
    own: bool


TOGETHER_LEAST = 3
RANK = {"missing": 0, "present": 1, "left": 2}


def listed(session: Session, actor: Actor, *, day: date | None = None) -> list[Listed]:
    """List the sessions an actor teaches or whose base they administer, earliest first; of one day if asked."""
    mine = classes.sessions_of_instructor(session, actor.person_id)
    reach = scope_of(actor.grants, "session.plan")
    if not reach.empty:
        within = [view.id for view in classes.classes(session, reach, limit=500)]
        mine += [
            one
            for one in classes.sessions_of_classes(session, within)
            if one.instructor_id != actor.person_id
        ]
    wanted = [one for one in mine if day is None or day_of(one.starts_ms) == day]
    counted = queries.counts(session, [one.id for one in wanted])
    return [Listed(one, counted[one.id]) for one in sorted(wanted, key=lambda one: (one.starts_ms, one.id))]


def waiting(session: Session, actor: Actor) -> list[Waiting]:
    """List the scans that wait for a decision within the actor's reach, oldest first.

    An instructor sees what other instructors of the base marked by hand above the cap.
    """
    rooms = _rooms(session, scope_of(actor.grants, "scan.decide"))
    found = queries.waiting(session, rooms)
    confirmed = _rooms(session, scope_of(actor.grants, "session.teach"))
    further = [one for one in queries.waiting(session, confirmed) if one.code == by_hand.OVER_CAP]
    found = sorted(found + [one for one in further if one.session_id not in rooms], key=_in_before_out)
    rooms = confirmed | rooms
    known = people.persons(
        session, {one for scan in found for one in (scan.person_id, scan.by_person_id) if one}
    )
    return [
        Waiting(
            scan=scan,
            meeting=rooms[scan.session_id],
            person=known.get(scan.person_id or ""),
            by=known.get(scan.by_person_id),
            own=actor.person_id in (scan.person_id, scan.by_person_id),
        )
        for scan in found
    ]


def together(found: Iterable[Waiting]) -> list[tuple[SessionView, list[Waiting]]]:
    """Return by session what phones without network scanned and one look may decide together, from ``TOGETHER_LEAST`` scans on.

    Cards only: who was marked by hand is looked at one by one.
    """
    late: dict[str, list[Waiting]] = {}
    for one in found:
        if (
            one.scan.kind == "card"
            and one.scan.code in ("attendance.late", "attendance.no_in")
            and not one.own
        ):
            late.setdefault(one.meeting.id, []).append(one)
    return [(rows[0].meeting, rows) for rows in late.values() if len(rows) >= TOGETHER_LEAST]


def _in_before_out(scan: ScanView) -> tuple[int, bool]:
    return scan.at_ms, scan.direction == "out"


def _rooms(session: Session, reach: Scope) -> dict[str, SessionView]:
    within = [view.id for view in classes.classes(session, reach, limit=500)] if not reach.empty else []
    return {room.id: room for room in classes.sessions_of_classes(session, within)}


def room(session: Session, meeting: SessionView) -> Room:
    """Return who is there and who is not."""
    enrolled = classes.roster(session, meeting.class_id)
    odd = [
        scan
        for outcome in ("pending_review", "refused")
        for scan in queries.scans_of_session(session, meeting.id, outcome=outcome, limit=100)
    ]
    wanted = {view.person_id for view in enrolled} | {scan.person_id for scan in odd if scan.person_id}
    known = people.persons(session, wanted)
    held: dict[str, list[PresenceView]] = {}
    for presence in queries.presences_of_session(session, meeting.id):
        held.setdefault(presence.enrolment_id, []).append(presence)
    away = leaves.granted(session, [view.id for view in enrolled])
    seats = [
        replace(
            _seat(view, known[view.person_id], held.get(view.id, [])), on_leave=(view.id, meeting.id) in away
        )
        for view in enrolled
    ]
    count = Count(
        expected=len(enrolled),
        present=sum(seat.state == "present" for seat in seats),
        came=sum(seat.state != "missing" for seat in seats),
    )
    own = {view.person_id for view in enrolled}
    names = {one: known[one].name if one in own else known[one].masked_name for one in wanted if one in known}
    ordered = sorted(seats, key=lambda seat: (RANK[seat.state], seat.enrolment.roster_no))
    return Room(meeting, count, tuple(ordered), tuple(odd), names)


def _seat(enrolment: EnrolmentView, person: PersonView, held: list[PresenceView]) -> Seat:
    state = "missing"
    if held:
        state = "present" if any(one.out_ms is None for one in held) else "left"
    return Seat(enrolment, person, tuple(held), state)
