"""The office's notice for a class's WeChat group, and whom to telephone."""

from __future__ import annotations

from flask import Blueprint

from yanglao.web import notices
from yanglao.web.auth import who
from yanglao.web.page import page

bp = Blueprint("office_notices", __name__)


@bp.get("/office/classes/<class_id>/notice")
@who("session.plan")
def notice(class_id: str) -> str:
    """Show the notice of a class as picture and text."""
    return page("office/notice.html", **notices.notice_page(class_id))


@bp.get("/office/classes/<class_id>/calls")
@who("session.plan")
def calls(class_id: str) -> str:
    """Show whom to telephone, under what they lack; it prints on paper."""
    return page("office/calls.html", **notices.calls_page(class_id))
