"""What is still lacking, cheapest step first: one pure function answers trainee, administrator and API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yanglao.completion.shapes import (
    Missing,
    ModuleStanding,
    PracticalStanding,
    QuizStanding,
    SessionStanding,
)
from yanglao.kernel.wording import sentence

SEGMENT = ("quiz.not_taken", "quiz.not_passed")
MODULE = ("quiz.module_not_taken", "quiz.module_not_passed")


def lacking(
    *,
    mode: str,
    required_s: int,
    credited_s: int,
    quiz: QuizStanding,
    sessions: Sequence[SessionStanding],
    now_ms: int,
    pending: int = 0,
    modules: Sequence[ModuleStanding] = (),
) -> tuple[Missing, ...]:
    """Return what a segment lacks, hours first, then the meetings that explain it, then the assessment."""
    found: list[Missing] = []
    if credited_s < required_s:
        lack = required_s - credited_s
        found.append(
            _missing(f"hours.{mode}_lacking", lack_s=lack, required_s=required_s, credited_s=credited_s)
        )
        if mode == "offline":
            found += _meetings(sessions, now_ms)
    if pending:
        found.append(_missing("attendance.waiting_review", count=pending))
    for one in modules:
        found += _quiz(one.quiz, MODULE, module_id=one.id, module=one.title)
    return tuple(found + _quiz(quiz, SEGMENT))


def practical_lacking(one: PracticalStanding | None) -> tuple[Missing, ...]:
    """Return what the practical assessment of a segment lacks; None: the segment has none."""
    if one is None or not one.needed or one.passed:
        return ()
    if one.waiting:
        return (_missing("practical.waiting", sheets=one.waiting),)
    if not one.attempts:
        return (_missing("practical.not_taken", pass_mark=one.pass_mark),)
    left = max(0, one.most_attempts - one.attempts)
    facts = {"pass_mark": one.pass_mark, "score": one.best, "attempts_left": left}
    return (_missing("practical.not_passed", **facts),)


def without_score(missing: Missing) -> Missing:
    """Return what a trainee is told of a quiz that tells no score: how often it may still be taken."""
    if "best" not in missing.facts:
        return missing
    facts = {name: fact for name, fact in missing.facts.items() if name != "best"}
    return Missing(missing.code, facts, sentence(f"{missing.code}.quiet", facts))


def _quiz(quiz: QuizStanding, codes: tuple[str, str], **facts: Any) -> list[Missing]:
    if not quiz.needed or quiz.passed:
        return []
    not_taken, not_passed = codes
    facts["pass_mark"] = quiz.pass_mark
    if quiz.attempts == 0:
        return [_missing(not_taken, **facts)]
    left = max(0, quiz.most_attempts - quiz.attempts) if quiz.most_attempts else 0
    return [_missing(not_passed, **facts, best=quiz.best, attempts_left=left)]


def _meetings(sessions: Sequence[SessionStanding], now_ms: int) -> list[Missing]:
    found = []
    for meeting in sessions:
        # Who stayed away from a make-up session still lacks the one that it makes up, and that one alone is named.
        made_up = (meeting.makes_up and meeting.in_ms is None) or (meeting.made_up_s and not meeting.missed_s)
        if meeting.state == "cancelled" or meeting.ends_ms > now_ms or made_up:
            continue
        facts = {"session_id": meeting.id, "day_ms": meeting.starts_ms}
        if meeting.in_ms is None:
            found.append(
                _missing("attendance.on_leave" if meeting.on_leave else "attendance.absent", **facts)
            )
        elif meeting.out_ms is None:
            found.append(_missing("attendance.out_missing", **facts))
    return found


def _missing(code: str, **facts: Any) -> Missing:
    return Missing(code, facts, sentence(code, facts))
