"""Read papers, results and what an enrolment has left of its attempts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yanglao.capture.quiz import grading, papers, rules
from yanglao.capture.quiz.models import AttemptAnswer, QuizAttempt
from yanglao.capture.quiz.shapes import (
    Allowance,
    AttemptLine,
    Best,
    Paper,
    Prospect,
    Result,
    Reviewed,
)
from yanglao.classes import queries as classes
from yanglao.courses import queries as courses
from yanglao.courses import question_queries
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
    """Return the best closed attempt at the segments' own quizzes by (enrolment id, segment id)."""
    found: dict[tuple[str, str], Best] = {}
    for row in rows(session, enrolment_ids):
        if row.state == "open" or row.score is None or row.module_id:
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


def allowance(
    session: Session, enrolment_id: str, segment_id: str, module_id: str | None = None
) -> Allowance:
    """Return what an enrolment has left of the attempts at a segment's quiz, or at a module's."""
    own = quiz_rows(session, enrolment_id, segment_id, module_id)
    return rules.allowance(papers.terms(session, segment_id, module_id), past(own))


def prospect(session: Session, place: tuple[str, str, str | None], *, now_ms: int, actor: Actor) -> Prospect:
    """Return what awaits the actor at a quiz; ``place`` is (enrolment id, segment id, module id or None).

    Raises EnrolmentUnknown, SegmentUnknown, ModuleUnknown, also for what is not the actor's.
    """
    enrolment_id, segment_id, module_id = place
    enrolment = classes.enrolment(session, enrolment_id)
    if enrolment.person_id not in persons.same_person_ids(session, actor.person_id):
        raise classes.EnrolmentUnknown(enrolment_id=enrolment_id)
    terms = papers.terms(session, segment_id, module_id)
    own = quiz_rows(session, enrolment_id, segment_id, module_id)
    left = rules.allowance(terms, past(own))
    refusal = None
    try:
        rules.check_start(terms, past(own), now_ms)
    except Problem as refused:
        refusal = (refused.code, refused.facts)
    still = [row.id for row in own if row.state == "open" and not rules.is_over(row.expires_ms, now_ms)]
    return Prospect(
        enrolment_id=enrolment_id,
        segment_id=segment_id,
        module_id=module_id,
        title=terms.title,
        feedback=terms.feedback,
        questions=terms.questions,
        time_limit_s=terms.time_limit_s,
        pass_mark=terms.pass_mark,
        attempts_left=left.attempts_left,
        passed=left.passed,
        open_attempt=still[0] if still else None,
        refusal=refusal,
    )


def quizzes(session: Session, enrolment_id: str, *, now_ms: int, actor: Actor) -> list[Prospect]:
    """List the quizzes of the actor's enrolment, each segment's own first, then its modules', in the programme's order.

    Raises EnrolmentUnknown, also for what is not the actor's.
    """
    enrolment = classes.enrolment(session, enrolment_id)
    if enrolment.person_id not in persons.same_person_ids(session, actor.person_id):
        raise classes.EnrolmentUnknown(enrolment_id=enrolment_id)
    segments = courses.programme(session, enrolment.programme_id).segments
    plans = question_queries.plans(session, [one.id for one in segments])
    found = []
    for segment in segments:
        order = {one.id: one.position for one in segment.modules}
        modules = [one.module_id for one in plans if one.segment_id == segment.id and one.module_id]
        modules.sort(key=lambda one: (order.get(one, 0), one))
        places = [None, *modules] if segment.assessment == "quiz" else modules
        for module in places:
            place = (enrolment_id, segment.id, module)
            found.append(prospect(session, place, now_ms=now_ms, actor=actor))
    return found


def module_quizzes(session: Session, enrolment_id: str, *, now_ms: int, actor: Actor) -> list[Prospect]:
    """List the quizzes of modules alone. Raises as ``quizzes``."""
    return [one for one in quizzes(session, enrolment_id, now_ms=now_ms, actor=actor) if one.module_id]


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
    bank = papers.views(session, row)
    return Paper(
        id=row.id,
        enrolment_id=row.enrolment_id,
        segment_id=row.segment_id,
        module_id=row.module_id,
        title=papers.terms(session, row.segment_id, row.module_id).title,
        number=row.number,
        pass_mark=row.pass_mark,
        started_ms=row.started_ms,
        expires_ms=row.expires_ms,
        questions=tuple(papers.shown(one, bank) for one in papers.asked(row)),
        answers=answers(session, attempt_id),
        counters=counters(session, attempt_id),
    )


def picture(session: Session, attempt_id: str, question_id: str, *, actor: Actor) -> str:
    """Return the stored file shown with a question or case of the actor's own paper. Raises AttemptUnknown."""
    row = _row(session, attempt(session, attempt_id, actor=actor).id)
    found = papers.views(session, row).get(question_id)
    if found is None or found.picture_id is None:
        raise AttemptUnknown()
    return found.picture_id


def result(session: Session, attempt_id: str) -> Result:
    """Return what a closed attempt came to, as far as its feedback tells; the caller has checked whose it is.

    Raises AttemptUnknown while it is open.
    """
    row = _row(session, attempt_id)
    if row.score is None or row.submitted_ms is None:
        raise AttemptUnknown()
    terms = papers.terms(session, row.segment_id, row.module_id)
    own = quiz_rows(session, row.enrolment_id, row.segment_id, row.module_id)
    left = rules.allowance(terms, past(own))
    bank, asked = papers.views(session, row), papers.asked(row)
    given = answers(session, attempt_id)
    right = grading.grade(papers.units(row, bank), given, by_share=row.by_share).right
    wrong = [_topic(bank, one) for one in asked if one.question_id not in right]
    told, explains = row.feedback != "nothing", row.feedback == "explanations_after_passing"
    code = rules.result_code(
        late=row.state == "expired", passed=bool(row.passed), attempts_left=left.attempts_left
    )
    return Result(
        id=row.id,
        enrolment_id=row.enrolment_id,
        segment_id=row.segment_id,
        module_id=row.module_id,
        title=terms.title,
        number=row.number,
        state=row.state,
        feedback=row.feedback,
        score=row.score if told else None,
        pass_mark=row.pass_mark,
        passed=bool(row.passed),
        right_count=len(right) if told else None,
        question_count=len(asked),
        submitted_ms=row.submitted_ms,
        attempts_left=left.attempts_left,
        next_allowed_ms=left.next_allowed_ms,
        weak_topics=tuple(dict.fromkeys(topic for topic in wrong if topic)) if explains else (),
        review=tuple(_reviewed(one, bank, given, right) for one in asked) if row.passed and explains else (),
        code=code if told else code.replace("quiz.result.", "quiz.result.quiet_"),
    )


def _topic(bank: Mapping[str, QuestionView], one: rules.Asked) -> str | None:
    return bank[one.question_id].topic_code or (bank[one.case_id].topic_code if one.case_id else None)


def quiz_rows(
    session: Session, enrolment_id: str, segment_id: str, module_id: str | None
) -> list[QuizAttempt]:
    """Return the attempts of an enrolment at one quiz, oldest first (inside this package)."""
    return [row for row in rows(session, [enrolment_id], segment_id=segment_id) if row.module_id == module_id]


def rows(session: Session, enrolment_ids: Iterable[str], *, segment_id: str = "") -> list[QuizAttempt]:
    """Return attempt rows, those of modules too, oldest first (inside this package)."""
    wanted = select(QuizAttempt).where(QuizAttempt.enrolment_id.in_(set(enrolment_ids)))
    if segment_id:
        wanted = wanted.where(QuizAttempt.segment_id == segment_id)
    order = (QuizAttempt.enrolment_id, QuizAttempt.segment_id, QuizAttempt.number)
    return list(session.scalars(wanted.order_by(*order).execution_options(populate_existing=True)))


def past(own: Iterable[QuizAttempt]) -> list[rules.Past]:
    """Return the closed attempts as the rules need them, in the order given."""
    return [rules.Past(row.submitted_ms, bool(row.passed)) for row in own if row.submitted_ms is not None]


def silent(session: Session, attempt_ids: Iterable[str]) -> set[str]:
    """Return those of the attempts whose feedback tells their trainee nothing."""
    wanted = select(QuizAttempt.id).where(QuizAttempt.feedback == "nothing")
    return set(session.scalars(wanted.where(QuizAttempt.id.in_(set(attempt_ids)))))


def answers(session: Session, attempt_id: str) -> dict[str, tuple[str, ...]]:
    """Return question id -> option ids or texts of what is saved; a question taken back is left out."""
    wanted = select(AttemptAnswer.question_id, AttemptAnswer.answer).where(
        AttemptAnswer.attempt_id == attempt_id
    )
    found = session.execute(wanted.order_by(AttemptAnswer.question_id))
    return {question_id: tuple(ticked) for question_id, ticked in found if ticked}


def counters(session: Session, attempt_id: str) -> dict[str, int]:
    """Return question id -> counter of what is saved, also of answers taken back."""
    wanted = select(AttemptAnswer.question_id, AttemptAnswer.counter).where(
        AttemptAnswer.attempt_id == attempt_id
    )
    return {question_id: counter for question_id, counter in session.execute(wanted)}


def _row(session: Session, attempt_id: str) -> QuizAttempt:
    row = session.get(QuizAttempt, attempt_id)
    if row is None:
        raise AttemptUnknown()
    return row


def _reviewed(
    one: rules.Asked,
    bank: Mapping[str, QuestionView],
    given: Mapping[str, tuple[str, ...]],
    right: frozenset[str],
) -> Reviewed:
    view, mine = bank[one.question_id], given.get(one.question_id, ())
    ticked = tuple(option.text for option in view.options if option.id in mine)
    key = tuple(option.text for option in view.options if option.correct)
    case = bank[one.case_id] if one.case_id else None
    return Reviewed(
        case_text=case.text if case else "",
        text=view.text,
        ticked=tuple(text or "（空着）" for text in mine) if view.kind == "fill_in" else ticked,
        right=tuple(spellings[0] for spellings in view.blanks) if view.kind == "fill_in" else key,
        is_right=view.id in right,
        explanation=view.explanation or (case.explanation if case else ""),
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
            module_id=row.module_id,
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
