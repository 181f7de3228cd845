"""The front door."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from yanglao.web.auth import public
from yanglao.web.page import page

bp = Blueprint("home", __name__)


@bp.get("/")
@public
def home() -> str:
    """Say what this is and where to go."""
    return page("public/home.html")


@bp.get("/favicon.ico")
@public
def favicon() -> Response:
    """Lead browsers that ask without being told to the icon."""
    return redirect(f"{request.script_root}/static/shared/favicon.svg", 301)
