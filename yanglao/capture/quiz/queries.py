"""Read papers, results and what an enrolment has left of its attempts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yanglao.capture.quiz import rules
from yanglao.capture.quiz.models import AttemptAnswer, QuizAttempt
from yanglao.capture.quiz.shapes import (
    Allowance,
    AttemptLine,
    Best,
    Choice,
    Paper,
    PaperQuestion,
    Prospect,
    Result,
    Reviewed,
)
from yanglao.classes import queries as classes
from yanglao.courses import queries as courses
from yanglao.courses.shapes import QuestionView
from yanglao.kernel.actor import Actor
from yanglao.kernel.errors import NotFound, Problem
from yanglao.people import queries as persons


class AttemptUnknown(NotFound):
    code = "attempt.unknown"


def attempt(session: Session, attempt_id: str, *, actor: Actor) -> AttemptLine:
    """Return one of the actor's own attempts. Raises AttemptUnknown, also for other people's."""
    row = session.get(QuizAttempt, attempt_id)
    if row is None or row.person_id not in persons.same_person_ids(session, actor.person_id):
        raise AttemptUnknown()
    return _lines(session, [row])[0]


def attempts(session: Session, enrolment_ids: Iterable[str]) -> list[AttemptLine]:
    """List the attempts of enrolments, oldest first; the caller has checked the scope."""
    return _lines(session, rows(session, enrolment_ids))


def best(session: Session, enrolment_ids: Iterable[str]) -> dict[tuple[str, str], Best]:
    """Return the best closed attempt by (enrolment id, segment id)."""
    found: dict[tuple[str, str], Best] = {}
    for row in rows(session, enrolment_ids):
        if row.state == "open" or row.score is None:
            continue
        place = (row.enrolment_id, row.segment_id)
        before = found.get(place)
        mark, top = (
            (before.score, before.pass_mark)
            if before and before.score >= row.score
            else (row.score, row.pass_mark)
        )
        found[place] = Best(
            enrolment_id=row.enrolment_id,
            segment_id=row.segment_id,
            attempts=(before.attempts if before else 0) + 1,
            score=mark,
            pass_mark=top,
            passed=bool(row.passed) or bool(before and before.passed),
        )
    return found


def allowance(session: Session, enrolment_id: str, segment_id: str) -> Allowance:
    """Return what an enrolment has left of a segment's attempts."""
    own = rows(session, [enrolment_id], segment_id=segment_id)
    return rules.allowance(courses.segment(session, segment_id), past(own))


def prospect(session: Session, enrolment_id: str, segment_id: str, *, now_ms: int, actor: Actor) -> Prospect:
    """Return what awaits the actor at a quiz. Raises EnrolmentUnknown, SegmentUnknown, also for what is not the actor's."""
    place = classes.enrolment(session, enrolment_id)
    if place.person_id not in persons.same_person_ids(session, actor.person_id):
        raise classes.EnrolmentUnknown(enrolment_id=enrolment_id)
    segment = courses.segment(session, segment_id)
    own = past(rows(session, [enrolment_id], segment_id=segment_id))
    left = rules.allowance(segment, own)
    refusal = None
    try:
        rules.check_start(segment, own, now_ms)
    except Problem as refused:
        refusal = (refused.code, refused.facts)
    return Prospect(
        enrolment_id=enrolment_id,
        segment_id=segment_id,
        segment_title=segment.title,
        questions=segment.quiz_questions,
        time_limit_s=segment.quiz_time_limit_s,
        pass_mark=segment.pass_mark,
        attempts_left=left.attempts_left,
        passed=left.passed,
        open_attempt=open_attempt_id(session, enrolment_id, segment_id, now_ms=now_ms),
        refusal=refusal,
    )


def open_attempt_id(session: Session, enrolment_id: str, segment_id: str, *, now_ms: int) -> str | None:
    """Return the id of the attempt that is open and still has time, or None."""
    for row in rows(session, [enrolment_id], segment_id=segment_id):
        if row.state == "open" and not rules.is_over(row.expires_ms, now_ms):
            return row.id
    return None


def overdue(
    session: Session, now_ms: int, *, person_ids: Sequence[str] | None = None, limit: int = 200
) -> list[tuple[str, str]]:
    """List (person id, attempt id) of open attempts whose time is up, the longest overdue first."""
    wanted = select(QuizAttempt.person_id, QuizAttempt.id).where(
        QuizAttempt.state == "open", QuizAttempt.expires_ms <= now_ms
    )
    if person_ids is not None:
        wanted = wanted.where(QuizAttempt.person_id.in_(person_ids))
    found = session.execute(wanted.order_by(QuizAttempt.expires_ms).limit(limit))
    return [(person_id, attempt_id) for person_id, attempt_id in found]


def paper(session: Session, attempt_id: str) -> Paper:
    """Return the paper of an attempt, without key or explanation; the caller has checked whose it is."""
    row = _row(session, attempt_id)
    bank = courses.questions(session, [one.question_id for one in asked(row)])
    return Paper(
        id=row.id,
        enrolment_id=row.enrolment_id,
        segment_id=row.segment_id,
        segment_title=courses.segment(session, row.segment_id).title,
        number=row.number,
        pass_mark=row.pass_mark,
        started_ms=row.started_ms,
        expires_ms=row.expires_ms,
        questions=tuple(_question(one, bank[one.question_id]) for one in asked(row)),
        answers=answers(session, attempt_id),
    )


def result(session: Session, attempt_id: str) -> Result:
    """Return what a closed attempt came to; the caller has checked whose it is. Raises AttemptUnknown while it is open."""
    row = _row(session, attempt_id)
    if row.score is None or row.submitted_ms is None:
        raise AttemptUnknown()
    segment = courses.segment(session, row.segment_id)
    left = rules.allowance(segment, past(rows(session, [row.enrolment_id], segment_id=row.segment_id)))
    bank = courses.questions(session, [one.question_id for one in asked(row)])
    ticked = answers(session, attempt_id)
    right = rules.grade({one: view.correct for one, view in bank.items()}, ticked).right
    wrong = [bank[one.question_id].topic_code for one in asked(row) if one.question_id not in right]
    return Result(
        id=row.id,
        enrolment_id=row.enrolment_id,
        segment_id=row.segment_id,
        segment_title=segment.title,
        number=row.number,
        state=row.state,
        score=row.score,
        pass_mark=row.pass_mark,
        passed=bool(row.passed),
        right_count=len(right),
        question_count=len(bank),
        submitted_ms=row.submitted_ms,
        attempts_left=left.attempts_left,
        next_allowed_ms=left.next_allowed_ms,
        weak_topics=tuple(dict.fromkeys(topic for topic in wrong if topic)),
        review=tuple(_reviewed(bank[one.question_id], ticked, right) for one in asked(row))
        if row.passed
        else (),
        code=rules.result_code(
            late=row.state == "expired", passed=bool(row.passed), attempts_left=left.attempts_left
        ),
    )


def rows(session: Session, enrolment_ids: Iterable[str], *, segment_id: str = "") -> list[QuizAttempt]:
    """Return attempt rows, oldest first (inside this package)."""
    wanted = select(QuizAttempt).where(QuizAttempt.enrolment_id.in_(set(enrolment_ids)))
    if segment_id:
        wanted = wanted.where(QuizAttempt.segment_id == segment_id)
    order = (QuizAttempt.enrolment_id, QuizAttempt.segment_id, QuizAttempt.number)
    return list(session.scalars(wanted.order_by(*order).execution_options(populate_existing=True)))


def past(own: Iterable[QuizAttempt]) -> list[rules.Past]:
    """Return the closed attempts as the rules need them, in the order given."""
    return [rules.Past(row.submitted_ms, bool(row.passed)) for row in own if row.submitted_ms is not None]


def asked(row: QuizAttempt) -> list[rules.Asked]:
    """Return the frozen paper of an attempt."""
    return [rules.Asked(one["question"], tuple(one["options"])) for one in row.paper]


def answers(session: Session, attempt_id: str) -> dict[str, tuple[str, ...]]:
    """Return question id -> ticked option ids of what is saved; a question taken back is left out."""
    wanted = select(AttemptAnswer.question_id, AttemptAnswer.answer).where(
        AttemptAnswer.attempt_id == attempt_id
    )
    found = session.execute(wanted.order_by(AttemptAnswer.question_id))
    return {question_id: tuple(ticked) for question_id, ticked in found if ticked}


def _row(session: Session, attempt_id: str) -> QuizAttempt:
    row = session.get(QuizAttempt, attempt_id)
    if row is None:
        raise AttemptUnknown()
    return row


def _question(one: rules.Asked, view: QuestionView) -> PaperQuestion:
    texts = {option.id: option.text for option in view.options}
    shown = tuple(Choice(option_id, texts[option_id]) for option_id in one.option_ids)
    return PaperQuestion(id=view.id, kind=view.kind, text=view.text, options=shown)


def _reviewed(view: QuestionView, ticked: dict[str, tuple[str, ...]], right: frozenset[str]) -> Reviewed:
    mine = ticked.get(view.id, ())
    return Reviewed(
        text=view.text,
        ticked=tuple(option.text for option in view.options if option.id in mine),
        right=tuple(option.text for option in view.options if option.correct),
        is_right=view.id in right,
        explanation=view.explanation,
    )


def _lines(session: Session, found: Sequence[QuizAttempt]) -> list[AttemptLine]:
    counted: Any = (
        select(AttemptAnswer.attempt_id, func.count())
        .where(AttemptAnswer.attempt_id.in_([row.id for row in found]))
        .group_by(AttemptAnswer.attempt_id)
    )
    answered = {attempt_id: count for attempt_id, count in session.execute(counted)}
    return [
        AttemptLine(
            id=row.id,
            person_id=row.person_id,
            enrolment_id=row.enrolment_id,
            segment_id=row.segment_id,
            number=row.number,
            state=row.state,
            pass_mark=row.pass_mark,
            started_ms=row.started_ms,
            expires_ms=row.expires_ms,
            submitted_ms=row.submitted_ms,
            score=row.score,
            passed=row.passed,
            answered=answered.get(row.id, 0),
            question_count=len(row.paper),
        )
        for row in found
    ]
