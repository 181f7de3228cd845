"""After binding: say that it is done and what to do next; a photo, for who likes."""

from __future__ import annotations

from flask import Blueprint

from yanglao.kernel.db import db
from yanglao.people import photos, queries
from yanglao.web.auth import actor, who
from yanglao.web.page import home_of, page

bp = Blueprint("wechat_welcome", __name__)


@bp.get("/wx/welcome")
@who("signed_in")
def welcome() -> str:
    """Say who is bound now, and lead to where the person's work begins."""
    held = actor()
    one = queries.person(db.session, held.person_id)
    return page("public/wx_welcome.html", one=one, home=home_of(held))


@bp.get("/wx/photo")
@who("signed_in")
def photo() -> str:
    """Show one's own photo, to take one, another one, or none."""
    held = actor()
    return page("public/wx_photo.html", shown=photos.latest(db.session, held.person_id), home=home_of(held))
