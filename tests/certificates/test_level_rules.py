"""The 22 signs of a certificate of skill level, and what cannot be about one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from yanglao.certificates import level_rules as rules

TODAY = date(2026, 3, 8)
DIGITS = some.text("0123456789", min_size=6, max_size=6)


def number(*, kind="S", body="0001", province="37", serial="000001", year="26", level="5", last="000123"):
    return f"{kind}{body}{province}{serial}{year}{level}{last}"


@given(some.sampled_from("YS"), DIGITS, some.integers(0, 99), some.integers(1, 5), DIGITS)
def test_a_number_gives_back_its_parts_also_with_spaces_and_small_letters(kind, serial, year, level, last):
    text = number(kind=kind, serial=serial, year=f"{year:02d}", level=str(level), last=last)
    found = rules.read_number(" ".join(text.lower()))
    assert found == rules.Number("level", text, 37, 2000 + year, f"L{level}")


@given(some.text("YS0123456789", max_size=24))
def test_what_is_read_as_a_number_has_one_of_the_three_forms(text):
    found = rules.read_number(text)
    assert found is None or (len(found.text), found.kind) in {(22, "level"), (22, "chief"), (16, "old")}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (number(), "level"),
        (number(level="0"), None),
        (number(level="6"), None),
        (number(kind="A"), None),
        (number()[:-1], None),
        (number() + "1", None),
        ("YS" + "1" * 20, "chief"),
        ("1" * 16, "old"),
        ("1" * 15, None),
        ("", None),
        ("Y000123XXXXXX195000001", None),
    ],
)
def test_the_border_of_a_number(text, kind):
    found = rules.read_number(text)
    assert (found.kind if found else None) == kind


LEVELS = [
    ("五级／初级工", "L5"), ("初级", "L5"), ("5", "L5"), ("四级", "L4"), ("中级工", "L4"), ("三级/高级工", "L3"), ("高级", "L3"),
    ("二级／技师", "L2"), ("技师", "L2"), ("一级／高级技师", "L1"), ("高级技师", "L1"), ("特级技师", "SPECIAL"), ("首席技师", "CHIEF"),
    ("", None), ("6", None), ("优秀", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), LEVELS)
def test_a_level_is_known_by_its_usual_names(text, code):
    assert rules.level_of(text) == code


@pytest.mark.parametrize(
    ("text", "day"),
    [
        *((text, date(2026, 3, 8)) for text in ("2026-03-08", "2026/3/8", "2026.3.8", "2026年3月8日", "20260308")),
        ("2026-03-08 00:00:00", date(2026, 3, 8)),
        ("2026-02-29", None),
        ("3月8日", None),
        ("", None),
    ],
)  # fmt: skip
def test_a_day_is_read_as_sheets_write_it(text, day):
    assert rules.day_of(text) == day


FAULTS = [
    ({}, "L5", TODAY, None),
    ({}, "L5", date(2026, 3, 9), "level.future"),
    ({}, "L4", TODAY, "level.level_differs"),
    ({"province": "11"}, "L5", TODAY, "level.other_province"),
    ({"year": "25"}, "L5", TODAY, "level.year_differs"),
    ({"year": "25"}, "L5", date(2025, 12, 31), None),
]


@pytest.mark.parametrize(("parts", "level", "day", "code"), FAULTS)
def test_level_province_and_year_must_agree_with_the_number(parts, level, day, code):
    read = rules.read_number(number(**parts))
    assert rules.fault(rules.Reported(read, level, day), province=37, today=TODAY) == code


def test_a_number_that_tells_no_level_fits_only_where_it_may():
    chief, old = rules.read_number("YS" + "1" * 20), rules.read_number("1" * 16)

    def judge(read, level):
        return rules.fault(rules.Reported(read, level, TODAY), province=37, today=TODAY)

    assert (judge(chief, "SPECIAL"), judge(chief, "L1"), judge(old, "L3")) == (
        None,
        "level.level_differs",
        None,
    )


def test_more_than_the_most_of_one_day_are_a_burst():
    day = date(2026, 3, 8)
    assert rules.bursts({("甲", day): 200, ("乙", day): 201}, most=200) == [("乙", day)]
