"""A zip of photos named 姓名+身份证号: looked at first, then taken whole or not at all."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel

from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Refused
from yanglao.kernel.wording import sentence, todo, words
from yanglao.people import photo_zip
from yanglao.people import service as people
from yanglao.people.photo_zip import MOST_BYTES, Line, Report
from yanglao.web.auth import actor, who
from yanglao.web.guards import limiter

bp = APIBlueprint("api_photo_zips", __name__, url_prefix="/api/v1", tag="binding")


class LineOut(BaseModel):
    """What becomes of one file; its name comes back with the number hidden."""

    file: str
    name: str
    masked_id: str
    code: str | None
    title: str
    sentence: str


class ReportOut(BaseModel):
    """All files of a zip. ``digest`` is sent with the same zip to take it; ``replaces``: how many have a photo already."""

    digest: str
    files: int
    faults: int
    replaces: int
    taken: bool
    lines: list[LineOut]


@bp.post("/photo-zips/look")
@who("people.manage")
@bp.output(ReportOut)
@bp.doc(
    summary="Look at a zip of photos, multipart field zip up to 64 MiB; keeps nothing", responses=[413, 422]
)
@limiter.limit("30/minute")
def look() -> dict[str, Any]:
    """Say for each file whose photo it is, or what is wrong with it."""
    return _told(photo_zip.look(db.session, _given(), now=now(), actor=actor()), taken=False)


@bp.post("/photo-zips")
@who("people.manage")
@bp.output(ReportOut, status_code=201)
@bp.doc(
    summary="Take all photos of a zip that was looked at: multipart fields zip and digest",
    responses=[409, 413, 422],
)
@limiter.limit("30/minute")
def take() -> dict[str, Any]:
    """Take all photos, which then wait for the base, or none."""
    content, digest, me, moment = _given(), request.form.get("digest", "")[:80], actor(), now()
    found = run(lambda: people.take_photo_zip(db.session, content, digest=digest, now=moment, actor=me))
    return _told(found, taken=True)


def _given() -> bytes:
    request.max_content_length = MOST_BYTES + 65_536
    given = request.files.get("zip")
    if given is None:
        raise Refused("photo_zip.damaged")
    return given.stream.read(MOST_BYTES + 1)


def _told(found: Report, *, taken: bool) -> dict[str, Any]:
    return {
        "digest": found.digest,
        "files": len(found.lines),
        "faults": found.faults,
        "replaces": found.replaces,
        "taken": taken,
        "lines": [_line(one) for one in found.lines],
    }


def _line(one: Line) -> dict[str, Any]:
    code = one.fault or ""
    return {
        "file": one.file,
        "name": one.name,
        "masked_id": one.masked_id,
        "code": one.fault,
        "title": words(code).title if code else "可以收",
        "sentence": sentence(code) + todo(code) if code else "",
    }
