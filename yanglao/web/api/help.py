"""Phones that help to scan: the instructor invites and ends them; such a phone joins, scans cards and sees the answers."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from apiflask import APIBlueprint
from flask import current_app, jsonify, make_response, request
from pydantic import Field

from yanglao.capture.attendance import assisting, looks
from yanglao.capture.attendance.assisting import HelperView
from yanglao.capture.attendance.shapes import ScanDraft
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.outside import drawing
from yanglao.outside.qr_image import encode
from yanglao.people import first_photos
from yanglao.web import guards
from yanglao.web.api.photos import given_photo
from yanglao.web.api.printed_cards import LookIn, LookOut, look_told
from yanglao.web.api.scans import ScanOrScans, ScansOut, told, touched
from yanglao.web.auth import actor, public, who
from yanglao.web.conduct import record
from yanglao.web.forms import Strict
from yanglao.web.guards import limiter
from yanglao.web.lists import part_of

bp = APIBlueprint("api_help", __name__, url_prefix="/api/v1", tag="scans")
COOKIE = "yl_help"
PATH = "/api/v1/help"


class InvitationOut(Strict):
    """A code for one phone, once; ``path`` draws its symbol, ``side`` modules wide."""

    url: str
    expires_at: str
    side: int
    path: str


class HelperOut(Strict):
    """A phone that helps or helped."""

    id: str
    label: str
    joined_at: str
    ended_at: str | None
    scans: int


class HelpersOut(Strict):
    """The phones of a session, the latest first."""

    items: list[HelperOut]
    next: str | None


class JoinIn(Strict):
    """Who holds the phone."""

    label: str = Field(max_length=40)


class HelpingOut(Strict):
    """What a phone helps at. ``token`` only in the answer to joining: header ``X-Helper-Token`` where cookies are not kept."""

    session_id: str
    class_name: str
    starts_at: str
    ends_at: str
    server_time: str
    token: str | None = None


class VoidedOut(Strict):
    """A scan that was taken back, and when."""

    scan_uuid: str
    voided_at: str


def _token() -> str:
    """Return the token of the helping phone; one that came as a cookie must come with the page's own token too."""
    given = request.headers.get("X-Helper-Token", "")
    if not given and request.cookies.get(COOKIE):
        if request.method != "GET":
            guards.check_csrf()
        given = request.cookies[COOKIE]
    return given[:80]


def _phone_key() -> str:
    """Return whose tries are counted: the phone's own, whichever address it has."""
    given = request.headers.get("X-Helper-Token", "") or request.cookies.get(COOKIE, "")
    return f"helper:{sha256(given.encode()).hexdigest()}"


@bp.post("/sessions/<session_id>/helpers")
@who("session.teach", "session.plan")
@bp.output(InvitationOut)
@bp.doc(responses=[409])
def invite(session_id: str) -> Any:
    """Make a code with which one phone may help at this session, within five minutes and once."""
    me, moment = actor(), now()
    made = run(lambda: assisting.invite(db.session, session_id, now=moment, actor=me))
    url = f"{current_app.config['SETTINGS'].public_base_url.rstrip('/')}/teach/help/{made.code}"
    symbol = encode(url)
    shown = {"side": symbol.side, "path": drawing.path(symbol)}
    return jsonify({"url": url, "expires_at": rfc3339(made.until_ms)} | shown)


@bp.get("/sessions/<session_id>/helpers")
@who("session.teach", "session.plan")
@bp.output(HelpersOut)
def listed(session_id: str) -> Any:
    """List the phones that help or helped at a session."""
    return jsonify(
        part_of([_phone(one) for one in assisting.of_session(db.session, session_id, actor=actor())])
    )


@bp.post("/sessions/<session_id>/helpers/<helper_id>/end")
@who("session.teach", "session.plan")
@bp.output({}, status_code=204)
def end(session_id: str, helper_id: str) -> str:
    """Take the right from a phone at once."""
    me, moment = actor(), now()
    run(lambda: assisting.end(db.session, session_id, helper_id, now=moment, actor=me))
    return ""


@bp.post("/help/<code>/join")
@public
@bp.input(JoinIn)
@bp.output(HelpingOut)
@bp.doc(responses=[403, 404, 409])
@limiter.limit("30/minute")
def join(code: str, json_data: JoinIn) -> Any:
    """Let this phone help at the session its code is for; the code is used up."""
    moment = now()
    token = run(lambda: assisting.join(db.session, code, label=json_data.label, now=moment))
    answer = make_response(jsonify(_helping(token) | {"token": token}))
    secure = current_app.config["SESSION_COOKIE_SECURE"] or request.is_secure
    answer.set_cookie(
        COOKIE, token, path=PATH, max_age=86_400, secure=secure, httponly=True, samesite="Strict"
    )
    return answer


@bp.get("/help")
@public
@bp.output(HelpingOut)
@bp.doc(responses=[401, 403])
def helping() -> Any:
    """Say what this phone helps at; refused once it was ended or the session closed."""
    return jsonify(_helping(_token()))


@bp.post("/help/scans")
@public
@bp.input(ScanOrScans)
@bp.output(ScansOut)
@bp.doc(responses=[401, 403])
def scans(json_data: ScanOrScans) -> Any:
    """Judge scans of cards for the session this phone helps at, in its instructor's name."""
    token, received = _token(), now()
    drafts: list[ScanDraft] = json_data.drafts()
    answers = record(
        lambda: assisting.scan(db.session, token, drafts, now=received),
        person_ids=touched,
        entered=lambda found: touched(one for one in found if one.direction == "in"),
    )
    of_roster = [one.person.id for one in answers if one.person and one.touched_person_id]
    faces = first_photos.standing(db.session, of_roster)
    return jsonify({"items": [told(one, faces) for one in answers]})


@bp.post("/help/scans/<scan_uuid>/void")
@public
@bp.output(VoidedOut)
@bp.doc(responses=[401, 403, 404, 409])
def post_void(scan_uuid: str) -> Any:
    """Take back a scan that this very phone made, within 15 minutes and while the session is open."""
    token, moment = _token(), now()
    record(lambda: assisting.void(db.session, token, scan_uuid, now=moment), person_ids=lambda found: [found])
    return jsonify({"scan_uuid": scan_uuid, "voided_at": rfc3339(moment)})


@bp.post("/help/scans/<scan_uuid>/first-photo")
@public
@bp.output({}, status_code=204)
@bp.doc(
    summary="Send the first photo of whom this phone signed in as multipart field photo: JPEG, PNG or WebP up to 8 MiB",
    responses=[401, 403, 404, 409, 413, 422],
)
@limiter.limit("60/minute", key_func=_phone_key)
def take_first(scan_uuid: str) -> str:
    """Keep the photo of somebody of whom there is none until the base has looked; only of who agreed to the notice."""
    token, moment = _token(), now()
    assisting.helping(db.session, token, now=moment, closed_too=True)
    picture = given_photo()
    run(lambda: assisting.first_photo(db.session, token, scan_uuid, picture, now=moment))
    return ""


@bp.post("/help/card-looks")
@public
@bp.input(LookIn)
@bp.output(LookOut)
@bp.doc(responses=[401, 403])
def look(json_data: LookIn) -> dict[str, Any]:
    """Say whose printed card this is, so that the person can be compared before the scan is sent; keeps nothing."""
    moment = now()
    held = assisting.helping(db.session, _token(), now=moment)
    return look_told(looks.look(db.session, held.meeting, json_data.payload, now=moment, actor=held.actor))


def _helping(token: str) -> dict[str, Any]:
    moment = now()
    meeting = assisting.helping(db.session, token, now=moment).meeting
    return {
        "session_id": meeting.id,
        "class_name": meeting.class_name,
        "starts_at": rfc3339(meeting.starts_ms),
        "ends_at": rfc3339(meeting.ends_ms),
        "server_time": rfc3339(moment),
        "token": None,
    }


def _phone(one: HelperView) -> dict[str, Any]:
    return {
        "id": one.id,
        "label": one.label,
        "joined_at": rfc3339(one.joined_ms),
        "ended_at": rfc3339(one.ended_ms) if one.ended_ms is not None else None,
        "scans": one.scans,
    }
