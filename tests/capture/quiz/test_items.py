"""How questions do: figures at their borders, small numbers protected, and only within the reader's scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from tests.capture.quiz.school import School
from yanglao.capture.quiz import item_rules, items, tallies
from yanglao.capture.quiz import service as quiz
from yanglao.capture.quiz.item_rules import Taken
from yanglao.capture.quiz.models import QuizAttempt
from yanglao.courses.shapes import OptionView, QuestionView
from yanglao.kernel.actor import EVERYTHING, Scope
from yanglao.kernel.db import db, run

QUESTION = QuestionView(
    "q", "bank", "q", 1, "single", "题", "", None, tuple(OptionView(one, n, one, one == "a") for n, one in enumerate("abc"))
)  # fmt: skip


def taken(score: int, answer: str) -> Taken:
    return Taken(score, (answer,) if answer else (), Fraction(answer == "a"))


def of(*papers: Taken, times: Mapping[int, int] | None = None) -> item_rules.Item:
    return item_rules.item(QUESTION, papers, times or {}, small=5, group_bp=2700)


def test_below_five_papers_only_their_number_is_told() -> None:
    few = of(Taken(50, ("a",), Fraction(1), 4), times={10: 4})
    assert (few.asked, few.share_bp, few.median_s, few.discrimination) == (4, None, None, None)
    assert few.picked == ()
    enough = of(*[taken(50, "a")] * 3, taken(20, "b"), taken(20, ""), times={9: 2, 10: 1, 11: 1, 12: 1})
    assert (enough.asked, enough.answered, enough.share_bp, enough.median_s) == (5, 4, 6000, 10)
    assert [(one.text, one.count, one.share_bp) for one in enough.picked] == [
        ("a", 3, 6000),
        ("b", 1, 2000),
        ("c", 0, 0),
    ]


@pytest.mark.parametrize(
    ("papers", "expected"),
    [
        ([taken(90, "a")] * 5 + [taken(10, "b")] * 5, 100),
        ([taken(90, "b")] * 5 + [taken(10, "a")] * 5, -100),
        ([taken(50, "a")] * 10, 0),
        ([taken(50, "a")] * 5 + [taken(50, "b")] * 5, 0),
        ([taken(90, "a")] * 5 + [taken(10, "b")] * 4, None),
    ],
)
def test_discrimination_sets_the_best_against_the_worst(papers: list[Taken], expected: int | None) -> None:
    assert of(*papers).discrimination == expected


@given(
    st.lists(st.tuples(st.integers(0, 100), st.sampled_from(["a", "b", "c", ""])), min_size=5, max_size=12)
)
def test_figures_stay_within_their_bounds(papers: list[tuple[int, str]]) -> None:
    found = of(*[taken(score, answer) for score, answer in papers])
    counted = Counter(papers)
    together = [replace(taken(*one), count=count) for one, count in counted.items()]
    assert of(*together) == found
    assert found.share_bp is not None and 0 <= found.share_bp <= 10_000
    assert found.discrimination is None or -100 <= found.discrimination <= 100
    assert sum(one.count for one in found.picked) == found.answered


def test_papers_count_by_class_base_day_and_scope(school: School) -> None:
    for n in range(5):
        paper, begun = school.start(hours=n), school.now + timedelta(hours=n)
        ids = [one.id for one in paper.questions]
        run(
            lambda at=begun, own=paper.id, all_=ids: quiz.show(
                db.session, own, all_, now=at, actor=school.pupil
            )
        )  # type: ignore[misc]
        school.tick(paper, wrong=5, hours=n, seconds=30)
        school.submit(paper, hours=n, minutes=5)
    bank, base = school.segment.bank_key or "", school.town.bases["renhe"]

    def papers(scope: Scope = EVERYTHING, **wanted: object) -> int:
        return items.statistics(db.session, bank, scope, items.Wanted(**wanted)).papers  # type: ignore[arg-type]

    assert papers() == papers(class_id=school.class_id, base_id=base, since=date(2026, 3, 8)) == 5
    assert papers(until=date(2026, 3, 7)) == papers(base_id=school.town.bases["qihe"]) == 0
    assert papers(Scope(bases=frozenset({base}))) == 5
    assert papers(Scope(bases=frozenset({school.town.bases["qihe"]}))) == papers(Scope()) == 0
    found = items.statistics(db.session, bank, EVERYTHING, items.Wanted())
    assert sum(one.asked for one in found.items) == 50
    timed = [one.median_s for one in found.items if one.asked >= 5]
    assert all(one == 30 for one in timed)
    assert all(one.share_bp is None for one in found.items if one.asked < 5)
    runner = school.town.app.test_cli_runner()
    assert runner.invoke(args=["quiz", "tallies", "--check"]).exit_code == 0
    run(
        lambda: db.session.execute(update(QuizAttempt).values(tally=None))
    )  # as code before tallies closes it
    assert items.statistics(db.session, bank, EVERYTHING, items.Wanted()) == found
    assert runner.invoke(args=["quiz", "tallies", "--check"]).exit_code == 1
    assert "5" in runner.invoke(args=["quiz", "tallies"]).output
    assert tallies.differing(db.session) == []
    by_share = [one.share_bp for one in items.ordered(found, "share").items if one.share_bp is not None]
    assert by_share == sorted(by_share)
