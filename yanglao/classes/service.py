"""Carry a class through its life and people through its roster. Every step leaves a row behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yanglao.classes import queries, rules
from yanglao.classes.late import admit_late, decide_late, request_late
from yanglao.classes.models import ClassStep, Enrolment, OfflineSession, TrainingClass
from yanglao.classes.queries import ClassView, EnrolmentUnknown
from yanglao.classes.registry import EnrolDraft, RosterFrozen, enrol, enter, locked_class
from yanglao.classes.saying import named
from yanglao.classes.states import OPEN_ROSTER, step
from yanglao.classes.timetable import (
    SessionDraft,
    SessionMove,
    cancel_session,
    mark_session_closed,
    mark_session_open,
    move_session,
    plan_session,
    substitute,
)
from yanglao.courses import queries as courses
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor, Scope
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, Forbidden, Refused
from yanglao.people.roles import may, scope_of
from yanglao.places import queries as places

__all__ = [
    "ClassDraft",
    "EnrolDraft",
    "SessionDraft",
    "SessionMove",
    "admit_late",
    "approve",
    "archive",
    "cancel_session",
    "create_class",
    "decide_late",
    "enrol",
    "enter",
    "file",
    "finish",
    "mark_session_closed",
    "mark_session_open",
    "move_session",
    "plan_session",
    "request_late",
    "return_",
    "revise_class",
    "start",
    "substitute",
    "take",
    "withdraw",
    "withdraw_class",
]


class StepNotInTable(Conflict):
    code = "classes.step_not_in_table"


class ReasonMissing(Refused):
    code = "classes.reason_missing"


class NotReady(Refused):
    """Say what is missing before the step; ``gaps`` is a list of {code, facts}."""

    code = "classes.not_ready"


class NotTheOrganiser(Forbidden):
    code = "classes.not_the_organiser"


class OwnFiling(Forbidden):
    code = "classes.own_filing"


class ProgrammeNotPublished(Refused):
    code = "classes.programme_not_published"


class FactsWrong(Refused):
    """Say what is wrong with the facts of a class; ``gaps`` is a list of {code, facts}."""

    code = "classes.facts_wrong"


class NotADraft(Conflict):
    code = "classes.not_a_draft"


class ReadyForSession(Conflict):
    code = "classes.programme_in_timetable"


@dataclass(frozen=True)
class ClassDraft:
    """What a base says of a class; category and level come from the programme, an empty name is made up."""

    base_id: str
    programme_id: str
    starts_on: date
    ends_on: date
    capacity: int
    name: str = ""
    is_demo: bool = False


def create_class(session: Session, draft: ClassDraft, *, now: datetime, actor: Actor) -> ClassView:
    """Make a draft class at a base within the actor's reach; the organiser follows from the level.

    Raises: NotFound (base out of reach), ProgrammeNotPublished, FactsWrong.
    """
    own_base(session, draft.base_id, actor)
    programme = _published(session, draft.programme_id)
    _check_facts(draft)
    year = draft.starts_on.year
    serial = (
        session.scalar(select(func.max(TrainingClass.serial)).where(TrainingClass.year == year)) or 0
    ) + 1
    row = TrainingClass(
        number=f"{year}-{serial:04d}",
        year=year,
        serial=serial,
        name=draft.name.strip() or _name(session, draft, programme, serial),
        base_id=draft.base_id,
        division_code=_organiser(session, draft.base_id, programme.level_code),
        category_code=programme.category_code,
        level_code=programme.level_code,
        programme_id=programme.id,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        capacity=draft.capacity,
        state="draft",
        state_ms=to_ms(now),
        created_by=actor.person_id,
        created_ms=to_ms(now),
        is_demo=draft.is_demo,
    )
    session.add(row)
    session.flush()
    _note_step(session, row, act="create", from_state=None, reason="", now=now, actor=actor)
    return queries.class_(session, row.id)


def revise_class(session: Session, class_id: str, draft: ClassDraft, *, actor: Actor) -> ClassView:
    """Change the facts of a class that is still a draft; the base stays, the programme too once sessions are planned.

    Raises: ClassUnknown, NotADraft, ReadyForSession, ProgrammeNotPublished, FactsWrong.
    """
    row = locked_class(session, class_id, _reach(actor, "class.file"))
    if row.state != "draft":
        raise NotADraft(state=row.state)
    programme = _published(session, draft.programme_id)
    _check_facts(draft)
    if programme.id != row.programme_id:
        if session.scalar(select(OfflineSession.id).where(OfflineSession.class_id == class_id).limit(1)):
            raise ReadyForSession
        row.programme_id = programme.id
        row.category_code = programme.category_code
        row.level_code = programme.level_code
        row.division_code = _organiser(session, row.base_id, programme.level_code)
    row.name = draft.name.strip() or row.name
    row.starts_on, row.ends_on, row.capacity = draft.starts_on, draft.ends_on, draft.capacity
    session.flush()
    return queries.class_(session, class_id)


def file(session: Session, class_id: str, *, now: datetime, actor: Actor) -> ClassView:
    """Hand a draft class to the organising level. Raises NotReady naming what is missing."""
    return take(session, class_id, "file", now=now, actor=actor)


def approve(session: Session, class_id: str, *, reason: str = "", now: datetime, actor: Actor) -> ClassView:
    """Approve a filed class, as the organising level's officer who did not file it."""
    return take(session, class_id, "approve", reason=reason, now=now, actor=actor)


def return_(session: Session, class_id: str, *, reason: str, now: datetime, actor: Actor) -> ClassView:
    """Give a filed or approved class back as a draft, with the reason."""
    return take(session, class_id, "return", reason=reason, now=now, actor=actor)


def start(session: Session, class_id: str, *, now: datetime, actor: Actor) -> ClassView:
    """Start an approved class on or after its first day; from now on its roster is frozen."""
    return take(session, class_id, "start", now=now, actor=actor)


def finish(session: Session, class_id: str, *, now: datetime, actor: Actor) -> ClassView:
    """Finish a running class on or after its last day, when no session waits any more."""
    return take(session, class_id, "finish", now=now, actor=actor)


def archive(session: Session, class_id: str, *, now: datetime, actor: Actor) -> ClassView:
    """Put a finished class into the archive."""
    return take(session, class_id, "archive", now=now, actor=actor)


def withdraw_class(session: Session, class_id: str, *, reason: str, now: datetime, actor: Actor) -> ClassView:
    """Take a class back that has not started, with the reason."""
    return take(session, class_id, "withdraw", reason=reason, now=now, actor=actor)


def take(
    session: Session, class_id: str, act: str, *, reason: str = "", now: datetime, actor: Actor
) -> ClassView:
    """Take one step of the table, if the table, the actor's role and the facts of the class allow it.

    Raises: ClassUnknown (outside what the actor sees), StepNotInTable, Forbidden, NotTheOrganiser, OwnFiling,
        ReasonMissing, NotReady.
    """
    row = locked_class(session, class_id, _reach(actor, "standing.read"))
    allowed = step(row.state, act)
    if allowed is None:
        raise StepNotInTable(state=row.state, act=act)
    _check_right(row, act, allowed.permission, actor)
    if allowed.needs_reason and not reason.strip():
        raise ReasonMissing(act=act)
    gaps = gaps_before(session, row.id, act, today=day_of(now))
    if gaps:
        raise NotReady(**named(gaps))
    from_state, row.state, row.state_ms = row.state, allowed.to_state, to_ms(now)
    _note_author(row, act, actor=actor, now=now)
    session.flush()
    _note_step(session, row, act=act, from_state=from_state, reason=reason.strip(), now=now, actor=actor)
    return queries.class_(session, class_id)


def gaps_before(session: Session, class_id: str, act: str, *, today: date) -> list[rules.Gap]:
    """Name everything that is missing before ``act``; an empty list means nothing is."""
    own = queries.class_(session, class_id)
    meetings = queries.sessions_of_class(session, class_id)
    gaps: list[rules.Gap] = []
    if act in {"file", "approve", "start"}:
        gaps += rules.timetable_gaps(courses.programme(session, own.programme_id).segments, meetings)
    if act == "file":
        lead_days = policy.on(today).training.filing_lead_days
        gaps += rules.filing_gaps(starts_on=own.starts_on, today=today, lead_days=lead_days)
    if act == "start":
        gaps += rules.start_gaps(enrolled=own.enrolled, starts_on=own.starts_on, today=today)
    if act == "finish":
        waiting = sum(one.state in {"planned", "open"} for one in meetings)
        gaps += rules.finish_gaps(ends_on=own.ends_on, today=today, waiting=waiting)
    return gaps


def withdraw(session: Session, enrolment_id: str, *, reason: str, now: datetime, actor: Actor) -> None:
    """Take a person off a roster that is still open or of a class that runs; the row stays with its reason.

    Raises: EnrolmentUnknown, ReasonMissing, RosterFrozen.
    """
    scope = _reach(actor, "roster.import")
    view = queries.enrolment(session, enrolment_id, scope)
    if not reason.strip():
        raise ReasonMissing(act="withdraw")
    own = locked_class(session, view.class_id, scope)
    if own.state not in OPEN_ROSTER | {"running"}:
        raise RosterFrozen(state=own.state)
    row = session.get(Enrolment, enrolment_id)
    if row is None:
        raise EnrolmentUnknown(enrolment_id=enrolment_id)
    if row.state == "enrolled":
        row.state, row.withdrawn_ms, row.withdrawn_reason = "withdrawn", to_ms(now), reason.strip()
        session.flush()


def own_base(session: Session, base_id: str, actor: Actor) -> places.BaseView:
    """Return the base if the actor may file classes there. Raises NotFound."""
    return places.base(session, base_id, _reach(actor, "class.file"))


def _reach(actor: Actor, permission: str) -> Scope:
    scope = scope_of(actor.grants, permission)
    if scope.empty:
        raise Forbidden(permission=permission)
    return scope


def _check_right(row: TrainingClass, act: str, permission: str, actor: Actor) -> None:
    _reach(actor, permission)
    if not may(actor.grants, permission, division=row.division_code, base=row.base_id):
        raise NotTheOrganiser(division=row.division_code)
    if act == "approve" and actor.person_id in {row.created_by, row.filed_by}:
        raise OwnFiling


def _organiser(session: Session, base_id: str, level_code: str | None) -> str:
    """Return the code of the division that organises: the base's county for 五级, else the city."""
    if level_code is not None and places.organiser_of(level_code) == "county":
        return places.base(session, base_id).division_code
    return places.CITY


def _note_author(row: TrainingClass, act: str, *, actor: Actor, now: datetime) -> None:
    if act == "file":
        row.filed_by, row.filed_ms = actor.person_id, to_ms(now)
        row.approved_by = row.approved_ms = None
    elif act == "approve":
        row.approved_by, row.approved_ms = actor.person_id, to_ms(now)
    elif act == "return":
        row.approved_by = row.approved_ms = None


def _note_step(
    session: Session,
    row: TrainingClass,
    *,
    act: str,
    from_state: str | None,
    reason: str,
    now: datetime,
    actor: Actor,
) -> None:
    last = session.scalar(select(func.max(ClassStep.position)).where(ClassStep.class_id == row.id)) or 0
    session.add(
        ClassStep(
            class_id=row.id,
            position=last + 1,
            act=act,
            from_state=from_state,
            to_state=row.state,
            actor_id=actor.person_id,
            reason=reason,
            at_ms=to_ms(now),
        )
    )
    session.flush()


def _published(session: Session, programme_id: str) -> courses.ProgrammeView:
    programme = courses.programme(session, programme_id)
    if programme.state != "published":
        raise ProgrammeNotPublished(programme=programme.name)
    return programme


def _check_facts(draft: ClassDraft) -> None:
    most = policy.on(draft.starts_on).training.class_size_max
    gaps = rules.class_gaps(
        capacity=draft.capacity, most=most, starts_on=draft.starts_on, ends_on=draft.ends_on
    )
    if gaps:
        raise FactsWrong(**named(gaps))


def _name(session: Session, draft: ClassDraft, programme: courses.ProgrammeView, serial: int) -> str:
    """Make up 2026年河东基地养老护理员五级（0007）班: year, base, programme, serial."""
    base = places.base(session, draft.base_id)
    return f"{draft.starts_on.year}年{base.short_name}{programme.name}{serial:04d}班"
