"""Office pages of a class's timetable: what is planned, the forms to plan, move and substitute, and repeated planning."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import request

from yanglao.classes import next_steps, planning_notes, queries, timetable_queries
from yanglao.classes.clashes import instructors
from yanglao.classes.queries import ClassView, SessionView
from yanglao.classes.states import OPEN_ROSTER
from yanglao.courses import library_queries
from yanglao.kernel.clock import day_of, now
from yanglao.kernel.db import db
from yanglao.people import queries as people
from yanglao.people.roles import scope_of
from yanglao.web.auth import actor, who
from yanglao.web.note_words import Said, said
from yanglao.web.office.classes import dated
from yanglao.web.page import page

bp = APIBlueprint("office_sessions", __name__, url_prefix="/office", enable_openapi=False)


@bp.get("/classes/<class_id>/sessions")
@who("standing.read")
def timetable(class_id: str) -> str:
    """Show the timetable of one class."""
    own = queries.class_(db.session, class_id, scope_of(actor().grants, "standing.read"))
    meetings = queries.sessions_of_class(db.session, class_id)
    changes = timetable_queries.changes(db.session, (one.id for one in meetings))
    return page(
        "office/sessions.html",
        sessions=meetings,
        moving=_asked("move", meetings, ("planned",)),
        relieved=_asked("substitute", meetings, ("planned", "open")),
        last=meetings[-1] if meetings else None,
        changes=changes,
        known=people.persons(
            db.session,
            {one.instructor_id for one in meetings}
            | {one.planned_instructor for one in meetings}
            | {one.actor_id for found in changes.values() for one in found}
            | {
                held["instructor_id"]
                for found in changes.values()
                for one in found
                for held in (one.before, one.after)
                if "instructor_id" in held
            },
        ),
        notes=_notes(own, meetings),
        **around(own),
    )


def around(own: ClassView) -> dict[str, Any]:
    """Return what every page that plans for a class shows."""
    return {
        "own": own,
        "segments": next_steps.segment_plans(db.session, own),
        "instructors": instructors(db.session, own.base_id),
        "shared_teachers": library_queries.teachers(db.session),
        "venues": timetable_queries.venues(db.session, [own.base_id], active=True),
        "expected": max(own.capacity, own.enrolled) if own.state in OPEN_ROSTER else own.enrolled,
        "rights": next_steps.rights(own, actor()),
        "days": {day.isoformat(): [one.sentence for one in found] for day, found in _days(own).items()},
        "today": day_of(now()),
        "dated": dated,
        "iso_day": lambda ms: day_of(ms).isoformat(),
    }


def _asked(name: str, meetings: list[SessionView], states: tuple[str, ...]) -> SessionView | None:
    """Find the meeting that the address asks to change, when its state allows it."""
    asked = request.args.get(name)
    return next((one for one in meetings if one.id == asked and one.state in states), None)


def _days(own: ClassView) -> dict[date, list[Said]]:
    """Return what is worth knowing of each day of a class; ordinary days are left out."""
    days = [own.starts_on + timedelta(days=at) for at in range((own.ends_on - own.starts_on).days + 1)]
    found = planning_notes.days_notes(db.session, own.base_id, days)
    return {day: said(gaps) for day, gaps in found.items() if gaps}


def _notes(own: ClassView, meetings: list[SessionView]) -> dict[str, list[Said]]:
    """Return by session id what is worth knowing of it."""
    days = planning_notes.days_notes(db.session, own.base_id, [day_of(one.starts_ms) for one in meetings])
    return {
        one.id: said(
            [*planning_notes.room_notes(db.session, own.id, one.venue_id), *days[day_of(one.starts_ms)]]
        )
        for one in meetings
        if one.state == "planned"
    }
