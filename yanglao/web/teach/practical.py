"""Pages of the assessor: whose practical work can be scored, and the score sheet on one page that works without network."""

from __future__ import annotations

from flask import Blueprint

from yanglao.capture.practical import queries
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of, now
from yanglao.kernel.db import db
from yanglao.web.auth import actor, who
from yanglao.web.page import page
from yanglao.web.practical_answers import list_dict

bp = Blueprint("teach_practical", __name__)


@bp.get("/teach/practical")
@who("practical.score")
def lists() -> str:
    """Show the classes whose practical work the caller may score."""
    me = actor()
    return page("teach/practical_lists.html", heads=queries.heads(db.session, me), me=me.person_id)


@bp.get("/teach/practical/<class_id>/<segment_id>")
@who("practical.score")
def sheet(class_id: str, segment_id: str) -> str:
    """Show the people of one list and the score sheet; the page goes on when the network goes."""
    me, moment = actor(), now()
    found = queries.score_list(db.session, class_id, segment_id, now=moment, actor=me)
    limits = policy.on(day_of(moment)).practical
    facts = list_dict(found) | {
        "me": me.person_id,
        "evidence_most": limits.evidence_most,
        "photo_side_px": limits.photo_side_px,
        "video_max_bytes": limits.video_max_bytes,
        "video_max_s": limits.video_max_s,
    }
    return page("teach/practical.html", found=found, facts=facts)
