"""What is still lacking, cheapest step first: one pure function answers trainee, administrator and API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yanglao.completion.shapes import Missing, QuizStanding, SessionStanding
from yanglao.kernel.wording import sentence


def lacking(
    *,
    mode: str,
    required_s: int,
    credited_s: int,
    quiz: QuizStanding,
    sessions: Sequence[SessionStanding],
    now_ms: int,
    pending: int = 0,
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
    if quiz.needed and not quiz.passed:
        if quiz.attempts == 0:
            found.append(_missing("quiz.not_taken", pass_mark=quiz.pass_mark))
        else:
            left = max(0, quiz.most_attempts - quiz.attempts) if quiz.most_attempts else 0
            found.append(
                _missing("quiz.not_passed", best=quiz.best, pass_mark=quiz.pass_mark, attempts_left=left)
            )
    return tuple(found)


def _meetings(sessions: Sequence[SessionStanding], now_ms: int) -> list[Missing]:
    found = []
    for meeting in sessions:
        if meeting.state == "cancelled" or meeting.ends_ms > now_ms:
            continue
        facts = {"session_id": meeting.id, "day_ms": meeting.starts_ms}
        if meeting.in_ms is None:
            found.append(_missing("attendance.absent", **facts))
        elif meeting.out_ms is None:
            found.append(_missing("attendance.out_missing", **facts))
    return found


def _missing(code: str, **facts: Any) -> Missing:
    return Missing(code, facts, sentence(code, facts))
