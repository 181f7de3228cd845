"""Photos of marks by hand: sent by who made the mark, shown by a link that opens for one person and a while."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from flask import jsonify, request

from yanglao.capture.attendance import mark_photos, meetings
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db
from yanglao.kernel.errors import Refused
from yanglao.people import queries as people
from yanglao.web.auth import actor, who
from yanglao.web.conduct import record
from yanglao.web.forms import Strict
from yanglao.web.guards import limiter
from yanglao.web.material import Linking

bp = APIBlueprint("api_mark_photos", __name__, url_prefix="/api/v1", tag="scans")


class MarkOut(Strict):
    """A mark by hand; ``photo``: it has one, ``expired``: it was deleted in time, ``open``: the reader may still send one."""

    scan_uuid: str
    name: str
    direction: Literal["in", "out"]
    outcome: Literal["accepted", "pending_review"]
    at: str
    reason: str
    photo: bool
    expired: bool
    open: bool


class MarksOut(Strict):
    """The marks by hand of a session, newest first."""

    items: list[MarkOut]


class MarkPhotoOut(Strict):
    """Where the photo of a mark by hand is shown, to the one who asks, and until when."""

    url: str
    expires_at: str


@bp.get("/sessions/<session_id>/marks")
@who("session.teach", "session.plan")
@bp.output(MarksOut)
def get_marks(session_id: str) -> Any:
    """List the marks by hand of a session one teaches or administers."""
    me = actor()
    meetings.own(db.session, session_id, me)
    found = mark_photos.of_session(db.session, session_id, now=now(), actor=me)
    known = people.persons(db.session, {one.person_id for one in found})
    items = [
        {
            "scan_uuid": one.scan_uuid,
            "name": known[one.person_id].name,
            "direction": one.direction,
            "outcome": one.outcome,
            "at": rfc3339(one.at_ms),
            "reason": one.reason,
            "photo": one.photo,
            "expired": one.expired,
            "open": one.open,
        }
        for one in found
    ]
    return jsonify({"items": items})


@bp.post("/scans/<scan_uuid>/photo")
@who("session.teach", "session.plan")
@bp.output(MarkPhotoOut)
@bp.doc(
    summary="Send the photo of a mark by hand as multipart field photo: JPEG, PNG or WebP",
    responses=[404, 409, 413, 422],
)
@limiter.limit("60/minute")
def post_photo(scan_uuid: str) -> Any:
    """Keep the photo of a mark by hand of one's own; it is drawn anew, without hidden facts."""
    given, me, moment = request.files.get("photo"), actor(), now()
    if given is None:
        raise Refused("photo.unreadable")
    photo = mark_photos.drawn_anew(given.stream.read(), now=moment)
    record(lambda: mark_photos.keep(db.session, scan_uuid, photo, now=moment, actor=me))
    return jsonify(_link(scan_uuid))


@bp.get("/scans/<scan_uuid>/photo")
@who("signed_in")
@bp.output(MarkPhotoOut)
@bp.doc(responses=[404])
def get_photo(scan_uuid: str) -> Any:
    """Return a link to the photo, for who teaches, made the mark, is meant by it or may read evidence there."""
    return jsonify(_link(scan_uuid))


def _link(scan_uuid: str) -> dict[str, Any]:
    me, moment = actor(), now()
    linking = Linking(me.person_id, moment)
    url = linking.file(mark_photos.file_of(db.session, scan_uuid, now=moment, actor=me))
    return {"url": url, "expires_at": rfc3339(linking.until_ms)}
