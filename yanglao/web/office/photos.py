"""Photos that wait for the base: big, beside the name, decided by a key each."""

from __future__ import annotations

from flask import Blueprint

from yanglao.kernel.db import db
from yanglao.people import photos
from yanglao.people import queries as people
from yanglao.people.roles import scope_of
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = Blueprint("office_photos", __name__, url_prefix="/office")


@bp.get("/photos")
@who("people.manage")
def waiting() -> str:
    """Show the photos that wait within one's scope, the oldest first; of oneself or by oneself are another's to decide."""
    me = actor()
    found = photos.to_decide(db.session, scope_of(me.grants, "people.manage"), actor=me)
    takers = people.persons(db.session, {one.taken_by for one in found if one.taken_by})
    return page("office/photos.html", photos=found, takers=takers)
