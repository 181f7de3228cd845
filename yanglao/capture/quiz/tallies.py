"""Keep beside each closed paper, in one text, what it says about its questions: figures over thousands of papers are read from these.

A tally is JSON, ``[[question id, answer, seconds or null], …]`` in the order of the paper; an answer is its option ids or texts, joined
by ``BETWEEN``, empty when there is none. Seconds go from first shown to first answer; null where they are not known or the answer waited
on the phone. Derived: written in the transaction that closes the paper, and compared with the answers by ``differing``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from yanglao.capture.quiz import papers
from yanglao.capture.quiz.models import AttemptAnswer, AttemptShown, QuizAttempt

BETWEEN = "\x1f"
CHUNK = 500


def keep(session: Session, attempt: QuizAttempt) -> None:
    """Write the tally of a paper that is being closed."""
    attempt.tally = _tallies(session, [attempt])[attempt.id]


def of(session: Session, attempt_ids: Sequence[str]) -> dict[str, str]:
    """Return attempt id -> its tally, worked out from the answers."""
    found: dict[str, str] = {}
    for start in range(0, len(attempt_ids), CHUNK):
        wanted = select(QuizAttempt).where(QuizAttempt.id.in_(attempt_ids[start : start + CHUNK]))
        found |= _tallies(session, session.scalars(wanted).all())
    return found


def differing(session: Session) -> list[str]:
    """List the ids of closed papers whose tally is missing or not what their answers say."""
    return [row.id for row, tally in _closed(session) if row.tally != tally]


def rebuild(session: Session) -> int:
    """Write the tallies that are missing or differ; return how many."""
    changed = 0
    for row, tally in _closed(session):
        if row.tally != tally:
            row.tally = tally
            changed += 1
    session.flush()
    return changed


def _closed(session: Session) -> Iterator[tuple[QuizAttempt, str]]:
    after = ""
    wanted = (
        select(QuizAttempt).where(QuizAttempt.submitted_ms.is_not(None)).options(undefer(QuizAttempt.tally))
    )
    while rows := session.scalars(
        wanted.where(QuizAttempt.id > after).order_by(QuizAttempt.id).limit(CHUNK)
    ).all():
        tallies = _tallies(session, rows)
        yield from ((row, tallies[row.id]) for row in rows)
        after = rows[-1].id


def _tallies(session: Session, rows: Sequence[QuizAttempt]) -> dict[str, str]:
    ids = [row.id for row in rows]
    columns = (AttemptAnswer.answer, AttemptAnswer.first_ms, AttemptAnswer.waited)
    saved = select(AttemptAnswer.attempt_id, AttemptAnswer.question_id, *columns)
    held: dict[tuple[str, str], tuple[Any, ...]] = {
        (attempt_id, question_id): tuple(rest)
        for attempt_id, question_id, *rest in session.execute(saved.where(AttemptAnswer.attempt_id.in_(ids)))
    }
    seen = select(AttemptShown.attempt_id, AttemptShown.question_id, AttemptShown.shown_ms)
    shown = {
        (attempt_id, question_id): shown_ms
        for attempt_id, question_id, shown_ms in session.execute(seen.where(AttemptShown.attempt_id.in_(ids)))
    }
    found: dict[str, str] = {}
    for row in rows:
        keys = [(row.id, one.question_id) for one in papers.asked(row)]
        lines = [_line(key[1], held.get(key), shown.get(key)) for key in keys]
        found[row.id] = json.dumps(lines, ensure_ascii=False, separators=(",", ":"))
    return found


def _line(question_id: str, held: tuple[Any, ...] | None, shown_ms: int | None) -> list[Any]:
    if held is None or not held[0]:
        return [question_id, "", None]
    answer, first_ms, waited = held
    known = shown_ms is not None and first_ms is not None and not waited
    return [question_id, BETWEEN.join(answer), max(0, round((first_ms - shown_ms) / 1000)) if known else None]
