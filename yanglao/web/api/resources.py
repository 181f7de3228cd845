"""The shared library 三优资源: what is offered, its steps, and taking it over."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field

from yanglao.courses import library
from yanglao.courses.library import ResourceDraft, ResourceView, Spot
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.web.auth import actor, who
from yanglao.web.forms import Strict

bp = APIBlueprint("api_resources", __name__, url_prefix="/api/v1", tag="课程 courses")
Kind = Literal["textbook", "courseware", "teacher"]
State = Literal["draft", "proposed", "reviewed", "published", "withdrawn"]


class ResourcesQuery(BaseModel):
    """Filters of the list; an empty one does not limit."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["", "textbook", "courseware", "teacher"] = ""
    state: Literal["", "draft", "proposed", "reviewed", "published", "withdrawn"] = ""
    text: str = Field(default="", max_length=60)


class ResourceBody(Strict):
    """What is offered; a courseware names the published lesson it is."""

    kind: Kind
    title: str = Field(min_length=1, max_length=80)
    about: str = Field(default="", max_length=2000)
    author: str = Field(default="", max_length=80)
    base_id: str | None = Field(default=None, max_length=26)
    lesson_id: str | None = Field(default=None, max_length=26)


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


class ResourceOut(BaseModel):
    """A shared resource, how many programmes use it, and its steps in order."""

    id: str
    kind: Kind
    title: str
    about: str
    author: str
    base_id: str | None
    lesson_id: str | None
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
    found = library.listed(db.session, actor(), kind=asked.kind, state=asked.state, text=asked.text)
    return {"items": [told(one) for one in found], "next": None}


@bp.post("/resources")
@who("course.author")
@bp.input(ResourceBody, arg_name="body")
@bp.output(ResourceOut, status_code=201)
@bp.doc(summary="Offer a textbook, a courseware or a teacher, as a draft", responses=[403, 404, 422])
def offer_resource(body: ResourceBody) -> dict[str, Any]:
    """Offer a resource."""
    me, moment = actor(), now()
    draft = ResourceDraft(**body.model_dump())
    made = run(lambda: library.offer(db.session, draft, now=moment, actor=me))
    return told(library.seen(db.session, made, me))


@bp.get("/resources/<resource_id>")
@who("course.read")
@bp.output(ResourceOut)
@bp.doc(summary="Read one resource", responses=[404])
def read_resource(resource_id: str) -> dict[str, Any]:
    """Read one resource."""
    return told(library.seen(db.session, resource_id, actor()))


@bp.post("/resources/<resource_id>/steps")
@who("course.author", "course.publish")
@bp.input(StepBody, arg_name="body")
@bp.output(ResourceOut)
@bp.doc(summary="Propose, review, return, publish or withdraw a resource", responses=[403, 404, 409, 422])
def step_resource(resource_id: str, body: StepBody) -> dict[str, Any]:
    """Take one step."""
    me, moment = actor(), now()
    run(lambda: library.take(db.session, resource_id, body.act, reason=body.reason, now=moment, actor=me))
    return told(library.seen(db.session, resource_id, me))


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
    return told(library.seen(db.session, resource_id, me))


def told(one: ResourceView) -> dict[str, Any]:
    """Return a resource as the API gives it."""
    names = ("id", "kind", "title", "about", "author", "base_id", "lesson_id", "state", "uses")
    return {name: getattr(one, name) for name in names} | {
        "steps": [
            {"act": step.act, "state": step.state, "actor_id": step.actor_id, "reason": step.reason,
             "at": rfc3339(step.at_ms)}
            for step in one.steps
        ]
    }  # fmt: skip
