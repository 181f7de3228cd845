"""Office page of a class's timetable: what is planned, and the form for one more meeting."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import request

from yanglao.classes import next_steps, queries
from yanglao.classes.timetable import instructors
from yanglao.kernel.clock import day_of, now
from yanglao.kernel.db import db
from yanglao.people import queries as people
from yanglao.people.roles import scope_of
from yanglao.web.auth import actor, who
from yanglao.web.office.classes import dated
from yanglao.web.page import page

bp = APIBlueprint("office_sessions", __name__, url_prefix="/office", enable_openapi=False)


@bp.get("/classes/<class_id>/sessions")
@who("standing.read")
def timetable(class_id: str) -> str:
    """Show the timetable of one class."""
    me = actor()
    own = queries.class_(db.session, class_id, scope_of(me.grants, "standing.read"))
    meetings = queries.sessions_of_class(db.session, class_id)
    return page(
        "office/sessions.html",
        own=own,
        sessions=meetings,
        moving=next(
            (one for one in meetings if one.id == request.args.get("move") and one.state == "planned"),
            None,
        ),
        last=meetings[-1] if meetings else None,
        segments=next_steps.segment_plans(db.session, own),
        instructors=instructors(db.session, own.base_id),
        known=people.persons(db.session, {one.instructor_id for one in meetings}),
        rights=next_steps.rights(own, me),
        today=day_of(now()),
        dated=dated,
        iso_day=lambda ms: day_of(ms).isoformat(),
    )
