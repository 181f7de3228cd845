"""请假: the page on which a trainee asks for leave from one session."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import redirect, request
from werkzeug.wrappers import Response

from yanglao.capture.attendance import leaves
from yanglao.classes import queries as classes
from yanglao.classes.queries import SessionUnknown
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Conflict, Refused
from yanglao.web.auth import actor, who
from yanglao.web.forms import Said, said
from yanglao.web.page import page

bp = APIBlueprint("learn_leave", __name__, url_prefix="/learn/leave", enable_openapi=False)


@bp.get("/<session_id>")
@who("learn.own")
def show(session_id: str) -> str:
    """Show the form, or what became of what was asked."""
    return _page(session_id, "", None)


@bp.post("/<session_id>")
@who("learn.own")
def ask(session_id: str) -> Response | tuple[str, int]:
    """Ask; what was typed stays where it is refused."""
    reason, moment, by = request.form.get("reason", "")[:200], now(), actor()
    try:
        run(lambda: leaves.ask(db.session, session_id, reason=reason, now=moment, actor=by))
    except (Refused, Conflict) as problem:
        told = said(problem)
        return _page(session_id, reason, told), told.status
    return redirect(f"/learn/leave/{session_id}", 303)


@bp.post("/<session_id>/withdraw")
@who("learn.own")
def withdraw(session_id: str) -> Response | tuple[str, int]:
    """Take the request back."""
    moment, by = now(), actor()
    try:
        run(lambda: leaves.withdraw(db.session, session_id, now=moment, actor=by))
    except Conflict as problem:
        told = said(problem)
        return _page(session_id, "", told), told.status
    return redirect(f"/learn/leave/{session_id}", 303)


def _page(session_id: str, reason: str, refusal: Said | None) -> str:
    meeting, me = classes.session_(db.session, session_id), actor().person_id
    if classes.enrolment_in(db.session, meeting.class_id, me) is None:
        raise SessionUnknown(session_id=session_id)
    held = leaves.own(db.session, session_id, me)
    return page("learn/leave.html", meeting=meeting, held=held, reason=reason, refusal=refusal)
