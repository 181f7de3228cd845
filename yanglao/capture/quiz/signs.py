"""Raise flags about a finished paper: answered faster than it can be read, or wrong in the same way as another's.

Done by a task after the result stands; nothing here changes a result. The caller commits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.quiz import grading, papers, suspicion
from yanglao.capture.quiz.models import AttemptAnswer, AttemptShown, QuizAttempt
from yanglao.classes import queries as classes
from yanglao.courses.answer_text import plain
from yanglao.courses.shapes import QuestionView
from yanglao.flags.service import raise_flag
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of
from yanglao.kernel.policy import Quiz
from yanglao.work.service import enqueue

TOPIC = "quiz.signs"
MOST_NAMED = 50


def ask(session: Session, attempt_id: str, *, now: datetime) -> None:
    """Leave the task that looks at a closed attempt."""
    enqueue(session, TOPIC, attempt_id, {"attempt_id": attempt_id}, now=now)


def look(session: Session, attempt_id: str, *, now: datetime) -> list[str]:
    """Look at a closed attempt and return the kinds of flags raised; doing so again raises nothing new."""
    row = session.get(QuizAttempt, attempt_id)
    if row is None or row.state == "open":
        return []
    figures = policy.on(day_of(now)).quiz
    bank = papers.views(session, row)
    raised = []
    fast = _hurry(session, row, bank, figures)
    if fast is not None:
        facts: dict[str, Any] = {
            "questions": fast.questions,
            "took_s": fast.took_s,
            "reading_s": fast.reading_s,
        }
        raised.append(_raise(session, row, "quiz.too_fast", facts, now=now))
    same = _same(session, row, bank, figures)
    if same is not None:
        raised.append(_raise(session, row, "quiz.same_answers", same, now=now))
    return raised


def _raise(session: Session, row: QuizAttempt, kind: str, facts: dict[str, Any], *, now: datetime) -> str:
    place = classes.enrolment(session, row.enrolment_id)
    raise_flag(
        session,
        kind,
        subject=("attempt", row.id),
        facts=facts,
        once=f"{kind}:{row.id}",
        now=now,
        person_id=row.person_id,
        class_id=place.class_id,
    )
    return kind


def _hurry(
    session: Session, row: QuizAttempt, bank: Mapping[str, QuestionView], figures: Quiz
) -> suspicion.Hurry | None:
    wanted = select(AttemptAnswer).where(AttemptAnswer.attempt_id == row.id)
    saved = [one for one in session.scalars(wanted) if one.answer]
    if not saved:
        return None
    seen = select(AttemptShown.question_id, AttemptShown.shown_ms).where(AttemptShown.attempt_id == row.id)
    shown = {question_id: shown_ms for question_id, shown_ms in session.execute(seen)}
    took = {
        one.question_id: one.first_ms - shown[one.question_id]
        for one in saved
        if one.first_ms is not None and not one.waited and one.question_id in shown
    }
    return suspicion.hurry(
        _chars((one.question_id for one in saved), bank),
        {key: ms for key, ms in took.items() if ms >= 0},
        max(one.answered_ms for one in saved) - row.started_ms,
        chars_per_s=figures.read_chars_per_s,
        least=figures.fast_least,
        share_bp=figures.fast_share_bp,
    )


def _chars(question_ids: Iterable[str], bank: Mapping[str, QuestionView]) -> dict[str, int]:
    """Return the characters to read of each question; a case's story is read with the first of its parts."""
    found, told = {}, set()
    for key in question_ids:
        view = bank[key]
        chars = len(view.text) + sum(len(option.text) for option in view.options)
        if view.case_id and view.case_id not in told:
            told.add(view.case_id)
            chars += len(bank[view.case_id].text)
        found[key] = chars
    return found


def _same(
    session: Session, row: QuizAttempt, bank: Mapping[str, QuestionView], figures: Quiz
) -> dict[str, Any] | None:
    """Compare with the latest papers of others at the same base; return the facts of a sign, or None."""
    others = _others(session, row, figures.same_compared)
    given = _answers(session, [row, *others], bank)
    mine = given.pop(row.id, {})
    right = {key: grading.share(bank[key], answer) == 1 for key, answer in mine.items()}
    places = classes.enrolments(session, [one.enrolment_id for one in (row, *others)])
    base = places[row.enrolment_id].base_id
    near = [one for one in others if places[one.enrolment_id].base_id == base and one.id in given]
    wrongs = {key: _wrongs(bank[key]) for key in mine}
    popular = suspicion.popularity(given.values())
    hits = []
    for other in near:
        found = suspicion.alike(mine, given[other.id], right=right, popular=popular, wrongs=wrongs)
        if suspicion.is_sign(found, least_bits=figures.same_bits, compared=len(near)):
            hits.append((other, found))
    if not hits:
        return None
    closest = max((found for _, found in hits), key=lambda found: found.bits)
    named = sorted({one.enrolment_id for one, _ in hits})[:MOST_NAMED]
    return {
        "people": 1 + len({one.person_id for one, _ in hits}),
        "questions": closest.questions,
        "same": closest.same,
        "same_wrong": closest.same_wrong,
        "enrolments": [row.enrolment_id, *named],
    }


def _others(session: Session, row: QuizAttempt, most: int) -> Sequence[QuizAttempt]:
    """Return the latest closed attempts of others at the same quiz (the same segment, or module)."""
    same = (
        QuizAttempt.module_id.is_(None) if row.module_id is None else QuizAttempt.module_id == row.module_id
    )
    wanted = select(QuizAttempt).where(
        QuizAttempt.segment_id == row.segment_id,
        same,
        QuizAttempt.submitted_ms.is_not(None),
        QuizAttempt.person_id != row.person_id,
    )
    return session.scalars(wanted.order_by(QuizAttempt.submitted_ms.desc()).limit(most)).all()


def _answers(
    session: Session, rows: Sequence[QuizAttempt], bank: Mapping[str, QuestionView]
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return attempt id -> question id -> answer, of the questions in ``bank``, in one spelling and order."""
    wanted = select(AttemptAnswer.attempt_id, AttemptAnswer.question_id, AttemptAnswer.answer).where(
        AttemptAnswer.attempt_id.in_([one.id for one in rows]), AttemptAnswer.question_id.in_(list(bank))
    )
    found: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for attempt_id, question_id, answer in session.execute(wanted):
        view = bank[question_id]
        if view.kind == "fill_in":
            found[attempt_id][question_id] = tuple(plain(one, numerals=view.numerals) for one in answer)
        else:
            found[attempt_id][question_id] = tuple(sorted(answer))
    return found


def _wrongs(view: QuestionView) -> int:
    """Return how many wrong answers a question can have."""
    if view.kind == "fill_in":
        return suspicion.TYPED_WRONGS
    return 2 ** len(view.options) - 2 if view.kind == "multiple" else len(view.options) - 1
