"""Read programmes, segments, lessons and questions as frozen values."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.courses import question_queries, rubrics
from yanglao.courses.models import Lesson, Programme, ProgrammeSegment, SegmentTopic
from yanglao.courses.programme_models import ProgrammeModule
from yanglao.courses.question_queries import questions
from yanglao.courses.shapes import (
    LessonView,
    ModuleView,
    OptionView,
    ProgrammeView,
    QuestionView,
    QuizPlanView,
    SegmentView,
)
from yanglao.kernel.errors import NotFound

__all__ = [
    "LessonUnknown",
    "LessonView",
    "OptionView",
    "ProgrammeUnknown",
    "ProgrammeView",
    "QuestionView",
    "SegmentUnknown",
    "SegmentView",
    "bank",
    "lesson",
    "lessons",
    "programme",
    "programme_by_code",
    "programmes",
    "questions",
    "segment",
    "segments",
]


class ProgrammeUnknown(NotFound):
    code = "courses.programme_unknown"


class SegmentUnknown(NotFound):
    code = "courses.segment_unknown"


class LessonUnknown(NotFound):
    code = "courses.lesson_unknown"


def programmes(session: Session, *, drafts: bool = False) -> list[ProgrammeView]:
    """List the published programmes by code, newest version first; with ``drafts`` the unpublished ones too."""
    wanted = select(Programme).order_by(Programme.code, Programme.version.desc())
    if not drafts:
        wanted = wanted.where(Programme.state == "published")
    return _programmes(session, session.scalars(wanted).all())


def programme(session: Session, programme_id: str) -> ProgrammeView:
    """Return one programme, published or draft. Raises ProgrammeUnknown."""
    row = session.get(Programme, programme_id)
    if row is None:
        raise ProgrammeUnknown(programme=programme_id)
    return _programmes(session, [row])[0]


def programme_by_code(session: Session, code: str, *, version: int | None = None) -> ProgrammeView:
    """Return ``version`` of the programme ``code``, or its newest published version. Raises ProgrammeUnknown."""
    wanted = select(Programme).where(Programme.code == code).order_by(Programme.version.desc()).limit(1)
    wanted = wanted.where(Programme.state == "published" if version is None else Programme.version == version)
    row = session.scalars(wanted).first()
    if row is None:
        raise ProgrammeUnknown(programme=code)
    return _programmes(session, [row])[0]


def segment(session: Session, segment_id: str) -> SegmentView:
    """Return one segment with its lessons. Raises SegmentUnknown."""
    found = segments(session, [segment_id])
    if segment_id not in found:
        raise SegmentUnknown(segment=segment_id)
    return found[segment_id]


def segments(session: Session, segment_ids: Iterable[str]) -> dict[str, SegmentView]:
    """Return segments by id; unknown ids are left out."""
    wanted = select(ProgrammeSegment).where(ProgrammeSegment.id.in_(set(segment_ids)))
    return {view.id: view for view in _segments(session, session.scalars(wanted).all())}


def lesson(session: Session, lesson_id: str) -> LessonView:
    """Return one lesson. Raises LessonUnknown."""
    row = session.get(Lesson, lesson_id)
    if row is None:
        raise LessonUnknown(lesson=lesson_id)
    return _lesson(row)


def lessons(session: Session, lesson_ids: Iterable[str]) -> dict[str, LessonView]:
    """Return lessons by id; unknown ids are left out."""
    wanted = select(Lesson).where(Lesson.id.in_(set(lesson_ids)))
    return {row.id: _lesson(row) for row in session.scalars(wanted)}


def bank(session: Session, segment_id: str) -> list[QuestionView]:
    """List the current questions, with their key, from which the segment's papers are drawn, by bank key."""
    asked = session.get(ProgrammeSegment, segment_id)
    if asked is None:
        raise SegmentUnknown(segment=segment_id)
    return question_queries.current(session, asked.bank_key or "")


def _programmes(session: Session, rows: Sequence[Programme]) -> list[ProgrammeView]:
    wanted = select(ProgrammeSegment).where(ProgrammeSegment.programme_id.in_([row.id for row in rows]))
    parts: dict[str, list[SegmentView]] = defaultdict(list)
    for view in _segments(session, session.scalars(wanted).all()):
        parts[view.programme_id].append(view)
    return [ProgrammeView(**_columns(row, ProgrammeView), segments=tuple(parts[row.id])) for row in rows]


def _segments(session: Session, rows: Sequence[ProgrammeSegment]) -> list[SegmentView]:
    ids = [row.id for row in rows]
    lessons_of: dict[str, list[LessonView]] = defaultdict(list)
    for row in session.scalars(select(Lesson).where(Lesson.segment_id.in_(ids)).order_by(Lesson.position)):
        lessons_of[row.segment_id].append(_lesson(row))
    topics_of: dict[str, list[str]] = defaultdict(list)
    for tag in session.scalars(select(SegmentTopic).where(SegmentTopic.segment_id.in_(ids))):
        topics_of[tag.segment_id].append(tag.topic_code)
    modules_of: dict[str, list[ModuleView]] = defaultdict(list)
    wanted = (
        select(ProgrammeModule).where(ProgrammeModule.segment_id.in_(ids)).order_by(ProgrammeModule.position)
    )
    for module in session.scalars(wanted):
        modules_of[module.segment_id].append(ModuleView(**_columns(module, ModuleView)))
    plans_of: dict[str, list[QuizPlanView]] = defaultdict(list)
    for plan in question_queries.plans(session, ids):
        plans_of[plan.segment_id].append(plan)
    rubric_of = rubrics.of(session, ids)
    return [
        replace(
            _segment(row, lessons_of[row.id], topics_of[row.id]),
            modules=tuple(modules_of[row.id]),
            quiz_plans=tuple(plans_of[row.id]),
            practical=rubric_of.get(row.id),
        )
        for row in sorted(rows, key=lambda one: (one.programme_id, one.position))
    ]


def _segment(row: ProgrammeSegment, own_lessons: list[LessonView], tags: list[str]) -> SegmentView:
    facts = _columns(row, SegmentView)
    figures = ("required_s", "pass_mark", "quiz_questions", "quiz_time_limit_s", "quiz_attempts", "min_gap_s")
    facts.update({name: facts[name] or 0 for name in figures})
    topics = set(tags) | {one.topic_code for one in own_lessons if one.topic_code}
    return SegmentView(
        **facts,
        hours_missing=row.required_s is None,
        topics=tuple(sorted(topics)),
        own_topics=tuple(sorted(tags)),
        lessons=tuple(own_lessons),
    )


def _lesson(row: Lesson) -> LessonView:
    return LessonView(**_columns(row, LessonView))


def _columns(row: Any, view: Any) -> dict[str, Any]:
    """Take from ``row`` what ``view`` has under the same name as a column."""
    names = set(row.__table__.columns.keys()) & set(view.__dataclass_fields__)
    return {name: getattr(row, name) for name in names}
