"""Plan the meetings of a class: nobody and no room can be in two of them at once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yanglao.classes import clashes, queries, telling
from yanglao.classes.clashes import (
    ClassBusy,
    InstructorBusy,
    MakesUpWrong,
    NotAnInstructor,
    SegmentNotOffline,
    SessionDraft,
    TimesWrong,
    TimetableClosed,
    TraineeBusy,
    VenueBusy,
    VenueMissing,
    VenueTooSmall,
    instructors,
)
from yanglao.classes.models import OfflineSession, TrainingClass
from yanglao.classes.queries import SessionUnknown, SessionView
from yanglao.classes.registry import locked_class
from yanglao.classes.states import session_step
from yanglao.classes.timetable_models import SessionChange, Venue
from yanglao.kernel.actor import Actor, Scope
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Conflict, Forbidden, Refused
from yanglao.people import service as people
from yanglao.people.roles import scope_of

__all__ = [
    "ClassBusy",
    "InstructorBusy",
    "MakesUpWrong",
    "NotAnInstructor",
    "SegmentNotOffline",
    "SessionDraft",
    "TimesWrong",
    "TimetableClosed",
    "TraineeBusy",
    "VenueBusy",
    "VenueMissing",
    "VenueTooSmall",
    "instructors",
]

CODE_NUMBERS = 2**31 - 1
CHANGING = ("starts_ms", "ends_ms", "breaks", "venue", "instructor_id")


class SessionStepNotInTable(Conflict):
    code = "timetable.step_not_in_table"


class ClassNotRunning(Conflict):
    code = "timetable.class_not_running"


class PlanReasonMissing(Refused):
    code = "timetable.plan_reason_missing"


class CancelReasonMissing(Refused):
    code = "timetable.cancel_reason_missing"


class MoveReasonMissing(Refused):
    code = "timetable.move_reason_missing"


class SubstituteReasonMissing(Refused):
    code = "timetable.substitute_reason_missing"


class NothingMoved(Refused):
    code = "timetable.nothing_moved"


class SameInstructor(Refused):
    code = "timetable.same_instructor"


@dataclass(frozen=True)
class SessionMove:
    """Where a planned meeting is moved to; every field as it shall be then. Times in milliseconds UTC."""

    starts_ms: int
    ends_ms: int
    venue: str
    instructor_id: str
    breaks: Sequence[Sequence[int]] = ()
    venue_id: str = ""


def plan_session(session: Session, draft: SessionDraft, *, now: datetime, actor: Actor) -> SessionView:
    """Plan one meeting of an offline segment of the class; once the class is filed with a reason, and people are told.

    Raises: ClassUnknown, TimetableClosed, SegmentNotOffline, TimesWrong, VenueMissing, VenueNotThere, VenueNotActive,
        VenueTooSmall, NotAnInstructor, MakesUpWrong, PlanReasonMissing, ClassBusy, InstructorBusy, VenueBusy, TraineeBusy.
    """
    own = _held_class(session, draft, _reach(actor))
    clashes.judge(session, own, draft, now=now)
    if own.state != "draft" and not draft.reason.strip():
        raise PlanReasonMissing
    venue = _place(session, own, draft, now=now, actor=actor)
    clashes.check(session, own, draft, venue)
    row = OfflineSession(
        code_no=1 + secrets.randbelow(CODE_NUMBERS),
        class_id=own.id,
        segment_id=draft.segment_id,
        title=draft.title.strip(),
        starts_ms=draft.starts_ms,
        ends_ms=draft.ends_ms,
        breaks=[list(pair) for pair in draft.breaks],
        venue=venue.name,
        venue_id=venue.id,
        instructor_id=draft.instructor_id,
        makes_up_session_id=draft.makes_up_session_id or None,
        created_by=actor.person_id,
        created_ms=to_ms(now),
        is_demo=own.is_demo,
    )
    session.add(row)
    session.flush()
    found = queries.session_(session, row.id)
    if own.state != "draft":
        _note(session, found, None, "added", reason=draft.reason, now=now, actor=actor)
        telling.added(session, found, reason=draft.reason.strip(), now=now)
    return found


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
    _note(session, found, found, "cancelled", reason=reason, now=now, actor=actor)
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
        venue_id=to.venue_id,
        instructor_id=to.instructor_id,
        breaks=to.breaks,
        title=row.title,
        makes_up_session_id=row.makes_up_session_id or "",
    )
    own = _held_class(session, draft, _reach(actor))
    clashes.judge(session, own, draft, now=now)
    venue = _place(session, own, draft, now=now, actor=actor)
    clashes.check(session, own, draft, venue, but=row.id)
    row.starts_ms, row.ends_ms = draft.starts_ms, draft.ends_ms
    row.breaks = [list(pair) for pair in draft.breaks]
    row.venue, row.venue_id = venue.name, venue.id
    if row.instructor_id != draft.instructor_id:
        row.planned_instructor_id, row.instructor_id = None, draft.instructor_id
    session.flush()
    found = queries.session_(session, session_id)
    if not _differences(before, found):
        raise NothingMoved
    _note(session, found, before, "moved", reason=reason, now=now, actor=actor)
    telling.moved(session, found, before, reason=reason.strip(), now=now)
    return found


def substitute(
    session: Session, session_id: str, instructor_id: str, *, reason: str, now: datetime, actor: Actor
) -> SessionView:
    """Let somebody else teach a meeting that is planned or already open; at once, and the former one no more.

    Raises: SessionUnknown, SubstituteReasonMissing, SameInstructor, NotAnInstructor, SessionStepNotInTable, InstructorBusy.
    """
    before = queries.session_(session, session_id, _reach(actor))
    if not reason.strip():
        raise SubstituteReasonMissing
    row = _locked(session, before.id)
    _move(row, "substitute")
    if row.instructor_id == instructor_id:
        raise SameInstructor
    clashes.need_instructor(session, before.base_id, instructor_id)
    people.lock(session, instructor_id)
    clashes.need_free_instructor(session, instructor_id, row)
    planned = row.planned_instructor_id or row.instructor_id
    row.instructor_id = instructor_id
    row.planned_instructor_id = planned if planned != instructor_id else None
    session.flush()
    found = queries.session_(session, session_id)
    _note(session, found, before, "substituted", reason=reason, now=now, actor=actor)
    telling.substituted(session, found, before, reason=reason.strip(), now=now)
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


def _held_class(session: Session, draft: SessionDraft, reach: Scope) -> TrainingClass:
    """Return the class of a draft, and let two plans for one base wait for each other.

    All classes of the base are held in the order of their ids, so that nobody waits for who waits for them. Raises ClassUnknown.
    """
    within = queries.within(reach).where(TrainingClass.id == draft.class_id)
    base_id = session.scalar(within.with_only_columns(TrainingClass.base_id))
    of_base = select(TrainingClass.id).where(TrainingClass.base_id == base_id).order_by(TrainingClass.id)
    session.execute(of_base.with_for_update())
    return locked_class(session, draft.class_id, reach)


def _place(
    session: Session, own: TrainingClass, draft: SessionDraft, *, now: datetime, actor: Actor
) -> Venue:
    """Return the venue of a draft, and let two plans for one instructor wait for each other.

    A name that is not a venue yet becomes one, without capacity and place.
    """
    people.lock(session, draft.instructor_id)
    venue = clashes.venue_for(session, own.base_id, draft)
    enrolled = queries.class_(session, own.id).enrolled
    clashes.need_room(own, venue, enrolled=enrolled, now=now)
    if venue is None:
        venue = Venue(base_id=own.base_id, name=draft.venue.strip(), active=True, created_ms=to_ms(now))
        venue.created_by = actor.person_id
        session.add(venue)
        session.flush()
    return venue


def _note(
    session: Session,
    found: SessionView,
    before: SessionView | None,
    act: str,
    *,
    reason: str,
    now: datetime,
    actor: Actor,
) -> None:
    """Keep who changed what of a session, when and why."""
    differing = CHANGING if before is None else _differences(before, found)
    last = session.scalar(
        select(func.max(SessionChange.position)).where(SessionChange.session_id == found.id)
    )
    session.add(
        SessionChange(
            session_id=found.id,
            position=(last or 0) + 1,
            act=act,
            reason=reason.strip(),
            before={name: getattr(before, name) for name in differing} if before else {},
            after={name: getattr(found, name) for name in differing},
            actor_id=actor.person_id,
            at_ms=to_ms(now),
        )
    )
    session.flush()


def _differences(before: SessionView, after: SessionView) -> tuple[Any, ...]:
    return tuple(name for name in CHANGING if getattr(before, name) != getattr(after, name))


def hold_session(session: Session, session_id: str) -> None:
    """Lock a session's row to the end of the transaction; persons are locked before. Raises SessionUnknown."""
    _locked(session, session_id)


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
