"""Who is really there: roll calls, and people who do not stand on the roster."""

from __future__ import annotations

from flask import Blueprint

from yanglao.capture.attendance import meetings
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of, now, to_ms
from yanglao.kernel.db import db
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = Blueprint("teach_present", __name__)


@bp.get("/teach/sessions/<session_id>/present")
@who("session.teach", "session.plan")
def present(session_id: str) -> str:
    """Show one session's proofs of presence and what may be asked for now."""
    meeting = meetings.own(db.session, session_id, actor())
    moment = now()
    limits = policy.on(day_of(moment)).attendance
    choices = sorted({limits.roll_call_least_s, limits.roll_call_s, limits.roll_call_most_s})
    return page("teach/present.html", meeting=meeting, now_ms=to_ms(moment), limits=limits, choices=choices)
