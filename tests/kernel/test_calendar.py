"""Working days come from published tables alone; a year without one is a named gap."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yanglao.kernel.calendar import BadCalendar, Mark, YearNotLoaded, published, read

HOLIDAYS = published()
DAYS = st.dates(date(2021, 1, 1), date(2021, 11, 30))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2021-02-07", True),  # a Sunday worked for 春节
        ("2021-02-10", True),
        ("2021-02-11", False),
        ("2021-02-17", False),
        ("2021-02-18", True),
        ("2021-02-20", True),
        ("2021-02-21", False),
        ("2021-09-18", True),
        ("2021-10-08", True),
        ("2021-10-09", True),
        ("2022-01-03", False),
        ("2022-01-30", True),
        ("2022-04-02", True),
        ("2022-10-09", True),
        ("2022-12-31", False),
    ],
)
def test_a_day_is_worked_as_the_table_says(day, works):
    assert HOLIDAYS.is_workday(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("start", "count", "ends"),
    [
        ("2021-02-05", 0, "2021-02-05"),
        ("2021-02-05", 1, "2021-02-07"),
        ("2021-02-10", 1, "2021-02-18"),
        ("2021-09-30", 2, "2021-10-09"),
        ("2021-12-31", 1, "2022-01-04"),
    ],
)
def test_working_days_are_counted_from_the_next_day_on(start, count, ends):
    assert HOLIDAYS.add_workdays(date.fromisoformat(start), count) == date.fromisoformat(ends)


def test_nothing_is_counted_into_a_year_without_a_table():
    last = max(HOLIDAYS.years)
    with pytest.raises(YearNotLoaded) as gap:
        HOLIDAYS.add_workdays(date(last, 12, 31), 1)
    assert gap.value.facts == {"year": last + 1}
    assert HOLIDAYS.mark(date(last + 1, 1, 1)) is None and not HOLIDAYS.loaded(last + 1)


@given(day=DAYS, count=st.integers(1, 20))
def test_the_nth_working_day_is_one_and_n_lie_up_to_it(day, count):
    ends = HOLIDAYS.add_workdays(day, count)
    assert HOLIDAYS.is_workday(ends)
    assert HOLIDAYS.workdays_between(day + timedelta(days=1), ends) == count


def test_2021_and_2022_are_checked_and_others_say_that_they_are_not():
    assert {year: table.checked for year, table in HOLIDAYS.years.items() if table.checked} == {
        2021: True,
        2022: True,
    }
    assert HOLIDAYS.mark(date(2022, 10, 1)) == Mark("off", "国庆节")


@pytest.mark.parametrize(
    "lines",
    [
        'name = "x"\nfrom = 2030-05-01\nto = 2030-04-30\nworked = []',
        'name = "x"\nfrom = 2030-05-01\nto = 2030-05-01\nworked = [2030-05-02]',  # a Thursday
        'name = "x"\nfrom = 2030-05-04\nto = 2030-05-04\nworked = [2030-05-04]',
        'name = "x"\nfrom = 2031-05-01\nto = 2031-05-01\nworked = []',
        'name = "x"\nfrom = 2030-05-01\nto = 2030-05-01',
    ],
)
def test_a_table_that_cannot_be_is_refused_by_its_name(tmp_path, lines):
    file = tmp_path / "2030.toml"
    file.write_text(f'source = "x"\nchecked = false\n[[holiday]]\n{lines}\n', "utf-8")
    with pytest.raises(BadCalendar, match="2030.toml"):
        read(file)
