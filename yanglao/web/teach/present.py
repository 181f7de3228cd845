"""Who is really there: people who do not stand on the roster."""

from __future__ import annotations

from flask import Blueprint

from yanglao.capture.attendance import meetings
from yanglao.kernel.clock import now, to_ms
from yanglao.kernel.db import db
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = Blueprint("teach_present", __name__)


@bp.get("/teach/sessions/<session_id>/present")
@who("session.teach", "session.plan")
def present(session_id: str) -> str:
    """Show one session's proofs of presence and what may be asked for now."""
    meeting = meetings.own(db.session, session_id, actor())
    return page("teach/present.html", meeting=meeting, now_ms=to_ms(now()))
