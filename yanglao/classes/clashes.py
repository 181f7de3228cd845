"""Judge a meeting before it is planned: its times, who teaches, where, what it makes up, and who cannot be there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from yanglao.classes import rules
from yanglao.classes.models import Enrolment, OfflineSession, TrainingClass
from yanglao.classes.saying import named
from yanglao.classes.states import OPEN_ROSTER, OPEN_TIMETABLE
from yanglao.classes.timetable_models import Venue
from yanglao.classes.venues import named_venue
from yanglao.courses import queries as courses
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, NotFound, Refused
from yanglao.people import queries as people


class TimesWrong(Refused):
    """Say what is wrong with the times; ``gaps`` is a list of {code, facts}."""

    code = "timetable.times_wrong"


class SegmentNotOffline(Refused):
    code = "timetable.segment_not_offline"


class NotAnInstructor(Refused):
    code = "timetable.not_an_instructor"


class VenueMissing(Refused):
    code = "timetable.venue_missing"


class VenueNotThere(NotFound):
    code = "venue.unknown"


class VenueNotActive(Conflict):
    code = "venue.not_active"


class VenueTooSmall(Refused):
    code = "timetable.venue_too_small"


class MakesUpWrong(Refused):
    code = "timetable.makes_up_wrong"


class TimetableClosed(Conflict):
    code = "timetable.closed"


class ClassBusy(Conflict):
    code = "timetable.class_busy"


class InstructorBusy(Conflict):
    code = "timetable.instructor_busy"


class VenueBusy(Conflict):
    code = "timetable.venue_busy"


class TraineeBusy(Conflict):
    code = "timetable.trainee_busy"


@dataclass(frozen=True)
class SessionDraft:
    """A meeting to plan. Times in milliseconds UTC; ``breaks`` are (from_ms, to_ms) within it, in order.

    The room is ``venue_id``, or else ``venue``: the name of a venue of the base, which becomes one when it is not yet. ``reason`` is
    needed once the class is filed. ``makes_up_session_id`` names an earlier session of the segment that this one makes up.
    """

    class_id: str
    segment_id: str
    starts_ms: int
    ends_ms: int
    venue: str
    instructor_id: str
    breaks: Sequence[Sequence[int]] = ()
    title: str = ""
    venue_id: str = ""
    makes_up_session_id: str = ""
    reason: str = ""


def judge(session: Session, own: TrainingClass, draft: SessionDraft, *, now: datetime) -> None:
    """Check what the draft says of itself. Locks nothing.

    Raises: TimetableClosed, SegmentNotOffline, NotAnInstructor, TimesWrong, MakesUpWrong.
    """
    if own.state not in OPEN_TIMETABLE:
        raise TimetableClosed(state=own.state)
    segment = courses.segments(session, [draft.segment_id]).get(draft.segment_id)
    if segment is None or segment.programme_id != own.programme_id or segment.mode != "offline":
        raise SegmentNotOffline
    need_instructor(session, own.base_id, draft.instructor_id)
    gaps = rules.session_gaps(
        starts_ms=draft.starts_ms,
        ends_ms=draft.ends_ms,
        breaks=draft.breaks,
        starts_on=own.starts_on,
        ends_on=own.ends_on,
        now_ms=to_ms(now),
    )
    if gaps:
        raise TimesWrong(**named(gaps))
    if draft.makes_up_session_id:
        missed = session.get(OfflineSession, draft.makes_up_session_id)
        if missed is None or not _may_be_made_up(missed, draft):
            raise MakesUpWrong


def need_instructor(session: Session, base_id: str, person_id: str) -> None:
    """Raise NotAnInstructor unless the person teaches at the base."""
    if person_id not in {one.person_id for one in instructors(session, base_id)}:
        raise NotAnInstructor


def instructors(session: Session, base_id: str) -> list[people.GrantView]:
    """List who may teach at a base, by name."""
    found = [one for one in people.staff_grants(session) if one.grant.role == "instructor"]
    return sorted((one for one in found if one.grant.base == base_id), key=lambda one: one.person_name)


def venue_for(session: Session, base_id: str, draft: SessionDraft) -> Venue | None:
    """Find the venue that a draft names; None: a name that the base has no venue of yet.

    Raises: VenueMissing, VenueNotThere, VenueNotActive.
    """
    if draft.venue_id:
        found = session.get(Venue, draft.venue_id)
        if found is None or found.base_id != base_id:
            raise VenueNotThere(venue_id=draft.venue_id)
    elif not draft.venue.strip():
        raise VenueMissing
    else:
        found = named_venue(session, base_id, draft.venue)
    if found is not None and not found.active:
        raise VenueNotActive(venue=found.name)
    return found


def expected(own: TrainingClass, enrolled: int) -> int:
    """Return for how many people a session is: the places of the class while its roster is open, then who is on it."""
    return max(own.capacity, enrolled) if own.state in OPEN_ROSTER else enrolled


def need_room(own: TrainingClass, venue: Venue | None, *, enrolled: int, now: datetime) -> None:
    """Raise VenueTooSmall where the policy refuses a venue with fewer places than people."""
    if venue is None or venue.capacity is None or not policy.on(day_of(now)).timetable.over_capacity_refused:
        return
    if expected(own, enrolled) > venue.capacity:
        raise VenueTooSmall(venue=venue.name, capacity=venue.capacity, expected=expected(own, enrolled))


def check(
    session: Session, own: TrainingClass, draft: SessionDraft, venue: Venue | None, *, but: str = ""
) -> None:
    """Look for what meets at the same time, the session ``but`` aside.

    Raises: ClassBusy, InstructorBusy, VenueBusy, TraineeBusy.
    """
    others = _at_once(session, draft.starts_ms, draft.ends_ms, but=but)
    for other, base_id in others:
        if other.class_id == own.id:
            raise ClassBusy(**_facts(other))
        if other.instructor_id == draft.instructor_id:
            raise InstructorBusy(**_facts(other))
        if base_id == own.base_id and _same_room(other, draft, venue):
            raise VenueBusy(**_facts(other), venue=other.venue)
    shared = _shared_trainees(session, own.id, {other.class_id for other, _ in others})
    if shared:
        raise TraineeBusy(trainees=shared)


def need_free_instructor(session: Session, person_id: str, meeting: OfflineSession) -> None:
    """Raise InstructorBusy when the person teaches elsewhere while ``meeting`` lasts."""
    for other, _ in _at_once(session, meeting.starts_ms, meeting.ends_ms, but=meeting.id):
        if other.instructor_id == person_id:
            raise InstructorBusy(**_facts(other))


def _at_once(
    session: Session, starts_ms: int, ends_ms: int, *, but: str
) -> Sequence[Row[OfflineSession, str]]:
    meeting, held = OfflineSession, TrainingClass
    at_once = (
        select(meeting, held.base_id)
        .join(held, held.id == meeting.class_id)
        .where(meeting.state != "cancelled", held.state != "withdrawn", meeting.id != but)
        .where(meeting.starts_ms < ends_ms, meeting.ends_ms > starts_ms)
        # A session that was closed early has left its room.
        .where(or_(meeting.state != "closed", meeting.closed_ms > starts_ms))
        .order_by(meeting.starts_ms)
    )
    return session.execute(at_once).all()


def _same_room(other: OfflineSession, draft: SessionDraft, venue: Venue | None) -> bool:
    """Compare rooms by id; a session without one was planned by code that knew only names."""
    if venue is None or other.venue_id is None:
        return other.venue.strip() == (venue.name if venue else draft.venue.strip())
    return other.venue_id == venue.id


def _may_be_made_up(missed: OfflineSession, draft: SessionDraft) -> bool:
    return (
        (missed.class_id, missed.segment_id) == (draft.class_id, draft.segment_id)
        and missed.state != "cancelled"
        and missed.makes_up_session_id is None
        and missed.ends_ms <= draft.starts_ms
    )


def _shared_trainees(session: Session, class_id: str, others: set[str]) -> int:
    """Count people of the class who are enrolled in one of ``others`` too."""
    mine = select(Enrolment.person_id).where(Enrolment.class_id == class_id, Enrolment.state == "enrolled")
    theirs = (
        select(Enrolment.person_id)
        .where(Enrolment.class_id.in_(others), Enrolment.state == "enrolled", Enrolment.person_id.in_(mine))
        .distinct()
    )
    return len(session.scalars(theirs).all()) if others else 0


def _facts(other: OfflineSession) -> dict[str, Any]:
    return {"other": other.id, "starts_ms": other.starts_ms, "ends_ms": other.ends_ms}
