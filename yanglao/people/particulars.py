"""Enter what the roster of a claim asks of a person beyond the ID: 学历, 户口所在地, 户口性质. All of it may stay empty."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import to_ms
from yanglao.people.particulars_models import PersonParticulars
from yanglao.people.reach import actor_id, need, person_row, scope_for

AnySession = Session | scoped_session[Any]
SCHOOLING = ("小学", "初中", "高中", "中专", "技校", "大专", "本科", "研究生")
HOUSEHOLD = ("农业户口", "非农业户口", "居民户口")
LONGEST = {"schooling": 20, "registered": 60, "household": 20}


@dataclass(frozen=True)
class Particulars:
    """What is known of a person for the rosters of claims; empty is unknown."""

    schooling: str = ""
    registered: str = ""
    household: str = ""

    def cut(self) -> Particulars:
        """Return the same without blanks around, no longer than is kept."""
        return Particulars(
            **{name: " ".join(text.split())[: LONGEST[name]] for name, text in asdict(self).items()}
        )


UNKNOWN = Particulars()


def of(session: AnySession, person_ids: Iterable[str]) -> dict[str, Particulars]:
    """Return person id -> particulars; who has none is left out."""
    wanted, found = sorted(set(person_ids)), {}
    for start in range(0, len(wanted), 500):
        rows = select(PersonParticulars).where(PersonParticulars.person_id.in_(wanted[start : start + 500]))
        for row in session.scalars(rows):
            found[row.person_id] = Particulars(row.schooling, row.registered, row.household)
    return found


def write(session: AnySession, person_id: str, given: Particulars, *, now: datetime, actor: Actor) -> None:
    """Keep what a base says of a person, also that it is empty again. Raises Forbidden, NotFound (outside the scope)."""
    need(actor, "people.manage")
    person_row(session, person_id, scope_for(actor, "people.manage"))
    _keep(session, person_id, given.cut(), now=now, actor=actor)


def fill(session: AnySession, person_id: str, given: Particulars, *, now: datetime, actor: Actor) -> None:
    """Keep what a roster says of a person where nothing is known yet; the caller may import it."""
    told, known = given.cut(), of(session, [person_id]).get(person_id, Particulars())
    whole = Particulars(**{name: text or asdict(told)[name] for name, text in asdict(known).items()})
    if whole != known:
        _keep(session, person_id, whole, now=now, actor=actor)


def _keep(session: AnySession, person_id: str, given: Particulars, *, now: datetime, actor: Actor) -> None:
    row = session.get(PersonParticulars, person_id, with_for_update=True)
    if row is None:
        row = PersonParticulars(person_id=person_id)
        session.add(row)
    row.schooling, row.registered, row.household = given.schooling, given.registered, given.household
    row.set_by, row.set_ms = actor_id(actor), to_ms(now)
    session.flush()
