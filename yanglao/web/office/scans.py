"""The page on which scans that wait are accepted or refused."""

from __future__ import annotations

from flask import Blueprint

from yanglao.capture.attendance import lists
from yanglao.kernel.db import db
from yanglao.kernel.wording import sentence
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = Blueprint("office_scans", __name__)


@bp.get("/office/scans")
@who("scan.decide")
def scans() -> str:
    """Show what waits within one's reach, oldest first, each with what it claims and why it waits."""
    found = lists.waiting(db.session, actor())
    return page(
        "office/scans.html", rows=[(one, sentence(one.scan.code or "", one.scan.facts)) for one in found]
    )
