"""The shared library 三优资源: what is offered, its steps, and taking it over."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field

from yanglao.courses import library, library_files, library_queries
from yanglao.courses.library import ResourceDraft, Spot
from yanglao.courses.library_queries import ResourceView, Wanted
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.web.auth import actor, who
from yanglao.web.forms import Strict
from yanglao.web.material import Linking

bp = APIBlueprint("api_resources", __name__, url_prefix="/api/v1", tag="课程 courses")
Kind = Literal["textbook", "courseware", "teacher"]
State = Literal["draft", "proposed", "reviewed", "published", "withdrawn"]


class ResourcesQuery(BaseModel):
    """Filters of the list; an empty one does not limit."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["", "textbook", "courseware", "teacher"] = ""
    state: Literal["", "draft", "proposed", "reviewed", "published", "withdrawn"] = ""
    text: str = Field(default="", max_length=60)
    after: str = Field(default="", max_length=64)
    limit: int = Field(default=1000, ge=1, le=1000)


class ResourceBody(Strict):
    """What is offered; a courseware names a published lesson, a ready material or a file. ``upload_id``: a complete upload."""

    kind: Kind
    title: str = Field(min_length=1, max_length=80)
    about: str = Field(default="", max_length=2000)
    author: str = Field(default="", max_length=80)
    base_id: str | None = Field(default=None, max_length=26)
    lesson_id: str | None = Field(default=None, max_length=26)
    material_id: str | None = Field(default=None, max_length=26)
    upload_id: str | None = Field(default=None, max_length=26)


class StepBody(Strict):
    """A step of the table of states; some need a reason."""

    act: Literal["propose", "recall", "review", "return", "publish", "withdraw"]
    reason: str = Field(default="", max_length=500)


class ReuseBody(Strict):
    """Where a courseware is put, and the revision of the draft that was seen."""

    programme_id: str = Field(max_length=26)
    segment: str = Field(max_length=40)
    module: str = Field(max_length=40)
    revision: int


class ResourceStepOut(BaseModel):
    """One step of a resource's life."""

    act: str
    state: State
    actor_id: str
    reason: str
    at: str


class ResourceFileOut(BaseModel):
    """A file that can be saved; ``url`` belongs to the caller and ends by itself."""

    name: str
    media_type: str
    bytes: int
    url: str


class ResourceOut(BaseModel):
    """A shared resource, how many programmes use it, and its steps in order."""

    id: str
    kind: Kind
    title: str
    about: str
    author: str
    base_id: str | None
    lesson_id: str | None
    material_id: str | None
    duration_s: int
    file: ResourceFileOut | None
    is_demo: bool
    state: State
    uses: int
    steps: list[ResourceStepOut]


class ResourcesOut(BaseModel):
    """Resources, the newest first."""

    items: list[ResourceOut]
    next: str | None


@bp.get("/resources")
@who("course.read")
@bp.input(ResourcesQuery, location="query", arg_name="asked")
@bp.output(ResourcesOut)
@bp.doc(summary="List shared resources: the published ones, and those within one's scope", responses=[422])
def list_resources(asked: ResourcesQuery) -> dict[str, Any]:
    """List resources."""
    wanted = Wanted(asked.kind, asked.state, asked.text)
    found = library_queries.listed(
        db.session, actor(), wanted, after=asked.after, limit=asked.limit, now=now()
    )
    return {"items": [told(one) for one in found.items], "next": found.next}


@bp.post("/resources")
@who("course.author")
@bp.input(ResourceBody, arg_name="body")
@bp.output(ResourceOut, status_code=201)
@bp.doc(summary="Offer a textbook, a courseware or a teacher, as a draft", responses=[403, 404, 422])
def offer_resource(body: ResourceBody) -> dict[str, Any]:
    """Offer a resource."""
    me, moment = actor(), now()
    made = run(lambda: library.offer(db.session, _draft(body), now=moment, actor=me))
    return told(library_queries.seen(db.session, made, me, now=moment))


@bp.put("/resources/<resource_id>")
@who("course.author")
@bp.input(ResourceBody, arg_name="body")
@bp.output(ResourceOut)
@bp.doc(summary="Write a draft of a resource anew; whose it is stays", responses=[403, 404, 409, 422])
def change_resource(resource_id: str, body: ResourceBody) -> dict[str, Any]:
    """Change a draft."""
    me, moment = actor(), now()
    run(lambda: library.change(db.session, resource_id, _draft(body), now=moment, actor=me))
    return told(library_queries.seen(db.session, resource_id, me, now=moment))


@bp.get("/resources/<resource_id>")
@who("course.read")
@bp.output(ResourceOut)
@bp.doc(summary="Read one resource", responses=[404])
def read_resource(resource_id: str) -> dict[str, Any]:
    """Read one resource."""
    return told(library_queries.seen(db.session, resource_id, actor(), now=now()))


@bp.post("/resources/<resource_id>/steps")
@who("course.author", "course.publish")
@bp.input(StepBody, arg_name="body")
@bp.output(ResourceOut)
@bp.doc(summary="Propose, review, return, publish or withdraw a resource", responses=[403, 404, 409, 422])
def step_resource(resource_id: str, body: StepBody) -> dict[str, Any]:
    """Take one step."""
    me, moment = actor(), now()
    run(lambda: library.take(db.session, resource_id, body.act, reason=body.reason, now=moment, actor=me))
    return told(library_queries.seen(db.session, resource_id, me, now=moment))


@bp.post("/resources/<resource_id>/uses")
@who("course.author")
@bp.input(ReuseBody, arg_name="body")
@bp.output(ResourceOut)
@bp.doc(summary="Put a published courseware into a draft as a lesson", responses=[404, 409, 422])
def reuse_resource(resource_id: str, body: ReuseBody) -> dict[str, Any]:
    """Take a courseware over."""
    me, moment = actor(), now()
    spot = Spot(body.programme_id, body.segment, body.module, body.revision)
    run(lambda: library.reuse(db.session, resource_id, spot, now=moment, actor=me))
    return told(library_queries.seen(db.session, resource_id, me, now=moment))


def _draft(body: ResourceBody) -> ResourceDraft:
    """Return what a body offers, within a transaction: its upload is used up."""
    facts = body.model_dump()
    upload = facts.pop("upload_id")
    if upload:
        facts["file_id"] = library_files.receive_upload(db.session, upload, now=now(), actor=actor())
    return ResourceDraft(**facts)


def told(one: ResourceView) -> dict[str, Any]:
    """Return a resource as the API gives it."""
    names = ("id", "kind", "title", "about", "author", "base_id", "lesson_id", "material_id", "duration_s")
    more = ("is_demo", "state", "uses")
    kept = one.file and {
        "name": one.file.name,
        "media_type": one.file.media_type,
        "bytes": one.file.size_bytes,
        "url": Linking(actor().person_id, now()).file(one.file.id),
    }
    return {name: getattr(one, name) for name in (*names, *more)} | {
        "file": kept,
        "steps": [
            {"act": step.act, "state": step.state, "actor_id": step.actor_id, "reason": step.reason,
             "at": rfc3339(step.at_ms)}
            for step in one.steps
        ]
    }  # fmt: skip
