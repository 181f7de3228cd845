"""The rules of papers and marks, without a database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yanglao.capture.quiz import rules
from yanglao.courses.shapes import OptionView, QuestionView

KINDS = ("single", "multiple", "true_false")
IDS = st.sampled_from("abcdef")
SETS = st.frozensets(IDS, max_size=6)


def question(n: int, kind: str = "single", topic: str = "health") -> QuestionView:
    options = tuple(
        OptionView(f"q{n}-{i}", i, f"选项 {i}", i == 1) for i in range(1, 3 if kind == "true_false" else 5)
    )
    return QuestionView(f"q{n}", "bank", f"k{n}", 1, kind, f"第 {n} 题", "因为", topic, options)


BANK = [question(n, KINDS[n % 3], ("law", "ethics", "health", "quality")[n % 4]) for n in range(48)]


@given(st.dictionaries(IDS, SETS.filter(bool), min_size=1), st.dictionaries(IDS, SETS))
def test_a_question_counts_only_when_exactly_its_set_is_ticked(
    key: dict[str, frozenset[str]], answers: dict[str, frozenset[str]]
) -> None:
    found = rules.grade(key, answers)
    assert found.right == {one for one in key if answers.get(one) == key[one]}
    assert found.score == len(found.right) * 100 // len(key)
    assert 0 <= found.score <= 100


@given(st.dictionaries(IDS, SETS.filter(bool), min_size=1))
def test_the_key_itself_gets_a_hundred_and_an_empty_paper_nothing(key: dict[str, frozenset[str]]) -> None:
    assert rules.grade(key, key).score == 100
    assert rules.grade(key, {}).score == 0


@given(st.dictionaries(IDS, SETS.filter(bool), min_size=1), st.data())
def test_one_tick_too_many_or_too_few_loses_the_question(
    key: dict[str, frozenset[str]], data: st.DataObject
) -> None:
    one = data.draw(st.sampled_from(sorted(key)))
    tick = data.draw(IDS)
    assert one not in rules.grade(key, {**key, one: key[one] ^ {tick}}).right


@given(st.text(max_size=30), st.integers(0, 60))
def test_a_seed_gives_one_paper_of_different_questions(seed: str, count: int) -> None:
    drawn = rules.draw(BANK, count, seed=seed)
    assert drawn == rules.draw(list(reversed(BANK)), count, seed=seed)
    assert len({one.question_id for one in drawn}) == min(count, len(BANK))


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


PAPER = (rules.Asked("q1", ("a", "b", "c", "d")),)


def test_an_answer_is_kept_in_the_order_of_the_paper_without_repeats() -> None:
    assert rules.check_answer(PAPER, "q1", ["c", "a", "c"], kind="multiple") == ("a", "c")
    assert rules.check_answer(PAPER, "q1", [], kind="single") == ()


@pytest.mark.parametrize(
    ("question_id", "answer", "kind", "refusal"),
    [
        ("q2", ["a"], "single", rules.QuestionUnknown),
        ("q1", ["e"], "single", rules.OptionUnknown),
        ("q1", ["a", "e"], "multiple", rules.OptionUnknown),
        ("q1", ["a", "b"], "single", rules.OneAnswerOnly),
        ("q1", ["a", "b"], "true_false", rules.OneAnswerOnly),
    ],
)
def test_answers_off_the_paper_are_refused(
    question_id: str, answer: list[str], kind: str, refusal: type
) -> None:
    with pytest.raises(refusal):
        rules.check_answer(PAPER, question_id, answer, kind=kind)


@pytest.mark.parametrize(("now_ms", "over"), [(999, False), (1000, True), (1001, True)])
def test_the_moment_of_expiry_no_longer_belongs_to_the_attempt(now_ms: int, over: bool) -> None:
    assert rules.is_over(1000, now_ms) is over
