"""Two sheets, and a third where they differ: what comes out, at every border."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yanglao.capture.practical import rules
from yanglao.capture.practical.rules import Past
from yanglao.courses.shapes import RubricItemView, RubricView
from yanglao.kernel import policy

LIMITS = replace(
    policy.latest().practical, gap_total_points=10, gap_item_bp=5000, attempts_max=3, retake_gap_s=100
)


def rubric(*items: tuple[int, bool], pass_mark: int = 60) -> RubricView:
    shown = tuple(
        RubricItemView(f"i{at}", f"第{at}项", "", points, must) for at, (points, must) in enumerate(items)
    )
    return RubricView("s", True, pass_mark, "", shown)


BED = rubric((20, False), (40, False), (10, True), (30, False))


def marks(*given_: int) -> dict[str, int]:
    return {f"i{at}": mark for at, mark in enumerate(given_)}


@st.composite
def whole_rubrics(draw: Any) -> RubricView:
    count = draw(st.integers(2, 8))
    cuts = sorted(draw(st.sets(st.integers(1, 99), min_size=count - 1, max_size=count - 1)))
    sizes = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    return rubric(*[(size, draw(st.booleans())) for size in sizes], pass_mark=draw(st.integers(1, 100)))


@st.composite
def rubric_and_sheets(draw: Any) -> tuple[RubricView, list[dict[str, int]]]:
    held = draw(whole_rubrics())
    sheets = [
        {
            item.key: draw(
                st.sampled_from([0, item.points]) if item.must_pass else st.integers(0, item.points)
            )
            for item in held.items
        }
        for _ in range(3)
    ]
    return held, sheets


@given(rubric_and_sheets())
def test_a_result_lies_between_its_sheets_and_a_failed_must_fails_everything(made: Any) -> None:
    held, (one, other, third) = made
    for sheet in (one, other, third):
        rules.check_marks(held, sheet)
    mean = rules.outcome(held, one, other)
    totals = sorted((rules.total(one), rules.total(other)))
    assert totals[0] * 100 <= mean.score_bp <= totals[1] * 100
    assert mean.score_bp * 2 == (totals[0] + totals[1]) * 100  # halves: nothing is rounded
    assert mean == rules.outcome(held, other, one)
    assert rules.gap(held, one, other, LIMITS).too_far == rules.gap(held, other, one, LIMITS).too_far
    final = rules.outcome(held, one, other, third)
    for item in held.items:
        votes = [sheet[item.key] for sheet in (one, other, third)]
        if item.must_pass:
            assert (item.key in final.failed_musts) == (votes.count(0) >= 2)
        else:
            assert final.halves[item.key] == 2 * third[item.key]
    for found in (mean, final):
        assert found.passed == (not found.failed_musts and found.score_bp >= held.pass_mark * 100)


@given(rubric_and_sheets())
def test_the_same_two_sheets_never_need_a_third(made: Any) -> None:
    held, (one, _, _) = made
    assert rules.gap(held, one, dict(one), LIMITS) == rules.Gap(0, (), (), False)


@pytest.mark.parametrize(
    ("one", "other", "too_far"),
    [
        (marks(20, 40, 10, 30), marks(20, 35, 10, 25), False),  # ten points apart: still close
        (marks(20, 40, 10, 30), marks(20, 34, 10, 25), True),  # eleven
        (marks(20, 30, 10, 20), marks(10, 35, 10, 20), False),  # half of one item: still close
        (marks(20, 30, 10, 20), marks(9, 38, 10, 20), True),  # more than half of one item
        (marks(20, 40, 10, 30), marks(20, 40, 0, 30), True),  # a must-pass item
    ],
)
def test_two_differ_too_much_from_the_first_point_over_the_limit(one: Any, other: Any, too_far: bool) -> None:
    assert rules.gap(BED, one, other, LIMITS).too_far is too_far


@pytest.mark.parametrize(
    ("one", "other", "score_bp", "passed"),
    [
        (marks(10, 20, 10, 20), marks(10, 20, 10, 20), 6000, True),
        (marks(10, 20, 10, 20), marks(10, 19, 10, 20), 5950, False),
        (marks(20, 40, 0, 30), marks(20, 40, 0, 30), 9000, False),  # the must-pass item, by both
    ],
)
def test_the_pass_mark_is_held_to_the_half_point(one: Any, other: Any, score_bp: int, passed: bool) -> None:
    found = rules.outcome(BED, one, other)
    assert (found.score_bp, found.passed, found.decided_by) == (score_bp, passed, "mean")


@pytest.mark.parametrize(
    "wrong",
    [{}, marks(20, 40, 10), marks(21, 0, 0, 0), marks(0, 0, 5, 0), marks(-1, 0, 0, 0), marks(0, 0, 0, 0, 1)],
)
def test_a_sheet_that_is_not_whole_names_its_items(wrong: dict[str, int]) -> None:
    with pytest.raises(rules.MarksFaulty) as refusal:
        rules.check_marks(BED, wrong)
    assert refusal.value.facts["items"]


@pytest.mark.parametrize(
    ("past", "now_ms", "fault"),
    [
        ([], 0, None),
        ([Past(1, True, 0)], 10**9, rules.AlreadyPassed),
        ([Past(1, False, 1000)], 100_999, rules.TooSoon),
        ([Past(1, False, 1000)], 101_000, None),
        ([Past(1, False, 0), Past(2, False, 0)], 10**9, None),
        ([Past(1, False, 0), Past(2, False, 0), Past(3, False, 0)], 10**9, rules.NoneLeft),
    ],
)
def test_another_try_is_begun_only_in_time(past: list[Past], now_ms: int, fault: Any) -> None:
    if fault is None:
        rules.check_begin(past, now_ms, LIMITS)
        return
    with pytest.raises(fault):
        rules.check_begin(past, now_ms, LIMITS)


@pytest.mark.parametrize(("bp", "said"), [(0, "0"), (8600, "86"), (8650, "86.5"), (10000, "100")])
def test_points_are_said_with_halves(bp: int, said: str) -> None:
    assert rules.score_text(bp) == said
