"""Take a class through its steps and keep each in the ledger, on the chain of the class.

``classes`` writes what is so; this stands above it and appends what happened, in the same transaction. Bodies name
rows and digests, never a person's name or number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from yanglao.classes import queries, roster, roster_queries, series, service
from yanglao.classes.queries import ClassView, LateView, SessionView
from yanglao.classes.shapes import ImportView, Slip
from yanglao.evidence.ledger import Entry, append
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import to_ms
from yanglao.people import service as people
from yanglao.people.roles import scope_of
from yanglao.work import service as work


@dataclass(frozen=True)
class LateRequest:
    """Who is to come late, and why."""

    person: people.Draft
    reason: str
    employer: str = ""
    trainee_status: str = ""


def create_class(session: Session, draft: service.ClassDraft, *, now: datetime, actor: Actor) -> ClassView:
    """Make a draft class and keep "class.created". Raises what ``classes.service.create_class`` raises."""
    view = service.create_class(session, draft, now=now, actor=actor)
    _note(
        session, view.id, "class.created", {"number": view.number, "state": view.state}, now=now, actor=actor
    )
    return view


def take(
    session: Session, class_id: str, act: str, *, reason: str = "", now: datetime, actor: Actor
) -> ClassView:
    """Take one step and keep "class.<act>" with the states. Raises what ``classes.service.take`` raises."""
    view = service.take(session, class_id, act, reason=reason, now=now, actor=actor)
    last = queries.steps(session, class_id)[-1]
    body = {"from": last.from_state, "to": last.to_state, "step": last.position, "enrolled": view.enrolled}
    _note(session, class_id, f"class.{act}", body, now=now, actor=actor)
    return view


def commit_roster(
    session: Session, import_id: str, *, left_out: Sequence[int] = (), now: datetime, actor: Actor
) -> ImportView:
    """Enter a roster and keep "roster.committed" once. Raises what ``classes.roster.commit`` raises."""
    before = roster.state_of(session, import_id, actor=actor)
    view = roster.commit(session, import_id, left_out=left_out, now=now, actor=actor)
    if before != "committed":
        body = {"import": view.id, "totals": view.totals, "left_out": list(view.left_out)}
        _note(session, view.class_id, "roster.committed", body, now=now, actor=actor)
        _fold_later(session, view.class_id, now=now)
    return view


def hand_out_slips(session: Session, import_id: str, *, now: datetime, actor: Actor) -> list[Slip]:
    """Give out the first passwords of a roster and keep "roster.passwords_shown": who took them, when, how many.

    Raises ImportUnknown.
    """
    roster.state_of(session, import_id, actor=actor)
    scope = scope_of(actor.grants, "roster.import")
    view = roster_queries.import_(session, import_id, scope)
    found = roster_queries.slips(session, import_id, scope, now=now)
    if found:
        body = {"import": import_id, "count": len(found)}
        _note(session, view.class_id, "roster.passwords_shown", body, now=now, actor=actor)
    return found


def withdraw(
    session: Session, enrolment_id: str, *, class_id: str, reason: str, now: datetime, actor: Actor
) -> None:
    """Take a person off the roster of ``class_id`` and keep "roster.withdrawn".

    Raises what ``classes.service.withdraw`` raises; EnrolmentUnknown too when the enrolment is of another class.
    """
    if queries.enrolment(session, enrolment_id).class_id != class_id:
        raise queries.EnrolmentUnknown(enrolment_id=enrolment_id)
    service.withdraw(session, enrolment_id, reason=reason, now=now, actor=actor)
    _note(session, class_id, "roster.withdrawn", {"enrolment": enrolment_id}, now=now, actor=actor)


def request_late(
    session: Session, class_id: str, asked: LateRequest, *, now: datetime, actor: Actor
) -> LateView:
    """Admit a person, ask for their late addition and keep "late.requested".

    Raises what ``classes.service.admit_late`` and ``request_late`` raise.
    """
    person_id = service.admit_late(session, class_id, asked.person, now=now, actor=actor)
    draft = service.EnrolDraft(person_id, asked.employer, asked.trainee_status)
    view = service.request_late(session, class_id, draft, reason=asked.reason, now=now, actor=actor)
    _note(session, class_id, "late.requested", {"late": view.id}, now=now, actor=actor)
    return view


def decide_late(
    session: Session, late_id: str, *, accept: bool, reason: str = "", now: datetime, actor: Actor
) -> LateView:
    """Decide a late addition and keep "late.decided"."""
    view = service.decide_late(session, late_id, accept=accept, reason=reason, now=now, actor=actor)
    _note(
        session, view.class_id, "late.decided", {"late": late_id, "state": view.state}, now=now, actor=actor
    )
    _fold_later(session, view.class_id, now=now)
    return view


def plan_session(
    session: Session, draft: service.SessionDraft, *, now: datetime, actor: Actor
) -> SessionView:
    """Plan a meeting and keep "session.planned" with its times."""
    view = service.plan_session(session, draft, now=now, actor=actor)
    body = {
        "session": view.id,
        "segment": view.segment_id,
        "planned": [view.starts_ms, view.ends_ms],
        "breaks": [list(pair) for pair in view.breaks],
        "instructor": view.instructor_id,
        "venue": view.venue_id,
    }
    if view.makes_up_session_id:
        body["makes_up"] = view.makes_up_session_id
    _note(session, view.class_id, "session.planned", body, now=now, actor=actor)
    return view


def plan_series(session: Session, wanted: series.Series, *, now: datetime, actor: Actor) -> list[SessionView]:
    """Plan all meetings of a series or, when one cannot be, none. Raises SeriesRefused and what ``preview`` raises."""
    series.need_free(series.preview(session, wanted, now=now, actor=actor))
    return [plan_session(session, draft, now=now, actor=actor) for draft in series.drafts(wanted, now=now)]


def cancel_session(
    session: Session, session_id: str, *, reason: str, now: datetime, actor: Actor
) -> SessionView:
    """Cancel a meeting and keep "session.cancelled"."""
    view = service.cancel_session(session, session_id, reason=reason, now=now, actor=actor)
    _note(session, view.class_id, "session.cancelled", {"session": session_id}, now=now, actor=actor)
    return view


def move_session(
    session: Session, session_id: str, to: service.SessionMove, *, reason: str, now: datetime, actor: Actor
) -> SessionView:
    """Move a meeting and keep "session.moved" with its times before and after."""
    before = queries.sessions(session, [session_id]).get(session_id)
    view = service.move_session(session, session_id, to, reason=reason, now=now, actor=actor)
    body = {
        "session": session_id,
        "before": [before.starts_ms, before.ends_ms] if before else [],
        "planned": [view.starts_ms, view.ends_ms],
        "breaks": [list(pair) for pair in view.breaks],
        "instructor": view.instructor_id,
        "venue": view.venue_id,
    }
    _note(session, view.class_id, "session.moved", body, now=now, actor=actor)
    return view


def substitute(
    session: Session, session_id: str, instructor_id: str, *, reason: str, now: datetime, actor: Actor
) -> SessionView:
    """Let somebody else teach a meeting and keep "session.substituted": who was to teach, and who does now."""
    view = service.substitute(session, session_id, instructor_id, reason=reason, now=now, actor=actor)
    body = {"session": session_id, "instructor": view.instructor_id, "instead_of": view.planned_instructor}
    _note(session, view.class_id, "session.substituted", body, now=now, actor=actor)
    return view


def _fold_later(session: Session, class_id: str, *, now: datetime) -> None:
    """Ask for the standings of everybody on the roster, so that who never began is in the completion log too."""
    for own in queries.roster(session, class_id):
        work.enqueue(
            session, "completion.refresh", own.person_id, {"person_id": own.person_id}, due=now, now=now
        )


def _note(
    session: Session, class_id: str, kind: str, body: dict[str, Any], *, now: datetime, actor: Actor
) -> None:
    entry = Entry(("class", class_id), kind, body, to_ms(now), client=actor.client)
    append(session, entry, now=now, actor=actor)
