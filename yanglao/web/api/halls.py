"""Say how a session's hall looks: how its screens show names, what its close notes, and who signed."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from flask import Response, jsonify, send_file

from yanglao.capture.attendance import closing, meetings, screens
from yanglao.classes import queries as classes
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.people import queries as people
from yanglao.web.auth import actor, who
from yanglao.web.forms import Strict

bp = APIBlueprint("api_halls", __name__, url_prefix="/api/v1", tag="sessions")


class ShowIn(Strict):
    """How the screens of a session show the names of those who come in."""

    names: Literal["full", "masked", "none"]


class ShowOut(Strict):
    """How names are shown, and on how many screens."""

    names: str
    screens: int


class ReportOut(Strict):
    """Planned against held, in seconds and people; ``without_sign_out`` are names. ``signature``: where it is shown.

    ``signature_expired``: it was deleted when its time was over; its hash stands in the ledger. ``counted``: heads, as the instructor
    counted them at the close; ``asked_at``: when the phone asked for the close, where that got here later.
    """

    state: str
    planned_s: int
    held_s: int
    expected: int
    headcount: int
    without_sign_out: list[str]
    by_hand: int
    refused: int
    waiting: int
    signature: str | None
    signature_expired: bool
    counted: int | None
    asked_at: str | None


@bp.get("/sessions/<session_id>/show")
@who("session.teach", "session.plan")
@bp.output(ShowOut)
def get_show(session_id: str) -> Any:
    """Return how the screens of a session show names, and how many screens there are."""
    meetings.own(db.session, session_id, actor())
    return jsonify(_shown(session_id))


@bp.put("/sessions/<session_id>/show")
@who("session.teach", "session.plan")
@bp.input(ShowIn)
@bp.output(ShowOut)
def put_show(session_id: str, json_data: ShowIn) -> Any:
    """Say how the screens of a session show names."""
    moment, by = now(), actor()
    run(lambda: screens.show_names(db.session, session_id, json_data.names, now=moment, actor=by))
    return jsonify(_shown(session_id))


@bp.get("/sessions/<session_id>/report")
@who("session.teach", "session.plan")
@bp.output(ReportOut)
def get_report(session_id: str) -> Any:
    """Return planned against held: as of now, or of a closed session as its close noted it."""
    meeting = meetings.own(db.session, session_id, actor())
    found = closing.report(db.session, meeting, now=now())
    rows = classes.enrolments(db.session, list(found.variance.without_sign_out))
    known = people.persons(db.session, [row.person_id for row in rows.values()])
    told = closing.noted(found.variance)
    told["without_sign_out"] = [known[row.person_id].name for row in rows.values()]
    shown = found.signature_file and not found.expired
    signed = f"/api/v1/sessions/{meeting.id}/signature" if shown else None
    asked_ms = found.word.asked_ms
    said = {"counted": found.word.counted, "asked_at": rfc3339(asked_ms) if asked_ms is not None else None}
    return jsonify(
        told | said | {"state": meeting.state, "signature": signed, "signature_expired": found.expired}
    )


@bp.get("/sessions/<session_id>/signature")
@who("session.teach", "session.plan")
@bp.doc(summary="Show the signature under a closed session", responses=[404])
def get_signature(session_id: str) -> Response:
    """Send the signature under a closed session."""
    meeting = meetings.own(db.session, session_id, actor())
    found = closing.signature(db.session, meeting, now=now())
    response = send_file(found.path, mimetype=found.media_type)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _shown(session_id: str) -> dict[str, Any]:
    return {
        "names": screens.names(db.session, session_id),
        "screens": screens.bound(db.session, session_id),
    }
