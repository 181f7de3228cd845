"""Bring the rows of a draft to what its document says; parts keep their ids by their keys."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from yanglao.courses import quiz_plans, rubrics, sources
from yanglao.courses.documents import LessonDoc, ProgrammeDoc, SegmentDoc, lessons_of, quizzes_of
from yanglao.courses.library_models import SharedResource
from yanglao.courses.material_models import Material
from yanglao.courses.models import Lesson, Programme, ProgrammeSegment, SegmentTopic
from yanglao.courses.programme_models import ProgrammeModule
from yanglao.courses.question_models import QuestionBank, QuizPlan
from yanglao.kernel.errors import Refused
from yanglao.kernel.identifiers import new_id
from yanglao.kernel.wording import sentence
from yanglao.places import queries as places

AWAY = 1_000_000  # positions are unique: parts step aside before they take their new places


class DocumentFaulty(Refused):
    """Say that parts name what is not there; ``faults`` lists them all and nothing was written."""

    code = "courses.document_faulty"


def faults(session: Session, doc: ProgrammeDoc, *, base_id: str | None = None) -> list[dict[str, Any]]:
    """List what ``doc`` names and is not there, as ``{where, code, facts, sentence}`` in the document's order."""
    topics = {one.code for one in places.topics(session)}
    found: list[tuple[str, str, str]] = []
    if doc.category not in {one.code for one in places.categories(session)}:
        found.append((doc.name, "courses.category_unknown", doc.category))
    if doc.level is not None and doc.level not in {one.code for one in places.levels(session)}:
        found.append((doc.name, "courses.level_unknown", doc.level))
    films, materials, shared = _films(), _materials(session, doc), _shared(session, doc.code)
    banks = {
        key
        for key, owner in session.execute(select(QuestionBank.key, QuestionBank.base_id))
        if base_id is None or owner in (None, base_id)
    }
    for segment in doc.segments:
        found += [
            (segment.title, "courses.topic_unknown", one) for one in segment.topics if one not in topics
        ]
        for where, quiz in quizzes_of(segment):
            if quiz.bank not in banks:
                found.append((where, "courses.no_such_bank", quiz.bank))
            weighed = quiz.blueprint.topics if quiz.blueprint else {}
            found += [(where, "courses.topic_unknown", one) for one in weighed if one not in topics]
        for lesson in lessons_of(segment):
            where = f"{segment.title}：{lesson.title}"
            if lesson.topic and lesson.topic not in topics:
                found.append((where, "courses.topic_unknown", lesson.topic))
            own = materials.get(lesson.material or "")
            if (lesson.media and lesson.media not in films) or (lesson.material and own is None):
                found.append((where, "courses.no_such_material", lesson.media or lesson.material or ""))
            elif own is not None and own.base_id not in (None, base_id) and own.id not in shared:
                found.append((where, "courses.no_such_material", lesson.material or ""))
            elif own is not None and own.state != "ready":
                found.append((where, "courses.lesson_unfinished", lesson.title))
    return [
        {"where": where, "code": code, "facts": (facts := {"name": name, "lesson": name}),
         "sentence": sentence(code, facts)}
        for where, code, name in found
    ]  # fmt: skip


def write(session: Session, row: Programme, doc: ProgrammeDoc) -> None:
    """Write ``doc`` into a draft; its code and version stay. Raises DocumentFaulty, and nothing is written then."""
    wrong = faults(session, doc, base_id=row.base_id)
    if wrong:
        raise DocumentFaulty(count=len(wrong), faults=wrong)
    row.name, row.category_code, row.level_code = doc.name, doc.category, doc.level
    row.syllabus, row.hours_note = doc.syllabus, doc.hours_note
    session.add(row)
    session.flush()
    wanted = select(ProgrammeSegment).where(ProgrammeSegment.programme_id == row.id)
    known = {one.key: one for one in session.scalars(wanted)}
    _step_aside(session, known.values())
    for key in set(known) - {one.key for one in doc.segments}:
        _drop_segment(session, known.pop(key))
    session.flush()
    materials = _materials(session, doc)
    for place, part in enumerate(doc.segments, start=1):
        own = known.get(part.key) or ProgrammeSegment(id=new_id(), programme_id=row.id, key=part.key)
        _fill_segment(session, own, part, place)
        _write_modules(session, own.id, part, materials)
        quiz_plans.write(session, own.id, part)
        rubrics.write(session, own.id, part.practical)
    session.flush()


def clear(session: Session, row: Programme) -> None:
    """Delete a draft with its segments, modules, lessons and quiz plans."""
    for own in session.scalars(select(ProgrammeSegment).where(ProgrammeSegment.programme_id == row.id)).all():
        _drop_segment(session, own)
    session.flush()
    session.delete(row)
    session.flush()


def _fill_segment(session: Session, own: ProgrammeSegment, part: SegmentDoc, place: int) -> None:
    own.position, own.title, own.mode, own.kind = place, part.title, part.mode, part.kind
    own.required_s, quiz = part.required_s, part.quiz
    own.assessment = "quiz" if quiz else "none"
    own.bank_key = quiz.bank if quiz else None
    own.pass_mark = quiz.pass_mark if quiz else None
    own.quiz_questions = quiz.questions if quiz else None
    own.quiz_time_limit_s = quiz.time_limit_s if quiz else None
    own.quiz_attempts = quiz.attempts if quiz else None
    own.min_gap_s = quiz.min_gap_s if quiz else None
    session.add(own)
    session.flush()
    session.execute(delete(SegmentTopic).where(SegmentTopic.segment_id == own.id))
    session.add_all(SegmentTopic(segment_id=own.id, topic_code=code) for code in dict.fromkeys(part.topics))
    session.flush()


def _write_modules(
    session: Session, segment_id: str, part: SegmentDoc, materials: dict[str, Material]
) -> None:
    modules = {
        one.key: one
        for one in session.scalars(select(ProgrammeModule).where(ProgrammeModule.segment_id == segment_id))
    }
    lessons = {one.key: one for one in session.scalars(select(Lesson).where(Lesson.segment_id == segment_id))}
    _step_aside(session, [*modules.values(), *lessons.values()])
    for key in set(lessons) - {one.key for one in lessons_of(part)}:
        session.delete(lessons.pop(key))
    session.flush()
    place = 0
    for number, one in enumerate(part.modules, start=1):
        module = modules.get(one.key) or ProgrammeModule(id=new_id(), segment_id=segment_id, key=one.key)
        module.position, module.title = number, one.title
        session.add(module)
        session.flush()
        for lesson in one.lessons:
            place += 1
            row = lessons.get(lesson.key) or Lesson(id=new_id(), segment_id=segment_id, key=lesson.key)
            row.module_id, row.position, row.title, row.topic_code = (
                module.id,
                place,
                lesson.title,
                lesson.topic,
            )
            _fill_material(session, row, lesson, materials)
            session.add(row)
            session.flush()
    for key in set(modules) - {one.key for one in part.modules}:
        session.execute(delete(QuizPlan).where(QuizPlan.module_id == modules[key].id))
        session.delete(modules[key])
    session.flush()


def _fill_material(session: Session, row: Lesson, lesson: LessonDoc, materials: dict[str, Material]) -> None:
    """Take over what the lesson is made from: kind, seconds, bytes and what names the content."""
    if lesson.media:
        film = _films()[lesson.media]
        row.kind, row.duration_s, row.bytes = "video", film.duration_s, film.bytes
        row.media_name, row.media_digest, row.material_id = film.media, film.digest, None
        row.poster, row.captions = film.poster, film.captions
        return
    made = materials[lesson.material or ""]
    row.kind, row.duration_s, row.bytes = made.kind, made.duration_s or 0, made.bytes
    row.media_name, row.media_digest, row.material_id = "", made.digest, made.id
    row.poster, row.captions = None, None


def _drop_segment(session: Session, own: ProgrammeSegment) -> None:
    rubrics.write(session, own.id, None)
    for model in (QuizPlan, Lesson, ProgrammeModule, SegmentTopic):
        session.execute(delete(model).where(model.segment_id == own.id))
    session.delete(own)


def _step_aside(session: Session, rows: Iterable[Any]) -> None:
    for number, row in enumerate(rows, start=1):
        row.position = AWAY + number
    session.flush()


def _films() -> dict[str, sources.LessonFile]:
    """Return the bundled films by file name."""
    return {one.media: one for one in sources.films().values()}


def _shared(session: Session, code: str) -> set[str | None]:
    """Return the ids of the materials that the library shares with all; what was withdrawn stays where ``code`` uses it."""
    source = func.coalesce(SharedResource.material_id, Lesson.material_id)
    found = (
        select(source).select_from(SharedResource).outerjoin(Lesson, SharedResource.lesson_id == Lesson.id)
    )
    of_code = select(Lesson.material_id).join(ProgrammeSegment, Lesson.segment_id == ProgrammeSegment.id)
    of_code = of_code.join(Programme, ProgrammeSegment.programme_id == Programme.id).where(
        Programme.code == code
    )
    return {
        *session.scalars(found.where(SharedResource.state == "published")),
        *session.scalars(found.where(SharedResource.state == "withdrawn", source.in_(of_code))),
    }


def _materials(session: Session, doc: ProgrammeDoc) -> dict[str, Material]:
    named = {one.material for part in doc.segments for one in lessons_of(part) if one.material}
    return {one.id: one for one in session.scalars(select(Material).where(Material.id.in_(named)))}
