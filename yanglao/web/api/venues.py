"""Venues of a base, farming seasons, and the published calendar, by API."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import Field, Strict

from yanglao.classes import seasons, timetable_queries, venues
from yanglao.classes.seasons import SeasonDraft
from yanglao.classes.shapes import SeasonView, VenueView
from yanglao.classes.venues import VenueDraft
from yanglao.kernel.calendar import YearNotLoaded, published
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import NotFound
from yanglao.people.roles import scope_of
from yanglao.places import queries as places
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.lists import part_of

bp = APIBlueprint("api_venues", __name__, url_prefix="/api/v1", tag="课表 timetable")
Day = Annotated[date, Strict(False)]
Degrees = Annotated[float, Strict(False)]


class VenueBody(forms.Strict):
    """What is said of a venue. Degrees of WGS-84, both or neither; ``capacity`` null is "not known"."""

    name: str = Field(max_length=120)
    capacity: int | None = None
    latitude: Degrees | None = Field(default=None, ge=-90, le=90)
    longitude: Degrees | None = Field(default=None, ge=-180, le=180)
    radius_m: int | None = None
    active: bool = True


class NewVenueBody(VenueBody):
    """A venue to be registered, and its base."""

    base_id: str = Field(max_length=26)


class SeasonBody(forms.Strict):
    """A farming season of one division or of one base, both days included."""

    name: str = Field(max_length=40)
    starts_on: Day
    ends_on: Day
    division: str | None = Field(default=None, max_length=12)
    base_id: str | None = Field(default=None, max_length=26)
    is_example: bool = False


class VenueQuery(forms.Query):
    """Of which base; empty: of all within the caller's scope."""

    base_id: str = ""


class SeasonQuery(forms.Query):
    """Of which days, both included."""

    first: date
    last: date


@bp.get("/venues")
@who("standing.read")
@bp.input(VenueQuery, location="query", arg_name="asked")
@bp.doc(summary="List the venues of the bases within the caller's scope, those in use first")
def list_venues(asked: VenueQuery) -> dict[str, Any]:
    """List venues."""
    within = timetable_queries.bases_of(db.session, scope_of(actor().grants, "standing.read"))
    found = timetable_queries.venues(db.session, within & {asked.base_id} if asked.base_id else within)
    return part_of([venue_dict(one) for one in found])


@bp.post("/venues")
@who("session.plan")
@bp.input(NewVenueBody, arg_name="body")
@bp.doc(summary="Register a venue of a base", responses=[404, 409, 422])
def add_venue(body: NewVenueBody) -> dict[str, Any]:
    """Add a venue."""
    moment, me = now(), actor()
    draft = _draft(body)
    return venue_dict(run(lambda: venues.add_venue(db.session, body.base_id, draft, now=moment, actor=me)))


@bp.post("/venues/<venue_id>")
@who("session.plan")
@bp.input(VenueBody, arg_name="body")
@bp.doc(summary="Change a venue, all of it as it shall be, or take it out of use", responses=[404, 409, 422])
def change_venue(venue_id: str, body: VenueBody) -> dict[str, Any]:
    """Change a venue."""
    moment, me = now(), actor()
    draft = _draft(body)
    return venue_dict(run(lambda: venues.change_venue(db.session, venue_id, draft, now=moment, actor=me)))


@bp.get("/seasons")
@who("standing.read")
@bp.input(SeasonQuery, location="query", arg_name="asked")
@bp.doc(summary="List the farming seasons of all divisions, and of the bases within the caller's scope")
def list_seasons(asked: SeasonQuery) -> dict[str, Any]:
    """List farming seasons."""
    found = timetable_queries.seasons(
        db.session,
        divisions=[one.code for one in places.divisions(db.session)],
        bases=timetable_queries.bases_of(db.session, scope_of(actor().grants, "standing.read")),
        first=asked.first,
        last=asked.last,
    )
    return part_of([season_dict(one) for one in found])


@bp.post("/seasons")
@who("session.plan", "class.approve")
@bp.input(SeasonBody, arg_name="body")
@bp.doc(summary="Add a farming season of one's base or division", responses=[404, 422])
def add_season(body: SeasonBody) -> dict[str, Any]:
    """Add a farming season."""
    moment, me = now(), actor()
    draft = _season(body)
    return season_dict(run(lambda: seasons.keep_season(db.session, draft, now=moment, actor=me)))


@bp.post("/seasons/<season_id>")
@who("session.plan", "class.approve")
@bp.input(SeasonBody, arg_name="body")
@bp.doc(summary="Change a farming season", responses=[404, 422])
def change_season(season_id: str, body: SeasonBody) -> dict[str, Any]:
    """Change a farming season."""
    moment, me = now(), actor()
    draft = _season(body)
    return season_dict(
        run(lambda: seasons.keep_season(db.session, draft, season_id=season_id, now=moment, actor=me))
    )


@bp.post("/seasons/<season_id>/drop")
@who("session.plan", "class.approve")
@bp.doc(summary="Take a farming season away", responses=[404])
def drop_season(season_id: str) -> dict[str, Any]:
    """Drop a farming season."""
    me = actor()
    run(lambda: seasons.drop_season(db.session, season_id, actor=me))
    return {"id": season_id}


@bp.get("/calendar/<int:year>")
@who("signed_in")
@bp.doc(
    summary="Read the published days off and 调休 days of a year; 404 when its table is not loaded",
    responses=[404],
)
def read_calendar(year: int) -> dict[str, Any]:
    """Read the calendar of a year."""
    table = published().years.get(year)
    if table is None:
        raise NotFound(YearNotLoaded.code, year=year)
    days = [
        {"day": day.isoformat(), "kind": mark.kind, "name": mark.name}
        for day, mark in sorted(table.marks.items())
    ]
    return {"year": year, "source": table.source, "checked": table.checked, "days": days}


def venue_dict(one: VenueView) -> dict[str, Any]:
    """Return a venue as the API says it."""
    return {
        "id": one.id,
        "base_id": one.base_id,
        "name": one.name,
        "capacity": one.capacity,
        "latitude": _degrees(one.latitude_e6),
        "longitude": _degrees(one.longitude_e6),
        "radius_m": one.radius_m,
        "active": one.active,
    }


def season_dict(one: SeasonView) -> dict[str, Any]:
    """Return a farming season as the API says it."""
    return {
        "id": one.id,
        "name": one.name,
        "starts_on": one.starts_on.isoformat(),
        "ends_on": one.ends_on.isoformat(),
        "division": one.division_code,
        "base_id": one.base_id,
        "is_example": one.is_example,
    }


def _draft(body: VenueBody) -> VenueDraft:
    return VenueDraft(
        name=body.name,
        capacity=body.capacity,
        latitude_e6=_e6(body.latitude),
        longitude_e6=_e6(body.longitude),
        radius_m=body.radius_m,
        active=body.active,
    )


def _season(body: SeasonBody) -> SeasonDraft:
    return SeasonDraft(
        name=body.name,
        starts_on=body.starts_on,
        ends_on=body.ends_on,
        division_code=body.division,
        base_id=body.base_id,
        is_example=body.is_example,
    )


def _e6(degrees: float | None) -> int | None:
    return None if degrees is None else round(degrees * 1_000_000)


def _degrees(e6: int | None) -> float | None:
    return None if e6 is None else e6 / 1_000_000
