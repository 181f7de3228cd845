"""Answer "what should I do now?" with one step. Pure: from standings and the time to one thing to press."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from yanglao.completion.own_days import address
from yanglao.completion.shapes import (
    EnrolmentStanding,
    LessonStanding,
    QuizStanding,
    SegmentStanding,
    SessionStanding,
)

SOON_MS = 12 * 3_600_000


@dataclass(frozen=True)
class Step:
    """One step: ``code`` of its words under ``learn.now.``, their facts, where it leads, what it is drawn with,
    and the ids of the enrolment, segment and lesson it is about."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)
    href: str = "/learn/hours"
    tone: str = ""
    symbol: str = "hours"
    about: dict[str, str] = field(default_factory=dict)


def now_do(enrolments: Sequence[EnrolmentStanding], *, now_ms: int, words: Sequence[Step] = ()) -> Step:
    """Return the one step: a session to sign in to comes first, then lessons, quizzes, and what must be waited for.

    ``words`` are the steps of ``word_steps``: they come before any waiting.
    """
    running = [one for one in enrolments if one.class_state == "running"]
    steps = (
        *(_presence(meeting, now_ms) for meeting in _meetings(running)),
        *(_module(one, segment, ready=False) for one in running for segment in one.segments),
        *(_lesson(one, segment) for one in running for segment in one.segments),
        *(_module(one, segment, ready=True) for one in running for segment in one.segments),
        *(_quiz(one, segment) for one in running for segment in one.segments),
        *words,
        _coming(running, now_ms),
        *(_waiting(one) for one in running),
        *(_not_running(one) for one in enrolments),
    )
    return next((step for step in steps if step is not None), Step("none", symbol="class"))


def word_steps(
    enrolments: Iterable[EnrolmentStanding], places: Iterable[tuple[str, str]]
) -> tuple[Step, ...]:
    """Return one step for each (enrolment, segment) whose days wait for their trainee's word."""
    titles = {(one.id, segment.id): segment.title for one in enrolments for segment in one.segments}
    return tuple(
        Step(
            "word", {"title": titles[place]}, address(*place), "", "check",
            {"enrolment_id": place[0], "segment_id": place[1]},
        )
        for place in places
        if place in titles
    )  # fmt: skip


def _meetings(running: Iterable[EnrolmentStanding]) -> list[SessionStanding]:
    return [meeting for one in running for segment in one.segments for meeting in segment.sessions]


def _presence(meeting: SessionStanding, now_ms: int) -> Step | None:
    if meeting.state != "open" or meeting.out_ms is not None:
        return None
    facts = {
        "title": meeting.title,
        "venue": meeting.venue,
        "starts_ms": meeting.starts_ms,
        "ends_ms": meeting.ends_ms,
    }
    if meeting.in_ms is not None:
        return Step("sign_out", facts, "/learn/card", "indigo", "card")
    return Step("sign_in", facts, "/learn/card", "indigo", "card") if now_ms < meeting.ends_ms else None


def _lesson(one: EnrolmentStanding, segment: SegmentStanding) -> Step | None:
    lesson = next_lesson(segment)
    if lesson is None or segment.credited_s >= segment.required_s:
        return None
    facts = {"title": lesson.title, "left_s": lesson.duration_s - lesson.covered_s}
    code = "lesson" if lesson.covered_s else "first_lesson"
    about = {"enrolment_id": one.id, "segment_id": segment.id, "lesson_id": lesson.id}
    return Step(code, facts, f"/learn/lessons/{one.id}/{lesson.id}", "", "play", about)


def next_lesson(segment: SegmentStanding) -> LessonStanding | None:
    """Return the first lesson of an online segment that is not covered whole."""
    if segment.mode != "online":
        return None
    return next((lesson for lesson in segment.lessons if lesson.covered_s < lesson.duration_s), None)


def may_take_quiz(segment: SegmentStanding) -> bool:
    """Tell whether the quiz stands next: hours met, not passed, tries left (0 = without limit)."""
    return _open(segment.quiz) and segment.credited_s >= segment.required_s


def _open(quiz: QuizStanding) -> bool:
    left = not quiz.most_attempts or quiz.attempts < quiz.most_attempts
    return quiz.needed and not quiz.passed and left


def _module(one: EnrolmentStanding, segment: SegmentStanding, *, ready: bool) -> Step | None:
    """Return the quiz of a module all of whose lessons are covered; with ``ready`` also once the hours are there."""
    met = ready and segment.credited_s >= segment.required_s
    for module in segment.modules:
        own = [lesson for lesson in segment.lessons if lesson.module_id == module.id]
        covered = bool(own) and all(lesson.covered_s >= lesson.duration_s for lesson in own)
        if _open(module.quiz) and (covered or met):
            title = f"{segment.title} · {module.title}"
            about = {"enrolment_id": one.id, "segment_id": segment.id, "module_id": module.id}
            return _taken("module_quiz", module.quiz, title, about)
    return None


def _quiz(one: EnrolmentStanding, segment: SegmentStanding) -> Step | None:
    if not may_take_quiz(segment):
        return None
    return _taken("quiz", segment.quiz, segment.title, {"enrolment_id": one.id, "segment_id": segment.id})


def _taken(code: str, quiz: QuizStanding, title: str, about: dict[str, str]) -> Step:
    facts = {"title": title, "pass_mark": quiz.pass_mark, "best": quiz.best}
    if quiz.attempts:
        code += "_again" if quiz.best is not None else "_again_quiet"
    module = about.get("module_id")
    href = f"/learn/quiz/{about['enrolment_id']}/{about['segment_id']}{f'?module={module}' if module else ''}"
    return Step(code, facts, href, "", "quiz", about)


def _coming(running: Iterable[EnrolmentStanding], now_ms: int) -> Step | None:
    coming = [
        m
        for m in _meetings(running)
        if m.state in ("planned", "open") and m.ends_ms > now_ms and m.in_ms is None
    ]
    if not coming:
        return None
    first = min(coming, key=lambda meeting: meeting.starts_ms)
    facts = {"times": (first.starts_ms, first.ends_ms), "venue": first.venue, "title": first.title}
    return Step("come", facts, "#timetable", "indigo", "day")


def _waiting(one: EnrolmentStanding) -> Step | None:
    lacking = [missing for segment in one.segments for missing in segment.missing]
    if not lacking:
        return Step("done", symbol="done", tone="plain")
    if all(missing.code == "attendance.waiting_review" for missing in lacking):
        return Step("review", tone="plain", symbol="wait")
    return Step("ask", href="#lacking", tone="amber", symbol="warn")


def _not_running(one: EnrolmentStanding) -> Step:
    if one.class_state in ("finished", "archived"):
        return Step("over", tone="plain")
    return Step("later", {"starts_on": one.starts_on}, "#timetable", "plain", "day")
