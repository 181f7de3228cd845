"""Syllabi: hours by topic from a document, their versions and publication."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field

from yanglao.courses import syllabi
from yanglao.courses import syllabus_queries as queries
from yanglao.courses.shapes import SyllabusLine, SyllabusView
from yanglao.courses.syllabi import SyllabusDraft
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.web.auth import actor, who

bp = APIBlueprint("api_syllabi", __name__, url_prefix="/api/v1", tag="课程 courses")


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LineBody(_Body):
    """A line; seconds, null where the document does not say."""

    title: str = Field(min_length=1, max_length=80)
    topic: str | None = Field(default=None, max_length=24)
    theory_s: int | None = Field(default=None, ge=0, le=36_000_000)
    practice_s: int | None = Field(default=None, ge=0, le=36_000_000)


class SyllabusBody(_Body):
    """A syllabus as its author says it."""

    name: str = Field(min_length=1, max_length=80)
    category: str = Field(max_length=24)
    level: str | None = Field(default=None, max_length=12)
    source: str = Field(default="", max_length=2000)
    valid_from: date
    lines: list[LineBody] = Field(default=[], max_length=200)

    def draft(self) -> SyllabusDraft:
        """Return it as the service takes it."""
        lines = tuple(
            SyllabusLine(place, one.title, one.topic, one.theory_s, one.practice_s)
            for place, one in enumerate(self.lines, start=1)
        )
        return SyllabusDraft(self.name, self.category, self.level, self.source, self.valid_from, lines)


class NewSyllabusBody(SyllabusBody):
    """A first draft: its code, and whose it is; null: the city's."""

    code: str = Field(pattern=r"^[a-z0-9_]{1,40}$")
    base_id: str | None = Field(default=None, max_length=26)


class ChangeSyllabusBody(SyllabusBody):
    """A draft as it is to be, and the revision that was seen."""

    revision: int


class SeenBody(_Body):
    """The revision that was seen."""

    revision: int


class SyllabusOut(BaseModel):
    """A syllabus with its lines."""

    id: str
    code: str
    version: int
    name: str
    category: str
    level: str | None
    source: str
    valid_from: str
    base_id: str | None
    state: Literal["draft", "published"]
    revision: int
    theory_s: int | None
    practice_s: int | None
    lines: list[LineBody]


class SyllabiOut(BaseModel):
    """All syllabi by code, newest version first."""

    items: list[SyllabusOut]
    next: str | None


@bp.get("/syllabi")
@who("course.read")
@bp.output(SyllabiOut)
@bp.doc(summary="List syllabi")
def list_syllabi() -> dict[str, Any]:
    """List syllabi."""
    return {"items": [told(one) for one in queries.syllabi(db.session)], "next": None}


@bp.post("/syllabi")
@who("course.author")
@bp.input(NewSyllabusBody, arg_name="body")
@bp.output(SyllabusOut, status_code=201)
@bp.doc(summary="Write a first draft, or the next version of a code", responses=[403, 422])
def create_syllabus(body: NewSyllabusBody) -> dict[str, Any]:
    """Write a draft."""
    me, moment = actor(), now()
    made = run(
        lambda: syllabi.create(
            db.session, body.draft(), code=body.code, base_id=body.base_id, now=moment, actor=me
        )
    )
    return told(queries.syllabus(db.session, made))


@bp.get("/syllabi/<syllabus_id>")
@who("course.read")
@bp.output(SyllabusOut)
@bp.doc(summary="Read one syllabus", responses=[404])
def read_syllabus(syllabus_id: str) -> dict[str, Any]:
    """Read one syllabus."""
    return told(queries.syllabus(db.session, syllabus_id))


@bp.put("/syllabi/<syllabus_id>")
@who("course.author")
@bp.input(ChangeSyllabusBody, arg_name="body")
@bp.output(SyllabusOut)
@bp.doc(summary="Change a draft", responses=[404, 409, 422])
def change_syllabus(syllabus_id: str, body: ChangeSyllabusBody) -> dict[str, Any]:
    """Change a draft."""
    me, moment = actor(), now()
    run(
        lambda: syllabi.change(
            db.session, syllabus_id, body.draft(), revision=body.revision, now=moment, actor=me
        )
    )
    return told(queries.syllabus(db.session, syllabus_id))


@bp.post("/syllabi/<syllabus_id>/publish")
@who("course.publish")
@bp.input(SeenBody, arg_name="body")
@bp.output(SyllabusOut)
@bp.doc(summary="Publish a draft that somebody else edited last", responses=[403, 404, 409, 422])
def publish_syllabus(syllabus_id: str, body: SeenBody) -> dict[str, Any]:
    """Publish a draft."""
    me, moment = actor(), now()
    run(lambda: syllabi.publish(db.session, syllabus_id, revision=body.revision, now=moment, actor=me))
    return told(queries.syllabus(db.session, syllabus_id))


def told(one: SyllabusView) -> dict[str, Any]:
    """Return a syllabus as the API gives it."""
    names = ("id", "code", "version", "name", "source", "valid_from", "base_id", "state", "revision")
    return {name: getattr(one, name) for name in names} | {
        "category": one.category_code,
        "level": one.level_code,
        "theory_s": one.total_s("theory"),
        "practice_s": one.total_s("practice"),
        "lines": [
            {"title": line.title, "topic": line.topic_code, "theory_s": line.theory_s,
             "practice_s": line.practice_s}
            for line in one.lines
        ],
    }  # fmt: skip
