"""Drafts of questions: every fault is found, and the same question typed twice is recognised."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from yanglao.courses.answer_text import plain
from yanglao.courses.question_shapes import OptionDraft, QuestionDraft, check_draft, digest_of, tidy
from yanglao.kernel.wording import sentence, words

RIGHT = OptionDraft("侧卧位", True)
WRONG = OptionDraft("俯卧位", False)
SINGLE = QuestionDraft("single", "拍背时老人采取什么体位？", (RIGHT, WRONG))
FILL = QuestionDraft("fill_in", "洗手至少 ____ 秒。", blanks=(("20", "二十"),))
CASE = QuestionDraft("case", "王奶奶，82 岁，夜里起床跌倒。", parts=(SINGLE, FILL))


def codes(draft: QuestionDraft) -> list[str]:
    """Return the codes of all faults; each has words that its facts fill."""
    found = check_draft(draft)
    for one in found:
        assert words(one.code).title and "{" not in sentence(one.code, one.facts)
    return [one.code.removeprefix("question.") for one in found]


@pytest.mark.parametrize("draft", [SINGLE, FILL, CASE], ids=lambda one: one.kind)
def test_a_whole_draft_has_no_fault(draft: QuestionDraft) -> None:
    assert codes(draft) == []


@pytest.mark.parametrize(
    ("base", "change", "faults"),
    [
        (SINGLE, {"kind": "essay"}, ["kind_unknown"]),
        (SINGLE, {"text": " \u3000"}, ["text_missing"]),
        (SINGLE, {"text": "题" * 4001}, ["text_too_long"]),
        (SINGLE, {"options": (RIGHT,)}, ["too_few_options"]),
        (SINGLE, {"options": (RIGHT, *[OptionDraft(f"{n}", False) for n in range(10)])}, ["too_many_options"]),
        (SINGLE, {"options": (RIGHT, OptionDraft(" ", False))}, ["option_empty"]),
        (SINGLE, {"options": (RIGHT, OptionDraft("侧 卧位。", False))}, ["options_alike"]),
        (SINGLE, {"options": (RIGHT, OptionDraft("长" * 201, False))}, ["option_too_long"]),
        (SINGLE, {"options": (WRONG, OptionDraft("坐位", False))}, ["answer_missing"]),
        (SINGLE, {"options": (RIGHT, OptionDraft("坐位", True))}, ["several_right"]),
        (SINGLE, {"kind": "multiple"}, ["one_right_of_multiple"]),
        (SINGLE, {"kind": "true_false", "options": (RIGHT, WRONG, OptionDraft("坐", False))}, ["two_options_only"]),
        (SINGLE, {"kind": "fill_in"}, ["options_unwanted", "answer_missing"]),
        (SINGLE, {"blanks": (("20",),)}, ["blanks_unwanted"]),
        (SINGLE, {"parts": (FILL,)}, ["parts_unwanted"]),
        (SINGLE, {"difficulty": "难"}, ["difficulty_unknown"]),
        (SINGLE, {"key": "a b"}, ["key_malformed"]),
        (SINGLE, {"marks": 0}, ["marks_wrong"]),
        (FILL, {"blanks": (("20",), ("30",))}, ["blanks_differ"]),
        (FILL, {"blanks": (("。",),)}, ["blank_empty"]),
        (FILL, {"blanks": (("2" * 101,),)}, ["spelling_too_long"]),
        (FILL, {"text": "（  ）和(  )", "blanks": (("a",), ("b",))}, []),
        (CASE, {"parts": ()}, ["parts_missing"]),
        (CASE, {"parts": (CASE,)}, ["part_nested"]),
        (CASE, {"parts": (replace(SINGLE, text=""), replace(FILL, blanks=()))}, ["text_missing", "answer_missing"]),
        (SINGLE, {"text": "", "options": (), "marks": 101}, ["text_missing", "too_few_options", "answer_missing", "marks_wrong"]),
    ],
)  # fmt: skip
def test_every_fault_is_found(base: QuestionDraft, change: dict[str, Any], faults: list[str]) -> None:
    assert codes(replace(base, **change)) == faults


def test_a_fault_of_a_part_says_which() -> None:
    found = check_draft(replace(CASE, parts=(SINGLE, replace(FILL, text=""))))
    assert [(one.code, one.facts) for one in found] == [("question.text_missing", {"part": 2})]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("拍背时老人采取什么体位？", "拍背时，老人采取什么体位（  ）", False),
        ("拍背时老人采取什么体位？", " 拍背时老人 采取什么体位? ", True),
        ("ＡＢＣ原则是 1．5 米", "abc原则是1.5米。", True),
        ("体温37.5", "体温375", False),
        ("血压≥140", "血压<140", False),
        ("洗手至少____秒", "洗手至少（   ）秒", True),
    ],
)
def test_widths_spaces_and_punctuation_do_not_make_another_question(one: str, other: str, same: bool) -> None:
    assert (digest_of(replace(SINGLE, text=one)) == digest_of(replace(SINGLE, text=other))) is same


def test_the_order_of_options_makes_no_other_question_but_the_key_does() -> None:
    turned = replace(SINGLE, options=(WRONG, RIGHT), explanation="防误吸", topic_code="law")
    assert digest_of(turned) == digest_of(SINGLE)
    other = (replace(RIGHT, correct=False), replace(WRONG, correct=True))
    assert digest_of(replace(SINGLE, options=other)) != digest_of(SINGLE)


@pytest.mark.parametrize(
    ("typed", "numerals", "found"),
    [
        (" ２０ ", False, "20"),
        ("CPR。", False, "cpr"),
        ("二十", False, "二十"),
        ("二十", True, "20"),
        ("十五", True, "15"),
        ("一百零五", True, "105"),
        ("两千", True, "2000"),
        ("一万二千", True, "12000"),
        ("二〇二一年", True, "2021年"),
        ("百分之五", True, "5%"),
        ("百分之3.5", True, "3.5%"),
        ("５％", True, "5%"),
        ("三\u200b十", True, "30"),
        ("", True, ""),
    ],
)
def test_answers_are_brought_into_one_spelling(typed: str, numerals: bool, found: str) -> None:
    assert plain(typed, numerals=numerals) == found


@given(some.text("翻身abＡ１2.一二十百万分之%。，,_（）() \u3000\u200b\n", max_size=30), some.booleans())
def test_one_spelling_is_its_own_and_digests_do_not_care_for_tidying(text: str, numerals: bool) -> None:
    once = plain(text, numerals=numerals)
    assert plain(once, numerals=numerals) == once
    draft = replace(SINGLE, text=text, options=(OptionDraft(f" {text} ", True), WRONG))
    assert digest_of(tidy(draft)) == digest_of(draft)
