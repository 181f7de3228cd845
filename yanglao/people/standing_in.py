"""Tell for whom somebody does the work today; asked of officers at each request."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from yanglao.kernel.actor import Grant
from yanglao.people.reach import AnySession
from yanglao.people.substitute_models import Substitute

ROLES = ("officer", "city_officer")


def stands_for(session: AnySession, person_id: str, today: date) -> str:
    """Return for whom somebody does the work today, "" for nobody; one at most."""
    wanted = select(Substitute.person_id).where(
        Substitute.substitute_id == person_id,
        Substitute.ended_ms.is_(None),
        Substitute.since <= today,
        Substitute.until >= today,
    )
    return session.scalar(wanted.limit(1)) or ""


def offices(grants: tuple[Grant, ...]) -> list[Grant]:
    """Return the grants of an office, in which somebody may stand in."""
    return [one for one in grants if one.role in ROLES]
