"""Account numbers: read as meant, Luhn only a sign, shown by head and tail."""

from __future__ import annotations

import pytest

from yanglao.subsidy import payee_rules as rules


@pytest.mark.parametrize(
    ("typed", "holds", "luhn"),
    [
        ("6222 0212-3456 7890 128", True, True), ("6222021234567890123", True, False), ("６２２２０２１２３４５６７８９０１２８", True, True),
        ("1234567", False, True), ("12345678", True, True), ("1" * 32, True, True), ("1" * 33, False, True), ("62220212345678X", False, True),
    ],
)  # fmt: skip
def test_a_number_is_read_as_meant_and_judged(typed: str, holds: bool, luhn: bool) -> None:
    number = rules.clean_number(typed)
    assert (rules.number_holds(number), not number.isdigit() or rules.luhn_holds(number)) == (holds, luhn)


def test_a_number_is_shown_by_its_ends_only() -> None:
    assert rules.masked("6222021234567890128") == "6222 **** 0128" and rules.masked("12345678") == "**** 78"
