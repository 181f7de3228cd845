"""The rules of papers and marks, without a database."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yanglao.capture.quiz import rules
from yanglao.courses import blueprint
from yanglao.courses.shapes import OptionView, QuestionView

KINDS = ("single", "multiple", "true_false")


def question(n: int, kind: str = "single", topic: str = "health") -> QuestionView:
    options = tuple(
        OptionView(f"q{n}-{i}", i, f"选项 {i}", i == 1) for i in range(1, 3 if kind == "true_false" else 5)
    )
    return QuestionView(f"q{n}", "bank", f"k{n}", 1, kind, f"第 {n} 题", "因为", topic, options)


BANK = [question(n, KINDS[n % 3], ("law", "ethics", "health", "quality")[n % 4]) for n in range(48)]


@given(st.text(max_size=30), st.integers(0, 48))
def test_a_seed_gives_one_paper_of_different_questions(seed: str, count: int) -> None:
    drawn = rules.draw(BANK, count, seed=seed)
    assert drawn == rules.draw(list(reversed(BANK)), count, seed=seed)
    assert len({one.question_id for one in drawn}) == count


@given(st.text(max_size=30))
def test_a_paper_is_spread_over_kinds_and_topics(seed: str) -> None:
    by_id = {one.id: one for one in BANK}
    drawn = [by_id[one.question_id] for one in rules.draw(BANK, 12, seed=seed)]
    assert [one.kind for one in drawn] == ["true_false"] * 4 + ["single"] * 4 + ["multiple"] * 4
    assert {
        sum(one.topic_code == topic for one in drawn) for topic in ("law", "ethics", "health", "quality")
    } == {3}


@given(st.text(max_size=30))
def test_options_are_shuffled_but_true_and_false_keep_their_order(seed: str) -> None:
    by_id = {one.id: one for one in BANK}
    for one in rules.draw(BANK, 12, seed=seed):
        own = [option.id for option in by_id[one.question_id].options]
        assert sorted(one.option_ids) == sorted(own)
        assert by_id[one.question_id].kind != "true_false" or list(one.option_ids) == own


def test_fresh_questions_come_before_seen_ones() -> None:
    seen = {one.id for one in BANK if int(one.id[1:]) < 24}
    assert not seen & {one.question_id for one in rules.draw(BANK, 12, seed="s", seen=seen)}


def test_different_seeds_give_different_papers() -> None:
    assert len({rules.draw(BANK, 10, seed=str(n)) for n in range(20)}) == 20


PAPER = tuple(rules.Asked(one, ("a", "b", "c", "d")) for one in ("q1", "q2"))
GAPS = replace(question(2), id="q2", kind="fill_in", options=(), blanks=(("20",), ("30", "卅")))


def one_of(kind: str, key: str = "q1") -> QuestionView:
    return GAPS if kind == "fill_in" else replace(question(1), id=key, kind=kind)


def test_an_answer_is_kept_in_the_order_of_the_paper_without_repeats() -> None:
    assert rules.check_answer(PAPER, one_of("multiple"), ["c", "a", "c"]) == ("a", "c")
    assert rules.check_answer(PAPER, one_of("single"), []) == ()
    assert rules.check_answer(PAPER, GAPS, [" 20 "]) == ("20", "")
    assert rules.check_answer(PAPER, GAPS, ["", "  "]) == ()


@pytest.mark.parametrize(
    ("asked", "answer", "refusal"),
    [
        (one_of("single", "q3"), ["a"], rules.QuestionUnknown),
        (one_of("single"), ["e"], rules.OptionUnknown),
        (one_of("multiple"), ["a", "e"], rules.OptionUnknown),
        (one_of("single"), ["a", "b"], rules.OneAnswerOnly),
        (one_of("true_false"), ["a", "b"], rules.OneAnswerOnly),
        (GAPS, ["1", "2", "3"], rules.BlanksUnknown),
        (GAPS, ["1" * 101], rules.BlanksUnknown),
    ],
)
def test_answers_off_the_paper_are_refused(asked: QuestionView, answer: list[str], refusal: type) -> None:
    with pytest.raises(refusal):
        rules.check_answer(PAPER, asked, answer)


def test_a_case_is_one_question_and_its_parts_stand_together() -> None:
    parts = tuple(replace(question(100 + n), case_id="case", position=n) for n in (1, 2, 3))
    case = replace(question(99, "case"), id="case", options=(), parts=parts)
    drawn = rules.draw([case, *BANK[:4]], 5, seed="s")
    assert [one.question_id for one in drawn][-3:] == ["q101", "q102", "q103"]
    assert [one.case_id for one in drawn] == [None] * 4 + ["case"] * 3


LEVELS = ("easy", "medium", "hard")
LARGE = [replace(question(n, KINDS[n % 3], ("law", "ethics", "health")[n % 9 // 3]), difficulty=LEVELS[n % 3])
         for n in range(900)]  # fmt: skip
WEIGHTS = st.dictionaries(st.sampled_from(("law", "ethics", "health")), st.integers(1, 9))
HARDNESS = st.dictionaries(st.sampled_from(LEVELS), st.integers(1, 9))


@given(WEIGHTS, HARDNESS, st.integers(1, 60), st.text(max_size=9))
def test_a_blueprint_gives_each_topic_and_difficulty_its_share(
    topics: dict[str, int], levels: dict[str, int], count: int, seed: str
) -> None:
    plan = {"topics": topics, "difficulties": levels}
    by_id = {one.id: one for one in LARGE}
    drawn = [by_id[one.question_id] for one in rules.draw(LARGE, count, seed=seed, blueprint=plan)]
    assert len({one.id for one in drawn}) == count
    for weights, name in ((topics, "topic_code"), (levels, "difficulty")):
        for key, weight in weights.items():
            held = sum(getattr(one, name) == key for one in drawn)
            assert abs(held * sum(weights.values()) - count * weight) < sum(weights.values())


def test_the_largest_remainder_gets_what_is_left() -> None:
    assert blueprint.shares(10, {"law": 1, "ethics": 1, "health": 1}) == {"law": 4, "ethics": 3, "health": 3}
    assert blueprint.shares(10, {"law": 55, "ethics": 27, "health": 18}) == {
        "law": 5,
        "ethics": 3,
        "health": 2,
    }


def test_what_a_bank_lacks_is_named_and_nothing_is_drawn() -> None:
    plan = {"topics": {"law": 1, "quality": 1}}
    lacking = blueprint.shortages(LARGE, plan, 10)
    assert lacking == [blueprint.Shortage("quality", None, 5, 0)]
    with pytest.raises(rules.BankShort):
        rules.draw(LARGE, 10, seed="s", blueprint=plan)
    assert blueprint.shortages(BANK, None, 49) == [blueprint.Shortage(None, None, 49, 48)]
    assert blueprint.faults({"topics": {"law": 0, "x": 1}, "more": {}}, ["law"]) == [
        "topics.law",
        "topics.x",
        "more",
    ]


@pytest.mark.parametrize(("now_ms", "over"), [(999, False), (1000, True), (1001, True)])
def test_the_moment_of_expiry_no_longer_belongs_to_the_attempt(now_ms: int, over: bool) -> None:
    assert rules.is_over(1000, now_ms) is over
