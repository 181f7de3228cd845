"""Photos by which an instructor knows a person: sent by the person, approved by the base, shown to who teaches them."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, request, send_file
from pydantic import BaseModel, Field

from yanglao.capture.attendance import first_photos
from yanglao.classes.sight import need_sight
from yanglao.files.service import FileView
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import NotFound, Refused
from yanglao.people import photos
from yanglao.people import service as people
from yanglao.people.roles import scope_of
from yanglao.web.auth import actor, who
from yanglao.web.forms import Strict
from yanglao.web.guards import limiter
from yanglao.web.lists import part_of

bp = APIBlueprint("api_photos", __name__, url_prefix="/api/v1", tag="binding")


class PhotoOut(BaseModel):
    """A photo. ``state``: waiting, approved or refused; ``url`` shows it to who may see it."""

    id: str
    person_id: str
    name: str
    state: str
    taken_at: str
    reason: str
    url: str | None


class PhotosOut(BaseModel):
    """Photos that wait within one's scope, the oldest first."""

    items: list[PhotoOut]
    next: str | None


class DecisionBody(Strict):
    """Yes or no, and why not."""

    accept: bool
    reason: str = Field(default="", max_length=200)


@bp.post("/scans/<scan_uuid>/first-photo")
@who("session.teach", "session.plan")
@bp.output({}, status_code=204)
@bp.doc(
    summary="Send a photo of who was signed in by a card as multipart field photo: JPEG, PNG or WebP up to 8 MiB",
    responses=[404, 409, 413, 422],
)
@limiter.limit("60/minute")
def take_first(scan_uuid: str) -> str:
    """Keep the photo of somebody of whom there is none until the base has looked; only of who agreed to the notice."""
    picture, me, moment = given_photo(), actor(), now()
    run(lambda: first_photos.keep(db.session, scan_uuid, picture, now=moment, actor=me))
    return ""


@bp.post("/me/photo")
@who("signed_in")
@bp.output(PhotoOut, status_code=201)
@bp.doc(
    summary="Send a photo of oneself as multipart field photo: JPEG, PNG or WebP up to 8 MiB",
    responses=[413, 422],
)
@limiter.limit("30/minute")
def take() -> dict[str, Any]:
    """Keep a photo of oneself until the base has looked at it; it is drawn anew, without hidden facts."""
    picture, me, moment = given_photo(), actor(), now()
    run(lambda: people.take_photo(db.session, picture, now=moment, actor=me))
    return _own()


@bp.get("/me/photo")
@who("signed_in")
@bp.output(PhotoOut)
@bp.doc(responses=[404])
def own() -> dict[str, Any]:
    """Say what became of one's own photo."""
    return _own()


@bp.get("/me/photo/file")
@who("signed_in")
@bp.doc(responses=[404])
def own_file() -> Response:
    """Show one's own photo."""
    return _sent(photos.opened_of(db.session, actor().person_id, states=photos.SHOWN, now=now()))


@bp.delete("/me/photo")
@who("signed_in")
@bp.output({}, status_code=204)
def remove() -> str:
    """Erase one's own photo."""
    me, moment = actor(), now()
    run(lambda: people.remove_photo(db.session, now=moment, actor=me))
    return ""


@bp.get("/person-photos")
@who("people.manage")
@bp.output(PhotosOut)
def waiting() -> PhotosOut:
    """List the photos that wait."""
    found = photos.waiting(db.session, scope_of(actor().grants, "people.manage"))
    return PhotosOut(**part_of([photo_dict(one) for one in found]))


@bp.get("/person-photos/<photo_id>/file")
@who("people.manage")
@bp.doc(responses=[404])
def waiting_file(photo_id: str) -> Response:
    """Show a photo that waits or stands."""
    scope = scope_of(actor().grants, "people.manage")
    return _sent(photos.opened(db.session, photo_id, scope, now=now()))


@bp.post("/person-photos/<photo_id>/decision")
@who("people.manage")
@bp.input(DecisionBody, arg_name="body")
@bp.output({}, status_code=204)
def decide(photo_id: str, body: DecisionBody) -> str:
    """Approve a photo, or refuse and erase it; nobody decides on their own."""
    me, moment = actor(), now()
    run(
        lambda: people.decide_photo(
            db.session, photo_id, accept=body.accept, reason=body.reason, now=moment, actor=me
        )
    )
    return ""


@bp.get("/people/<person_id>/photo")
@who("session.teach", "session.plan")
@bp.doc(responses=[404])
def of_person(person_id: str) -> Response:
    """Show the approved photo of somebody whom one teaches."""
    need_sight(db.session, person_id, actor=actor())
    return _sent(photos.opened_of(db.session, person_id, now=now()))


def photo_dict(one: photos.PhotoView) -> dict[str, Any]:
    """Return a photo as the API gives it."""
    return {
        "id": one.id,
        "person_id": one.person_id,
        "name": one.name,
        "state": one.state,
        "taken_at": rfc3339(one.taken_ms),
        "reason": one.reason,
        "url": f"/api/v1/person-photos/{one.id}/file",
    }


def _own() -> dict[str, Any]:
    me = actor()
    found = photos.latest(db.session, me.person_id)
    if found is None:
        raise NotFound("photo.unknown")
    shown = f"/api/v1/me/photo/file?of={found.id}" if found.state in photos.SHOWN else None
    return photo_dict(found) | {"name": me.name, "url": shown}


def given_photo() -> bytes:
    """Return the photo that was sent, drawn anew. Raises Refused: none, or none that can be read; TooLarge."""
    given = request.files.get("photo")
    if given is None:
        raise Refused("photo.unreadable")
    return photos.drawn_anew(given.stream.read(photos.MOST_BYTES + 1))


def _sent(found: FileView) -> Response:
    response = send_file(found.path, mimetype=found.media_type)
    response.headers["Cache-Control"] = "private, no-store"
    return response
