"""点名: draw people in mid-session who must show that they are there; a missed call is taken back by a person above."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from apiflask import APIBlueprint
from flask import jsonify
from pydantic import Field

from yanglao.capture.attendance import held_roll_calls, meetings, roll_call_queries, roll_calls, rules
from yanglao.capture.attendance.held_roll_calls import Held
from yanglao.capture.attendance.roll_call_queries import RollCallView
from yanglao.classes import queries as classes
from yanglao.kernel.clock import now, rfc3339, to_ms
from yanglao.kernel.db import db, run
from yanglao.people import queries as people
from yanglao.web.api.scans import Instant, ms_of
from yanglao.web.auth import actor, who
from yanglao.web.conduct import record
from yanglao.web.forms import Strict

bp = APIBlueprint("api_roll_calls", __name__, url_prefix="/api/v1", tag="sessions")


class HeldIn(Strict):
    """A roll call that a phone began without network: its own name for it, whom it drew, when it began and when it is sent."""

    call_uuid: str = Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")
    drawn: list[str] = Field(min_length=1, max_length=1000)
    captured_at: Instant
    sent_at: Instant


class RollCallIn(Strict):
    """How many of those in the room are drawn (null: all), and how long they have (null: as the policy says).

    ``held``: the phone had no network and has begun it already.
    """

    people: int | None = Field(default=None, ge=1, le=1000)
    within_s: int | None = None
    held: HeldIn | None = None


class ExcuseIn(Strict):
    """Whose missed call is taken back, and why."""

    enrolment_id: str = Field(max_length=26)
    reason: str = Field(default="", max_length=200)


class SeatOut(Strict):
    """One person drawn; ``method`` is how they answered."""

    enrolment_id: str
    name: str
    roster_no: int
    state: Literal["waiting", "here", "left", "missed", "excused"]
    answered_at: str | None
    method: str | None


class RollCallOut(Strict):
    """A roll call; who has not answered stands first."""

    id: str
    session_id: str
    started_at: str
    until_at: str
    settled_at: str | None
    present: int
    people: list[SeatOut]


class RollCallsOut(Strict):
    """The roll calls of a session, newest first."""

    items: list[RollCallOut]


@bp.post("/sessions/<session_id>/roll-calls")
@who("session.teach", "session.plan")
@bp.input(RollCallIn)
@bp.output(RollCallOut)
def post_roll_call(session_id: str, json_data: RollCallIn) -> Any:
    """Begin a roll call, or keep one that a phone ``held``: who is drawn answers by one more scan in, of the room code or of their card."""
    moment, by, body = now(), actor(), json_data
    if body.held is not None:
        told = _held(body.held, body.within_s, moment)
        found = run(lambda: held_roll_calls.take(db.session, session_id, told, now=moment, actor=by))
    else:
        given = {"people": body.people, "within_s": body.within_s}
        found = run(lambda: roll_calls.start(db.session, session_id, now=moment, actor=by, **given))
    return jsonify(roll_calls_told([found])[0])


@bp.get("/sessions/<session_id>/roll-calls")
@who("session.teach", "session.plan")
@bp.output(RollCallsOut)
def get_roll_calls(session_id: str) -> Any:
    """List the roll calls of a session one teaches or administers."""
    meetings.own(db.session, session_id, actor())
    return jsonify({"items": roll_calls_told(roll_call_queries.of_session(db.session, session_id))})


@bp.post("/roll-calls/<roll_call_id>/excuse")
@who("scan.decide")
@bp.input(ExcuseIn)
@bp.output(RollCallOut)
def post_excuse(roll_call_id: str, json_data: ExcuseIn) -> Any:
    """Take a missed call back, with the reason; who began the roll call, or is meant, cannot."""
    moment, by, body = now(), actor(), json_data
    found = record(
        lambda: roll_calls.excuse(
            db.session, roll_call_id, body.enrolment_id, reason=body.reason, now=moment, actor=by
        ),
        person_ids=lambda call: [
            one.person_id for one in call.seats if one.enrolment_id == body.enrolment_id
        ],
    )
    return jsonify(roll_calls_told([found])[0])


def _held(body: HeldIn, within_s: int | None, moment: datetime) -> Held:
    times = rules.Times(ms_of(body.captured_at), ms_of(body.sent_at), to_ms(moment))
    return Held(body.call_uuid, times, within_s, tuple(dict.fromkeys(body.drawn)))


def roll_calls_told(found: list[RollCallView]) -> list[dict[str, Any]]:
    """Return roll calls as JSON."""
    seats = [seat for one in found for seat in one.seats]
    known = people.persons(db.session, {seat.person_id for seat in seats})
    numbers = classes.enrolments(db.session, {seat.enrolment_id for seat in seats})
    return [
        {
            "id": one.id,
            "session_id": one.session_id,
            "started_at": rfc3339(one.started_ms),
            "until_at": rfc3339(one.until_ms),
            "settled_at": rfc3339(one.settled_ms) if one.settled_ms is not None else None,
            "present": one.present,
            "people": [
                {
                    "enrolment_id": seat.enrolment_id,
                    "name": known[seat.person_id].name,
                    "roster_no": numbers[seat.enrolment_id].roster_no,
                    "state": seat.state,
                    "answered_at": rfc3339(seat.answered_ms) if seat.answered_ms is not None else None,
                    "method": seat.method,
                }
                for seat in one.seats
            ],
        }
        for one in found
    ]
