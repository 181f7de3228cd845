"""List, open and close offline sessions; tell the code of the moment; enrol screens."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from apiflask import APIBlueprint
from flask import current_app, jsonify, request
from pydantic import Field

from yanglao.capture.attendance import (
    cards,
    closing,
    lists,
    meetings,
    queries,
    roll_call_queries,
    rules,
    screens,
    walk_ins,
)
from yanglao.capture.attendance.lists import Listed, Room, Seat
from yanglao.capture.attendance.meetings import RoomNow
from yanglao.capture.attendance.queries import ScanView
from yanglao.capture.attendance.roll_call_queries import RollCallView
from yanglao.capture.attendance.walk_ins import WalkInView
from yanglao.kernel.clock import now, rfc3339, to_ms
from yanglao.kernel.db import db, run
from yanglao.kernel.wording import sentence, words
from yanglao.outside import drawing
from yanglao.outside.qr_image import encode
from yanglao.people import first_photos
from yanglao.web.api.scans import Instant, ms_of
from yanglao.web.auth import actor, actor_or_none, public, who
from yanglao.web.conduct import record
from yanglao.web.faces import first_photo
from yanglao.web.forms import Form, Query, Strict, read, read_query

bp = APIBlueprint("api_sessions", __name__, url_prefix="/api/v1", tag="sessions")


class SessionOut(Strict):
    """An offline session of an instructor."""

    id: str
    class_id: str
    class_name: str
    segment_title: str
    starts_at: str
    ends_at: str
    venue: str
    state: str
    closed_at: str | None
    expected: int
    present: int
    came: int


class SessionsOut(Strict):
    """A page of sessions."""

    items: list[SessionOut]
    next: str | None


class CodeOut(Strict):
    """The room code of one step; ``path`` draws it, ``spoken`` is read out."""

    payload: str
    url: str
    step: int
    step_s: int
    expires_at: str
    server_time: str
    spoken: str
    spoken_expires_at: str
    side: int
    path: str


class Wanted(Query):
    """Which sessions: of one day, after one id, at most so many."""

    day: date | None = None
    after: str = ""
    limit: int = Field(default=100, ge=1, le=200)


class BindIn(Strict):
    """Which session a waiting screen is to show."""

    session_id: str = Field(max_length=26)


@bp.get("/sessions")
@who("session.teach", "session.plan")
@bp.output(SessionsOut)
def get_sessions() -> Any:
    """List the sessions one teaches or administers, earliest first."""
    wanted = read_query(Wanted)
    items = [session_told(one) for one in lists.listed(db.session, actor(), day=wanted.day)]
    start = next((place + 1 for place, one in enumerate(items) if one["id"] == wanted.after), 0)
    part = items[start : start + wanted.limit]
    return jsonify({"items": part, "next": part[-1]["id"] if start + wanted.limit < len(items) else None})


@bp.get("/sessions/<session_id>")
@who("session.teach", "session.plan")
@bp.output(SessionOut)
def get_session(session_id: str) -> Any:
    """Return one session."""
    return jsonify(_one(session_id))


@bp.post("/sessions/<session_id>/open")
@who("session.teach", "session.plan")
@bp.output(SessionOut)
def post_open(session_id: str) -> Any:
    """Open a session; an open one stays as it is."""
    moment, by = now(), actor()
    run(lambda: meetings.open_session(db.session, session_id, now=moment, actor=by))
    return jsonify(_one(session_id))


@bp.post("/sessions/<session_id>/close")
@who("session.teach", "session.plan")
@bp.output(SessionOut)
@bp.doc(responses=[404, 409, 413, 422])
def post_close(session_id: str) -> Any:
    """Close a session and note planned against held; who did not sign out is signed out as the policy says.

    A multipart field ``signature`` (JPEG, PNG or WebP up to 512 KiB) is kept, its hash stands in the closing entry. So do ``counted``,
    the heads that the instructor counted, and ``asked_at`` with ``sent_at``, where a phone without network had to wait.
    """
    moment, by = now(), actor()
    given = request.files.get("signature")
    signed = closing.drawn(given.stream.read(closing.MOST_BYTES + 1)) if given else b""
    word = _word(moment)
    record(
        lambda: meetings.close_session(
            db.session, session_id, now=moment, actor=by, signature=signed, word=word
        ),
        person_ids=lambda closed: queries.signed_out_by_policy(db.session, closed.id),
    )
    return jsonify(_one(session_id))


@bp.get("/sessions/<session_id>/code")
@public
@bp.output(CodeOut)
def get_code(session_id: str) -> Any:
    """Return the code of the present step, to those who teach it and to its screens only."""
    meeting = screens.seen_by(db.session, session_id, token=_token(), actor=actor_or_none())
    return jsonify(code_told(meetings.room_now(meeting, base_url=base_url(), now=now())))


@bp.get("/sessions/<session_id>/people")
@who("session.teach", "session.plan")
def get_people(session_id: str) -> Any:
    """Return the roster with who is there, who is missing, and what was refused or waits; of walk-ins name and times only.

    ``calling``: a roll call that people may answer now, and who has not.
    """
    room = lists.room(db.session, meetings.own(db.session, session_id, actor()))
    numbers = cards.numbers(db.session, [seat.person.id for seat in room.seats])
    faces = first_photos.standing(db.session, numbers) if room.meeting.state == "open" else {}
    told = room_told(room, numbers, faces) | {"walk_ins": [], "calling": None}
    if room.meeting.state == "open":
        came = walk_ins.of_sessions(db.session, [session_id])
        call = roll_call_queries.waiting(db.session, session_id, now_ms=to_ms(now()))
        told |= {"walk_ins": [_walk_in_told(one) for one in came], "calling": call and _call_told(call)}
    return jsonify(told)


@bp.post("/screens")
@public
def post_screen() -> Any:
    """Enrol a PC that waits to be made a session's screen; the token is told once."""
    moment = now()
    waiting = run(lambda: screens.enrol(db.session, now=moment))
    url = f"{request.host_url.rstrip('/')}/teach/screens/{waiting.pairing}"
    symbol = encode(url)
    told = {
        "token": waiting.token,
        "pairing": waiting.pairing,
        "url": url,
        "expires_at": rfc3339(waiting.until_ms),
    }
    return jsonify(
        told | {"side": symbol.side, "path": drawing.path(symbol), "server_time": rfc3339(moment)}
    ), 201


@bp.get("/screens/me")
@public
def get_screen() -> Any:
    """Return what the screen that asks is to show."""
    moment = now()
    shown = screens.shown(db.session, _token())
    count = queries.counts(db.session, [shown.id]).get(shown.id) if shown else None
    session = session_told(Listed(shown, count)) if shown and count else None
    arrived = screens.arrivals(db.session, shown) if shown else []
    call = screens.calling(db.session, shown, now=moment) if shown else None
    calling = call and {
        "until_at": rfc3339(call.until_ms),
        "waiting": call.waiting,
        "names": list(call.names),
    }
    told = {"session": session, "arrived": arrived, "calling": calling}
    return jsonify(told | {"server_time": rfc3339(moment)})


@bp.post("/screens/<pairing>/bind")
@who("session.teach", "session.plan")
@bp.input(BindIn)
@bp.output(SessionOut)
def post_bind(pairing: str, json_data: BindIn) -> Any:
    """Make a waiting screen show one session."""
    moment, by = now(), actor()
    run(lambda: screens.bind(db.session, pairing, json_data.session_id, now=moment, actor=by))
    return jsonify(_one(json_data.session_id))


@bp.post("/sessions/<session_id>/screens/release")
@who("session.teach", "session.plan")
def post_release(session_id: str) -> Any:
    """Take the session off all its screens."""
    moment, by = now(), actor()
    return jsonify({"released": run(lambda: screens.release(db.session, session_id, now=moment, actor=by))})


def base_url() -> str:
    """Return where room codes point to."""
    settings = current_app.config["SETTINGS"]
    return settings.short_base_url or settings.public_base_url


def session_told(one: Listed) -> dict[str, Any]:
    """Return a session as JSON."""
    meeting, count = one.meeting, one.count
    return {
        "id": meeting.id,
        "class_id": meeting.class_id,
        "class_name": meeting.class_name,
        "segment_title": meeting.segment_title,
        "starts_at": rfc3339(meeting.starts_ms),
        "ends_at": rfc3339(meeting.ends_ms),
        "venue": meeting.venue,
        "state": meeting.state,
        "closed_at": rfc3339(meeting.closed_ms) if meeting.closed_ms is not None else None,
        "expected": count.expected,
        "present": count.present,
        "came": count.came,
    }


def code_told(code: RoomNow) -> dict[str, Any]:
    """Return a room code as JSON."""
    symbol = encode(code.url)
    return {
        "payload": code.payload,
        "url": code.url,
        "step": code.step,
        "step_s": code.step_s,
        "expires_at": rfc3339(code.expires_ms),
        "server_time": rfc3339(code.server_ms),
        "spoken": code.spoken,
        "spoken_expires_at": rfc3339(code.spoken_expires_ms),
        "side": symbol.side,
        "path": drawing.path(symbol),
    }


def room_told(room: Room, numbers: dict[str, int], faces: dict[str, str]) -> dict[str, Any]:
    """Return who is in the room as JSON; ``card``: the number that a person's codes carry in clear, no secret.

    ``first_photo``: whether one may be taken at a scan, as the answers to scans say it.
    """
    return {
        "session": session_told(Listed(room.meeting, room.count)),
        "people": [_seat_told(seat, numbers, faces) for seat in room.seats],
        "odd": [_scan_told(scan, room.names) for scan in room.odd],
        "server_time": rfc3339(now()),
    }


def _seat_told(seat: Seat, numbers: dict[str, int], faces: dict[str, str]) -> dict[str, Any]:
    last = seat.held[-1] if seat.held else None
    return {
        "enrolment_id": seat.enrolment.id,
        "person_id": seat.person.id,
        "name": seat.person.name,
        "roster_no": seat.enrolment.roster_no,
        "phone": seat.person.phone,
        "state": seat.state,
        "in_at": rfc3339(last.in_ms) if last else None,
        "out_at": rfc3339(last.out_ms) if last and last.out_ms is not None else None,
        "on_leave": seat.on_leave,
        "out_assumed": bool(last and last.assumed),
        "method": last.method if last else None,
        "grade": last.grade if last else None,
        "card": numbers.get(seat.person.id),
        "first_photo": first_photo(faces.get(seat.person.id)),
    }


def _call_told(one: RollCallView) -> dict[str, Any]:
    waiting = [seat.enrolment_id for seat in one.seats if seat.state == "waiting"]
    return {"started_at": rfc3339(one.started_ms), "until_at": rfc3339(one.until_ms), "waiting": waiting}


def _walk_in_told(one: WalkInView) -> dict[str, Any]:
    left = rfc3339(one.out_ms) if one.out_ms is not None else None
    told = {"id": one.id, "name": one.name, "state": one.state}
    return told | {"came_at": rfc3339(one.in_ms), "left_at": left}


def _scan_told(scan: ScanView, names: dict[str, str]) -> dict[str, Any]:
    return {
        "scan_uuid": scan.scan_uuid,
        "outcome": scan.outcome,
        "code": scan.code,
        "name": names.get(scan.person_id or "", ""),
        "direction": scan.direction,
        "kind": scan.kind,
        "at": rfc3339(scan.at_ms),
        "title": words(scan.code or "").title,
        "sentence": sentence(scan.code or "", scan.facts),
    }


def _one(session_id: str) -> dict[str, Any]:
    meeting = meetings.own(db.session, session_id, actor())
    return session_told(Listed(meeting, queries.counts(db.session, [meeting.id])[meeting.id]))


class WordIn(Form):
    """What is said at the close besides the signature."""

    counted: int | None = Field(default=None, ge=0, le=5000)
    asked_at: Instant | None = None
    sent_at: Instant | None = None


def _word(moment: datetime) -> closing.Word:
    said = read(WordIn)
    if not (said.asked_at and said.sent_at):
        return closing.Word(said.counted)
    times = rules.Times(ms_of(said.asked_at), ms_of(said.sent_at), to_ms(moment))
    return closing.Word(said.counted, times.corrected_ms)


def _token() -> str:
    return request.headers.get("X-Screen-Token", "")[:80]
