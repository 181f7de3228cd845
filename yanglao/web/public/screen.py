"""The PC that waits to be made a session's screen."""

from __future__ import annotations

from flask import Blueprint

from yanglao.web.auth import public
from yanglao.web.page import page

bp = Blueprint("public_screen", __name__)


@bp.get("/screen")
@public
def screen() -> str:
    """Show a page whose script enrols this PC, waits to be bound and then shows the rotating code."""
    return page("public/screen.html")
