"""Name a substitute: a colleague of the same office does an officer's work for some days.

The substitute gains no right: they hold the same role of the same department and place already. What they do in these days is done for
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
from yanglao.people.standing_in import offices
from yanglao.people.substitute_models import Substitute

LONGEST_DAYS = 92


class NotOffice(Forbidden):
    code = "substitute.not_office"


class NotColleague(Refused):
    code = "substitute.not_colleague"


class BadDays(Refused):
    code = "substitute.bad_days"


class Overlaps(Conflict):
    code = "substitute.overlaps"


class SubstituteUnknown(NotFound):
    code = "substitute.unknown"


@dataclass(frozen=True)
class SubstituteView:
    """Who stands in for whom; both days included. ``ended_ms``: taken back before."""

    id: str
    person_id: str
    person_name: str
    substitute_id: str
    substitute_name: str
    since: date
    until: date
    reason: str
    ended_ms: int | None


def name(
    session: Session,
    substitute_id: str,
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
    if substitute_id not in {one for one, _ in colleagues(session, actor)}:
        raise NotColleague()
    if not day_of(now) <= until or since > until or (until - since).days >= LONGEST_DAYS:
        raise BadDays(most=LONGEST_DAYS)
    for one in sorted((actor.person_id, substitute_id)):
        entrance.lock(session, one)
    both = (actor.person_id, substitute_id)
    taken = or_(Substitute.person_id.in_(both), Substitute.substitute_id.in_(both))
    same = select(Substitute.id).where(taken, Substitute.ended_ms.is_(None))
    if session.scalar(same.where(Substitute.since <= until, Substitute.until >= since).limit(1)):
        raise Overlaps()
    row = Substitute(
        person_id=actor.person_id,
        substitute_id=substitute_id,
        since=since,
        until=until,
        reason=reason.strip()[:200],
        set_by=actor.person_id,
        set_ms=to_ms(now),
    )
    session.add(row)
    session.flush()
    return row.id


def end(session: Session, row_id: str, *, now: datetime, actor: Actor) -> None:
    """Take a substitute back from now on; again changes nothing. Raises SubstituteUnknown (not the actor's own)."""
    row = session.get(Substitute, row_id, with_for_update=True, populate_existing=True)
    if row is None or row.person_id != actor.person_id:
        raise SubstituteUnknown()
    row.ended_ms = row.ended_ms or to_ms(now)
    session.flush()


def of(session: Session, person_id: str) -> list[SubstituteView]:
    """List who stands in for somebody and for whom they do, the latest first."""
    mine = or_(Substitute.person_id == person_id, Substitute.substitute_id == person_id)
    rows = list(session.scalars(select(Substitute).where(mine).order_by(Substitute.id.desc()).limit(50)))
    known = queries.persons(session, {one for row in rows for one in (row.person_id, row.substitute_id)})
    return [
        SubstituteView(
            row.id,
            row.person_id,
            known[row.person_id].name,
            row.substitute_id,
            known[row.substitute_id].name,
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
