"""实操考核: a trainee's own results, item by item, once they stand."""

from __future__ import annotations

from apiflask import APIBlueprint

from yanglao.capture.practical import queries
from yanglao.capture.service import own_enrolment
from yanglao.kernel.db import db
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = APIBlueprint("learn_practical", __name__, url_prefix="/learn/hours", enable_openapi=False)


@bp.get("/<enrolment_id>/practical")
@who("learn.own")
def results(enrolment_id: str) -> str:
    """Show the results of an own enrolment, the newest first."""
    own = own_enrolment(db.session, enrolment_id, actor())
    return page("learn/practical.html", found=queries.of_enrolment(db.session, own.id))
