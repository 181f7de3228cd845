"""Tell for whom somebody does the work today; asked of officers at each request."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from yanglao.kernel.actor import Grant
from yanglao.people.reach import AnySession
from yanglao.people.stand_in_models import StandIn

ROLES = ("officer", "city_officer")


def stands_for(session: AnySession, person_id: str, today: date) -> str:
    """Return for whom somebody does the work today, "" for nobody; one at most."""
    wanted = select(StandIn.person_id).where(
        StandIn.stand_in_id == person_id,
        StandIn.ended_ms.is_(None),
        StandIn.since <= today,
        StandIn.until >= today,
    )
    return session.scalar(wanted.limit(1)) or ""


def offices(grants: tuple[Grant, ...]) -> list[Grant]:
    """Return the grants of an office, in which somebody may stand in."""
    return [one for one in grants if one.role in ROLES]
