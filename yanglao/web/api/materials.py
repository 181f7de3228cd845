"""Material of lessons: made of uploads by authors, shown by lesson to trainees; recordings of questions and pages."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel, Field

from yanglao.classes import queries as classes
from yanglao.courses import captions, materials, recordings
from yanglao.courses import queries as courses
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of, now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Refused
from yanglao.kernel.wording import sentence, words
from yanglao.people import queries as people
from yanglao.web.auth import actor, who
from yanglao.web.forms import Strict, read_query
from yanglao.web.lists import part_of
from yanglao.web.material import Filters, Linking, authors_dict, lesson_dict, material_dict, voice_dict

bp = APIBlueprint("api_materials", __name__, url_prefix="/api/v1", tag="material")


class MaterialBody(Strict):
    """A new material: one upload for a film, sound or PDF; for a text the words and its pictures in order."""

    kind: Literal["video", "audio", "text", "pdf"]
    title: str = Field(min_length=1, max_length=80)
    uploads: list[str] = Field(default=[], max_length=40)
    text: str = Field(default="", max_length=60_000)
    base_id: str | None = Field(default=None, max_length=26)


class TitleBody(Strict):
    """Another title."""

    title: str = Field(min_length=1, max_length=80)


class FaultOut(BaseModel):
    """What is wrong with a file, in words."""

    code: str
    title: str
    sentence: str
    todo: str


class MaterialOut(BaseModel):
    """A material as its authors see it. ``state``: processing (``progress`` percent), ready, refused or given_up (``fault`` says why)."""

    id: str
    kind: str
    title: str
    base_id: str | None
    state: str
    progress: int
    fault: FaultOut | None
    duration_s: int
    bytes: int
    light_bytes: int
    pages: int
    captions: bool
    made_at: str


class MaterialsOut(BaseModel):
    """Materials, the newest first."""

    items: list[MaterialOut]
    next: str | None


@bp.post("/materials")
@who("course.author")
@bp.input(MaterialBody, arg_name="body")
@bp.output(MaterialOut, status_code=202)
@bp.doc(
    summary="Make material of complete uploads; it is checked and prepared in the background",
    responses=[403, 404, 409, 422],
)
def make(body: MaterialBody) -> dict[str, Any]:
    """Make a material."""
    me, moment = actor(), now()
    made = run(
        lambda: materials.make(
            db.session,
            body.kind,
            body.title,
            upload_ids=body.uploads,
            text=body.text,
            base_id=body.base_id,
            now=moment,
            actor=me,
        )
    )
    return authors_dict(materials.seen(db.session, made, me))


@bp.get("/materials")
@who("course.author")
@bp.output(MaterialsOut)
@bp.doc(summary="List material: one's bases' own and the city's; filters kind, state, text", responses=[422])
def listed() -> MaterialsOut:
    """List materials."""
    asked = read_query(Filters)
    found = materials.listed(db.session, actor(), kind=asked.kind, state=asked.state, text=asked.text)
    return MaterialsOut(**part_of([authors_dict(one) for one in found]))


@bp.get("/materials/<material_id>")
@who("course.author")
@bp.output(MaterialOut)
@bp.doc(summary="Read how far a material is", responses=[404])
def read(material_id: str) -> dict[str, Any]:
    """Read one material."""
    return authors_dict(materials.seen(db.session, material_id, actor()))


@bp.get("/materials/<material_id>/preview")
@who("course.author")
@bp.doc(summary="Get links to a ready material, as a trainee's lesson shows it", responses=[404])
def preview(material_id: str) -> dict[str, Any]:
    """Show a ready material to its authors."""
    me = actor()
    seen = materials.seen(db.session, material_id, me)
    return material_dict(materials.ready(db.session, seen.id), Linking(me.person_id, now()))


@bp.post("/materials/<material_id>/prepare")
@who("course.author")
@bp.output(MaterialOut, status_code=202)
@bp.doc(summary="Ask once more for a preparation that was given up", responses=[404, 409])
def prepare_again(material_id: str) -> dict[str, Any]:
    """Prepare it once more."""
    me, moment = actor(), now()
    run(lambda: materials.prepare_again(db.session, material_id, now=moment, actor=me))
    return authors_dict(materials.seen(db.session, material_id, me))


@bp.put("/materials/<material_id>/title")
@who("course.author")
@bp.input(TitleBody, arg_name="body")
@bp.output(MaterialOut)
@bp.doc(summary="Give a material another title", responses=[404])
def retitle(material_id: str, body: TitleBody) -> dict[str, Any]:
    """Change the title; what is shown to trainees has its lesson's title."""
    me = actor()
    run(lambda: materials.retitle(db.session, material_id, body.title, actor=me))
    return authors_dict(materials.seen(db.session, material_id, me))


@bp.put("/materials/<material_id>/captions")
@who("course.author")
@bp.output(MaterialOut)
@bp.doc(
    summary="Give a film captions: multipart field file, .vtt or .srt, UTF-8 or GB18030",
    responses=[404, 409, 422],
)
def caption(material_id: str) -> dict[str, Any]:
    """Put captions under a film or sound."""
    me, moment = actor(), now()
    raw = _given(captions.MOST_BYTES)
    run(lambda: materials.caption(db.session, material_id, raw, now=moment, actor=me))
    return authors_dict(materials.seen(db.session, material_id, me))


@bp.get("/lessons/<lesson_id>/material")
@who("learn.own")
@bp.doc(
    summary="Get what a lesson of an own class shows: versions, captions, pages with their seconds; links end at expires_at",
    responses=[404],
)
def of_lesson(lesson_id: str) -> dict[str, Any]:
    """Give a trainee the links to a lesson; again for new ones."""
    me = actor()
    lesson = courses.lesson(db.session, lesson_id)
    programme_id = courses.segment(db.session, lesson.segment_id).programme_id
    persons = people.same_person_ids(db.session, me.person_id)
    held = [
        own for one in persons for own in classes.enrolments_of(db.session, one) if own.state == "enrolled"
    ]
    if programme_id not in {own.programme_id for own in held}:
        raise courses.LessonUnknown(lesson=lesson_id)
    return lesson_dict(lesson, Linking(me.person_id, now()))


@bp.post("/recordings")
@who("recording.make")
@bp.doc(
    summary="Record a voice for a question or a page: multipart fields file, target_kind (question, page), target_id, speech",
    responses=[404, 413, 422],
)
@bp.output({}, status_code=202)
def record() -> dict[str, Any]:
    """Take what was recorded on a phone; it is made playable in the background."""
    me, moment = actor(), now()
    given = {name: request.form.get(name, "")[:26] for name in ("target_kind", "target_id", "speech")}
    content = _given(policy.on(day_of(moment)).material.recording_max_bytes)
    made = run(
        lambda: recordings.attach(
            db.session,
            given["target_kind"],
            given["target_id"],
            content,
            speech=given["speech"],
            now=moment,
            actor=me,
        )
    )
    return _recording(made)


@bp.get("/recordings/<recording_id>")
@who("recording.make")
@bp.doc(summary="Read how far a recording is", responses=[404])
def recording(recording_id: str) -> dict[str, Any]:
    """Read one recording; ``url`` plays it once it is ready."""
    return _recording(recording_id)


@bp.delete("/recordings/<recording_id>")
@who("recording.make")
@bp.output({}, status_code=204)
@bp.doc(summary="Take a recording away", responses=[404, 409])
def unrecord(recording_id: str) -> str:
    """Take it away."""
    me, moment = actor(), now()
    run(lambda: recordings.remove(db.session, recording_id, now=moment, actor=me))
    return ""


def _recording(recording_id: str) -> dict[str, Any]:
    me = actor()
    one = recordings.one(db.session, recording_id, me)
    fault = {
        "code": one.fault,
        "title": words(one.fault).title,
        "sentence": sentence(one.fault, one.fault_facts),
    }
    return {
        **voice_dict(one, Linking(me.person_id, now())),
        "target_kind": one.target_kind,
        "target_id": one.target_id,
        "state": one.state,
        "fault": fault if one.fault else None,
        "made_at": rfc3339(one.made_ms),
    }


def _given(most: int) -> bytes:
    given = request.files.get("file")
    if given is None:
        raise Refused("material.one_file")
    return given.stream.read(most + 1)
