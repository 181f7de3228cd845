"""The instructor's notice for the class's WeChat group, and whom to telephone."""

from __future__ import annotations

from flask import Blueprint

from yanglao.web import notices
from yanglao.web.auth import who
from yanglao.web.page import page

bp = Blueprint("teach_notices", __name__)


@bp.get("/teach/classes/<class_id>/notice")
@who("session.teach", "session.plan")
def notice(class_id: str) -> str:
    """Show the notice of a class as picture and text."""
    return page("teach/notice.html", **notices.notice_page(class_id))


@bp.get("/teach/classes/<class_id>/calls")
@who("session.teach", "session.plan")
def calls(class_id: str) -> str:
    """Show whom to telephone, under what they lack."""
    return page("teach/calls.html", **notices.calls_page(class_id))
