"""Tell working days from days off: the published holiday and 调休 tables, one dated file per year, and nothing guessed.

``config/calendar/<year>.toml`` names each holiday with its days off and the weekend days that are worked instead. A year
without a file is a named gap (``YearNotLoaded``): no deadline is counted into it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from yanglao.kernel.errors import Refused

FOLDER = Path(__file__).resolve().parents[2] / "config" / "calendar"
ONE = timedelta(days=1)


class BadCalendar(ValueError):
    """Say that a table lacks something, or names a day of another year or one day twice."""


class YearNotLoaded(Refused):
    """Say that there is no table for the year a question reaches into; facts: ``year``."""

    code = "calendar.year_not_loaded"


@dataclass(frozen=True)
class Mark:
    """What a day is beyond an ordinary one: ``kind`` is ``off`` or ``worked`` (调休上班), ``name`` the holiday's."""

    kind: str
    name: str


@dataclass(frozen=True)
class Year:
    """The table of one year; ``checked``: it was compared with the published notice."""

    year: int
    source: str
    checked: bool
    marks: Mapping[date, Mark]


class Calendar:
    """Answer questions about days of the years that are loaded. Pure: no clock, no file."""

    def __init__(self, years: Mapping[int, Year]) -> None:
        self.years = dict(years)

    def mark(self, day: date) -> Mark | None:
        """Return what is special about ``day``; None: nothing, or its year is not loaded (ask ``loaded``)."""
        table = self.years.get(day.year)
        return table.marks.get(day) if table else None

    def loaded(self, year: int) -> bool:
        """Tell whether there is a table for ``year``."""
        return year in self.years

    def is_workday(self, day: date) -> bool:
        """Tell whether offices work on ``day``. Raises YearNotLoaded."""
        if day.year not in self.years:
            raise YearNotLoaded(year=day.year)
        mark = self.mark(day)
        return mark.kind == "worked" if mark else day.weekday() < 5

    def add_workdays(self, day: date, count: int) -> date:
        """Return the ``count``-th working day after ``day``, which itself is not counted; ``day`` for 0.

        Raises YearNotLoaded when the count reaches into a year without a table.
        """
        left = count
        while left > 0:
            day += ONE
            left -= self.is_workday(day)
        return day

    def workdays_between(self, first: date, last: date) -> int:
        """Count the working days from ``first`` to ``last``, both included. Raises YearNotLoaded."""
        days = (first + ONE * at for at in range((last - first).days + 1))
        return sum(self.is_workday(day) for day in days)


@cache
def published(folder: Path = FOLDER) -> Calendar:
    """Return the calendar of all tables in ``folder``. Raises BadCalendar naming the file."""
    return Calendar({int(file.stem): read(file) for file in sorted(folder.glob("*.toml"))})


def read(file: Path) -> Year:
    """Read one table. Raises BadCalendar naming the file and what is wrong."""
    try:
        table = tomllib.loads(file.read_text("utf-8"))
        year, source, checked = int(file.stem), str(table["source"]), bool(table["checked"])
        marks = _marks(year, table["holiday"])
    except (ValueError, KeyError, TypeError) as fault:
        raise BadCalendar(f"{file.name}: {type(fault).__name__} {fault}") from None
    return Year(year, source, checked, marks)


def _marks(year: int, holidays: list[dict[str, Any]]) -> dict[date, Mark]:
    marks: dict[date, Mark] = {}
    for one in holidays:
        first, last, name = one["from"], one["to"], str(one["name"])
        days = [(first + ONE * at, "off") for at in range((last - first).days + 1)]
        if not days:
            raise ValueError(f"{name} ends before it begins")
        for day, kind in [*days, *((day, "worked") for day in one["worked"])]:
            if day in marks or day.year != year:
                raise ValueError(f"{day} stands twice or is of another year")
            if kind == "worked" and day.weekday() < 5:
                raise ValueError(f"{day} is worked anyway")
            marks[day] = Mark(kind, name)
    return marks
