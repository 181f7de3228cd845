"""Name a stand-in: a colleague of the same office does an officer's work for some days.

The stand-in gains no right: they hold the same role of the same department and place already. What they do in these days is done for
both: it is recorded as 代, and where four eyes are asked for, neither of the two is the other pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, Forbidden, NotFound, Refused
from yanglao.people import entrance, queries
from yanglao.people.models import RoleGrant
from yanglao.people.stand_in_models import StandIn
from yanglao.people.standing_in import offices

LONGEST_DAYS = 92


class NotOffice(Forbidden):
    code = "stand_in.not_office"


class NotColleague(Refused):
    code = "stand_in.not_colleague"


class BadDays(Refused):
    code = "stand_in.bad_days"


class Overlaps(Conflict):
    code = "stand_in.overlaps"


class StandInUnknown(NotFound):
    code = "stand_in.unknown"


@dataclass(frozen=True)
class StandInView:
    """Who stands in for whom; both days included. ``ended_ms``: taken back before."""

    id: str
    person_id: str
    person_name: str
    stand_in_id: str
    stand_in_name: str
    since: date
    until: date
    reason: str
    ended_ms: int | None


def name(
    session: Session,
    stand_in_id: str,
    *,
    since: date,
    until: date,
    reason: str,
    now: datetime,
    actor: Actor,
) -> str:
    """Let a colleague do the actor's work from ``since`` to ``until``; return the id.

    Raises NotOffice, NotColleague, BadDays (over, or too many), Overlaps (either has one of them in these days already).
    """
    if not offices(actor.grants):
        raise NotOffice()
    if stand_in_id not in {one for one, _ in colleagues(session, actor)}:
        raise NotColleague()
    if not day_of(now) <= until or since > until or (until - since).days >= LONGEST_DAYS:
        raise BadDays(most=LONGEST_DAYS)
    for one in sorted((actor.person_id, stand_in_id)):
        entrance.lock(session, one)
    both = (actor.person_id, stand_in_id)
    taken = or_(StandIn.person_id.in_(both), StandIn.stand_in_id.in_(both))
    same = select(StandIn.id).where(taken, StandIn.ended_ms.is_(None))
    if session.scalar(same.where(StandIn.since <= until, StandIn.until >= since).limit(1)):
        raise Overlaps()
    row = StandIn(
        person_id=actor.person_id,
        stand_in_id=stand_in_id,
        since=since,
        until=until,
        reason=reason.strip()[:200],
        set_by=actor.person_id,
        set_ms=to_ms(now),
    )
    session.add(row)
    session.flush()
    return row.id


def end(session: Session, row_id: str, *, now: datetime, actor: Actor) -> bool:
    """Take a stand-in back from now on; False when that was done before. Raises StandInUnknown (not the actor's own)."""
    row = session.get(StandIn, row_id, with_for_update=True, populate_existing=True)
    if row is None or row.person_id != actor.person_id:
        raise StandInUnknown()
    if row.ended_ms is not None:
        return False
    row.ended_ms = to_ms(now)
    session.flush()
    return True


def of(session: Session, person_id: str) -> list[StandInView]:
    """List who stands in for somebody and for whom they do, the latest first."""
    mine = or_(StandIn.person_id == person_id, StandIn.stand_in_id == person_id)
    rows = list(session.scalars(select(StandIn).where(mine).order_by(StandIn.id.desc()).limit(50)))
    known = queries.persons(session, {one for row in rows for one in (row.person_id, row.stand_in_id)})
    return [
        StandInView(
            row.id,
            row.person_id,
            known[row.person_id].name,
            row.stand_in_id,
            known[row.stand_in_id].name,
            row.since,
            row.until,
            row.reason,
            row.ended_ms,
        )
        for row in rows
    ]


def colleagues(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Return (id, name) of who holds every office that the actor holds: the same role, department and place."""
    found: set[str] | None = None
    for grant in offices(actor.grants):
        wanted = select(RoleGrant.person_id).where(
            RoleGrant.role == grant.role,
            RoleGrant.revoked_ms.is_(None),
            RoleGrant.department == grant.department,
            RoleGrant.division_code == grant.division
            if grant.division
            else RoleGrant.division_code.is_(None),
        )
        held = set(session.scalars(wanted))
        found = held if found is None else found & held
    others = queries.persons(session, (found or set()) - {actor.person_id})
    return sorted(((one.id, one.name) for one in others.values()), key=lambda pair: pair[1])
