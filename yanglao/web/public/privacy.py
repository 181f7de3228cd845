"""The privacy notice, for everybody and at any time."""

from __future__ import annotations

from flask import Blueprint

from yanglao.people.service import PRIVACY_VERSION
from yanglao.web.auth import public
from yanglao.web.page import page

bp = Blueprint("privacy", __name__)


@bp.get("/privacy")
@public
def privacy() -> str:
    """Show the present privacy notice."""
    return page("public/privacy.html", version=PRIVACY_VERSION)
