"""A repeated session falls on the weekdays asked for; a day says what it is."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yanglao.classes.calendar_rules import Repeat, day_notes, month_weeks, repeated_days, spoken_weekdays
from yanglao.kernel.calendar import published

HARVEST = SimpleNamespace(name="三夏", starts_on=date(2021, 6, 1), ends_on=date(2021, 6, 20), is_example=True)


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        ("2021-05-31", []),
        ("2021-06-01", ["calendar.season"]),
        ("2021-06-12", ["calendar.day_off", "calendar.season"]),
        ("2021-06-20", ["calendar.season"]),
        ("2021-06-21", []),
        ("2021-09-26", ["calendar.day_worked"]),
        ("2020-06-10", ["calendar.no_table"]),
    ],
)
def test_a_day_says_what_a_planner_should_know(day, codes):
    assert [one.code for one in day_notes(date.fromisoformat(day), published(), [HARVEST])] == codes


def test_an_example_is_called_an_example():
    (note,) = day_notes(date(2021, 6, 2), published(), [HARVEST])
    assert note.facts["name"] == "三夏（示例）"


def test_days_off_are_left_out_and_made_up_for_when_asked():
    repeat = Repeat(date(2021, 9, 28), frozenset({1, 3}), 4)  # Tuesdays and Thursdays around 国庆节
    assert [day.day for day in repeated_days(repeat, published())] == [28, 30, 5, 7]
    kept = Repeat(repeat.first, repeat.weekdays, 4, skip_off=True)
    assert [day.day for day in repeated_days(kept, published())] == [28, 30, 12, 14]
    assert spoken_weekdays([3, 1]) == "周二、周四"


@given(
    first=st.dates(date(2020, 1, 1), date(2027, 12, 31)),
    weekdays=st.frozensets(st.integers(0, 6)),
    count=st.integers(1, 60),
    skip=st.booleans(),
)
def test_a_repeat_has_its_count_its_weekdays_and_its_order(first, weekdays, count, skip):
    days = repeated_days(Repeat(first, weekdays, count, skip_off=skip), published())
    assert len(days) == (count if weekdays else 0)
    assert days == sorted(set(days)) and all(day >= first and day.weekday() in weekdays for day in days)
    marks = [published().mark(day) for day in days]
    assert not skip or all(mark is None or mark.kind == "worked" for mark in marks)


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_the_weeks_of_a_month_hold_all_of_it(day):
    weeks = month_weeks(day)
    assert all(len(week) == 7 and week[0].weekday() == 0 for week in weeks)
    assert 4 <= len(weeks) <= 6 and day in [one for week in weeks for one in week]
    assert all(any(one.month == day.month for one in week) for week in weeks)
