"""The instructor's page of a class's binding window: the code, and who asks to be let in."""

from __future__ import annotations

from flask import Blueprint

from yanglao.classes import binding
from yanglao.kernel.clock import now
from yanglao.kernel.db import db
from yanglao.web.auth import actor, wechat_on, who
from yanglao.web.page import page

bp = Blueprint("teach_binding", __name__)


@bp.get("/teach/classes/<class_id>/binding")
@who("session.teach", "session.plan")
def desk(class_id: str) -> str:
    """Show the window of a class; its script keeps it up to date by the API."""
    found = binding.desk(db.session, class_id, now=now(), actor=actor())
    return page("teach/binding.html", own=found.own, desk=found, set_up=wechat_on())
