"""The page on which scans that wait are accepted or refused."""

from __future__ import annotations

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from yanglao.capture.attendance import leaves, lists, mark_photos, walk_in_photos, walk_ins
from yanglao.kernel.clock import now
from yanglao.kernel.db import db
from yanglao.kernel.wording import sentence
from yanglao.people import queries as people
from yanglao.web.auth import actor, who
from yanglao.web.material import Linking
from yanglao.web.page import page

bp = Blueprint("office_scans", __name__)


@bp.get("/office/scans")
@who("scan.decide")
def scans() -> str:
    """Show what waits within one's reach, oldest first, each with what it claims and why it waits, leave, and walk-ins."""
    found = lists.waiting(db.session, actor())
    rooms = {one.meeting.id: one.meeting for one in lists.listed(db.session, actor())}
    asked = [one for one in leaves.of_sessions(db.session, rooms) if one.state == "pending"]
    came = walk_ins.of_sessions(db.session, rooms, state="pending")
    names = people.persons(db.session, {one.person_id for one in asked} | {one.recorded_by for one in came})
    return page(
        "office/scans.html",
        together=lists.together(found),
        rows=[(one, sentence(one.scan.code or "", one.scan.facts)) for one in found],
        leaves=[(one, rooms[one.session_id], names[one.person_id].name) for one in asked],
        walk_ins=[(one, rooms[one.session_id], names[one.recorded_by]) for one in came],
        faces=walk_in_photos.having(db.session, {one.session_id for one in came}, now=now()),
        me=actor().person_id,
        photos=mark_photos.having(db.session, [one.scan.scan_uuid for one in found], now=now()),
    )


@bp.get("/office/scans/<scan_uuid>/photo")
@who("scan.decide", "evidence.read")
def photo(scan_uuid: str) -> Response:
    """Lead to the photo of a mark by hand by a link that is good for the reader alone and for a while."""
    me, moment = actor(), now()
    file_id = mark_photos.file_of(db.session, scan_uuid, now=moment, actor=me)
    return redirect(str(Linking(me.person_id, moment).file(file_id)), 303)


@bp.get("/office/walk-ins/<walk_in_id>/photo")
@who("late.request")
def walk_in_photo(walk_in_id: str) -> Response:
    """Lead to the photo of a walk-in, as ``photo`` does."""
    me, moment = actor(), now()
    file_id = walk_in_photos.file_of(db.session, walk_in_id, now=moment, actor=me)
    return redirect(str(Linking(me.person_id, moment).file(file_id)), 303)
