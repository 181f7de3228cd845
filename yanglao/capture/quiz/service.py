"""Begin an attempt, save answers, hand in, and close what ran out of time. The caller commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.quiz import grading, papers, queries, rules, signs, tallies
from yanglao.capture.quiz.models import AttemptAnswer, AttemptShown, QuizAttempt
from yanglao.capture.quiz.shapes import Paper, Result, Terms
from yanglao.classes import queries as classes
from yanglao.classes.shapes import EnrolmentView
from yanglao.courses import queries as courses
from yanglao.courses import question_queries
from yanglao.evidence.ledger import Entry, append, device_digest
from yanglao.kernel import policy
from yanglao.kernel.actor import SYSTEM, Actor
from yanglao.kernel.canonical import digest
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict
from yanglao.kernel.identifiers import new_id
from yanglao.messages import service as messages
from yanglao.people import queries as persons
from yanglao.people import service as people


class NotRunning(Conflict):
    code = "attempt.not_running"


class AttemptClosed(Conflict):
    code = "attempt.closed"


class AttemptExpired(Conflict):
    code = "attempt.expired"


@dataclass(frozen=True)
class Saved:
    """An answer as it is stored now, and since when; ``old``: what was sent is older than that and changed nothing."""

    attempt_id: str
    question_id: str
    answer: tuple[str, ...]
    saved_ms: int
    counter: int
    old: bool = False


@dataclass(frozen=True)
class AnswerDraft:
    """An answer to save: option ids, or a text for each blank. Nothing in it is trusted.

    ``counter`` grows with each save of an attempt; None: the order of arrival. ``waited``: it waited on the phone for the network.
    """

    question_id: str
    answer: tuple[str, ...]
    counter: int | None = None
    waited: bool = False


def start(
    session: Session,
    enrolment_id: str,
    segment_id: str,
    module_id: str | None = None,
    *,
    now: datetime,
    actor: Actor,
) -> Paper:
    """Begin an attempt at the quiz of a segment or of a module, or resume the open one with its saved answers.

    The paper, the pass mark, the feedback and the end of the time are fixed here. Call ``settle`` in a transaction before.

    Raises:
        EnrolmentUnknown, SegmentUnknown, ModuleUnknown: not the actor's enrolment, or nothing of its programme.
        NotRunning: the class is not running, or the person has left it.
        NoQuiz, AlreadyPassed, NoneLeft, TooSoon: see rules.check_start.
        BankShort: the bank lacks questions for this paper.
    """
    place = _own_enrolment(session, enrolment_id, actor)
    terms = papers.terms(session, segment_id, module_id)
    if terms.programme_id != place.programme_id:
        raise courses.SegmentUnknown(segment=segment_id)
    people.lock(session, place.person_id)
    rows = queries.rows(session, [enrolment_id], segment_id=segment_id)
    own = [row for row in rows if row.module_id == module_id]
    for row in [one for one in own if one.state == "open"]:
        if not rules.is_over(row.expires_ms, to_ms(now)):
            return queries.paper(session, row.id)
        _close(session, row, now=now, actor=actor)
    if place.class_state != "running" or place.state != "enrolled":
        raise NotRunning(class_name=place.class_name)
    rules.check_start(terms, queries.past(own), to_ms(now))
    row = _begun(session, terms, rows, now=now)
    row.person_id, row.enrolment_id = place.person_id, enrolment_id
    session.add(row)
    session.flush()
    return queries.paper(session, row.id)


def _begun(session: Session, terms: Terms, before: Sequence[QuizAttempt], *, now: datetime) -> QuizAttempt:
    """Draw a paper and return its row; ``before`` are the attempts at all quizzes of the segment."""
    seed = new_id()
    bank = question_queries.current(session, terms.bank_key)
    drawn = rules.draw(
        bank,
        terms.questions,
        seed=seed,
        seen={asked["question"] for row in before for asked in row.paper},
        blueprint=terms.blueprint,
    )
    rule = question_queries.multiple_rule(session, terms.bank_key)
    figures = policy.on(day_of(now)).quiz
    return QuizAttempt(
        id=new_id(),
        segment_id=terms.segment_id,
        module_id=terms.module_id,
        number=len(before) + 1,
        state="open",
        pass_mark=terms.pass_mark,
        paper=papers.frozen(drawn),
        seed=seed,
        feedback=terms.feedback,
        by_share=rule == "share" if rule else bool(figures.multiple_by_share),
        started_ms=to_ms(now),
        expires_ms=to_ms(now) + terms.time_limit_s * 1000,
    )


def answer(session: Session, attempt_id: str, draft: AnswerDraft, *, now: datetime, actor: Actor) -> Saved:
    """Save what is answered to one question; an empty answer takes it back. The one with the highest counter holds.

    An older or repeated save changes nothing and is told what holds.

    Raises:
        AttemptUnknown: no such attempt of this person.
        AttemptClosed, AttemptExpired: it was handed in, or its time is up.
        QuestionUnknown, OptionUnknown, OneAnswerOnly, BlanksUnknown: see rules.check_answer.
    """
    attempt = _own_attempt(session, attempt_id, actor)
    if attempt.state == "submitted":
        raise AttemptClosed()
    _refuse_over(session, attempt, now)
    asked = courses.questions(session, [draft.question_id])
    if draft.question_id not in asked:
        raise rules.QuestionUnknown()
    kept = rules.check_answer(papers.asked(attempt), asked[draft.question_id], draft.answer)
    row = session.get(AttemptAnswer, (attempt_id, draft.question_id), populate_existing=True)
    if row is None:
        row = AttemptAnswer(attempt_id=attempt_id, question_id=draft.question_id, counter=0, answer=[])
        row.first_ms, row.waited = to_ms(now), draft.waited
        session.add(row)
    elif draft.counter is not None and draft.counter <= row.counter:
        return Saved(attempt_id, draft.question_id, tuple(row.answer), row.answered_ms, row.counter, old=True)
    # Who counts nothing (a simple client) is taken in the order of arrival.
    arrived = max(row.counter + 1, to_ms(now) - attempt.started_ms)
    row.answer, row.answered_ms = list(kept), to_ms(now)
    row.counter = arrived if draft.counter is None else draft.counter
    session.flush()
    return Saved(attempt_id, draft.question_id, kept, row.answered_ms, row.counter)


def show(
    session: Session, attempt_id: str, question_ids: Sequence[str], *, now: datetime, actor: Actor
) -> int:
    """Note that questions are on the screen; the first time holds. Return how many were new.

    Raises AttemptUnknown. What is not on the paper, or comes after its end, is left aside.
    """
    attempt = _own_attempt(session, attempt_id, actor)
    if attempt.state != "open" or rules.is_over(attempt.expires_ms, to_ms(now)):
        return 0
    wanted = {one.question_id for one in papers.asked(attempt)} & set(question_ids)
    known = select(AttemptShown.question_id).where(AttemptShown.attempt_id == attempt_id)
    fresh = wanted - set(session.scalars(known))
    session.add_all(
        AttemptShown(attempt_id=attempt_id, question_id=one, shown_ms=to_ms(now)) for one in sorted(fresh)
    )
    session.flush()
    return len(fresh)


def submit(session: Session, attempt_id: str, *, now: datetime, actor: Actor) -> Result:
    """Hand an attempt in and grade it; handing in again gives the same result and no second entry.

    Raises:
        AttemptUnknown: no such attempt of this person.
        AttemptExpired: its time is up; the facts say what the saved answers came to.
    """
    people.lock(session, queries.attempt(session, attempt_id, actor=actor).person_id)
    attempt = _own_attempt(session, attempt_id, actor)
    if attempt.state != "submitted":
        _refuse_over(session, attempt, now)
        _close(session, attempt, now=now, actor=actor)
    return queries.result(session, attempt_id)


def due(session: Session, *, now: datetime, actor: Actor) -> list[tuple[str, str]]:
    """List (person id, attempt id) of the actor's open attempts whose time is up."""
    own = persons.same_person_ids(session, actor.person_id)
    return queries.overdue(session, to_ms(now), person_ids=own)


def settle(session: Session, *, now: datetime, actor: Actor) -> list[str]:
    """Close the actor's attempts whose time is up, with the answers saved before; return the persons concerned."""
    return _close_due(session, due(session, now=now, actor=actor), now=now)


def sweep(session: Session, *, now: datetime, limit: int = 200) -> list[str]:
    """Close up to ``limit`` attempts of anybody whose time is up; return the persons concerned."""
    return _close_due(session, queries.overdue(session, to_ms(now), limit=limit), now=now)


def _close_due(session: Session, overdue: Sequence[tuple[str, str]], *, now: datetime) -> list[str]:
    """Close attempts given as (person id, attempt id), ordered by person so that two sweeps cannot wait for each other."""
    touched: dict[str, None] = {}
    for person_id, attempt_id in sorted(overdue):
        people.lock(session, person_id)
        attempt = _locked(session, attempt_id)
        if attempt is not None and attempt.state == "open":
            _close(session, attempt, now=now, actor=SYSTEM)
            touched[person_id] = None
    return list(touched)


def _own_enrolment(session: Session, enrolment_id: str, actor: Actor) -> EnrolmentView:
    place = classes.enrolment(session, enrolment_id)
    if place.person_id not in persons.same_person_ids(session, actor.person_id):
        raise classes.EnrolmentUnknown(enrolment_id=enrolment_id)
    return place


def _own_attempt(session: Session, attempt_id: str, actor: Actor) -> QuizAttempt:
    """Hold the actor's attempt, so that no answer is saved while it is graded."""
    attempt = _locked(session, attempt_id)
    if attempt is None or attempt.person_id not in persons.same_person_ids(session, actor.person_id):
        raise queries.AttemptUnknown()
    return attempt


def _locked(session: Session, attempt_id: str) -> QuizAttempt | None:
    wanted = select(QuizAttempt).where(QuizAttempt.id == attempt_id).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).first()


def _refuse_over(session: Session, attempt: QuizAttempt, now: datetime) -> None:
    if attempt.state == "open" and not rules.is_over(attempt.expires_ms, to_ms(now)):
        return
    if attempt.feedback == "nothing":
        raise AttemptExpired("attempt.expired_unscored")
    grade = _grade(session, attempt)
    raise AttemptExpired(
        score=grade.score, pass_mark=attempt.pass_mark, passed=grade.score >= attempt.pass_mark
    )


def _grade(session: Session, attempt: QuizAttempt) -> grading.Grade:
    bank = papers.views(session, attempt)
    return grading.grade(
        papers.units(attempt, bank), queries.answers(session, attempt.id), by_share=attempt.by_share
    )


def _close(session: Session, attempt: QuizAttempt, *, now: datetime, actor: Actor) -> None:
    """Grade an open attempt with what was saved, and enter it into the ledger; the caller holds the person lock."""
    late = rules.is_over(attempt.expires_ms, to_ms(now))
    grade = _grade(session, attempt)
    attempt.state = "expired" if late else "submitted"
    attempt.submitted_ms = attempt.expires_ms if late else to_ms(now)
    attempt.score = grade.score
    attempt.passed = grade.score >= attempt.pass_mark
    tallies.keep(session, attempt)
    session.flush()
    saved = queries.answers(session, attempt.id)
    body = {
        "segment": attempt.segment_id,
        "attempt": attempt.id,
        "score": attempt.score,
        "pass_mark": attempt.pass_mark,
        "passed": attempt.passed,
        "questions": [one.question_id for one in papers.asked(attempt)],
        "answers_digest": digest(
            {"attempt": attempt.id, "answers": {key: list(ids) for key, ids in saved.items()}}
        ),
        "started_ms": attempt.started_ms,
        "submitted_ms": attempt.submitted_ms,
        "late": late,
    } | ({"module": attempt.module_id} if attempt.module_id else {})
    entry = Entry(
        chain=("enrolment", attempt.enrolment_id),
        kind="quiz.module_submitted" if attempt.module_id else "quiz.submitted",
        body=body,
        occurred_ms=attempt.submitted_ms,
        person_id=attempt.person_id,
        enrolment_id=attempt.enrolment_id,
        segment_id=attempt.segment_id,
        client=actor.client,
        device_digest=device_digest(actor.device),
    )
    append(session, entry, now=now, actor=actor)
    signs.ask(session, attempt.id, now=now)
    _tell(session, attempt, now=now)


def _tell(session: Session, attempt: QuizAttempt, *, now: datetime) -> None:
    facts = {
        "class_name": classes.enrolment(session, attempt.enrolment_id).class_name,
        "title": papers.terms(session, attempt.segment_id, attempt.module_id).title,
        "score": attempt.score,
        "pass_mark": attempt.pass_mark,
        "variant": "passed" if attempt.passed else "failed",
    }
    if attempt.feedback == "nothing":
        return
    messages.tell(session, attempt.person_id, "quiz_result", facts, once=attempt.id, now=now)
