"""Say what a day of the timetable is beyond an ordinary one, and on which days a repeated session falls. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from yanglao.classes.rules import Gap
from yanglao.kernel.calendar import Calendar

LOOKED_AHEAD_DAYS = 800


class Season(Protocol):
    """What a rule must know of a farming season."""

    @property
    def name(self) -> str: ...
    @property
    def starts_on(self) -> date: ...
    @property
    def ends_on(self) -> date: ...
    @property
    def is_example(self) -> bool: ...


@dataclass(frozen=True)
class Repeat:
    """Sessions on ``weekdays`` (0 is Monday) from ``first`` on, ``count`` of them, days off left out when ``skip_off``."""

    first: date
    weekdays: frozenset[int]
    count: int
    skip_off: bool = False


def day_notes(day: date, calendar: Calendar, seasons: Iterable[Season] = ()) -> list[Gap]:
    """Name what a planner should know of ``day``: a holiday, a weekend day worked instead, no table, 农忙. None refuses."""
    notes = []
    mark = calendar.mark(day)
    if not calendar.loaded(day.year):
        notes.append(Gap("calendar.no_table", {"year": day.year}))
    elif mark is not None:
        code = "calendar.day_off" if mark.kind == "off" else "calendar.day_worked"
        notes.append(Gap(code, {"day": day.isoformat(), "name": mark.name}))
    for one in seasons:
        if one.starts_on <= day <= one.ends_on:
            example = "（示例）" if one.is_example else ""
            facts = {"name": one.name + example, "starts_on": str(one.starts_on), "ends_on": str(one.ends_on)}
            notes.append(Gap("calendar.season", facts))
    return notes


def repeated_days(repeat: Repeat, calendar: Calendar) -> list[date]:
    """List the days of a repeated session, earliest first.

    Days that are known to be off are left out when asked; of a year without a table none is known. No weekday: no day.
    """
    found: list[date] = []
    for ahead in range(LOOKED_AHEAD_DAYS):
        day = repeat.first + timedelta(days=ahead)
        mark = calendar.mark(day)
        if len(found) == repeat.count:
            break
        if day.weekday() not in repeat.weekdays or (repeat.skip_off and mark and mark.kind == "off"):
            continue
        found.append(day)
    return found


def month_weeks(first: date) -> list[list[date]]:
    """List the weeks, Monday to Sunday, that the month of ``first`` touches."""
    day = first.replace(day=1)
    day -= timedelta(days=day.weekday())
    weeks: list[list[date]] = []
    while not weeks or (day.year, day.month) <= (first.year, first.month):
        weeks.append([day + timedelta(days=at) for at in range(7)])
        day += timedelta(days=7)
    return weeks


def spoken_weekdays(weekdays: Sequence[int]) -> str:
    """Return 周二、周四 of weekday numbers (0 is Monday)."""
    return "、".join(f"周{'一二三四五六日'[one]}" for one in sorted(weekdays))
