"""Answer what there is: divisions, bases, levels, topics, and the notice's plan with what does not agree in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session, scoped_session

from yanglao.kernel.actor import EVERYTHING, Scope
from yanglao.kernel.errors import NotFound
from yanglao.places import notice
from yanglao.places.models import Category, CityTarget, Division, QuotaPlan, SkillLevel, Topic, TrainingBase
from yanglao.places.rules import CITY

AnySession = Session | scoped_session[Any]

__all__ = ["CITY"]


@dataclass(frozen=True)
class DivisionView:
    """A division; ``kind`` is city, county or zone."""

    code: str
    name: str
    kind: str
    rank: int


@dataclass(frozen=True)
class BaseView:
    """A training base, with the name of its division."""

    id: str
    name: str
    short_name: str
    division_code: str
    division_name: str
    kind: str
    uscc: str | None
    address: str
    phone: str
    is_demo: bool


@dataclass(frozen=True)
class CategoryView:
    """A trainee category; ``parent`` is the code of the wider one or None."""

    code: str
    name: str
    parent: str | None
    rank: int


@dataclass(frozen=True)
class LevelView:
    """A skill level; ``organiser`` is county or city."""

    code: str
    name: str
    sort_rank: int
    organiser: str


@dataclass(frozen=True)
class TopicView:
    """A topic of lessons and questions."""

    code: str
    name: str
    mandatory: bool
    rank: int


@dataclass(frozen=True)
class PlanRow:
    """One division in the plan of one year: category code -> number, None where the annex has an empty cell."""

    year: int
    division_code: str
    division_name: str
    planned: dict[str, int | None]

    @property
    def total(self) -> int:
        """Return the sum of the cells that hold a number."""
        return sum(number or 0 for number in self.planned.values())


@dataclass(frozen=True)
class Plan:
    """The annex of one year: the city's own row first, then the counties, and the sums by category."""

    year: int
    categories: tuple[CategoryView, ...]
    rows: tuple[PlanRow, ...]
    totals: dict[str, int]

    @property
    def total(self) -> int:
        """Return the sum of all cells."""
        return sum(self.totals.values())


@dataclass(frozen=True)
class Discrepancy:
    """Where the notice's text and its annex name different numbers for the same category."""

    category_code: str
    category_name: str
    target_per_year: int
    planned_by_year: dict[int, int]
    difference_per_year: int
    source: str
    note: str


def divisions(session: AnySession) -> list[DivisionView]:
    """Return the divisions in the order of the notice, the city's own row first."""
    return [_division(row) for row in session.scalars(select(Division).order_by(Division.rank))]


def division(session: AnySession, code: str) -> DivisionView:
    """Return one division. Raises NotFound."""
    row = session.get(Division, code)
    if row is None:
        raise NotFound("places.no_division", division=code)
    return _division(row)


def bases(session: AnySession, scope: Scope = EVERYTHING) -> list[BaseView]:
    """Return the bases within ``scope``, by division and name."""
    found = (
        select(TrainingBase, Division.name)
        .join(Division, Division.code == TrainingBase.division_code)
        .where(_within(scope))
        .order_by(Division.rank, TrainingBase.name)
    )
    return [_base(row, name) for row, name in session.execute(found)]


def base(session: AnySession, base_id: str, scope: Scope = EVERYTHING) -> BaseView:
    """Return one base. Raises NotFound, also when it is outside ``scope``."""
    found = (
        select(TrainingBase, Division.name)
        .join(Division, Division.code == TrainingBase.division_code)
        .where(TrainingBase.id == base_id, _within(scope))
    )
    row = session.execute(found).first()
    if row is None:
        raise NotFound("places.no_base")
    return _base(row[0], row[1])


def categories(session: AnySession) -> list[CategoryView]:
    """Return the trainee categories in the order of the notice."""
    rows = session.scalars(select(Category).order_by(Category.rank))
    return [CategoryView(row.code, row.name, row.parent, row.rank) for row in rows]


def levels(session: AnySession) -> list[LevelView]:
    """Return the skill levels, the lowest first."""
    rows = session.scalars(select(SkillLevel).order_by(SkillLevel.sort_rank))
    return [LevelView(row.code, row.name, row.sort_rank, row.organiser) for row in rows]


def topics(session: AnySession, mandatory: bool | None = None) -> list[TopicView]:
    """Return the topics; with ``mandatory`` given, only those that are or are not."""
    found = select(Topic).order_by(Topic.rank)
    if mandatory is not None:
        found = found.where(Topic.mandatory.is_(mandatory))
    return [TopicView(row.code, row.name, row.mandatory, row.rank) for row in session.scalars(found)]


def organiser_of(level: str | LevelView) -> str:
    """Return who organises a level: ``county`` for 五级 and below, ``city`` from 四级 on. Raises NotFound."""
    code = level.code if isinstance(level, LevelView) else level
    found = notice.organisers().get(code)
    if found is None:
        raise NotFound("places.no_level", level=code)
    return found


def years(session: AnySession) -> list[int]:
    """Return the years that the plan speaks of."""
    return list(session.scalars(select(QuotaPlan.year).distinct().order_by(QuotaPlan.year)))


def plan(session: AnySession, year: int) -> Plan:
    """Return the plan of ``year``; without rows when the notice does not speak of it."""
    found = select(QuotaPlan).where(QuotaPlan.year == year)
    cells = {(cell.division_code, cell.category_code): cell.planned for cell in session.scalars(found)}
    planned = {category for _, category in cells}
    kinds = tuple(category for category in categories(session) if category.code in planned)
    rows = tuple(
        PlanRow(year, one.code, one.name, {kind.code: cells[one.code, kind.code] for kind in kinds})
        for one in divisions(session)
        if any(code == one.code for code, _ in cells)
    )
    totals = {kind.code: sum(row.planned[kind.code] or 0 for row in rows) for kind in kinds}
    return Plan(year, kinds, rows, totals)


def discrepancies(session: AnySession) -> list[Discrepancy]:
    """Return the categories whose yearly mean in the annex is not what the notice's text asks for."""
    names = {category.code: category.name for category in categories(session)}
    plans = [plan(session, year) for year in years(session)]
    found = []
    for target in session.scalars(select(CityTarget)):
        by_year = {one.year: one.totals.get(target.category_code, 0) for one in plans}
        if by_year and sum(by_year.values()) != target.per_year * len(by_year):
            lacking = target.per_year - sum(by_year.values()) // len(by_year)
            name = names[target.category_code]
            found.append(
                Discrepancy(
                    target.category_code, name, target.per_year, by_year, lacking, target.source, target.note
                )
            )
    return found


def _within(scope: Scope) -> Any:
    if scope.all:
        return TrainingBase.id.is_not(None)
    if scope.empty:
        return false()
    return or_(TrainingBase.division_code.in_(scope.divisions), TrainingBase.id.in_(scope.bases))


def _division(row: Division) -> DivisionView:
    return DivisionView(row.code, row.name, row.kind, row.rank)


def _base(row: TrainingBase, division_name: str) -> BaseView:
    return BaseView(
        id=row.id,
        name=row.name,
        short_name=row.short_name,
        division_code=row.division_code,
        division_name=division_name,
        kind=row.kind,
        uscc=row.uscc,
        address=row.address,
        phone=row.phone,
        is_demo=row.is_demo,
    )
