"""请假: ask for leave from a session, list what was asked, decide."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from flask import jsonify, request
from pydantic import Field

from yanglao.capture.attendance import leaves, lists
from yanglao.capture.attendance.leaves import LeaveView
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.people import queries as people
from yanglao.web.auth import actor, who
from yanglao.web.forms import Strict

bp = APIBlueprint("api_leaves", __name__, url_prefix="/api/v1", tag="sessions")


class LeaveIn(Strict):
    """Why somebody cannot come."""

    reason: str = Field(max_length=200)


class LeaveDecisionIn(Strict):
    """Whether leave is granted, and why not."""

    accept: bool
    reason: str = Field(default="", max_length=200)


class LeaveOut(Strict):
    """Leave that was asked for."""

    id: str
    session_id: str
    enrolment_id: str
    name: str
    reason: str
    state: Literal["pending", "granted", "refused", "withdrawn"]
    asked_at: str
    decided_at: str | None
    decision_reason: str


class LeavesOut(Strict):
    """What was asked for, what waits first."""

    items: list[LeaveOut]


@bp.post("/sessions/<session_id>/leave")
@who("learn.own")
@bp.input(LeaveIn)
@bp.output(LeaveOut)
def post_leave(session_id: str, json_data: LeaveIn) -> Any:
    """Ask for leave from a session of one's own class; asking again while it stands gives the same."""
    moment, by, reason = now(), actor(), json_data.reason
    found = run(lambda: leaves.ask(db.session, session_id, reason=reason, now=moment, actor=by))
    return jsonify(leaves_told([found])[0])


class OwnLeaveOut(Strict):
    """The newest leave one asked for from a session, or none."""

    leave: LeaveOut | None


@bp.get("/sessions/<session_id>/leave")
@who("learn.own")
@bp.output(OwnLeaveOut)
def get_own_leave(session_id: str) -> Any:
    """Return what became of the leave one asked for from a session of one's own class."""
    held = leaves.own(db.session, session_id, actor().person_id)
    return jsonify({"leave": leaves_told([held])[0] if held else None})


@bp.post("/sessions/<session_id>/leave/withdraw")
@who("learn.own")
@bp.output(LeaveOut)
@bp.doc(responses=[404, 409])
def post_withdraw(session_id: str) -> Any:
    """Take the leave one asked for back, before anybody has decided on it."""
    moment, by = now(), actor()
    found = run(lambda: leaves.withdraw(db.session, session_id, now=moment, actor=by))
    return jsonify(leaves_told([found])[0])


@bp.get("/leaves")
@who("session.teach", "session.plan")
@bp.output(LeavesOut)
def get_leaves() -> Any:
    """List the leave asked for from the sessions one teaches or administers; with ``session_id`` from one of them."""
    wanted = request.args.get("session_id", "")
    listed = [one.meeting.id for one in lists.listed(db.session, actor())]
    rooms = [one for one in listed if wanted in ("", one)]
    return jsonify({"items": leaves_told(leaves.of_sessions(db.session, rooms))})


@bp.post("/leaves/<leave_id>/decision")
@who("session.teach", "session.plan")
@bp.input(LeaveDecisionIn)
@bp.output(LeaveOut)
def post_decision(leave_id: str, json_data: LeaveDecisionIn) -> Any:
    """Grant or refuse leave, as the instructor of the session or an administrator of its base."""
    moment, by, given = now(), actor(), json_data.model_dump()
    found = run(lambda: leaves.decide(db.session, leave_id, now=moment, actor=by, **given))
    return jsonify(leaves_told([found])[0])


def leaves_told(found: list[LeaveView]) -> list[dict[str, Any]]:
    """Return leave as JSON."""
    known = people.persons(db.session, {one.person_id for one in found})
    return [
        {
            "id": one.id,
            "session_id": one.session_id,
            "enrolment_id": one.enrolment_id,
            "name": known[one.person_id].name,
            "reason": one.reason,
            "state": one.state,
            "asked_at": rfc3339(one.asked_ms),
            "decided_at": rfc3339(one.decided_ms) if one.decided_ms is not None else None,
            "decision_reason": one.decision_reason,
        }
        for one in found
    ]
