"""The shared library 三优资源: offer, review, publish, withdraw and take over. The caller commits."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yanglao.courses import authoring, queries
from yanglao.courses.documents import Edit
from yanglao.courses.library_models import ResourceStep, ResourceUse, SharedResource
from yanglao.courses.states import KINDS, STEPS, after
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Conflict, Forbidden, NotFound, Refused
from yanglao.kernel.identifiers import new_id
from yanglao.people.roles import may, scope_of

LONGEST_REASON = 500


class ResourceUnknown(NotFound):
    code = "library.unknown"


class StepNotAllowed(Conflict):
    """Say that the state has no such step; ``state`` is what it is."""

    code = "library.step_not_allowed"


class ReasonMissing(Refused):
    code = "library.reason_missing"


class OwnProposal(Forbidden):
    code = "library.own_proposal"


class DraftFaulty(Refused):
    """Say that a resource has no title, an unknown kind, or a lesson that is not published."""

    code = "library.draft_faulty"


@dataclass(frozen=True)
class StepView:
    """One step of a resource's life."""

    act: str
    state: str
    actor_id: str
    reason: str
    at_ms: int


@dataclass(frozen=True)
class ResourceView:
    """A shared resource, how many programmes took it over, and its steps in order."""

    id: str
    kind: str
    title: str
    about: str
    author: str
    base_id: str | None
    lesson_id: str | None
    state: str
    proposed_by: str
    uses: int
    steps: tuple[StepView, ...]


@dataclass(frozen=True)
class ResourceDraft:
    """What somebody offers. ``lesson_id`` names the published lesson a courseware is."""

    kind: str
    title: str
    about: str = ""
    author: str = ""
    base_id: str | None = None
    lesson_id: str | None = None


def listed(
    session: Session, actor: Actor, *, kind: str = "", state: str = "", text: str = ""
) -> list[ResourceView]:
    """List what ``actor`` may see, newest first: what is published, their own, and everything for the city."""
    rows = session.scalars(select(SharedResource).order_by(SharedResource.id.desc()))
    return [
        _view(session, row)
        for row in rows
        if _visible(row, actor)
        and kind in ("", row.kind)
        and state in ("", row.state)
        and (not text or text in f"{row.title} {row.author} {row.about}")
    ]


def seen(session: Session, resource_id: str, actor: Actor) -> ResourceView:
    """Return one resource that ``actor`` may see. Raises ResourceUnknown."""
    row = session.get(SharedResource, resource_id)
    if row is None or not _visible(row, actor):
        raise ResourceUnknown(resource=resource_id)
    return _view(session, row)


def offer(session: Session, draft: ResourceDraft, *, now: datetime, actor: Actor) -> str:
    """Keep a draft of a resource; return its id. Raises Forbidden, DraftFaulty."""
    if not _own(draft.base_id, actor):
        raise Forbidden(permission="course.author")
    if draft.kind not in KINDS or not 1 <= len(draft.title) <= 80:
        raise DraftFaulty()
    if (draft.kind == "courseware") != bool(draft.lesson_id):
        raise DraftFaulty()
    if draft.lesson_id:
        lesson = queries.lesson(session, draft.lesson_id)
        segment = queries.segment(session, lesson.segment_id)
        if queries.programme(session, segment.programme_id).state != "published":
            raise DraftFaulty()
    row = SharedResource(
        id=new_id(),
        kind=draft.kind,
        title=draft.title,
        about=draft.about,
        author=draft.author,
        base_id=draft.base_id,
        lesson_id=draft.lesson_id,
        state="draft",
        proposed_by=actor.person_id,
        created_ms=to_ms(now),
    )
    session.add(row)
    session.flush()
    _note(session, row, "offer", "", now=now, actor=actor)
    return row.id


def take(session: Session, resource_id: str, act: str, *, reason: str, now: datetime, actor: Actor) -> None:
    """Take one step of the table of states.

    Raises:
        ResourceUnknown: there is none within the actor's reach.
        StepNotAllowed: the state has no such step.
        Forbidden, OwnProposal: it is not the actor's to take; nobody reviews what they proposed.
        ReasonMissing: the step needs a reason.
    """
    row = session.scalars(
        select(SharedResource).where(SharedResource.id == resource_id).with_for_update()
    ).first()
    if row is None or not _visible(row, actor):
        raise ResourceUnknown(resource=resource_id)
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
    """Where a courseware is put: a module of a segment of a draft, and the revision that was seen."""

    programme_id: str
    segment: str
    module: str
    revision: int


def reuse(session: Session, resource_id: str, spot: Spot, *, now: datetime, actor: Actor) -> None:
    """Put a published courseware into a draft as a lesson, and count the use.

    Raises:
        ResourceUnknown: there is none that is published, or it is no courseware.
        ProgrammeUnknown, AlreadyPublished, RevisionPassed, PartUnknown: as when a draft is edited.
    """
    row = session.get(SharedResource, resource_id)
    if row is None or row.state != "published" or row.lesson_id is None:
        raise ResourceUnknown(resource=resource_id)
    lesson = queries.lesson(session, row.lesson_id)
    values = {
        "title": row.title,
        "topic": lesson.topic_code,
        "media": lesson.media_name or None,
        "material": lesson.material_id,
    }
    change = Edit(act="add", what="lesson", segment=spot.segment, module=spot.module, values=values)
    authoring.edit(session, spot.programme_id, change, revision=spot.revision, now=now, actor=actor)
    if session.get(ResourceUse, (row.id, spot.programme_id)) is None:
        session.add(ResourceUse(resource_id=row.id, programme_id=spot.programme_id, at_ms=to_ms(now)))
    session.flush()


def _own(base_id: str | None, actor: Actor) -> bool:
    scope = scope_of(actor.grants, "course.author")
    return scope.all or (base_id is not None and base_id in scope.bases)


def _visible(row: SharedResource, actor: Actor) -> bool:
    if row.state == "published":
        return may(actor.grants, "course.read")
    scope = scope_of(actor.grants, "course.read")
    return scope.all or (row.base_id is not None and row.base_id in scope.bases)


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


def _view(session: Session, row: SharedResource) -> ResourceView:
    steps = session.scalars(
        select(ResourceStep).where(ResourceStep.resource_id == row.id).order_by(ResourceStep.number)
    )
    uses = session.scalar(
        select(func.count()).select_from(ResourceUse).where(ResourceUse.resource_id == row.id)
    )
    names = set(ResourceView.__dataclass_fields__) - {"uses", "steps"}
    told = tuple(StepView(one.act, one.state, one.actor_id, one.reason, one.at_ms) for one in steps)
    return ResourceView(**{name: getattr(row, name) for name in names}, uses=uses or 0, steps=told)
