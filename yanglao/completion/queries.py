"""Read standings: ``credited_s`` is what the ledger gives plus the open window, the same number everywhere."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, false, func, or_, select, tuple_
from sqlalchemy.orm import Session

from yanglao.capture.attendance import leaves
from yanglao.capture.practical.rules import score_text
from yanglao.capture.viewing import queries as viewings
from yanglao.capture.viewing.shapes import OpenWindow
from yanglao.classes import queries as classes
from yanglao.classes.shapes import EnrolmentView, SessionView
from yanglao.completion.explain import lacking, practical_lacking, without_score
from yanglao.completion.meetings import standings_in
from yanglao.completion.models import Standing
from yanglao.completion.shapes import (
    EnrolmentStanding,
    LessonStanding,
    ModuleStanding,
    PracticalStanding,
    QuizStanding,
    SegmentStanding,
    StandingFilters,
    StandingView,
)
from yanglao.courses import queries as courses
from yanglao.courses.shapes import SegmentView
from yanglao.kernel import policy
from yanglao.kernel.actor import Scope
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import NotFound
from yanglao.kernel.intervals import length, union
from yanglao.people import queries as people


class StandingUnknown(NotFound):
    """Say that there is no such standing within the scope."""

    code = "completion.not_found"


def enrolment_page(
    session: Session, enrolment_id: str, *, now: datetime, own_eyes: bool = False
) -> EnrolmentStanding:
    """Return one enrolment with every segment, lesson, meeting and what is lacking. Raises EnrolmentUnknown.

    With ``own_eyes`` as its trainee may read it: without the scores of quizzes that tell none.
    """
    own = classes.enrolment(session, enrolment_id)
    rows = {
        row.segment_id: row
        for row in session.scalars(select(Standing).where(Standing.enrolment_id == enrolment_id))
    }
    windows = viewings.open_windows(session, [enrolment_id])
    meetings = [meeting for meeting in classes.sessions_of_class(session, own.class_id)]
    away = leaves.granted(session, [own.id])
    segments = tuple(
        _segment(
            segment, rows.get(segment.id), windows, meetings, own_id=own.id, away=away, now_ms=to_ms(now)
        )
        for segment in courses.programme(session, own.programme_id).segments
    )
    return _enrolment(own, tuple(without_scores(one) for one in segments) if own_eyes else segments)


def without_scores(segment: SegmentStanding) -> SegmentStanding:
    """Return a segment without the scores of quizzes that tell none."""
    modules = tuple(replace(one, quiz=_quietly(one.quiz)) for one in segment.modules)
    quiet = {one.id for one in modules if one.quiz.quiet} | ({None} if segment.quiz.quiet else set())
    missing = tuple(
        without_score(one) if one.facts.get("module_id") in quiet else one for one in segment.missing
    )
    return replace(segment, quiz=_quietly(segment.quiz), modules=modules, missing=missing)


def _quietly(quiz: QuizStanding) -> QuizStanding:
    return replace(quiz, best=None) if quiz.quiet else quiz


def enrolments_of(
    session: Session, person_id: str, *, now: datetime, withdrawn: bool = False
) -> list[EnrolmentStanding]:
    """Return all enrolments of a person and of those merged into them, the latest class first, as they read them; ``withdrawn`` too if wanted."""
    return [
        enrolment_page(session, own.id, now=now, own_eyes=True)
        for one in people.same_person_ids(session, person_id)
        for own in classes.enrolments_of(session, one)
        if withdrawn or own.state == "enrolled"
    ]


def class_page(
    session: Session, class_id: str, *, now: datetime, withdrawn: bool = False
) -> list[EnrolmentStanding]:
    """Return the enrolments of a class in roster order, each as ``enrolment_page`` gives it; ``withdrawn`` of those who left too."""
    return pages_of(session, classes.roster(session, class_id, withdrawn=withdrawn), now=now)


def pages_of(session: Session, roster: Sequence[EnrolmentView], *, now: datetime) -> list[EnrolmentStanding]:
    """Return some enrolments of one class, each as ``enrolment_page`` gives it, in a few queries."""
    if not roster:
        return []
    class_id = roster[0].class_id
    held = select(Standing).where(Standing.enrolment_id.in_([own.id for own in roster]))
    rows = {(row.enrolment_id, row.segment_id): row for row in session.scalars(held)}
    windows = viewings.open_windows(session, [own.id for own in roster])
    meetings = classes.sessions_of_class(session, class_id)
    planned = courses.programme(session, roster[0].programme_id).segments
    away = leaves.granted(session, [own.id for own in roster])
    found = []
    for own in roster:
        mine = [window for window in windows if window.enrolment_id == own.id]
        segments = (
            _segment(
                one, rows.get((own.id, one.id)), mine, meetings, own_id=own.id, away=away, now_ms=to_ms(now)
            )
            for one in planned
        )
        found.append(_enrolment(own, tuple(segments)))
    return found


def _enrolment(own: EnrolmentView, segments: tuple[SegmentStanding, ...]) -> EnrolmentStanding:
    return EnrolmentStanding(
        id=own.id,
        person_id=own.person_id,
        class_id=own.class_id,
        class_name=own.class_name,
        class_state=own.class_state,
        state=own.state,
        base_id=own.base_id,
        starts_on=own.starts_on.isoformat(),
        ends_on=own.ends_on.isoformat(),
        segments=segments,
    )


def _segment(
    segment: SegmentView,
    row: Standing | None,
    windows: Sequence[OpenWindow],
    meetings: Sequence[SessionView],
    *,
    own_id: str,
    away: Set[tuple[str, str]],
    now_ms: int,
) -> SegmentStanding:
    entered = row.entered_s if row else 0
    mine = [window for window in windows if window.segment_id == segment.id]
    credited = entered + sum(window.credited_s for window in mine)
    quiz, modules = _quiz(segment, row), _modules(segment, row)
    practical = _practical(segment, row, now_ms)
    sessions = standings_in(
        [one for one in meetings if one.segment_id == segment.id], row, own_id=own_id, away=away
    )
    pending = row.pending if row else 0
    missing = lacking(
        mode=segment.mode,
        required_s=segment.required_s,
        credited_s=credited,
        quiz=quiz,
        sessions=sessions,
        now_ms=now_ms,
        pending=pending,
        modules=modules,
    )
    state = row.state if row else "not_started"
    return SegmentStanding(
        id=segment.id,
        title=segment.title,
        mode=segment.mode,
        kind=segment.kind,
        state="in_progress" if state == "not_started" and credited else state,
        required_s=segment.required_s,
        credited_s=credited,
        entered_s=entered,
        missing=missing + practical_lacking(practical),
        lessons=_lessons(segment, row, mine),
        sessions=sessions,
        quiz=quiz,
        refused=row.refused if row else 0,
        pending=pending,
        review=row.review if row else None,
        modules=modules,
        practical=practical,
    )


def _practical(segment: SegmentView, row: Standing | None, now_ms: int) -> PracticalStanding | None:
    if segment.practical is None:
        return None
    held = (row.practical if row else None) or {}
    best_bp = held.get("best_bp")
    return PracticalStanding(
        needed=segment.practical.required,
        pass_mark=segment.practical.pass_mark,
        best="" if best_bp is None else score_text(best_bp),
        passed=held.get("passed", False),
        attempts=held.get("attempts", 0),
        most_attempts=policy.on(day_of(now_ms)).practical.attempts_max,
        waiting=held.get("waiting", 0),
    )


def _quiz(segment: SegmentView, row: Standing | None) -> QuizStanding:
    return QuizStanding(
        needed=segment.assessment != "none",
        pass_mark=segment.pass_mark,
        best=row.quiz_best if row else None,
        passed=bool(row and row.quiz_passed),
        attempts=row.quiz_attempts if row else 0,
        most_attempts=segment.quiz_attempts,
        quiet=segment.quiet,
    )


def _modules(segment: SegmentView, row: Standing | None) -> tuple[ModuleStanding, ...]:
    held = (row.module_quizzes if row else None) or {}
    found = []
    for module, plan in segment.module_quizzes:
        own = held.get(module.id, {})
        quiz = QuizStanding(
            needed=True,
            pass_mark=plan.pass_mark,
            best=own.get("best"),
            passed=own.get("passed", False),
            attempts=own.get("attempts", 0),
            most_attempts=plan.attempts,
            quiet=plan.feedback == "nothing",
        )
        found.append(ModuleStanding(module.id, module.title, quiz))
    return tuple(found)


def _lessons(
    segment: SegmentView, row: Standing | None, windows: Sequence[OpenWindow]
) -> tuple[LessonStanding, ...]:
    stored = row.covered if row else {}
    covered = {lesson: [(a, b) for a, b in pairs] for lesson, pairs in stored.items()}
    for window in windows:
        covered[window.lesson_id] = union(covered.get(window.lesson_id, []), window.covered)
    return tuple(
        LessonStanding(
            id=lesson.id,
            kind=lesson.kind,
            title=lesson.title,
            duration_s=lesson.duration_s,
            covered_s=length(covered.get(lesson.id, [])),
            bytes=lesson.bytes,
            topic=lesson.topic_code,
            covered=tuple((a, b) for a, b in covered.get(lesson.id, [])),
            module_id=lesson.module_id,
        )
        for lesson in segment.lessons
    )


def standings(
    session: Session,
    scope: Scope,
    filters: StandingFilters,
    *,
    now: datetime,
    after: str = "",
    limit: int = 50,
) -> tuple[list[StandingView], str | None]:
    """Return lines of the completion log within ``scope`` and where to go on (None at the end).

    Order: class, enrolment, segment. ``after`` is what an answer before said.
    """
    wanted = _filtered(scope, filters)
    key = (Standing.class_id, Standing.enrolment_id, Standing.segment_position)
    if after:
        enrolment_id, _, segment_id = after.partition(".")
        last = session.get(Standing, (enrolment_id, segment_id))
        if last is None:
            raise StandingUnknown()
        wanted = wanted.where(tuple_(*key) > (last.class_id, last.enrolment_id, last.segment_position))
    rows = list(session.scalars(wanted.order_by(*key).limit(limit + 1)))
    more = len(rows) > limit
    lines = _lines(session, rows[:limit], now=now)
    return lines, f"{rows[limit - 1].enrolment_id}.{rows[limit - 1].segment_id}" if more else None


def standing(
    session: Session, scope: Scope, enrolment_id: str, segment_id: str, *, now: datetime
) -> StandingView:
    """Return one line of the completion log. Raises StandingUnknown, also when outside ``scope``."""
    wanted = _filtered(scope, StandingFilters(segment_id=segment_id)).where(
        Standing.enrolment_id == enrolment_id
    )
    rows = list(session.scalars(wanted))
    if not rows:
        raise StandingUnknown()
    return _lines(session, rows, now=now)[0]


def count(session: Session, scope: Scope, filters: StandingFilters) -> dict[str, int]:
    """Return state -> number of standings, with the seconds entered under ``entered_s``."""
    inner = _filtered(scope, filters).subquery()
    rows = session.execute(
        select(inner.c.state, func.count(), func.sum(inner.c.entered_s)).group_by(inner.c.state)
    ).all()
    return {
        **{state: number for state, number, _ in rows},
        "entered_s": sum(int(row[2] or 0) for row in rows),
    }


def _filtered(scope: Scope, filters: StandingFilters) -> Select[Standing]:
    wanted = select(Standing)
    if not scope.all:
        reach = or_(Standing.base_id.in_(scope.bases), Standing.division_code.in_(scope.divisions))
        wanted = wanted.where(false() if scope.empty else reach)
    for name in ("class_id", "base_id", "division_code", "segment_id", "mode", "state", "person_id"):
        value = getattr(filters, name)
        if value:
            wanted = wanted.where(getattr(Standing, name) == value)
    if filters.text:
        wanted = wanted.where(Standing.person_id.in_(people.ids_matching(filters.text)))
    if filters.review:
        verdict = Standing.review["verdict"].as_string()
        wanted = wanted.where(verdict.is_(None) if filters.review == "none" else verdict == filters.review)
    return wanted


def _lines(session: Session, rows: Sequence[Standing], *, now: datetime) -> list[StandingView]:
    persons = people.persons(session, {row.person_id for row in rows})
    segments = courses.segments(session, {row.segment_id for row in rows})
    named = classes.classes_by_id(session, {row.class_id for row in rows})
    meetings = classes.sessions_of_classes(session, {row.class_id for row in rows})
    windows = viewings.open_windows(session, {row.enrolment_id for row in rows})
    away = leaves.granted(session, {row.enrolment_id for row in rows})
    lines = []
    for row in rows:
        segment = segments[row.segment_id]
        own = [meeting for meeting in meetings if meeting.class_id == row.class_id]
        mine = [window for window in windows if window.enrolment_id == row.enrolment_id]
        found = _segment(segment, row, mine, own, own_id=row.enrolment_id, away=away, now_ms=to_ms(now))
        person = persons[row.person_id]
        lines.append(
            StandingView(
                enrolment_id=row.enrolment_id,
                segment_id=row.segment_id,
                segment_title=segment.title,
                person_id=row.person_id,
                person_name=person.name,
                masked_id=person.masked_id,
                class_id=row.class_id,
                class_name=named[row.class_id].name,
                base_id=row.base_id,
                division_code=row.division_code,
                mode=row.mode,
                kind=segment.kind,
                state=found.state,
                required_s=row.required_s,
                credited_s=found.credited_s,
                entered_s=row.entered_s,
                quiz_needed=found.quiz.needed,
                quiz_best=row.quiz_best,
                quiz_passed=row.quiz_passed,
                refused=row.refused,
                pending=row.pending,
                missing=found.missing,
                review=row.review,
            )
        )
    return lines


def as_dict(line: StandingView) -> dict[str, Any]:
    """Return a line as the API gives it."""
    return {
        "enrolment_id": line.enrolment_id,
        "person": {"id": line.person_id, "name": line.person_name, "masked_id": line.masked_id},
        "class_id": line.class_id,
        "class_name": line.class_name,
        "base_id": line.base_id,
        "division": line.division_code,
        "segment_id": line.segment_id,
        "segment_title": line.segment_title,
        "mode": line.mode,
        "kind": line.kind,
        "state": line.state,
        "required_s": line.required_s,
        "credited_s": line.credited_s,
        "entered_s": line.entered_s,
        "quiz": {"needed": line.quiz_needed, "best": line.quiz_best, "passed": line.quiz_passed},
        "refused": line.refused,
        "pending": line.pending,
        "missing": [{"code": one.code, "facts": one.facts, "sentence": one.sentence} for one in line.missing],
        "sentence": line.sentence,
        "review": line.review,
    }
