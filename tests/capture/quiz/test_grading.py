"""Marks: exactly the right ticks, every accepted spelling, and shares of gaps and cases."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yanglao.capture.quiz import grading
from yanglao.courses.shapes import OptionView, QuestionView

IDS = st.sampled_from("abcdef")
SETS = st.frozensets(IDS, max_size=6)
GAPS = QuestionView(
    "g", "bank", "g", 1, "fill_in", "____ 和 ____", "", None, (), blanks=(("20", "二十"), ("CPR", "心肺复苏"))
)


def ticks(key: dict[str, frozenset[str]], kind: str = "multiple") -> list[QuestionView]:
    """Return a paper of questions with options a to f."""
    return [
        QuestionView(
            one,
            "bank",
            one,
            1,
            kind,
            "题",
            "",
            None,
            tuple(OptionView(o, i, o, o in right) for i, o in enumerate("abcdef")),
        )
        for one, right in key.items()
    ]


@given(st.dictionaries(IDS, SETS.filter(bool), min_size=1), st.dictionaries(IDS, SETS))
def test_a_question_counts_only_when_exactly_its_set_is_ticked(
    key: dict[str, frozenset[str]], answers: dict[str, frozenset[str]]
) -> None:
    given_ = {one: sorted(ticked) for one, ticked in answers.items()}
    found = grading.grade(ticks(key), given_)
    assert found.right == {one for one in key if answers.get(one) == key[one]}
    assert found.score == len(found.right) * 100 // len(key)
    shared = grading.grade(ticks(key), given_, by_share=True)
    assert found.score <= shared.score <= 100 and shared.right == found.right


@given(st.dictionaries(IDS, SETS.filter(bool), min_size=1), st.data())
def test_one_tick_too_many_or_too_few_loses_the_question(
    key: dict[str, frozenset[str]], data: st.DataObject
) -> None:
    one, tick = data.draw(st.sampled_from(sorted(key))), data.draw(IDS)
    whole = {each: sorted(right) for each, right in key.items()}
    assert grading.grade(ticks(key), whole).score == 100 and grading.grade(ticks(key), {}).score == 0
    assert one not in grading.grade(ticks(key), {**whole, one: sorted(key[one] ^ {tick})}).right


@pytest.mark.parametrize(
    ("answer", "numerals", "earned"),
    [
        (["20", "CPR"], False, 1),
        (["２０ ", "c p r"], False, 1),
        (["二十", "心肺复苏。"], False, 1),
        (["贰拾", "CPR"], False, Fraction(1, 2)),
        (["二〇", "cpr"], False, Fraction(1, 2)),
        (["二〇", "cpr"], True, 1),
        (["", "cpr"], False, Fraction(1, 2)),
        (["cpr", "20"], False, 0),
        ([], False, 0),
    ],
)
def test_gaps_take_every_accepted_spelling_and_give_shares(
    answer: list[str], numerals: bool, earned: Fraction
) -> None:
    assert grading.share(replace(GAPS, numerals=numerals), answer) == earned


@pytest.mark.parametrize(
    ("ticked", "by_share", "earned"),
    [("ab", False, 0), ("ab", True, Fraction(2, 3)), ("abd", True, 0), ("abc", True, 1), ("", True, 0)],
)
def test_shares_of_a_multiple_question_come_only_where_they_are_set(
    ticked: str, by_share: bool, earned: Fraction
) -> None:
    question = ticks({"q": frozenset("abc")})[0]
    assert grading.share(question, list(ticked), by_share=by_share) == earned


def test_a_case_weighs_as_it_says_and_is_shared_over_its_parts() -> None:
    first, second = ticks({"p1": frozenset("a"), "p2": frozenset("b")}, "single")
    case = QuestionView(
        "c", "bank", "c", 1, "case", "王奶奶", "", None, (), marks=3, parts=(first, replace(second, marks=2))
    )
    alone = ticks({"q": frozenset("a")}, "single")[0]
    assert grading.grade([alone, case], {"q": ["a"], "p1": ["a"]}).score == 50  # 1 + 3 × 1/3 of 4
    assert grading.grade([alone, case], {"p2": ["b"]}).score == 50
    assert grading.grade([alone, case], {"q": ["a"], "p1": ["a"], "p2": ["b"]}).score == 100
    assert grading.grade([alone, GAPS], {"g": ["20"]}).score == 25
