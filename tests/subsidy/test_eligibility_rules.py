"""Each obstacle is named with its figures, at its very border, and all of them at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from yanglao.kernel.wording import sentence
from yanglao.subsidy.eligibility_rules import Case, Excluded, Fund, Limits, Paid, obstacles

LIMITS = Limits(8000, 5000, most_a_year=3, most_total=3, claim_within_days=365)
FUND = Fund("f", "示例资金", date(2021, 1, 1), date(2021, 12, 31), "接续资金", frozenset({"pension"}))
GOOD = Case(
    occupation="4-10-01-05", rank=1, kind="training", segment_key="theory", class_id="c",
    class_starts_on=date(2021, 3, 1), class_ends_on=date(2021, 3, 10), lacking=(), attendance_bp=8000, online_bp=5000,
    confirmed_on=date(2021, 3, 12), own_word="yes", heavy_flags=0, today=date(2021, 4, 1),
)  # fmt: skip
PAID = Paid("4-10-01-05", 1, "training", "theory", "other", 2021, "f")


def pensioner(since: date, until: date | None) -> Excluded:
    return Excluded("pension", "领取养老金", since, until)


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({}, []),
        ({"attendance_bp": 7999}, ["attendance_low"]),
        ({"attendance_bp": None}, []),
        ({"online_bp": 5001}, ["online_share"]),
        ({"lacking": ("还差线下 2 学时",)}, ["lacking"]),
        ({"own_word": "no"}, ["disputed"]),
        ({"own_word": ""}, ["not_confirmed_by_person"]),
        ({"confirmed_on": None}, ["not_reviewed"]),
        ({"heavy_flags": 1}, ["flags_open"]),
        ({"today": date(2022, 3, 12)}, []),
        ({"today": date(2022, 3, 13)}, ["too_late"]),
        ({"class_starts_on": date(2020, 12, 31)}, ["fund_window"]),
        ({"excluded": [pensioner(date(2021, 3, 10), None)]}, ["excluded"]),
        ({"excluded": [pensioner(date(2021, 3, 11), None)]}, []),
        ({"excluded": [pensioner(date(2020, 1, 1), date(2021, 3, 1))]}, ["excluded"]),
        ({"excluded": [pensioner(date(2020, 1, 1), date(2021, 2, 28))]}, []),
        ({"excluded": [Excluded("student", "在校生", date(2020, 1, 1), None)]}, []),
        ({"paid": [PAID]}, ["paid_already"]),
        ({"paid": [replace(PAID, segment_key="practice")]}, ["level_paid"]),
        ({"paid": [replace(PAID, segment_key="practice", class_id="c")]}, []),
        ({"paid": [replace(PAID, kind="living")]}, []),
        ({"paid": [replace(PAID, rank=2)]}, ["lower_after_higher"]),
        ({"paid": [replace(PAID, rank=0)]}, []),
        ({"paid": [replace(PAID, occupation="x", class_id=str(n)) for n in range(3)]}, ["year_full", "total_full"]),
        ({"paid": [replace(PAID, occupation="x", class_id=str(n), year=2020) for n in range(3)]}, ["total_full"]),
        ({"attendance_bp": 7600, "own_word": "", "heavy_flags": 2, "confirmed_on": None, "paid": [PAID]},
         ["attendance_low", "not_confirmed_by_person", "not_reviewed", "flags_open", "paid_already"]),
    ],
)  # fmt: skip
def test_obstacles_at_their_borders(changed: dict[str, Any], codes: list[str]) -> None:
    found = obstacles(replace(GOOD, **changed), LIMITS, FUND)
    assert [one.code.removeprefix("subsidy.") for one in found] == codes
    assert all("…" not in sentence(one.code, one.facts) for one in found)


@pytest.mark.parametrize(
    ("bp", "said"), [(7600, "出勤率 76%，未达 80%"), (7999, "出勤率 79.99%，未达 80%"), (7950, "出勤率 79.5%，未达 80%")]
)  # fmt: skip
def test_a_share_is_never_rounded_up_to_the_line_it_missed(bp: int, said: str) -> None:
    (one,) = obstacles(replace(GOOD, attendance_bp=bp), LIMITS, FUND)
    assert sentence(one.code, one.facts) == said


def test_a_limit_that_no_text_sets_stops_nobody() -> None:
    free = Limits(8000, 5000, None, None, None, once_per_level=False, no_lower_after_higher=False)
    held = [replace(PAID, segment_key="x"), replace(PAID, rank=9, class_id="y"), replace(PAID, class_id="z", segment_key="y")]  # fmt: skip
    assert obstacles(replace(GOOD, paid=held, today=date(2031, 1, 1)), free, FUND) == ()
