"""What stands in the way of a certificate, and numbers that nobody guesses and nobody mistypes unseen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from yanglao.certificates import rules
from yanglao.certificates.states import ACTS, STATES, STEPS, UNISSUED, step
from yanglao.kernel.wording import sentence
from yanglao.people.roles import PERMISSIONS

DRAWN = some.integers(0, 2**rules.DRAWN_BITS - 1)
PLACES = some.sampled_from(["371302", "371300", "LY-GXQ"])
YEARS = some.integers(2021, 2099)


@dataclass
class Lack:
    sentence: str


@dataclass
class Segment:
    title: str = "基础理论"
    state: str = "complete"
    missing: tuple[Lack, ...] = ()
    review: dict[str, Any] | None = field(default_factory=lambda: {"verdict": "confirmed"})


CASES = [
    ([Segment()], True, (), []),
    ([Segment(state="in_progress", missing=(Lack("还差 2 学时"),))], True, (), ["“基础理论”还没有完成：还差 2 学时"]),
    ([Segment(state="hours_met")], True, (), ["“基础理论”的学时还没有全部入账"]),
    ([Segment(review=None)], True, (), ["“基础理论”的学时基地还没有核对"]),
    ([Segment(review={"verdict": "questioned"})], True, (), ["“基础理论”的学时核对时有疑问"]),
    ([Segment()], True, ("换人听课",), ["有一条异常还没有查清：换人听课"]),
    ([Segment(review=None)], False, ("换人听课",), ["已经退班"]),
]  # fmt: skip


@pytest.mark.parametrize(("segments", "enrolled", "flags", "said"), CASES)
def test_every_obstacle_has_its_sentence(segments, enrolled, flags, said):
    found = rules.obstacles(segments, enrolled=enrolled, flags=flags)
    assert [sentence(one.code, one.facts) for one in found] == said


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", ACTS)
def test_what_is_not_in_the_table_of_steps_is_refused(state, act):
    found = step(state, act)
    assert found == STEPS.get((state, act))
    assert found is None or (found.to_state in STATES and found.permission in PERMISSIONS)


def test_nothing_leads_out_of_a_state_that_is_final_and_nothing_back_to_what_was_never_issued():
    assert not {state for state, _ in STEPS} & {"returned", "revoked", "replaced"}
    assert not [key for key, found in STEPS.items() if found.to_state in UNISSUED and key[0] not in UNISSUED]


@given(PLACES, YEARS, DRAWN)
def test_a_number_is_read_again_however_it_is_typed(place, year, drawn):
    number = rules.number(place, year, drawn)
    assert len(number) == 21 and f"{year}" in number
    typed = rules.spaced(number).lower().replace(" ", "-")
    assert rules.number_in(number) == rules.number_in(typed) == number
    assert rules.number_in(number[:12] + number[12:].replace("0", "o").replace("1", "l")) == number


@given(PLACES, YEARS, DRAWN, some.integers(12, 20), some.sampled_from(rules.ALPHABET))
def test_one_wrong_sign_is_never_taken_for_a_number(place, year, drawn, at, sign):
    number = rules.number(place, year, drawn)
    wrong = number[:at] + sign + number[at + 1 :]
    assert rules.number_in(wrong) == (number if wrong == number else None)


@given(PLACES, YEARS, DRAWN, some.integers(12, 19))
def test_two_signs_that_change_places_are_never_taken_for_a_number(place, year, drawn, at):
    number = rules.number(place, year, drawn)
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    assert rules.number_in(swapped) == (number if swapped == number else None)


@pytest.mark.parametrize("text", ["", "LY371302", "37130220260000000", "王秀英", "LY371302202600000000" * 9])
def test_what_is_no_number_of_ours_is_not_taken_for_one(text):
    assert rules.number_in(text) is None


@given(some.integers(0, 2**80 - 1))
def test_a_code_is_read_again_also_in_capitals(drawn):
    code = rules.letters(drawn, rules.CODE_LETTERS).lower()
    assert rules.code_in(code.upper()) == rules.code_in(code) == code


@pytest.mark.parametrize(
    ("issued", "ends", "early"),
    [
        (date(2026, 3, 19), date(2026, 3, 20), True),
        (date(2026, 3, 20), date(2026, 3, 20), False),
        (date(2026, 3, 21), date(2026, 3, 20), False),
    ],
)
def test_a_certificate_dated_before_the_last_day_of_its_class_came_early(issued, ends, early):
    assert rules.came_early(issued, ends) is early


@given(some.dictionaries(some.sampled_from(rules.PRINTED), some.text(max_size=40)))
def test_a_statement_gives_back_every_printed_field(texts):
    printed = {name: texts.get(name, "") for name in rules.PRINTED}
    assert rules.printed_in(rules.statement(printed)) == printed


@pytest.mark.parametrize("signed", [None, [], {}, ["other-1", *rules.PRINTED], [rules.VERSION, *([1] * 11)]])
def test_another_statement_is_not_taken_for_a_certificate(signed):
    assert rules.printed_in(signed) is None
