"""不在名单上的人: an instructor writes down who came without standing on the roster; the base decides."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from flask import jsonify, request
from pydantic import Field

from yanglao.capture.attendance import (
    lists,
    mark_photos,
    meetings,
    walk_in_leaving,
    walk_in_photos,
    walk_ins,
)
from yanglao.capture.attendance.shapes import Answer
from yanglao.capture.attendance.walk_in_leaving import Left
from yanglao.capture.attendance.walk_ins import Arrived, Known, Recorded, WalkInView
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Refused
from yanglao.kernel.identifiers import mask_phone
from yanglao.web.api.scans import Instant, ScanOut, ms_of, told
from yanglao.web.auth import actor, who
from yanglao.web.conduct import record
from yanglao.web.forms import Strict
from yanglao.web.guards import limiter
from yanglao.web.material import Linking

bp = APIBlueprint("api_walk_ins", __name__, url_prefix="/api/v1", tag="sessions")
IdType = Literal["resident", "hkmo", "taiwan", "passport", "other"]


class WalkInIn(Strict):
    """Who came. ``another``: surely not the person of the same name on the roster. ``walk_in_uuid`` is the client's own."""

    walk_in_uuid: str = Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")
    name: str = Field(max_length=60)
    phone: str = Field(max_length=40)
    id_number: str = Field(default="", max_length=60)
    id_type: IdType = "resident"
    reason: str = Field(default="", max_length=200)
    captured_at: Instant
    sent_at: Instant
    device: str = Field(default="", max_length=64)
    another: bool = False


class LeftIn(Strict):
    """When somebody left, as a phone says that may have had no network; ``out_uuid`` is the client's own."""

    out_uuid: str = Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")
    captured_at: Instant
    sent_at: Instant
    device: str = Field(default="", max_length=64)


class WalkInDecisionIn(Strict):
    """Whether the base asks for the late addition of a walk-in; yes needs the ID number unless it was written down, no its reason."""

    accept: bool
    reason: str = Field(default="", max_length=500)
    id_number: str = Field(default="", max_length=60)
    id_type: IdType = "resident"
    employer: str = Field(default="", max_length=120)


class WalkInOut(Strict):
    """A walk-in: pending (the base has to look), asked (a late addition waits), counted or refused.

    ``photo``: it has one; ``photo_expired``: it had one, which was deleted when its time was over.
    """

    id: str
    session_id: str
    name: str
    phone: str
    reason: str
    came_at: str
    left_at: str | None
    state: Literal["pending", "asked", "counted", "refused"]
    decided_at: str | None
    decision_reason: str
    id_told: bool
    own: bool
    photo: bool
    photo_expired: bool


class RecordedOut(Strict):
    """A walk-in that waits; or, for who stands on the roster, what became of their scan by hand."""

    walk_in: WalkInOut | None
    scan: ScanOut | None


class WalkInPhotoOut(Strict):
    """Where the photo of a walk-in is shown, to the one who asks, and until when."""

    url: str
    expires_at: str


class WalkInsOut(Strict):
    """Walk-ins, what waits for the base first."""

    items: list[WalkInOut]


@bp.post("/sessions/<session_id>/walk-ins")
@who("session.teach", "session.plan")
@bp.input(WalkInIn)
@bp.output(RecordedOut)
def post_walk_in(session_id: str, json_data: WalkInIn) -> Any:
    """Write down who is present and not on the roster; who is on it is signed in by hand."""
    moment, by, body = now(), actor(), json_data
    came = Arrived(
        **body.model_dump(exclude={"captured_at", "sent_at"}),
        captured_ms=ms_of(body.captured_at),
        sent_ms=ms_of(body.sent_at),
    )
    found = record(
        lambda: walk_ins.record(db.session, session_id, came, now=moment, actor=by),
        person_ids=lambda one: _touched(one.scan),
    )
    return jsonify(_recorded(found))


@bp.get("/sessions/<session_id>/walk-ins")
@who("session.teach", "session.plan")
@bp.output(WalkInsOut)
def get_of_session(session_id: str) -> Any:
    """List the walk-ins of a session one teaches or administers."""
    meetings.own(db.session, session_id, actor())
    return jsonify(_listed(walk_ins.of_sessions(db.session, [session_id])))


@bp.post("/sessions/<session_id>/walk-ins/<walk_in>/out")
@who("session.teach", "session.plan")
@bp.input(LeftIn)
@bp.output(RecordedOut)
def post_left(session_id: str, walk_in: str, json_data: LeftIn) -> Any:
    """Write down when a walk-in left; ``walk_in``: our id or the phone's own. Who stood on the roster after all is signed out by hand."""
    moment, by, body = now(), actor(), json_data
    left = Left(body.out_uuid, ms_of(body.captured_at), ms_of(body.sent_at), body.device)
    found = record(
        lambda: walk_in_leaving.leave(db.session, session_id, walk_in, left, now=moment, actor=by),
        person_ids=lambda one: _touched(one.scan),
    )
    return jsonify(_recorded(found))


@bp.post("/walk-ins/<walk_in_id>/out")
@who("session.teach", "session.plan")
@bp.output(WalkInOut)
def post_out(walk_in_id: str) -> Any:
    """Write down that a walk-in leaves now."""
    moment, by = now(), actor()
    found = run(lambda: walk_ins.leave(db.session, walk_in_id, now=moment, actor=by))
    return jsonify(walk_in_told(found, by.person_id, _photos(found)))


@bp.post("/walk-ins/<walk_in_id>/photo")
@who("session.teach", "session.plan")
@bp.output(WalkInPhotoOut)
@bp.doc(
    summary="Send the photo of a walk-in as multipart field photo: JPEG, PNG or WebP",
    responses=[404, 409, 413, 422],
)
@limiter.limit("60/minute")
def post_photo(walk_in_id: str) -> Any:
    """Keep the photo of a walk-in of one's own; it is drawn anew, without hidden facts."""
    given, me, moment = request.files.get("photo"), actor(), now()
    if given is None:
        raise Refused("photo.unreadable")
    photo = mark_photos.drawn_anew(given.stream.read(), now=moment)
    run(lambda: walk_in_photos.keep(db.session, walk_in_id, photo, now=moment, actor=me))
    return jsonify(_link(walk_in_id))


@bp.get("/walk-ins/<walk_in_id>/photo")
@who("session.teach", "session.plan", "late.request")
@bp.output(WalkInPhotoOut)
@bp.doc(responses=[404])
def get_photo(walk_in_id: str) -> Any:
    """Return a link to the photo of a walk-in, for who teaches the session or decides on it."""
    return jsonify(_link(walk_in_id))


@bp.get("/walk-ins")
@who("late.request")
@bp.output(WalkInsOut)
def get_walk_ins() -> Any:
    """List the walk-ins of one's base, what waits first."""
    rooms = [one.meeting.id for one in lists.listed(db.session, actor())]
    return jsonify(_listed(walk_ins.of_sessions(db.session, rooms)))


@bp.post("/walk-ins/<walk_in_id>/decision")
@who("late.request")
@bp.input(WalkInDecisionIn)
@bp.output(WalkInOut)
def post_decision(walk_in_id: str, json_data: WalkInDecisionIn) -> Any:
    """Ask for the late addition of a walk-in, or refuse it; who wrote it down cannot. The minutes count once the organiser agrees."""
    moment, by, body = now(), actor(), json_data
    known = Known(body.id_number, body.id_type, body.employer)
    found = record(
        lambda: walk_ins.decide(
            db.session,
            walk_in_id,
            accept=body.accept,
            known=known,
            reason=body.reason,
            now=moment,
            actor=by,
        ),
        person_ids=lambda one: [one.person_id] if one.state == "counted" and one.person_id else [],
    )
    return jsonify(walk_in_told(found, by.person_id, _photos(found)))


def _link(walk_in_id: str) -> dict[str, Any]:
    me, moment = actor(), now()
    linking = Linking(me.person_id, moment)
    url = linking.file(walk_in_photos.file_of(db.session, walk_in_id, now=moment, actor=me))
    return {"url": url, "expires_at": rfc3339(linking.until_ms)}


def _recorded(found: Recorded) -> dict[str, Any]:
    row = found.walk_in
    return {
        "walk_in": walk_in_told(row, actor().person_id, _photos(row)) if row else None,
        "scan": told(found.scan, {}) if found.scan else None,
    }


def _touched(scan: Answer | None) -> list[str]:
    return [scan.touched_person_id] if scan and scan.touched_person_id else []


def _listed(found: list[WalkInView]) -> dict[str, Any]:
    me, photos = actor().person_id, _photos(*found)
    return {"items": [walk_in_told(one, me, photos) for one in found]}


def _photos(*found: WalkInView) -> dict[str, bool]:
    return walk_in_photos.having(db.session, {one.session_id for one in found}, now=now())


def walk_in_told(one: WalkInView, reader_id: str, photos: dict[str, bool]) -> dict[str, Any]:
    """Return a walk-in as JSON, the phone masked; ``own``: the reader wrote it down, so another person decides."""
    return {
        "id": one.id,
        "session_id": one.session_id,
        "name": one.name,
        "phone": mask_phone(one.phone),
        "reason": one.reason,
        "came_at": rfc3339(one.in_ms),
        "left_at": rfc3339(one.out_ms) if one.out_ms is not None else None,
        "state": one.state,
        "decided_at": rfc3339(one.decided_ms) if one.decided_ms is not None else None,
        "decision_reason": one.decision_reason,
        "id_told": one.id_told,
        "own": one.recorded_by == reader_id,
        "photo": photos.get(one.id, False),
        "photo_expired": photos.get(one.id) is False,
    }
