"""Office pages beside the calendar: venues of a base, and farming seasons."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import request

from yanglao.classes import seasons, timetable_queries
from yanglao.kernel import policy
from yanglao.kernel.calendar import published
from yanglao.kernel.clock import day_of, now
from yanglao.kernel.db import db
from yanglao.people.roles import may, scope_of
from yanglao.places import queries as places
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = APIBlueprint("office_venues", __name__, url_prefix="/office/calendar", enable_openapi=False)
BEHIND, AHEAD = timedelta(days=200), timedelta(days=800)


@bp.get("/venues")
@who("standing.read")
def venues() -> str:
    """Show the venues of the bases within the person's scope, with a form where they may change them."""
    me = actor()
    bases = places.bases(db.session, scope_of(me.grants, "standing.read"))
    wanted = [one for one in bases if request.args.get("base", "") in ("", one.id)]
    found = timetable_queries.venues(db.session, [one.id for one in wanted])
    own = [one for one in wanted if may(me.grants, "session.plan", base=one.id)]
    limits = policy.on(day_of(now())).timetable
    return page(
        "office/venues.html",
        asked=request.args.get("base", ""),
        bases=bases,
        names={one.id: one.short_name for one in bases},
        venues=found,
        own=own,
        editing=next((one for one in found if one.id == request.args.get("edit")), None),
        limits=limits,
    )


@bp.get("/seasons")
@who("standing.read")
def farm_seasons() -> str:
    """Show the farming seasons and the published tables of days off, with a form where the person keeps seasons."""
    me, today = actor(), day_of(now())
    bases = places.bases(db.session, scope_of(me.grants, "standing.read"))
    found = timetable_queries.seasons(
        db.session,
        divisions=[one.code for one in places.divisions(db.session)],
        bases=[one.id for one in bases],
        first=today - BEHIND,
        last=today + AHEAD,
    )
    return page(
        "office/seasons.html",
        seasons=found,
        years=[published().years.get(year, year) for year in (today.year, today.year + 1)],
        tables=sorted(published().years),
        owners=_owners(),
        editing=next((one for one in found if one.id == request.args.get("edit")), None),
        names=_names(),
    )


def _owners() -> list[tuple[str, str]]:
    """Return (value, words) of what the person may keep seasons of."""
    me = actor()
    found = [
        (f"base_id={one.id}", one.name)
        for one in places.bases(db.session)
        if seasons.may_keep(db.session, me, base_id=one.id)
    ]
    return found + [
        (f"division={one.code}", one.name)
        for one in places.divisions(db.session)
        if seasons.may_keep(db.session, me, division_code=one.code)
    ]


def _names() -> dict[str, Any]:
    return {
        **{one.code: one.name for one in places.divisions(db.session)},
        **{one.id: one.short_name for one in places.bases(db.session)},
    }
