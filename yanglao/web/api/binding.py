"""Bind the people of a class: the window of its code, the claims made in it, and what is said to them."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import current_app
from pydantic import BaseModel

from yanglao.classes import binding
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.outside import drawing
from yanglao.outside.qr_image import encode
from yanglao.people import photos
from yanglao.web.auth import actor, who
from yanglao.web.forms import Strict

bp = APIBlueprint("api_binding", __name__, url_prefix="/api/v1", tag="binding")


class ClaimOut(BaseModel):
    """A claim in a class's window. ``rivals`` others wait for the same name; ``holder`` has this WeChat already.

    ``photo``: where the approved photo of who is claimed to be is seen, to compare by eye.
    """

    id: str
    state: str
    person_id: str
    name: str
    roster_no: int | None
    made_at: str
    wrong_tries: int
    rivals: int
    holder: str
    photo: str | None


class WindowOut(BaseModel):
    """A class's window: ``state`` open or closed; what is open carries its address and how to draw it."""

    class_id: str
    class_name: str
    state: str
    url: str | None
    side: int | None
    path: str | None
    opened_at: str | None
    expires_at: str | None
    left_s: int
    bound: int
    expected: int
    claims: list[ClaimOut]


class AcceptBody(Strict):
    """Yes or no."""

    accept: bool


class StateOut(BaseModel):
    """What became of it: ``confirmed`` (bound), ``shared`` (the base must agree to a shared phone) or ``refused``."""

    state: str


@bp.get("/classes/<class_id>/binding-window")
@who("session.teach", "session.plan")
@bp.output(WindowOut)
def window(class_id: str) -> dict[str, Any]:
    """Return the class's window and who claims to be whom."""
    return desk_dict(binding.desk(db.session, class_id, now=now(), actor=actor()))


@bp.post("/classes/<class_id>/binding-window")
@who("session.teach", "session.plan")
@bp.output(WindowOut)
def open_window(class_id: str) -> dict[str, Any]:
    """Open the class's window, or prolong it while it is open."""
    moment, me = now(), actor()
    run(lambda: binding.open_window(db.session, class_id, now=moment, actor=me))
    return desk_dict(binding.desk(db.session, class_id, now=moment, actor=me))


@bp.post("/classes/<class_id>/binding-window/close")
@who("session.teach", "session.plan")
@bp.output(WindowOut)
def close_window(class_id: str) -> dict[str, Any]:
    """Close the class's window; what still waits in it ends."""
    moment, me = now(), actor()
    run(lambda: binding.close_window(db.session, class_id, now=moment, actor=me))
    return desk_dict(binding.desk(db.session, class_id, now=moment, actor=me))


@bp.post("/binding-claims/<claim_id>/decision")
@who("session.teach", "session.plan")
@bp.input(AcceptBody, arg_name="body")
@bp.output(StateOut)
def decide(claim_id: str, body: AcceptBody) -> dict[str, str]:
    """Confirm that it is them, or turn the claim down; of two claims on one name the first confirmed wins."""
    moment, me = now(), actor()
    return {
        "state": run(lambda: binding.decide(db.session, claim_id, accept=body.accept, now=moment, actor=me))
    }


def desk_dict(found: binding.Desk) -> dict[str, Any]:
    """Return what the instructor sees as the API gives it."""
    shown = found.window if found.window is not None and found.window.left_s and found.window.code else None
    base = current_app.config["SETTINGS"].short_base_url.rstrip("/")
    url = f"{base}/k/{shown.code}" if shown else None
    symbol = encode(url) if url else None
    asked = [one.claim.person_id for one in found.lines if one.claim.state == "waiting"]
    seen = photos.approved_among(db.session, asked)
    return {
        "class_id": found.own.id,
        "class_name": found.own.name,
        "state": "open" if shown else "closed",
        "url": url,
        "side": symbol.side if symbol else None,
        "path": drawing.path(symbol) if symbol else None,
        "opened_at": rfc3339(shown.opened_ms) if shown else None,
        "expires_at": rfc3339(shown.until_ms) if shown else None,
        "left_s": shown.left_s if shown else 0,
        "bound": found.bound,
        "expected": found.expected,
        "claims": [_claim(one, seen) for one in found.lines],
    }


def _claim(line: binding.ClaimLine, seen: set[str]) -> dict[str, Any]:
    one = line.claim
    shown = one.state == "waiting" and one.person_id in seen
    return {
        "id": one.id,
        "state": one.state,
        "person_id": one.person_id,
        "name": line.name,
        "roster_no": line.roster_no,
        "made_at": rfc3339(one.made_ms),
        "wrong_tries": one.wrong_count,
        "rivals": max(0, line.rivals) if one.state == "waiting" else 0,
        "holder": one.holder,
        "photo": f"/api/v1/people/{one.person_id}/photo" if shown else None,
    }
