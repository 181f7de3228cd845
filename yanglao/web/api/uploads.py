"""Uploads: open one, send it piece by piece, ask where to go on, close it."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel, Field

from yanglao.files import uploads
from yanglao.files.uploads import UploadView
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of, now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import TooLarge
from yanglao.web.auth import actor, who
from yanglao.web.forms import Query, Strict, read_query
from yanglao.web.lists import part_of

bp = APIBlueprint("api_uploads", __name__, url_prefix="/api/v1", tag="material")


class UploadBody(Strict):
    """What will come: its name, its size in bytes, and its SHA-256 where the sender knows it."""

    name: str = Field(min_length=1, max_length=200)
    size: int = Field(ge=1)
    sha256: str = Field(default="", pattern=r"^([0-9a-fA-F]{64})?$")


class UploadOut(BaseModel):
    """An upload: it goes on at byte ``offset``; pieces hold at most ``chunk_bytes``. ``state``: open, complete, taken."""

    id: str
    name: str
    size: int
    offset: int
    state: str
    chunk_bytes: int


class UploadsOut(BaseModel):
    """One's own uploads, the newest first."""

    items: list[UploadOut]
    next: str | None


class At(Query):
    """Where a piece begins."""

    offset: int = Field(ge=0)


@bp.post("/uploads")
@who("course.author")
@bp.input(UploadBody, arg_name="body")
@bp.output(UploadOut, status_code=201)
@bp.doc(summary="Open an upload", responses=[413, 422])
def begin(body: UploadBody) -> dict[str, Any]:
    """Open an upload."""
    me, moment = actor(), now()
    figures = policy.on(day_of(moment)).material
    most = max(figures.video_max_bytes, figures.audio_max_bytes, figures.pdf_max_bytes)
    return upload_dict(
        run(
            lambda: uploads.begin(
                db.session,
                me.person_id,
                name=body.name,
                size=body.size,
                sha256=body.sha256,
                most=most,
                now=moment,
            )
        )
    )


@bp.get("/uploads")
@who("course.author")
@bp.output(UploadsOut)
@bp.doc(summary="List one's own uploads that are not used up")
def mine() -> UploadsOut:
    """List what is on its way."""
    return UploadsOut(**part_of([upload_dict(one) for one in uploads.mine(db.session, actor().person_id)]))


@bp.get("/uploads/<upload_id>")
@who("course.author")
@bp.output(UploadOut)
@bp.doc(summary="Ask where an upload goes on", responses=[404])
def look(upload_id: str) -> dict[str, Any]:
    """Ask where to go on."""
    return upload_dict(uploads.look(db.session, upload_id, actor().person_id))


@bp.put("/uploads/<upload_id>")
@who("course.author")
@bp.output(UploadOut)
@bp.doc(
    summary="Send the next piece as the raw body; ?offset= says where it begins (409 names the right one)",
    responses=[404, 409, 413, 422],
)
def piece(upload_id: str) -> dict[str, Any]:
    """Take one piece; what is answered lies safely on disk."""
    me, moment, offset = actor(), now(), read_query(At).offset
    if (request.content_length or 0) > uploads.CHUNK_BYTES:
        raise TooLarge(most=uploads.CHUNK_BYTES)
    content = request.stream.read(uploads.CHUNK_BYTES + 1)
    if len(content) > uploads.CHUNK_BYTES:
        raise TooLarge(most=uploads.CHUNK_BYTES)
    held = uploads.look(db.session, upload_id, me.person_id)
    received = uploads.write(held, offset, content)
    return upload_dict(run(lambda: uploads.note(db.session, held, received, me.person_id, now=moment)))


@bp.post("/uploads/<upload_id>/complete")
@who("course.author")
@bp.output(UploadOut)
@bp.doc(summary="Close an upload whose bytes are all there", responses=[404, 409, 422])
def complete(upload_id: str) -> dict[str, Any]:
    """Close it; again changes nothing."""
    me, moment = actor(), now()
    return upload_dict(run(lambda: uploads.complete(db.session, upload_id, me.person_id, now=moment)))


@bp.delete("/uploads/<upload_id>")
@who("course.author")
@bp.output({}, status_code=204)
@bp.doc(summary="Give up an upload", responses=[404])
def drop(upload_id: str) -> str:
    """Give it up."""
    me = actor()
    run(lambda: uploads.drop(db.session, upload_id, me.person_id))
    return ""


def upload_dict(one: UploadView) -> dict[str, Any]:
    """Return an upload as the API gives it."""
    return {
        "id": one.id,
        "name": one.name,
        "size": one.size,
        "offset": one.offset,
        "state": one.state,
        "chunk_bytes": uploads.CHUNK_BYTES,
    }
