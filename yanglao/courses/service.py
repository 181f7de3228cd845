"""Load the course files: questions, programmes, and their publication."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.courses import media, rubrics, sources
from yanglao.courses.bundled_questions import VersionLoaded, load_bank
from yanglao.courses.documents import PracticalDoc
from yanglao.courses.models import Lesson, Programme, ProgrammeSegment, SegmentTopic
from yanglao.courses.programme_models import ProgrammeModule
from yanglao.courses.publishing import AlreadyPublished, publish
from yanglao.kernel.actor import SYSTEM
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Conflict
from yanglao.kernel.identifiers import new_id

__all__ = ["SYSTEM", "AlreadyPublished", "Loaded", "MediaChanged", "VersionLoaded", "load_courses", "publish"]


class MediaChanged(Conflict):
    """A bundled media file is not the one its index describes."""

    code = "courses.media_changed"


@dataclass(frozen=True)
class Loaded:
    """What a load added; all zero when everything was there."""

    programmes: int
    questions: int


def load_courses(session: Session, now: datetime, *, folder: Path = sources.FOLDER) -> Loaded:
    """Bring questions and programmes from the course files into the database; what is there already stays.

    Expects the categories, levels and topics of ``places.service.load_notice`` to be loaded.

    Raises:
        CourseFileBroken: a file cannot be read.
        VersionLoaded: a file changed without a new version.
        MediaChanged: a media file differs from its index.
        Refused: a programme marked for publication may not be published (see rules).
    """
    files = sources.read(folder)
    questions = sum(load_bank(session, bank, now) for bank in files.banks)
    added = 0
    for plan in files.programmes:
        row = _known(session, plan)
        if row is None:
            row = _load_programme(session, plan, files.lessons, now)
            added += 1
        if plan.publish and row.state == "draft" and row.created_by is None:
            publish(session, row.id, now=now, actor=SYSTEM)
    return Loaded(programmes=added, questions=questions)


def _known(session: Session, plan: sources.ProgrammePlan) -> Programme | None:
    """Return the row of exactly this version; refuse a file that changed without a new version."""
    wanted = select(Programme).where(Programme.code == plan.code, Programme.version == plan.version)
    row = session.scalars(wanted).first()
    # A version made in the office goes before one of the files with the same number.
    if row is not None and row.content_digest != plan.content_digest and row.created_by is None:
        raise VersionLoaded(name=plan.name, version=plan.version)
    return row


def _load_programme(
    session: Session, plan: sources.ProgrammePlan, videos: dict[str, sources.LessonFile], now: datetime
) -> Programme:
    row = Programme(
        id=new_id(),
        code=plan.code,
        version=plan.version,
        name=plan.name,
        category_code=plan.category,
        level_code=plan.level,
        syllabus=plan.syllabus,
        hours_note=plan.hours_note,
        state="draft",
        content_digest=plan.content_digest,
        created_ms=to_ms(now),
        is_demo=plan.is_demo,
    )
    session.add(row)
    session.flush()
    for position, segment in enumerate(plan.segments, start=1):
        made = _load_segment(session, row.id, position, segment=segment, videos=videos)
        for one in sources.rubrics():
            if (one.programme, one.version, one.segment) == (plan.code, plan.version, segment.key):
                facts = one.model_dump(exclude={"programme", "version", "segment"})
                rubrics.write(session, made, PracticalDoc.model_validate(facts))
    return row


def _load_segment(
    session: Session,
    programme_id: str,
    position: int,
    *,
    segment: sources.SegmentPlan,
    videos: dict[str, sources.LessonFile],
) -> str:
    row = ProgrammeSegment(
        id=new_id(),
        programme_id=programme_id,
        key=segment.key,
        position=position,
        title=segment.title,
        mode=segment.mode,
        kind=segment.kind,
        required_s=segment.required_s,
        **_quiz_columns(segment.quiz),
    )
    session.add(row)
    session.flush()
    session.add_all(SegmentTopic(segment_id=row.id, topic_code=code) for code in segment.topics)
    module = ProgrammeModule(id=new_id(), segment_id=row.id, key="main", position=1, title=segment.title)
    session.add(module)
    session.flush()
    for place, use in enumerate(segment.lessons, start=1):
        session.add(_lesson(module, place, use, videos[use.media]))
    session.flush()
    return row.id


def _quiz_columns(quiz: sources.QuizPlan | None) -> dict[str, object]:
    if quiz is None:
        return {"assessment": "none"}
    return {
        "assessment": "quiz",
        "bank_key": quiz.bank,
        "pass_mark": quiz.pass_mark,
        "quiz_questions": quiz.questions,
        "quiz_time_limit_s": quiz.time_limit_s,
        "quiz_attempts": quiz.attempts,
        "min_gap_s": quiz.min_gap_s,
    }


def _lesson(
    module: ProgrammeModule, position: int, use: sources.LessonUse, video: sources.LessonFile
) -> Lesson:
    if media.digest_of(media.path_of(video.media)) != video.digest:
        raise MediaChanged(name=video.media)
    return Lesson(
        id=new_id(),
        segment_id=module.segment_id,
        module_id=module.id,
        key=use.key,
        position=position,
        kind="video",
        title=use.title,
        duration_s=video.duration_s,
        media_name=video.media,
        media_digest=video.digest,
        bytes=video.bytes,
        poster=video.poster,
        captions=video.captions,
        topic_code=use.topic,
    )
