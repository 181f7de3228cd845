"""Read the shared library 三优资源: a list in parts, one resource, and what may be put into a draft."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from yanglao.courses.library_models import ResourceLesson, ResourceStep, ResourceUse, SharedResource
from yanglao.courses.material_models import Material
from yanglao.courses.models import Lesson, Programme, ProgrammeSegment
from yanglao.courses.queries import ProgrammeView
from yanglao.files import service as files
from yanglao.kernel.actor import Actor
from yanglao.kernel.errors import NotFound
from yanglao.people.roles import may, scope_of
from yanglao.places import queries as places

READS = "course.read"


class ResourceUnknown(NotFound):
    code = "library.unknown"


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
    """A shared resource, how many programmes took it over, its file (None: none) and its steps in order.

    A courseware is a published lesson (``lesson_id``) or a ``material_id``; ``duration_s`` is its length, else 0.
    """

    id: str
    kind: str
    title: str
    about: str
    author: str
    base_id: str | None
    lesson_id: str | None
    material_id: str | None
    is_demo: bool
    state: str
    proposed_by: str
    uses: int
    steps: tuple[StepView, ...]
    file: files.FileView | None
    duration_s: int


@dataclass(frozen=True)
class Wanted:
    """Filters of the list; an empty one does not limit."""

    kind: str = ""
    state: str = ""
    text: str = ""


@dataclass(frozen=True)
class Part:
    """A part of the list; ``next`` is the id to go on after, None at the end."""

    items: tuple[ResourceView, ...]
    next: str | None


@dataclass(frozen=True)
class Offered:
    """A published courseware that can be put into a draft; ``duration_s`` whole seconds."""

    id: str
    title: str
    duration_s: int


def listed(
    session: Session, actor: Actor, wanted: Wanted, *, after: str = "", limit: int = 50, now: datetime
) -> Part:
    """List what ``actor`` may see, newest first: what is published, and everything within one's scope."""
    asked = select(SharedResource).where(_within(session, actor)).order_by(SharedResource.id.desc())
    if wanted.kind:
        asked = asked.where(SharedResource.kind == wanted.kind)
    if wanted.state:
        asked = asked.where(SharedResource.state == wanted.state)
    if wanted.text:
        words = (SharedResource.title, SharedResource.author, SharedResource.about)
        asked = asked.where(or_(*(one.contains(wanted.text, autoescape=True) for one in words)))
    if after:
        asked = asked.where(SharedResource.id < after)
    rows = session.scalars(asked.limit(limit + 1)).all()
    last = rows[limit - 1].id if len(rows) > limit else None
    return Part(tuple(_views(session, rows[:limit], now=now)), last)


def seen(session: Session, resource_id: str, actor: Actor, *, now: datetime) -> ResourceView:
    """Return one resource that ``actor`` may see. Raises ResourceUnknown."""
    asked = select(SharedResource).where(SharedResource.id == resource_id, _within(session, actor))
    found = _views(session, session.scalars(asked).all(), now=now)
    if not found:
        raise ResourceUnknown(resource=resource_id[:40])
    return found[0]


def visible(session: Session, resource_id: str, actor: Actor) -> bool:
    """Tell whether ``actor`` may see a resource."""
    asked = select(SharedResource.id).where(SharedResource.id == resource_id, _within(session, actor))
    return session.scalar(asked) is not None


def offered(session: Session) -> list[Offered]:
    """List the published coursewares by title."""
    seconds: Any = func.coalesce(Material.duration_s, Lesson.duration_s, 0)
    found = (
        select(SharedResource.id, SharedResource.title, seconds)
        .outerjoin(Lesson, Lesson.id == SharedResource.lesson_id)
        .outerjoin(Material, Material.id == SharedResource.material_id)
        .where(SharedResource.state == "published", SharedResource.kind == "courseware")
    )
    rows = session.execute(found.order_by(SharedResource.title, SharedResource.id))
    return [Offered(key, title, length) for key, title, length in rows]


def users(session: Session, resource_id: str) -> list[str]:
    """List the ids of the programmes that took a resource over, the latest first."""
    found = select(ResourceUse.programme_id).where(ResourceUse.resource_id == resource_id)
    return list(session.scalars(found.order_by(ResourceUse.at_ms.desc(), ResourceUse.programme_id)))


def lessons_made_of(session: Session, resource_id: str) -> dict[str, list[str]]:
    """Return programme id -> titles of the lessons, in order, that a resource went into and that still show it."""
    found = _placed().where(SharedResource.id == resource_id)
    titles: dict[str, list[str]] = defaultdict(list)
    for programme_id, title in session.execute(
        found.with_only_columns(ProgrammeSegment.programme_id, Lesson.title).order_by(
            ProgrammeSegment.position, Lesson.position
        )
    ):
        titles[programme_id].append(title)
    return dict(titles)


def _placed() -> Any:
    """Join resources with the lessons that were made of them and still show the same."""
    lent = aliased(Lesson)
    same = or_(
        Lesson.material_id == func.coalesce(SharedResource.material_id, lent.material_id),
        and_(Lesson.media_name != "", Lesson.media_name == lent.media_name),
    )
    return (
        select(SharedResource, Lesson)
        .join(ResourceLesson, ResourceLesson.resource_id == SharedResource.id)
        .join(
            ProgrammeSegment,
            and_(
                ProgrammeSegment.programme_id == ResourceLesson.programme_id,
                ProgrammeSegment.key == ResourceLesson.segment_key,
            ),
        )
        .join(Lesson, and_(Lesson.segment_id == ProgrammeSegment.id, Lesson.key == ResourceLesson.lesson_key))
        .outerjoin(lent, lent.id == SharedResource.lesson_id)
        .where(same)
    )


def teachers(session: Session) -> list[tuple[str, str, str | None]]:
    """List the published teachers as (resource id, name, base id), by name."""
    asked = select(SharedResource.id, SharedResource.title, SharedResource.base_id).where(
        SharedResource.state == "published", SharedResource.kind == "teacher"
    )
    return [(key, name, base) for key, name, base in session.execute(asked.order_by(SharedResource.title))]


def withdrawn(session: Session, programme: ProgrammeView) -> dict[str, str]:
    """Return lesson id -> title of the withdrawn resource it was taken from, for the lessons of a programme.

    Where nobody noted which lesson was made of it and several show the same, those called as the resource are meant.
    """
    found = session.execute(
        select(SharedResource.title, SharedResource.material_id, Lesson.material_id, Lesson.media_name)
        .join(ResourceUse, ResourceUse.resource_id == SharedResource.id)
        .outerjoin(Lesson, Lesson.id == SharedResource.lesson_id)
        .where(ResourceUse.programme_id == programme.id, SharedResource.state == "withdrawn")
    )
    titles = {own or lent or film: title for title, own, lent, film in found}
    exact = _placed().where(
        ProgrammeSegment.programme_id == programme.id, SharedResource.state == "withdrawn"
    )
    placed = session.execute(exact.with_only_columns(Lesson.id, SharedResource.title)).all()
    lessons = [one for segment in programme.segments for one in segment.lessons]
    told: dict[str, str] = {key: title for key, title in placed}
    for source, title in titles.items():
        if title in told.values():
            continue
        same = [one for one in lessons if (one.material_id or one.media_name) == source]
        named = [one for one in same if one.title == title]
        told |= {one.id: title for one in named or same}
    return told


def programme_names(session: Session, programme_ids: Iterable[str]) -> dict[str, tuple[str, int, str]]:
    """Return id -> (name, version, state) of programmes."""
    asked = select(Programme.id, Programme.name, Programme.version, Programme.state)
    rows = session.execute(asked.where(Programme.id.in_(set(programme_ids))))
    return {key: (name, version, state) for key, name, version, state in rows}


def _within(session: Session, actor: Actor) -> Any:
    """Return the condition that ``actor`` may see a row."""
    scope = scope_of(actor.grants, READS)
    if scope.all:
        return SharedResource.id.is_not(None)
    own = SharedResource.base_id.in_([one.id for one in places.bases(session, scope)])
    return or_(own, SharedResource.state == "published") if may(actor.grants, READS) else own


def _views(session: Session, rows: Sequence[SharedResource], *, now: datetime) -> list[ResourceView]:
    """Return rows as values with a fixed number of queries."""
    ids = [row.id for row in rows]
    steps: dict[str, list[StepView]] = defaultdict(list)
    taken = select(ResourceStep).where(ResourceStep.resource_id.in_(ids))
    for one in session.scalars(taken.order_by(ResourceStep.resource_id, ResourceStep.number)):
        steps[one.resource_id].append(StepView(one.act, one.state, one.actor_id, one.reason, one.at_ms))
    counted: Any = select(ResourceUse.resource_id, func.count()).where(ResourceUse.resource_id.in_(ids))
    uses = {key: count for key, count in session.execute(counted.group_by(ResourceUse.resource_id))}
    kept = files.named(session, [row.file_id for row in rows if row.file_id], now=now)
    seconds: Any = func.coalesce(Material.duration_s, Lesson.duration_s, 0)
    lengths = {
        key: length
        for key, length in session.execute(
            select(SharedResource.id, seconds)
            .outerjoin(Lesson, Lesson.id == SharedResource.lesson_id)
            .outerjoin(Material, Material.id == SharedResource.material_id)
            .where(SharedResource.id.in_(ids))
        )
    }
    made = {"uses", "steps", "file", "duration_s"}
    names = set(ResourceView.__dataclass_fields__) - made
    return [
        ResourceView(
            **{name: getattr(row, name) for name in names},
            uses=uses.get(row.id, 0),
            steps=tuple(steps[row.id]),
            file=kept.get(row.file_id or ""),
            duration_s=lengths.get(row.id, 0),
        )
        for row in rows
    ]
