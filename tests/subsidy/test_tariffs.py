"""The money of a policy file is read strictly; what was never set is named, not guessed."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from yanglao.kernel import policy
from yanglao.kernel.policy import BadPolicy, Policy
from yanglao.subsidy import tariffs
from yanglao.subsidy.rules import FigureMissing, check
from yanglao.subsidy.tariffs import NoTariff, Wanted

FILE = """
notice_workdays = 5
raise_most_bp = 1000
limits = { once_per_level = true, no_lower_after_higher = false }
[[funds]]
key = "f"
name = "示例"
valid_from = 2021-01-01
[[tariffs]]
kind = "training"
category = "caregiver"
level = "L5"
fund = "f"
model = "FULL_ON_ALL"
amount_fen = 100000
[[tariffs]]
kind = "training"
category = "caregiver"
level = "L5"
fund = "f"
division = "371302"
model = "FULL_ON_ALL"
amount_fen = 100000
raise_bp = 500
"""
CITY = Wanted("training", "caregiver", "L5", "f", "371321")


def held(changed: str = FILE) -> Policy:
    return replace(policy.latest(), name="x.toml", subsidy=tomllib.loads(changed))


def test_the_county_that_has_a_line_of_its_own_is_paid_by_it_and_the_others_by_the_citys() -> None:
    book = tariffs.of(held())
    assert book.tariff(CITY).raise_bp == 0 and book.tariff(replace(CITY, division="371302")).raise_bp == 500
    assert (book.limits.most_a_year, book.limits.once_per_level) == (None, True)
    assert book.limits.attendance_min_bp == policy.latest().training.attendance_min_bp
    with pytest.raises(NoTariff) as refused:
        book.tariff(replace(CITY, level="L4"))
    assert refused.value.facts["file"] == "x.toml"


def test_the_shipped_example_invents_no_amount() -> None:
    book = tariffs.on(date(2021, 6, 1))
    assert all("示例" in fund.name for fund in book.funds.values())
    with pytest.raises(FigureMissing, match="amount"):
        check(book.tariff(Wanted("training", "caregiver", "L5", "dedicated", "371302")))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('model = "FULL_ON_ALL"', 'model = "ALL"', "tariffs.0.model"),
        ("amount_fen = 100000", "amount_fen = -1", "amount_fen"),
        ("amount_fen = 100000", "amount_fen = 10.5", "amount_fen"),
        ('fund = "f"', 'fund = "g"', "not there: g"),
        ('division = "371302"', 'division = ""', "twice"),
        ("notice_workdays = 5", "notice_workdays = 5\nmore = 1", "more"),
        ('key = "f"', 'key = "f"\nsuccessor = "h"', "not there: h"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused_by_its_name(old: str, new: str, said: str) -> Any:
    with pytest.raises(BadPolicy, match=said) as refused:
        tariffs.of(held(FILE.replace(old, new)))
    assert "x.toml" in str(refused.value)
