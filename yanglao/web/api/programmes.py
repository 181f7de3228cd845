"""Programmes: what is there, drafts and their changes, what is missing, publishing, comparing."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field

from yanglao.courses import authoring, drafting, publishing, queries
from yanglao.courses.documents import Edit, ProgrammeDoc, document_of
from yanglao.courses.shapes import ProgrammeView
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.web.auth import actor, who
from yanglao.web.forms import Strict

bp = APIBlueprint("api_programmes", __name__, url_prefix="/api/v1", tag="课程 courses")


class ProgrammesQuery(BaseModel):
    """Filters of the list; an empty one does not limit."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["", "draft", "published"] = ""
    category: str = Field(default="", max_length=24)
    level: str = Field(default="", max_length=12)
    text: str = Field(default="", max_length=60)
    after: str = Field(default="", max_length=26)
    limit: int = Field(default=100, ge=1, le=200)


class LessonPart(BaseModel):
    """A lesson of a module."""

    id: str
    key: str
    kind: str
    title: str
    topic: str | None
    duration_s: int
    bytes: int


class ModulePart(BaseModel):
    """A module of a segment."""

    id: str
    key: str
    title: str
    lessons: list[LessonPart]


class SegmentPart(BaseModel):
    """A segment; ``required_s`` null: nobody has filled in the hours."""

    id: str
    key: str
    title: str
    mode: Literal["online", "offline"]
    kind: Literal["theory", "practice"]
    required_s: int | None
    topics: list[str]
    modules: list[ModulePart]


class ProgrammeOut(BaseModel):
    """A programme with its segments, modules and lessons in order."""

    id: str
    code: str
    version: int
    name: str
    category: str
    level: str | None
    state: Literal["draft", "published"]
    base_id: str | None
    syllabus_id: str | None
    syllabus: str
    hours_note: str
    revision: int
    published_at: str | None
    document: dict[str, Any]
    segments: list[SegmentPart]


class ProgrammesOut(BaseModel):
    """Programmes by code, newest version first."""

    items: list[ProgrammeOut]
    next: str | None


class MissingItem(BaseModel):
    """One thing that is lacking, and where it is mended."""

    code: str
    facts: dict[str, Any]
    sentence: str
    todo: str
    place: str
    place_id: str


class MissingOut(BaseModel):
    """Everything that is lacking."""

    items: list[MissingItem]


class NewBody(BaseModel):
    """A programme as a document, and whose it is; null: the city's. ``dry_run`` only judges it."""

    model_config = ConfigDict(extra="forbid")

    document: ProgrammeDoc
    base_id: str | None = Field(default=None, max_length=26)
    dry_run: bool = False


class ReplaceBody(BaseModel):
    """The whole draft as it is to be, and the revision that was seen."""

    model_config = ConfigDict(extra="forbid")

    document: ProgrammeDoc
    revision: int


class EditBody(BaseModel):
    """One change, and the revision that was seen."""

    model_config = ConfigDict(extra="forbid")

    edit: Edit
    revision: int


class FollowBody(Strict):
    """The syllabus a draft follows, null for none."""

    syllabus_id: str | None = Field(max_length=26)
    revision: int


class RevisionBody(Strict):
    """The revision that was seen."""

    revision: int


class JudgedOut(BaseModel):
    """What came of a new document: its programme, or only the faults of a dry run."""

    programme: ProgrammeOut | None
    faults: list[dict[str, Any]]


@bp.get("/programmes")
@who("course.read")
@bp.input(ProgrammesQuery, location="query", arg_name="asked")
@bp.output(ProgrammesOut)
@bp.doc(summary="List programmes: the published ones, and the drafts within one's scope", responses=[422])
def list_programmes(asked: ProgrammesQuery) -> dict[str, Any]:
    """List programmes."""
    found = authoring.listed(
        db.session,
        actor(),
        authoring.Wanted(asked.state, asked.category, asked.level, asked.text),
        after=asked.after,
    )
    kept = found[: asked.limit]
    return {
        "items": [told(one) for one in kept],
        "next": kept[-1].id if len(found) > asked.limit else None,
    }


@bp.post("/programmes")
@who("course.author")
@bp.input(NewBody, arg_name="body")
@bp.output(JudgedOut, status_code=201)
@bp.doc(summary="Write a first draft from a document, or judge it without saving", responses=[403, 409, 422])
def create_programme(body: NewBody) -> dict[str, Any]:
    """Write a draft."""
    if body.dry_run:
        return {"programme": None, "faults": drafting.faults(db.session, body.document, base_id=body.base_id)}
    me, moment = actor(), now()
    made = run(
        lambda: authoring.create(db.session, body.document, base_id=body.base_id, now=moment, actor=me)
    )
    return {"programme": told(queries.programme(db.session, made)), "faults": []}


@bp.get("/programmes/<programme_id>")
@who("course.read")
@bp.output(ProgrammeOut)
@bp.doc(summary="Read one programme", responses=[404])
def read_programme(programme_id: str) -> dict[str, Any]:
    """Read one programme."""
    return told(authoring.seen(db.session, programme_id, actor()))


@bp.put("/programmes/<programme_id>")
@who("course.author")
@bp.input(ReplaceBody, arg_name="body")
@bp.output(ProgrammeOut)
@bp.doc(summary="Bring a draft to what a document says", responses=[404, 409, 422])
def replace_programme(programme_id: str, body: ReplaceBody) -> dict[str, Any]:
    """Replace a draft."""
    me, moment = actor(), now()
    run(
        lambda: authoring.replace(
            db.session, programme_id, body.document, revision=body.revision, now=moment, actor=me
        )
    )
    return told(queries.programme(db.session, programme_id))


@bp.post("/programmes/<programme_id>/edits")
@who("course.author")
@bp.input(EditBody, arg_name="body")
@bp.output(ProgrammeOut)
@bp.doc(
    summary="Add, change, move or remove a segment, module or lesson of a draft", responses=[404, 409, 422]
)
def edit_programme(programme_id: str, body: EditBody) -> dict[str, Any]:
    """Change a draft."""
    me, moment = actor(), now()
    run(
        lambda: authoring.edit(
            db.session, programme_id, body.edit, revision=body.revision, now=moment, actor=me
        )
    )
    return told(queries.programme(db.session, programme_id))


@bp.put("/programmes/<programme_id>/syllabus")
@who("course.author")
@bp.input(FollowBody, arg_name="body")
@bp.output(ProgrammeOut)
@bp.doc(summary="Let a draft follow a syllabus", responses=[404, 409, 422])
def follow_syllabus(programme_id: str, body: FollowBody) -> dict[str, Any]:
    """Choose the syllabus."""
    me, moment = actor(), now()
    run(
        lambda: authoring.follow(
            db.session, programme_id, body.syllabus_id, revision=body.revision, now=moment, actor=me
        )
    )
    return told(queries.programme(db.session, programme_id))


@bp.post("/programmes/<programme_id>/versions")
@who("course.author")
@bp.output(ProgrammeOut, status_code=201)
@bp.doc(summary="Copy a programme into its next version, a draft", responses=[403, 404, 409])
def copy_programme(programme_id: str) -> dict[str, Any]:
    """Make the next version."""
    me, moment = actor(), now()
    made = run(lambda: authoring.copy(db.session, programme_id, now=moment, actor=me))
    return told(queries.programme(db.session, made))


@bp.get("/programmes/<programme_id>/missing")
@who("course.read")
@bp.output(MissingOut)
@bp.doc(summary="List everything a programme lacks before it may be published", responses=[404])
def read_missing(programme_id: str) -> dict[str, Any]:
    """List what is missing."""
    found = publishing.missing(db.session, authoring.seen(db.session, programme_id, actor()), now=now())
    return {
        "items": [
            {
                "code": one.code,
                "facts": one.facts,
                "sentence": one.sentence,
                "todo": one.todo,
                "place": one.place[0],
                "place_id": one.place[1],
            }
            for one in found
        ]
    }


@bp.post("/programmes/<programme_id>/publish")
@who("course.publish")
@bp.input(RevisionBody, arg_name="body")
@bp.output(ProgrammeOut)
@bp.doc(
    summary="Publish a draft that somebody else edited last; it never changes again",
    responses=[403, 404, 409, 422],
)
def publish_programme(programme_id: str, body: RevisionBody) -> dict[str, Any]:
    """Publish a draft."""
    me, moment = actor(), now()
    run(lambda: publishing.publish(db.session, programme_id, now=moment, actor=me, revision=body.revision))
    return told(queries.programme(db.session, programme_id))


@bp.post("/programmes/<programme_id>/deletion")
@who("course.author")
@bp.input(RevisionBody, arg_name="body")
@bp.output({}, status_code=204)
@bp.doc(summary="Delete a draft that nobody changed since it was seen", responses=[404, 409])
def delete_programme(programme_id: str, body: RevisionBody) -> tuple[str, int]:
    """Delete a draft."""
    me = actor()
    run(lambda: authoring.drop(db.session, programme_id, revision=body.revision, actor=me))
    return "", 204


def told(one: ProgrammeView) -> dict[str, Any]:
    """Return a programme as the API gives it."""
    return {
        "id": one.id,
        "code": one.code,
        "version": one.version,
        "name": one.name,
        "category": one.category_code,
        "level": one.level_code,
        "state": one.state,
        "base_id": one.base_id,
        "syllabus_id": one.syllabus_id,
        "syllabus": one.syllabus,
        "hours_note": one.hours_note,
        "revision": one.revision,
        "published_at": rfc3339(one.published_ms) if one.published_ms else None,
        "document": document_of(one).model_dump(mode="json"),
        "segments": [_segment(part) for part in one.segments],
    }


def _segment(part: Any) -> dict[str, Any]:
    return {
        "id": part.id,
        "key": part.key,
        "title": part.title,
        "mode": part.mode,
        "kind": part.kind,
        "required_s": None if part.hours_missing else part.required_s,
        "topics": list(part.topics),
        "modules": [
            {"id": one.id, "key": one.key, "title": one.title,
             "lessons": [_lesson(lesson) for lesson in part.of_module(one.id)]}
            for one in part.modules
        ],
    }  # fmt: skip


def _lesson(one: Any) -> dict[str, Any]:
    names = ("id", "key", "kind", "title", "duration_s", "bytes")
    return {name: getattr(one, name) for name in names} | {"topic": one.topic_code}
