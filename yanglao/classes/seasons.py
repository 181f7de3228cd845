"""Keep the busy farming seasons (农忙) of a division or a base: shown in calendars, never a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from yanglao.classes.shapes import SeasonView
from yanglao.classes.timetable_models import FarmSeason
from yanglao.classes.timetable_queries import SeasonUnknown, season_view
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Refused
from yanglao.people.roles import may
from yanglao.places import queries as places


class SeasonFacts(Refused):
    code = "calendar.season_facts"


@dataclass(frozen=True)
class SeasonDraft:
    """A season of one division or of one base, both days included; ``is_example`` says that it was invented."""

    name: str
    starts_on: date
    ends_on: date
    division_code: str | None = None
    base_id: str | None = None
    is_example: bool = False


def keep_season(
    session: Session, draft: SeasonDraft, *, season_id: str = "", now: datetime, actor: Actor
) -> SeasonView:
    """Add a season, or change the one called ``season_id``.

    Raises: SeasonUnknown (it, or its division or base, is not the actor's), SeasonFacts.
    """
    row = _own(session, season_id, actor) if season_id else FarmSeason(created_by=actor.person_id)
    if not may_keep(session, actor, division_code=draft.division_code, base_id=draft.base_id):
        raise SeasonUnknown
    most = policy.on(day_of(now)).timetable.season_days_most
    if not draft.name.strip() or not 0 <= (draft.ends_on - draft.starts_on).days < most:
        raise SeasonFacts(most_days=most)
    row.division_code, row.base_id = draft.division_code, draft.base_id
    row.name, row.starts_on, row.ends_on = draft.name.strip(), draft.starts_on, draft.ends_on
    row.is_example = draft.is_example
    row.created_ms = row.created_ms or to_ms(now)
    session.add(row)
    session.flush()
    return season_view(row)


def drop_season(session: Session, season_id: str, *, actor: Actor) -> None:
    """Take a season away; it is a note to planners and nothing rests on it. Raises SeasonUnknown."""
    session.delete(_own(session, season_id, actor))
    session.flush()


def may_keep(
    session: Session, actor: Actor, *, division_code: str | None = None, base_id: str | None = None
) -> bool:
    """Tell whether the actor keeps the seasons of a base (who plans there) or of a division (its civil affairs)."""
    if (division_code is None) == (base_id is None):
        return False
    if base_id is not None:
        known = {one.id for one in places.bases(session)}
        return base_id in known and may(actor.grants, "session.plan", base=base_id)
    known = {one.code for one in places.divisions(session)}
    return division_code in known and may(actor.grants, "class.approve", division=division_code)


def _own(session: Session, season_id: str, actor: Actor) -> FarmSeason:
    row = session.get(FarmSeason, season_id, with_for_update=True)
    if row is None or not may_keep(session, actor, division_code=row.division_code, base_id=row.base_id):
        raise SeasonUnknown(season_id=season_id)
    return row
