"""Write syllabi: a draft with its lines, the next version, publication by another. The caller commits."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from yanglao.courses import syllabus_queries
from yanglao.courses.programme_models import Syllabus, SyllabusTopic
from yanglao.courses.publishing import AlreadyPublished, Incomplete, OwnEdit, RevisionPassed
from yanglao.courses.shapes import SyllabusLine, SyllabusView
from yanglao.courses.syllabus_queries import SyllabusUnknown
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Forbidden, Refused
from yanglao.kernel.identifiers import new_id
from yanglao.people.roles import may, scope_of
from yanglao.places import queries as places


class LineFaulty(Refused):
    """Say that a line has no title, an unknown topic or hours below zero; ``line`` counts from 1."""

    code = "courses.line_faulty"


@dataclass(frozen=True)
class SyllabusDraft:
    """What an author says of a syllabus; the lines count their positions anew."""

    name: str
    category_code: str
    level_code: str | None
    source: str
    valid_from: date
    lines: tuple[SyllabusLine, ...] = ()


def may_author(one: SyllabusView, actor: Actor) -> bool:
    """Tell whether ``actor`` may write it: the city all, a base its own."""
    scope = scope_of(actor.grants, "course.author")
    return scope.all or (one.base_id is not None and one.base_id in scope.bases)


def create(
    session: Session, draft: SyllabusDraft, *, code: str, base_id: str | None, now: datetime, actor: Actor
) -> str:
    """Write a first draft, or the next version of a code that is there; return its id. Raises Forbidden, LineFaulty."""
    scope = scope_of(actor.grants, "course.author")
    if not (scope.all or (base_id is not None and base_id in scope.bases)):
        raise Forbidden(permission="course.author")
    before = session.scalars(select(Syllabus).where(Syllabus.code == code)).all()
    if any(one.base_id != base_id for one in before):
        raise Forbidden(permission="course.author")
    version = (session.scalar(select(func.max(Syllabus.version)).where(Syllabus.code == code)) or 0) + 1
    row = Syllabus(
        id=new_id(),
        code=code,
        version=version,
        base_id=base_id,
        state="draft",
        created_ms=to_ms(now),
        created_by=actor.person_id,
        revision=0,
    )
    _write(session, row, draft, now=now, actor=actor)
    return row.id


def change(
    session: Session, syllabus_id: str, draft: SyllabusDraft, *, revision: int, now: datetime, actor: Actor
) -> None:
    """Bring a draft to what its author says. Raises SyllabusUnknown, AlreadyPublished, RevisionPassed, LineFaulty."""
    row = _draft(session, syllabus_id)
    if not may_author(syllabus_queries.syllabus(session, syllabus_id), actor):
        raise SyllabusUnknown(syllabus=syllabus_id)
    if row.revision != revision:
        raise RevisionPassed(revision=row.revision)
    _write(session, row, draft, now=now, actor=actor)


def copy(session: Session, syllabus_id: str, *, now: datetime, actor: Actor) -> str:
    """Copy a syllabus into its next version, a draft; return its id. Raises SyllabusUnknown."""
    old = syllabus_queries.syllabus(session, syllabus_id)
    if not may_author(old, actor):
        raise SyllabusUnknown(syllabus=syllabus_id)
    draft = SyllabusDraft(
        old.name, old.category_code, old.level_code, old.source, date.fromisoformat(old.valid_from), old.lines
    )
    return create(session, draft, code=old.code, base_id=old.base_id, now=now, actor=actor)


def publish(session: Session, syllabus_id: str, *, revision: int, now: datetime, actor: Actor) -> None:
    """Publish a draft that somebody else edited last; it never changes again.

    Raises:
        SyllabusUnknown, AlreadyPublished, Forbidden, OwnEdit, RevisionPassed.
        Incomplete: lines without hours, or no source.
    """
    row = _draft(session, syllabus_id)
    one = syllabus_queries.syllabus(session, syllabus_id)
    if not may(actor.grants, "course.publish"):
        raise Forbidden(permission="course.publish")
    if actor.person_id == row.edited_by:
        raise OwnEdit(programme=row.name)
    if row.revision != revision:
        raise RevisionPassed(revision=row.revision)
    unknown = [line.title for line in one.lines if None in (line.theory_s, line.practice_s)]
    lacking = unknown + ([] if one.lines else ["内容"]) + ([] if one.source else ["依据的文件"])
    if lacking:
        raise Incomplete(programme=row.name, count=len(lacking), missing=lacking)
    row.state = "published"
    row.published_ms, row.published_by = to_ms(now), actor.person_id
    session.flush()


def _draft(session: Session, syllabus_id: str) -> Syllabus:
    row = session.scalars(select(Syllabus).where(Syllabus.id == syllabus_id).with_for_update()).first()
    if row is None:
        raise SyllabusUnknown(syllabus=syllabus_id)
    if row.state != "draft":
        raise AlreadyPublished(programme=row.name)
    return row


def _write(session: Session, row: Syllabus, draft: SyllabusDraft, *, now: datetime, actor: Actor) -> None:
    topics = {one.code for one in places.topics(session)}
    for number, line in enumerate(draft.lines, start=1):
        hours = [one for one in (line.theory_s, line.practice_s) if one is not None]
        if not line.title or (line.topic_code and line.topic_code not in topics) or min(hours, default=0) < 0:
            raise LineFaulty(line=number)
    if draft.category_code not in {one.code for one in places.categories(session)}:
        raise Refused("courses.category_unknown", name=draft.category_code)
    row.name, row.source, row.valid_from = draft.name, draft.source, draft.valid_from
    row.category_code, row.level_code = draft.category_code, draft.level_code
    row.revision += 1
    row.edited_by, row.edited_ms = actor.person_id, to_ms(now)
    session.add(row)
    session.flush()
    session.execute(delete(SyllabusTopic).where(SyllabusTopic.syllabus_id == row.id))
    for place, line in enumerate(draft.lines, start=1):
        session.add(
            SyllabusTopic(
                id=new_id(),
                syllabus_id=row.id,
                position=place,
                title=line.title,
                topic_code=line.topic_code,
                theory_s=line.theory_s,
                practice_s=line.practice_s,
            )
        )
    session.flush()
