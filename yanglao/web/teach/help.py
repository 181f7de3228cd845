"""The page of a phone that helps to scan at one session; nobody signs in there."""

from __future__ import annotations

from flask import Blueprint

from yanglao.capture.attendance import assisting
from yanglao.kernel.clock import now
from yanglao.kernel.db import db
from yanglao.kernel.errors import NotFound
from yanglao.web.auth import public
from yanglao.web.page import page

bp = Blueprint("teach_help", __name__)


@bp.get("/teach/help/<code>")
@public
def show(code: str) -> str:
    """Ask whether this phone is to help; used codes show the scanning to the phone that used them, to others that they are used."""
    try:
        meeting = assisting.invited_to(db.session, code, now=now())
    except NotFound:
        meeting = None
    return page("teach/help.html", meeting=meeting, code=code)
