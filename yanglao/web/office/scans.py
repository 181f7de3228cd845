"""The page on which scans that wait are accepted or refused."""

from __future__ import annotations

from flask import Blueprint

from yanglao.capture.attendance import leaves, lists
from yanglao.kernel.db import db
from yanglao.kernel.wording import sentence
from yanglao.people import queries as people
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = Blueprint("office_scans", __name__)


@bp.get("/office/scans")
@who("scan.decide")
def scans() -> str:
    """Show what waits within one's reach, oldest first, each with what it claims and why it waits, and leave that was asked for."""
    found = lists.waiting(db.session, actor())
    rooms = {one.meeting.id: one.meeting for one in lists.listed(db.session, actor())}
    asked = [one for one in leaves.of_sessions(db.session, rooms) if one.state == "pending"]
    names = people.persons(db.session, {one.person_id for one in asked})
    return page(
        "office/scans.html",
        rows=[(one, sentence(one.scan.code or "", one.scan.facts)) for one in found],
        leaves=[(one, rooms[one.session_id], names[one.person_id].name) for one in asked],
    )
