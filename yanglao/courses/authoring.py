"""Write drafts of programmes: create, edit, copy into a new version, import. The caller commits.

Whoever changes a draft says which revision was seen; a later one is refused and nothing is lost.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from yanglao.courses import documents, queries, question_queries, quiz_plans, syllabus_queries
from yanglao.courses.diff_rules import QuestionChange
from yanglao.courses.documents import Edit, ProgrammeDoc, document_of
from yanglao.courses.drafting import clear, write
from yanglao.courses.library_models import ResourceLesson, ResourceUse
from yanglao.courses.models import Programme
from yanglao.courses.publishing import AlreadyPublished, RevisionPassed
from yanglao.courses.queries import ProgrammeUnknown
from yanglao.courses.shapes import ProgrammeView, QuizPlanView
from yanglao.kernel.actor import EVERYTHING, Actor
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Conflict, Forbidden
from yanglao.kernel.identifiers import new_id
from yanglao.people.roles import may, scope_of
from yanglao.places import queries as places


class CodeTaken(Conflict):
    code = "courses.code_taken"


class DraftExists(Conflict):
    """Say that a newer draft of the same programme stands already; ``programme`` is its id."""

    code = "courses.draft_exists"


def may_author(session: Session, programme: ProgrammeView | Programme, actor: Actor) -> bool:
    """Tell whether ``actor`` may write it: a base its own, the city everything."""
    if programme.base_id is None:
        return scope_of(actor.grants, "course.author").all
    return _allowed(session, programme.base_id, "course.author", actor)


def may_read(session: Session, programme: ProgrammeView, actor: Actor) -> bool:
    """Tell whether ``actor`` may read it: what is published everybody in the office, a draft within one's scope."""
    if programme.state == "published":
        return may(actor.grants, "course.read")
    if programme.base_id is None:
        return scope_of(actor.grants, "course.read").all
    return _allowed(session, programme.base_id, "course.read", actor)


def _allowed(session: Session, base_id: str, permission: str, actor: Actor) -> bool:
    base = places.base(session, base_id)
    return may(actor.grants, permission, base=base_id, division=base.division_code)


def seen(session: Session, programme_id: str, actor: Actor) -> ProgrammeView:
    """Return a programme that ``actor`` may read. Raises ProgrammeUnknown."""
    found = queries.programme(session, programme_id)
    if not may_read(session, found, actor):
        raise ProgrammeUnknown(programme=programme_id)
    return found


def create(session: Session, doc: ProgrammeDoc, *, base_id: str | None, now: datetime, actor: Actor) -> str:
    """Write a first draft; return its id. Without a base it is the city's.

    Raises:
        Forbidden: the actor writes nothing for that base.
        CodeTaken: another programme has the code.
        DocumentFaulty: a part names what is not there (see drafting.faults).
    """
    allowed = _allowed(session, base_id, "course.author", actor) if base_id else False
    if not (allowed or scope_of(actor.grants, "course.author").all):
        raise Forbidden(permission="course.author")
    if session.scalar(select(func.count()).select_from(Programme).where(Programme.code == doc.code)):
        raise CodeTaken(code=doc.code)
    return _begin(session, doc, version=1, base_id=base_id, now=now, actor=actor)


def edit(
    session: Session, programme_id: str, change: Edit, *, revision: int, now: datetime, actor: Actor
) -> None:
    """Make one change to a draft. Raises what ``held`` and ``documents.apply`` raise, and DocumentFaulty."""
    row = held(session, programme_id, revision=revision, actor=actor)
    doc = documents.apply(document_of(queries.programme(session, programme_id)), change)
    write(session, row, doc)
    _touch(session, row, now, actor)


def replace(
    session: Session, programme_id: str, doc: ProgrammeDoc, *, revision: int, now: datetime, actor: Actor
) -> None:
    """Bring a draft to what ``doc`` says; its code stays. Raises what ``held`` raises, and DocumentFaulty."""
    row = held(session, programme_id, revision=revision, actor=actor)
    write(session, row, doc)
    _touch(session, row, now, actor)


def follow(
    session: Session,
    programme_id: str,
    syllabus_id: str | None,
    *,
    revision: int,
    now: datetime,
    actor: Actor,
) -> None:
    """Let a draft follow a syllabus, or none. Raises SyllabusUnknown and what ``held`` raises."""
    row = held(session, programme_id, revision=revision, actor=actor)
    row.syllabus_id = syllabus_queries.syllabus(session, syllabus_id).id if syllabus_id else None
    _touch(session, row, now, actor)


def plan_quiz(
    session: Session,
    programme_id: str,
    plan: QuizPlanView,
    *,
    revision: int,
    now: datetime,
    actor: Actor,
) -> None:
    """Say how a module of a draft is tested, or what a segment's quiz adds to its figures.

    Raises what ``held`` raises; SegmentUnknown: no such segment or module in it; BankUnknown: no such bank, or another base's;
    BlueprintFaulty.
    """
    row = held(session, programme_id, revision=revision, actor=actor)
    segment = queries.segment(session, plan.segment_id)
    modules = {None, *(one.id for one in segment.modules)}
    if segment.programme_id != programme_id or plan.module_id not in modules:
        raise queries.SegmentUnknown(segment=plan.segment_id)
    owner = question_queries.owner(session, plan.bank_key)
    if owner not in (None, row.base_id):
        raise question_queries.BankUnknown(bank=plan.bank_key)
    quiz_plans.set_plan(session, plan)
    _touch(session, row, now, actor)


@dataclass(frozen=True)
class BankChanges:
    """What changed in a bank between two versions: how many questions by act, and, for who may write the bank, which."""

    name: str
    counts: dict[str, int]
    items: tuple[QuestionChange, ...]


def question_changes(
    session: Session, old: ProgrammeView, new: ProgrammeView, *, now: datetime, actor: Actor
) -> list[BankChanges]:
    """List what changed in the banks of two versions between their publications, a draft standing for now, by name.

    Banks without a change are left out.
    """
    scope = scope_of(actor.grants, "course.author")
    used = {
        quiz.bank
        for one in (old, new)
        for segment in document_of(one).segments
        for _, quiz in documents.quizzes_of(segment)
    }
    days = [one.published_ms or to_ms(now) for one in (old, new)]
    found = []
    for bank in question_queries.banks(session, EVERYTHING):
        if bank.key in used and (changed := question_queries.changes(session, bank.key, *days)):
            seen_by = question_queries.within(scope, bank.base_id)
            counts = dict(Counter(one.act for one in changed))
            found.append(BankChanges(bank.name, counts, tuple(changed) if seen_by else ()))
    return found


def copy(session: Session, programme_id: str, *, now: datetime, actor: Actor, is_demo: bool = False) -> str:
    """Copy a programme into the next version, with its quizzes, as a draft; return its id.

    Raises:
        ProgrammeUnknown: there is none within the actor's reach.
        DraftExists: a draft of the same programme stands already.
    """
    old = seen(session, programme_id, actor)
    if not may_author(session, old, actor):
        raise Forbidden(permission="course.author")
    rows = session.scalars(
        select(Programme).where(Programme.code == old.code).order_by(Programme.version).with_for_update()
    ).all()
    for one in rows:
        if one.state == "draft":
            raise DraftExists(programme=one.id, name=one.name)
    made = _begin(
        session, document_of(old), version=rows[-1].version + 1, base_id=old.base_id, now=now, actor=actor
    )
    row = session.get_one(Programme, made)
    row.syllabus_id, row.is_demo = old.syllabus_id, is_demo
    taken = session.scalars(select(ResourceUse.resource_id).where(ResourceUse.programme_id == old.id)).all()
    session.add_all(ResourceUse(resource_id=one, programme_id=made, at_ms=to_ms(now)) for one in taken)
    session.flush()
    for one in session.scalars(select(ResourceLesson).where(ResourceLesson.programme_id == old.id)).all():
        own = {"segment_key": one.segment_key, "lesson_key": one.lesson_key}
        session.add(ResourceLesson(resource_id=one.resource_id, programme_id=made, **own))
    session.flush()
    return made


def drop(session: Session, programme_id: str, *, revision: int, actor: Actor) -> None:
    """Delete a draft with everything in it. Raises what ``held`` raises."""
    row = held(session, programme_id, revision=revision, actor=actor)
    session.execute(delete(ResourceLesson).where(ResourceLesson.programme_id == row.id))
    session.execute(delete(ResourceUse).where(ResourceUse.programme_id == row.id))
    clear(session, row)


def held(session: Session, programme_id: str, *, revision: int, actor: Actor) -> Programme:
    """Return the locked row of a draft.

    Raises:
        ProgrammeUnknown: there is none within the actor's reach.
        AlreadyPublished: it never changes any more.
        RevisionPassed: it was changed since ``revision``.
    """
    row = session.scalars(select(Programme).where(Programme.id == programme_id).with_for_update()).first()
    if row is None or not may_author(session, row, actor):
        raise ProgrammeUnknown(programme=programme_id)
    if row.state != "draft":
        raise AlreadyPublished(programme=row.name)
    if row.revision != revision:
        raise RevisionPassed(revision=row.revision)
    return row


def _touch(session: Session, row: Programme, now: datetime, actor: Actor) -> None:
    row.revision += 1
    row.edited_by = actor.person_id
    row.edited_ms = to_ms(now)
    session.flush()


def _begin(
    session: Session, doc: ProgrammeDoc, *, version: int, base_id: str | None, now: datetime, actor: Actor
) -> str:
    row = Programme(
        id=new_id(),
        code=doc.code,
        version=version,
        name=doc.name,
        category_code=doc.category,
        level_code=doc.level,
        state="draft",
        content_digest="",
        created_ms=to_ms(now),
        created_by=actor.person_id,
        edited_by=actor.person_id,
        edited_ms=to_ms(now),
        base_id=base_id,
    )
    # Places are checked before the row is written: a key that leads nowhere would end in a fault.
    write(session, row, doc)
    return row.id


@dataclass(frozen=True)
class Wanted:
    """Filters of the list; an empty one does not limit."""

    state: str = ""
    category: str = ""
    level: str = ""
    text: str = ""


def listed(session: Session, actor: Actor, wanted: Wanted, *, after: str = "") -> list[ProgrammeView]:
    """List what ``actor`` may read, by code, newest version first; from behind the programme ``after`` on."""
    found = [
        one
        for one in queries.programmes(session, drafts=True)
        if may_read(session, one, actor)
        and wanted.state in ("", one.state)
        and wanted.category in ("", one.category_code)
        and wanted.level in ("", one.level_code)
        and (not wanted.text or wanted.text in one.name or wanted.text in one.code)
    ]
    places_of = [one.id for one in found]
    return found[places_of.index(after) + 1 :] if after in places_of else found
