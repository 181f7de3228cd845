"""Keep the venues of a base: where sessions are held, for how many people, and where that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yanglao.classes.models import OfflineSession
from yanglao.classes.shapes import VenueView
from yanglao.classes.timetable_models import Venue
from yanglao.classes.timetable_queries import VenueUnknown, bases_of, venue_view
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, Refused
from yanglao.people.roles import scope_of
from yanglao.places import queries as places


class VenueNameTaken(Conflict):
    code = "venue.name_taken"


class VenueNameMissing(Refused):
    code = "venue.name_missing"


class CapacityWrong(Refused):
    code = "venue.capacity_wrong"


class PositionWrong(Refused):
    code = "venue.position_wrong"


class VenueInUse(Conflict):
    code = "venue.in_use"


@dataclass(frozen=True)
class VenueDraft:
    """What is said of a venue. Position in 1e-6 degrees (WGS-84) or not at all; without a radius the policy's holds."""

    name: str
    capacity: int | None = None
    latitude_e6: int | None = None
    longitude_e6: int | None = None
    radius_m: int | None = None
    active: bool = True


def add_venue(session: Session, base_id: str, draft: VenueDraft, *, now: datetime, actor: Actor) -> VenueView:
    """Register a venue of a base within the actor's reach.

    Raises: NotFound (base), VenueNameMissing, VenueNameTaken, CapacityWrong, PositionWrong.
    """
    places.base(session, base_id, scope_of(actor.grants, "session.plan"))
    row = Venue(base_id=base_id, created_by=actor.person_id, created_ms=to_ms(now))
    _write(session, row, draft, now=now)
    session.add(row)
    session.flush()
    return venue_view(row)


def change_venue(
    session: Session, venue_id: str, draft: VenueDraft, *, now: datetime, actor: Actor
) -> VenueView:
    """Change a venue, or take it out of use; what is still planned there takes its new name, what is over keeps the old.

    Raises: VenueUnknown, VenueInUse (sessions are still planned there), and what ``add_venue`` raises.
    """
    row = session.get(Venue, venue_id, with_for_update=True)
    if row is None or row.base_id not in bases_of(session, scope_of(actor.grants, "session.plan")):
        raise VenueUnknown(venue_id=venue_id)
    ahead = (OfflineSession.venue_id == row.id, OfflineSession.state == "planned")
    if row.active and not draft.active:
        waiting = session.scalar(
            select(func.count())
            .select_from(OfflineSession)
            .where(*ahead, OfflineSession.ends_ms > to_ms(now))
        )
        if waiting:
            raise VenueInUse(venue=row.name, sessions=waiting)
    _write(session, row, draft, now=now)
    for meeting in session.scalars(select(OfflineSession).where(*ahead)):
        meeting.venue = row.name
    session.flush()
    return venue_view(row)


def named_venue(session: Session, base_id: str, name: str) -> Venue | None:
    """Find the venue of a base that bears ``name``, or None."""
    return session.scalar(select(Venue).where(Venue.base_id == base_id, Venue.name == name.strip()))


def _write(session: Session, row: Venue, draft: VenueDraft, *, now: datetime) -> None:
    limits, name = policy.on(day_of(now)).timetable, draft.name.strip()
    if not name:
        raise VenueNameMissing
    taken = named_venue(session, row.base_id, name)
    if taken is not None and taken.id != row.id:
        raise VenueNameTaken(venue=name)
    if draft.capacity is not None and not 1 <= draft.capacity <= limits.venue_capacity_most:
        raise CapacityWrong(most=limits.venue_capacity_most)
    row.name, row.capacity, row.active = name, draft.capacity, draft.active
    row.latitude_e6, row.longitude_e6, row.radius_m = _place(draft, limits)


def _place(draft: VenueDraft, limits: policy.Timetable) -> tuple[int | None, int | None, int | None]:
    if draft.latitude_e6 is None and draft.longitude_e6 is None:
        return None, None, None
    least, most = limits.venue_radius_least_m, limits.venue_radius_most_m
    radius_m = limits.venue_radius_m if draft.radius_m is None else draft.radius_m
    known = draft.latitude_e6 is not None and draft.longitude_e6 is not None
    if (
        not known
        or abs(draft.latitude_e6 or 0) > 90_000_000
        or abs(draft.longitude_e6 or 0) > 180_000_000
        or not least <= radius_m <= most
    ):
        raise PositionWrong(least_m=least, most_m=most)
    return draft.latitude_e6, draft.longitude_e6, radius_m
