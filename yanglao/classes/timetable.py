"""Plan the meetings of a class: nobody and no room can be in two of them at once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from yanglao.classes import queries, rules, telling
from yanglao.classes.models import Enrolment, OfflineSession, TrainingClass
from yanglao.classes.queries import SessionUnknown, SessionView
from yanglao.classes.registry import locked_class
from yanglao.classes.saying import named
from yanglao.classes.states import OPEN_TIMETABLE, session_step
from yanglao.courses import queries as courses
from yanglao.kernel.actor import Actor, Scope
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Conflict, Forbidden, Refused
from yanglao.people import queries as people_queries
from yanglao.people import service as people
from yanglao.people.roles import scope_of

CODE_NUMBERS = 2**31 - 1


class TimesWrong(Refused):
    """Say what is wrong with the times; ``gaps`` is a list of {code, facts}."""

    code = "timetable.times_wrong"


class SegmentNotOffline(Refused):
    code = "timetable.segment_not_offline"


class NotAnInstructor(Refused):
    code = "timetable.not_an_instructor"


class VenueMissing(Refused):
    code = "timetable.venue_missing"


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


class SessionStepNotInTable(Conflict):
    code = "timetable.step_not_in_table"


class ClassNotRunning(Conflict):
    code = "timetable.class_not_running"


class CancelReasonMissing(Refused):
    code = "timetable.cancel_reason_missing"


class MoveReasonMissing(Refused):
    code = "timetable.move_reason_missing"


class NothingMoved(Refused):
    code = "timetable.nothing_moved"


@dataclass(frozen=True)
class SessionMove:
    """Where a planned meeting is moved to; every field as it shall be then. Times in milliseconds UTC."""

    starts_ms: int
    ends_ms: int
    venue: str
    instructor_id: str
    breaks: Sequence[Sequence[int]] = ()


@dataclass(frozen=True)
class SessionDraft:
    """A meeting to plan. Times in milliseconds UTC; ``breaks`` are (from_ms, to_ms) within it, in order."""

    class_id: str
    segment_id: str
    starts_ms: int
    ends_ms: int
    venue: str
    instructor_id: str
    breaks: Sequence[Sequence[int]] = ()
    title: str = ""


def plan_session(session: Session, draft: SessionDraft, *, now: datetime, actor: Actor) -> SessionView:
    """Plan one meeting of an offline segment of the class.

    Raises: ClassUnknown, TimetableClosed, SegmentNotOffline, TimesWrong, VenueMissing, NotAnInstructor,
        ClassBusy, InstructorBusy, VenueBusy, TraineeBusy.
    """
    own = _check_draft(session, draft, now=now, actor=actor)
    _hold_places(session, own, draft)
    _check_clashes(session, own, draft)
    row = OfflineSession(
        code_no=1 + secrets.randbelow(CODE_NUMBERS),
        class_id=own.id,
        segment_id=draft.segment_id,
        title=draft.title.strip(),
        starts_ms=draft.starts_ms,
        ends_ms=draft.ends_ms,
        breaks=[list(pair) for pair in draft.breaks],
        venue=draft.venue.strip(),
        instructor_id=draft.instructor_id,
        created_by=actor.person_id,
        created_ms=to_ms(now),
        is_demo=own.is_demo,
    )
    session.add(row)
    session.flush()
    return queries.session_(session, row.id)


def cancel_session(
    session: Session, session_id: str, *, reason: str, now: datetime, actor: Actor
) -> SessionView:
    """Cancel a planned meeting, with the reason; it stays in the timetable as cancelled.

    Raises: SessionUnknown, CancelReasonMissing, SessionStepNotInTable.
    """
    view = queries.session_(session, session_id, _reach(actor))
    if not reason.strip():
        raise CancelReasonMissing
    row = _locked(session, view.id)
    _move(row, "cancel")
    row.cancelled_ms, row.cancel_reason = to_ms(now), reason.strip()
    session.flush()
    found = queries.session_(session, session_id)
    telling.cancelled(session, found, reason=reason.strip(), now=now)
    return found


def move_session(
    session: Session, session_id: str, to: SessionMove, *, reason: str, now: datetime, actor: Actor
) -> SessionView:
    """Give a planned meeting another time, room or instructor, with the reason; everybody concerned is told.

    Raises: SessionUnknown, MoveReasonMissing, SessionStepNotInTable, NothingMoved, and what ``plan_session`` raises.
    """
    before = queries.session_(session, session_id, _reach(actor))
    if not reason.strip():
        raise MoveReasonMissing
    row = _locked(session, before.id)
    _move(row, "move")
    draft = SessionDraft(
        class_id=row.class_id,
        segment_id=row.segment_id,
        starts_ms=to.starts_ms,
        ends_ms=to.ends_ms,
        venue=to.venue,
        instructor_id=to.instructor_id,
        breaks=to.breaks,
        title=row.title,
    )
    own = _check_draft(session, draft, now=now, actor=actor)
    _hold_places(session, own, draft)
    _check_clashes(session, own, draft, but=row.id)
    row.starts_ms, row.ends_ms = draft.starts_ms, draft.ends_ms
    row.breaks = [list(pair) for pair in draft.breaks]
    row.venue, row.instructor_id = draft.venue.strip(), draft.instructor_id
    session.flush()
    found = queries.session_(session, session_id)
    if found == before:
        raise NothingMoved
    telling.moved(session, found, before, reason=reason.strip(), now=now)
    return found


def mark_session_open(session: Session, session_id: str, *, now: datetime, actor: Actor) -> SessionView:
    """Mark a session of a running class open; who may open it and when is judged by the caller (attendance).

    An open session stays as it is. Raises SessionUnknown, SessionStepNotInTable, ClassNotRunning.
    """
    row = _locked(session, session_id)
    if row.state != "open":
        own = queries.class_(session, row.class_id)
        if own.state != "running":
            raise ClassNotRunning(state=own.state)
        _move(row, "open")
        row.opened_ms = row.opened_ms or to_ms(now)
        row.closed_ms = row.closed_by = None
        session.flush()
    return queries.session_(session, session_id)


def mark_session_closed(session: Session, session_id: str, *, now: datetime, actor: Actor) -> SessionView:
    """Mark an open session closed; a closed one stays as it is. Raises SessionUnknown, SessionStepNotInTable."""
    row = _locked(session, session_id)
    if row.state != "closed":
        _move(row, "close")
        row.closed_ms, row.closed_by = to_ms(now), actor.person_id
        session.flush()
    return queries.session_(session, session_id)


def instructors(session: Session, base_id: str) -> list[people_queries.GrantView]:
    """List who may teach at a base, by name."""
    found = [one for one in people_queries.staff_grants(session) if one.grant.role == "instructor"]
    return sorted((one for one in found if one.grant.base == base_id), key=lambda one: one.person_name)


def _check_draft(session: Session, draft: SessionDraft, *, now: datetime, actor: Actor) -> TrainingClass:
    own = locked_class(session, draft.class_id, _reach(actor))
    if own.state not in OPEN_TIMETABLE:
        raise TimetableClosed(state=own.state)
    segment = courses.segments(session, [draft.segment_id]).get(draft.segment_id)
    if segment is None or segment.programme_id != own.programme_id or segment.mode != "offline":
        raise SegmentNotOffline
    if not draft.venue.strip():
        raise VenueMissing
    if draft.instructor_id not in {one.person_id for one in instructors(session, own.base_id)}:
        raise NotAnInstructor
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
    return own


def _hold_places(session: Session, own: TrainingClass, draft: SessionDraft) -> None:
    """Let two plans for one instructor or one base wait for each other, so that neither overlooks the other."""
    people.lock(session, draft.instructor_id)
    of_base = select(TrainingClass.id).where(TrainingClass.base_id == own.base_id).order_by(TrainingClass.id)
    session.execute(of_base.with_for_update())


def _check_clashes(session: Session, own: TrainingClass, draft: SessionDraft, *, but: str = "") -> None:
    meeting, held = OfflineSession, TrainingClass
    at_once = (
        select(meeting, held.base_id)
        .join(held, held.id == meeting.class_id)
        .where(meeting.state != "cancelled", held.state != "withdrawn", meeting.id != but)
        .where(meeting.starts_ms < draft.ends_ms, meeting.ends_ms > draft.starts_ms)
        # A session that was closed early has left its room.
        .where(or_(meeting.state != "closed", meeting.closed_ms > draft.starts_ms))
        .order_by(meeting.starts_ms)
    )
    others = session.execute(at_once).all()
    for other, base_id in others:
        facts = {"other": other.id, "starts_ms": other.starts_ms, "ends_ms": other.ends_ms}
        if other.class_id == own.id:
            raise ClassBusy(**facts)
        if other.instructor_id == draft.instructor_id:
            raise InstructorBusy(**facts)
        if base_id == own.base_id and other.venue.strip() == draft.venue.strip():
            raise VenueBusy(**facts, venue=other.venue)
    shared = _shared_trainees(session, own.id, {other.class_id for other, _ in others})
    if shared:
        raise TraineeBusy(trainees=shared)


def _shared_trainees(session: Session, class_id: str, others: set[str]) -> int:
    """Count people of the class who are enrolled in one of ``others`` too."""
    mine = select(Enrolment.person_id).where(Enrolment.class_id == class_id, Enrolment.state == "enrolled")
    theirs = (
        select(Enrolment.person_id)
        .where(Enrolment.class_id.in_(others), Enrolment.state == "enrolled", Enrolment.person_id.in_(mine))
        .distinct()
    )
    return len(session.scalars(theirs).all()) if others else 0


def _locked(session: Session, session_id: str) -> OfflineSession:
    row = session.get(OfflineSession, session_id, with_for_update=True)
    if row is None:
        raise SessionUnknown(session_id=session_id)
    return row


def _move(row: OfflineSession, act: str) -> None:
    state = session_step(row.state, act)
    if state is None:
        raise SessionStepNotInTable(state=row.state, act=act)
    row.state = state


def _reach(actor: Actor) -> Scope:
    scope = scope_of(actor.grants, "session.plan")
    if scope.empty:
        raise Forbidden(permission="session.plan")
    return scope
