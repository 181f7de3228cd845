"""Count people by organiser, category and level: on the rosters, learning, finished."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, case, false, func, select
from sqlalchemy.orm import Session

from yanglao.completion.models import Standing
from yanglao.kernel.actor import Scope


@dataclass(frozen=True)
class Tally:
    """Distinct people of one organiser, category and level; who finished is not counted as learning."""

    division_code: str
    category_code: str
    level_code: str | None
    enrolled: int
    learning: int
    finished: int


def tally(session: Session, scope: Scope, year: int, *, states: Sequence[str]) -> list[Tally]:
    """Count the people of classes in ``states`` that start in ``year`` and are organised within ``scope``.

    Finished: complete in every segment of a class. Learning: any evidence, and not finished. Who withdrew is left out.
    """
    person = _persons(scope, year, states).subquery()
    keys = (person.c.division_code, person.c.category_code, person.c.level_code)
    rows = session.execute(
        select(
            *keys,
            func.count(),
            func.sum(case((and_(person.c.started == 1, person.c.finished == 0), 1), else_=0)),
            func.sum(person.c.finished),
        )
        .group_by(*keys)
        .order_by(*keys)
    )
    return [Tally(*row[:3], *(int(number or 0) for number in row[3:])) for row in rows]


def _persons(scope: Scope, year: int, states: Sequence[str]) -> Select[Any]:
    """Ask for one row per person, organiser, category and level, whatever number of classes they are in."""
    tables = Standing.metadata.tables
    own, enrolled = tables["training_class"].c, tables["enrolment"].c
    each = (
        select(
            own.division_code,
            own.category_code,
            own.level_code,
            enrolled.person_id,
            func.max(case((Standing.state.not_in(("not_started",)), 1), else_=0)).label("started"),
            func.min(case((Standing.state == "complete", 1), else_=0)).label("finished"),
        )
        .select_from(tables["enrolment"])
        .join(tables["training_class"], own.id == enrolled.class_id)
        .outerjoin(Standing, Standing.enrolment_id == enrolled.id)
        .where(
            enrolled.state == "enrolled",
            own.state.in_(states),
            own.starts_on >= date(year, 1, 1),
            own.starts_on <= date(year, 12, 31),
        )
        .group_by(own.division_code, own.category_code, own.level_code, enrolled.person_id, enrolled.id)
    )
    if not scope.all:
        each = each.where(own.division_code.in_(scope.divisions) if scope.divisions else false())
    one = each.subquery()
    keys = (one.c.division_code, one.c.category_code, one.c.level_code, one.c.person_id)
    best = (func.max(one.c.started).label("started"), func.max(one.c.finished).label("finished"))
    return select(*keys, *best).group_by(*keys)
