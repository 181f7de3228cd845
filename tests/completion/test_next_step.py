"""One question, one answer: what should a trainee do now?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from yanglao.completion.next_step import now_do
from yanglao.completion.shapes import (
    EnrolmentStanding,
    LessonStanding,
    Missing,
    QuizStanding,
    SegmentStanding,
    SessionStanding,
)

NOON = 1_772_942_400_000
HOUR = 3_600_000

LESSON = LessonStanding("l1", "video", "翻身与拍背", 120, 0, 400_000, None)
MEETING = SessionStanding("m1", "翻身实操", NOON, NOON + 3 * HOUR, "planned", "实训室 2", None, None, 0)
QUIZ = QuizStanding(True, 60, None, False, 0, 3)
LACK = Missing("hours.online_lacking", {}, "还差线上 5 分钟")


def segment(**changes: Any) -> SegmentStanding:
    whole = SegmentStanding(
        id="s1", title="线上理论", mode="online", kind="theory", state="in_progress", required_s=100, credited_s=0,
        entered_s=0, missing=(LACK,), lessons=(LESSON,), sessions=(), quiz=QUIZ, refused=0, pending=0, review=None,
    )  # fmt: skip
    return replace(whole, **changes)


def practice(**changes: Any) -> SegmentStanding:
    none = replace(QUIZ, needed=False)
    meeting = replace(MEETING, **changes)
    return segment(id="s2", title="线下实操", mode="offline", lessons=(), sessions=(meeting,), quiz=none)


def standing(*segments: SegmentStanding, state: str = "running") -> EnrolmentStanding:
    return EnrolmentStanding(
        "e1", "p1", "c1", "护理一班", state, "enrolled", "b1", "2026-03-01", "2026-04-01", segments
    )


def code(*segments: SegmentStanding, state: str = "running") -> str:
    return now_do([standing(*segments, state=state)], now_ms=NOON).code


def test_a_session_open_now_comes_before_every_lesson() -> None:
    assert code(segment(), practice(state="open")) == "sign_in"


def test_somebody_present_is_reminded_to_sign_out() -> None:
    assert code(segment(), practice(state="open", in_ms=NOON)) == "sign_out"


def test_somebody_who_signed_out_goes_on_with_the_lesson() -> None:
    assert code(segment(), practice(state="open", in_ms=NOON - 9, out_ms=NOON - 1)) == "first_lesson"


def test_a_lesson_begun_goes_on_and_leads_to_its_page() -> None:
    step = now_do([standing(segment(lessons=(replace(LESSON, covered_s=30),)))], now_ms=NOON)
    assert (step.code, step.href, step.facts["left_s"]) == ("lesson", "/learn/lessons/e1/l1", 90)


def test_with_the_hours_met_the_quiz_comes_next() -> None:
    step = now_do([standing(segment(credited_s=100))], now_ms=NOON)
    assert (step.code, step.href) == ("quiz", "/learn/quiz/e1/s1")


def test_after_a_quiz_that_was_not_passed_the_result_is_told() -> None:
    step = now_do([standing(segment(credited_s=100, quiz=replace(QUIZ, attempts=1, best=30)))], now_ms=NOON)
    assert (step.code, step.facts["best"]) == ("quiz_again", 30)


def test_without_tries_left_the_quiz_is_not_offered() -> None:
    assert code(segment(credited_s=100, quiz=replace(QUIZ, attempts=3))) == "ask"


def test_when_only_a_session_is_lacking_its_time_is_told() -> None:
    assert code(practice(starts_ms=NOON + HOUR)) == "come"


def test_what_waits_for_review_needs_nothing_of_the_trainee() -> None:
    waiting = Missing("attendance.waiting_review", {}, "有 1 条签到在等基地核对")
    assert (
        code(replace(practice(in_ms=NOON - 9, out_ms=NOON - 1, state="closed"), missing=(waiting,)))
        == "review"
    )


def test_nothing_lacking_is_said_to_be_done() -> None:
    assert code(segment(credited_s=100, quiz=replace(QUIZ, passed=True), missing=())) == "done"


def test_a_class_not_begun_and_a_class_ended_say_so() -> None:
    assert code(segment(), state="approved") == "later"
    assert code(segment(), state="finished") == "over"


def test_nobody_enrolled_is_answered_too() -> None:
    assert now_do([], now_ms=NOON).code == "none"
