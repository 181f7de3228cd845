"""Read what stands around the timetable: venues, farming seasons, changes, and the sessions of many classes at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from yanglao.classes.models import TrainingClass
from yanglao.classes.queries import sessions_of_classes, within
from yanglao.classes.shapes import ChangeView, SeasonView, SessionView, VenueView
from yanglao.classes.timetable_models import FarmSeason, SessionChange, Venue
from yanglao.kernel.actor import EVERYTHING, Scope
from yanglao.kernel.clock import day_of
from yanglao.kernel.errors import NotFound
from yanglao.places import queries as places


class VenueUnknown(NotFound):
    code = "venue.unknown"


class SeasonUnknown(NotFound):
    code = "calendar.season_unknown"


@dataclass(frozen=True)
class Wanted:
    """Which sessions of a calendar: days both included, and filters that do not limit when empty."""

    first: date
    last: date
    base_id: str = ""
    class_id: str = ""
    instructor_id: str = ""
    venue_id: str = ""
    state: str = ""


def venue(session: Session, venue_id: str, scope: Scope = EVERYTHING) -> VenueView:
    """Return one venue whose base is within ``scope``. Raises VenueUnknown."""
    row = session.get(Venue, venue_id)
    if row is None or row.base_id not in bases_of(session, scope):
        raise VenueUnknown(venue_id=venue_id)
    return venue_view(row)


def venues(session: Session, base_ids: Iterable[str], *, active: bool = False) -> list[VenueView]:
    """List the venues of bases by name, those in use first; with ``active`` only those."""
    wanted = select(Venue).where(Venue.base_id.in_(set(base_ids)))
    if active:
        wanted = wanted.where(Venue.active)
    rows = session.scalars(wanted.order_by(Venue.active.desc(), Venue.name))
    return [venue_view(row) for row in rows]


def bases_of(session: Session, scope: Scope) -> set[str]:
    """Return the ids of the bases within ``scope``."""
    return {one.id for one in places.bases(session, scope)}


def venue_view(row: Venue) -> VenueView:
    """Return a venue as others read it."""
    return VenueView(**{name: getattr(row, name) for name in VenueView.__dataclass_fields__})


def seasons(
    session: Session, *, divisions: Iterable[str], bases: Iterable[str], first: date, last: date
) -> list[SeasonView]:
    """List the farming seasons of divisions and bases that touch the days from ``first`` to ``last``, earliest first."""
    wanted = (
        select(FarmSeason)
        .where(or_(FarmSeason.division_code.in_(set(divisions)), FarmSeason.base_id.in_(set(bases))))
        .where(FarmSeason.starts_on <= last, FarmSeason.ends_on >= first)
        .order_by(FarmSeason.starts_on, FarmSeason.id)
    )
    return [season_view(row) for row in session.scalars(wanted)]


def seasons_of_base(session: Session, base_id: str, first: date, last: date) -> list[SeasonView]:
    """List the farming seasons that a base has by itself, by its division or by the city, from ``first`` to ``last``."""
    divisions = (places.base(session, base_id).division_code, places.CITY)
    return seasons(session, divisions=divisions, bases=(base_id,), first=first, last=last)


def season_view(row: FarmSeason) -> SeasonView:
    """Return a farming season as others read it."""
    return SeasonView(**{name: getattr(row, name) for name in SeasonView.__dataclass_fields__})


def changes(session: Session, session_ids: Iterable[str]) -> dict[str, list[ChangeView]]:
    """Return what was changed of sessions, by session, oldest first; sessions without a change are left out."""
    wanted = select(SessionChange).where(SessionChange.session_id.in_(set(session_ids)))
    found: dict[str, list[ChangeView]] = {}
    for row in session.scalars(wanted.order_by(SessionChange.session_id, SessionChange.position)):
        view = ChangeView(**{name: getattr(row, name) for name in ChangeView.__dataclass_fields__})
        found.setdefault(row.session_id, []).append(view)
    return found


def calendar(session: Session, scope: Scope, wanted: Wanted) -> list[SessionView]:
    """List the sessions within ``scope`` that begin from the first to the last day wanted, earliest first."""
    held = within(scope).where(TrainingClass.starts_on <= wanted.last, TrainingClass.ends_on >= wanted.first)
    held = held.where(TrainingClass.state != "withdrawn" if not scope.empty else false())
    if wanted.base_id:
        held = held.where(TrainingClass.base_id == wanted.base_id)
    if wanted.class_id:
        held = held.where(TrainingClass.id == wanted.class_id)
    found = sessions_of_classes(session, [row.id for row in session.scalars(held)])
    return [one for one in found if _is_wanted(one, wanted)]


def _is_wanted(one: SessionView, wanted: Wanted) -> bool:
    return (
        wanted.first <= day_of(one.starts_ms) <= wanted.last
        and wanted.instructor_id in ("", one.instructor_id)
        and wanted.venue_id in ("", one.venue_id)
        and wanted.state in ("", one.state)
    )
