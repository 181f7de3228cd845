"""What the notice plans and what was done, per division: people planned, enrolled, learning, finished.

The counties' numbers for care workers are numbers of 五级 training; from 四级 on the city organises and the notice
divides nothing, so those people are counted beside the plan and never divided by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from yanglao.completion.tally import Tally, tally
from yanglao.kernel.actor import Scope
from yanglao.places import queries as places
from yanglao.places.queries import CategoryView, Discrepancy, DivisionView, LevelView

COUNTED = ("approved", "running", "finished", "archived")


@dataclass(frozen=True)
class Count:
    """People on rosters; ``learning`` and ``finished`` are parts of ``enrolled``."""

    enrolled: int = 0
    learning: int = 0
    finished: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.enrolled + other.enrolled, self.learning + other.learning, self.finished + other.finished
        )


@dataclass(frozen=True)
class Cell:
    """One division in one category. ``planned`` None: the notice gives no number. ``above``: levels beside the plan."""

    planned: int | None
    count: Count = field(default_factory=Count)
    above: Count = field(default_factory=Count)

    @property
    def empty(self) -> bool:
        """Tell whether neither a number nor a person is here."""
        return self.planned is None and not (self.count + self.above).enrolled

    @property
    def finished_percent(self) -> float | None:
        """Return percent of the plan that finished, one decimal, rounded down; None without a number."""
        return self.count.finished * 1000 // self.planned / 10 if self.planned else None


@dataclass(frozen=True)
class Row:
    """One division; cells by category code."""

    division: DivisionView
    cells: dict[str, Cell]


@dataclass(frozen=True)
class Progress:
    """The table of one year within a scope; ``whole``: all divisions are in it.

    ``against`` is the year whose plan stands beside it (the notice plans two years only), 0 for none.
    """

    year: int
    against: int
    categories: tuple[CategoryView, ...]
    rows: tuple[Row, ...]
    totals: dict[str, Cell]
    discrepancies: tuple[Discrepancy, ...]
    planned_years: tuple[int, ...]
    whole: bool


def progress(
    session: Session, scope: Scope, year: int, *, category: str = "", against: int | None = None
) -> Progress:
    """Return the people of the classes that start in ``year`` beside a plan, rows limited to ``scope``.

    ``against`` None: the plan of ``year``, else of the last year planned.
    """
    known = places.years(session)
    if against is None:
        against = year if year in known else max(known, default=0)
    plan = places.plan(session, against)
    planned = {row.division_code: row.planned for row in plan.rows}
    kinds = _kinds(session, plan.categories, category)
    levels = {level.code: level for level in places.levels(session)}
    found = tally(session, scope, year, states=COUNTED)
    parents = {one.code: one.parent for one in places.categories(session)}
    rows = tuple(
        _row(one, kinds, planned.get(one.code, {}), _of(found, one.code, parents, levels))
        for one in places.divisions(session)
        if scope.all or one.code in scope.divisions
    )
    return Progress(
        year=year,
        against=against if against in known else 0,
        categories=kinds,
        rows=rows,
        totals={kind.code: _total(row.cells[kind.code] for row in rows) for kind in kinds},
        discrepancies=tuple(
            one for one in places.discrepancies(session) if category in ("", one.category_code)
        ),
        planned_years=tuple(known),
        whole=scope.all,
    )


def years(session: Session, *, today: date) -> list[int]:
    """Return the years one may look at, the present one first: those of the plan, and since."""
    known = places.years(session) or [today.year]
    return list(range(today.year, min(known) - 1, -1))


def categories(session: Session) -> list[CategoryView]:
    """Return the categories one may filter by: those that stand for themselves."""
    return [one for one in places.categories(session) if one.parent is None]


def _kinds(session: Session, planned: tuple[CategoryView, ...], category: str) -> tuple[CategoryView, ...]:
    """Return the one asked for; else those that any plan speaks of."""
    every = categories(session)
    if category:
        return tuple(one for one in every if one.code == category)
    if planned:
        return planned
    spoken = {one.code for year in places.years(session) for one in places.plan(session, year).categories}
    return tuple(one for one in every if one.code in spoken)


Key = tuple[str, bool]


def _of(
    found: Iterable[Tally], division: str, parents: dict[str, str | None], levels: dict[str, LevelView]
) -> dict[Key, Count]:
    """Return (category, beside the plan) -> people of one organiser."""
    sums: dict[Key, Count] = {}
    for one in found:
        if one.division_code != division:
            continue
        code = parents.get(one.category_code) or one.category_code
        level = levels.get(one.level_code or "")
        key = (code, level is not None and level.organiser == "city")
        sums[key] = sums.get(key, Count()) + Count(one.enrolled, one.learning, one.finished)
    return sums


def _row(
    division: DivisionView,
    kinds: tuple[CategoryView, ...],
    planned: dict[str, int | None],
    people: dict[Key, Count],
) -> Row:
    cells = {
        kind.code: Cell(
            planned.get(kind.code),
            people.get((kind.code, False), Count()),
            people.get((kind.code, True), Count()),
        )
        for kind in kinds
    }
    return Row(division, cells)


def _total(cells: Iterable[Cell]) -> Cell:
    """Add up cells; a total is a number as soon as any cell has one."""
    kept = list(cells)
    numbers = [cell.planned for cell in kept if cell.planned is not None]
    return Cell(
        sum(numbers) if numbers else None,
        sum((cell.count for cell in kept), Count()),
        sum((cell.above for cell in kept), Count()),
    )
