"""The shared library 三优资源: offer, review, publish, withdraw and take over. The caller commits."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yanglao.courses import authoring, library_files, library_queries, materials, queries
from yanglao.courses.documents import Edit
from yanglao.courses.library_models import ResourceLesson, ResourceStep, ResourceUse, SharedResource
from yanglao.courses.library_queries import ResourceUnknown
from yanglao.courses.states import KINDS, STEPS, after
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Conflict, Forbidden, Refused
from yanglao.kernel.identifiers import new_id
from yanglao.people.roles import may, scope_of

__all__ = ["ResourceUnknown"]
LONGEST_REASON = 500


class StepNotAllowed(Conflict):
    """Say that the state has no such step; ``state`` is what it is."""

    code = "library.step_not_allowed"


class ReasonMissing(Refused):
    code = "library.reason_missing"


class OwnProposal(Forbidden):
    code = "library.own_proposal"


class DraftFaulty(Refused):
    """Say that a resource has no title, an unknown kind, or that a courseware names nothing usable."""

    code = "library.draft_faulty"


@dataclass(frozen=True)
class ResourceDraft:
    """What somebody offers. A courseware names the published lesson it is, a ready material, or carries a file.

    ``file_id`` names a file that the offerer sent (see library_files); None leaves the one that is there.
    """

    kind: str
    title: str
    about: str = ""
    author: str = ""
    base_id: str | None = None
    lesson_id: str | None = None
    material_id: str | None = None
    file_id: str | None = None


def offer(
    session: Session, draft: ResourceDraft, *, now: datetime, actor: Actor, is_demo: bool = False
) -> str:
    """Keep a draft of a resource; return its id. Raises Forbidden, DraftFaulty, FileUnknown, MaterialUnknown."""
    if not _own(draft.base_id, actor):
        raise Forbidden(permission="course.author")
    row = SharedResource(
        id=new_id(),
        base_id=draft.base_id,
        state="draft",
        proposed_by=actor.person_id,
        created_ms=to_ms(now),
        is_demo=is_demo,
    )
    _fill(session, row, draft, now=now, actor=actor)
    session.add(row)
    session.flush()
    _note(session, row, "offer", "", now=now, actor=actor)
    return row.id


def change(session: Session, resource_id: str, draft: ResourceDraft, *, now: datetime, actor: Actor) -> None:
    """Write a draft anew; whose it is stays. Raises ResourceUnknown, StepNotAllowed and what ``offer`` raises."""
    row = _held(session, resource_id, actor)
    if not _own(row.base_id, actor):
        raise Forbidden(permission="course.author")
    if row.state != "draft":
        raise StepNotAllowed(state=row.state)
    _fill(session, row, draft, now=now, actor=actor)
    session.flush()


def _fill(
    session: Session, row: SharedResource, draft: ResourceDraft, *, now: datetime, actor: Actor
) -> None:
    """Check a draft and take over what it says."""
    sources = [one for one in (draft.lesson_id, draft.material_id) if one]
    carried = draft.file_id or row.file_id
    if draft.kind not in KINDS or not 1 <= len(draft.title) <= 80:
        raise DraftFaulty()
    if draft.kind == "courseware":
        if len(sources) > 1 or not (sources or carried):
            raise DraftFaulty()
    elif sources:
        raise DraftFaulty()
    if draft.lesson_id:
        lesson = queries.lesson(session, draft.lesson_id)
        segment = queries.segment(session, lesson.segment_id)
        if queries.programme(session, segment.programme_id).state != "published":
            raise DraftFaulty()
    if draft.material_id and materials.seen(session, draft.material_id, actor).state != "ready":
        raise DraftFaulty()
    row.kind, row.title, row.about, row.author = draft.kind, draft.title, draft.about, draft.author
    row.lesson_id, row.material_id = draft.lesson_id, draft.material_id
    if draft.file_id and draft.file_id != row.file_id:
        row.file_id = library_files.settle(session, draft.file_id, now=now, actor=actor)


def take(session: Session, resource_id: str, act: str, *, reason: str, now: datetime, actor: Actor) -> None:
    """Take one step of the table of states.

    Raises:
        ResourceUnknown: there is none within the actor's reach.
        StepNotAllowed: the state has no such step.
        Forbidden, OwnProposal: it is not the actor's to take; nobody reviews what they proposed.
        ReasonMissing: the step needs a reason.
    """
    row = _held(session, resource_id, actor)
    ends = after(act, row.state)
    if ends is None:
        raise StepNotAllowed(state=row.state)
    step = STEPS[act]
    if step.by == "publisher" and not may(actor.grants, "course.publish"):
        raise Forbidden(permission="course.publish")
    if step.by == "owner" and not _own(row.base_id, actor):
        raise Forbidden(permission="course.author")
    if act in ("review", "publish") and actor.person_id == row.proposed_by:
        raise OwnProposal()
    if step.reasoned and not reason.strip():
        raise ReasonMissing()
    row.state = ends
    if act == "propose":
        row.proposed_by, row.reviewed_by = actor.person_id, None
    if act == "review":
        row.reviewed_by = actor.person_id
    _note(session, row, act, reason.strip()[:LONGEST_REASON], now=now, actor=actor)


@dataclass(frozen=True)
class Spot:
    """Where a courseware is put: a module of a segment of a draft, and the revision that was seen.

    ``lesson`` names a lesson that it replaces; empty: a new one. Without ``title`` the lesson is called as the resource.
    """

    programme_id: str
    segment: str
    module: str
    revision: int
    lesson: str = ""
    title: str = ""
    topic: str | None = None


def reuse(session: Session, resource_id: str, spot: Spot, *, now: datetime, actor: Actor) -> None:
    """Put a published courseware into a draft as a lesson, count the use, and note which lesson it went into.

    Raises:
        ResourceUnknown: there is none that is published, or it is none that can be a lesson.
        ProgrammeUnknown, AlreadyPublished, RevisionPassed, PartUnknown, DocumentFaulty: as when a draft is edited.
    """
    row = session.get(SharedResource, resource_id)
    if row is None or row.state != "published" or not (row.lesson_id or row.material_id):
        raise ResourceUnknown(resource=resource_id[:40])
    values = {
        "title": spot.title or row.title,
        "topic": spot.topic,
        "media": None,
        "material": row.material_id,
    }
    if row.lesson_id:
        lesson = queries.lesson(session, row.lesson_id)
        values |= {"media": lesson.media_name or None, "material": lesson.material_id}
        values["topic"] = spot.topic or (None if spot.lesson else lesson.topic_code)
    change = Edit(
        act="change" if spot.lesson else "add",
        what="lesson",
        segment=spot.segment,
        module=spot.module,
        lesson=spot.lesson,
        values=values,
    )
    before = _keys(session, spot)
    authoring.edit(session, spot.programme_id, change, revision=spot.revision, now=now, actor=actor)
    if session.get(ResourceUse, (row.id, spot.programme_id)) is None:
        session.add(ResourceUse(resource_id=row.id, programme_id=spot.programme_id, at_ms=to_ms(now)))
        session.flush()
    for key in {spot.lesson} if spot.lesson else _keys(session, spot) - before:
        session.merge(ResourceLesson(
            resource_id=row.id, programme_id=spot.programme_id, segment_key=spot.segment, lesson_key=key
        ))  # fmt: skip
    session.flush()


def _keys(session: Session, spot: Spot) -> set[str]:
    """Return the keys of the lessons of the segment a spot lies in, none where there is no such segment."""
    parts = queries.programme(session, spot.programme_id).segments
    return {one.key for part in parts if part.key == spot.segment for one in part.lessons}


def _own(base_id: str | None, actor: Actor) -> bool:
    scope = scope_of(actor.grants, "course.author")
    return scope.all or (base_id is not None and base_id in scope.bases)


def _held(session: Session, resource_id: str, actor: Actor) -> SharedResource:
    """Return the row of a resource that ``actor`` may see, locked. Raises ResourceUnknown."""
    row = session.scalars(
        select(SharedResource).where(SharedResource.id == resource_id).with_for_update()
    ).first()
    if row is None or not library_queries.visible(session, resource_id, actor):
        raise ResourceUnknown(resource=resource_id[:40])
    return row


def _note(
    session: Session, row: SharedResource, act: str, reason: str, *, now: datetime, actor: Actor
) -> None:
    last = session.scalar(select(func.max(ResourceStep.number)).where(ResourceStep.resource_id == row.id))
    session.add(
        ResourceStep(
            id=new_id(),
            resource_id=row.id,
            number=(last or 0) + 1,
            act=act,
            state=row.state,
            actor_id=actor.person_id,
            reason=reason,
            at_ms=to_ms(now),
        )
    )
    session.flush()
