"""Hand out the personal code of the moment and a few coming ones."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import jsonify

from yanglao.capture.attendance import arrivals, cards
from yanglao.capture.attendance.arrivals import Mine
from yanglao.capture.attendance.cards import Card, Code
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.outside import drawing
from yanglao.outside.qr_image import encode
from yanglao.web.auth import actor, who
from yanglao.web.forms import Strict
from yanglao.web.lists import part_of

bp = APIBlueprint("api_card", __name__, url_prefix="/api/v1", tag="scans")


class CodeOut(Strict):
    """A code and the time in which it is shown; ``path`` draws its symbol, ``side`` modules wide."""

    payload: str
    valid_from: str
    expires_at: str
    side: int
    path: str


class CardOut(CodeOut):
    """The code of now, and the stock for where there is no network."""

    stock: list[CodeOut]
    step_s: int
    server_time: str
    kept: bool


@bp.get("/me/card")
@who("learn.own")
@bp.output(CardOut)
def get_card() -> Any:
    """Return the personal code; changes nothing."""
    moment = now()
    return jsonify(told(cards.card(db.session, actor().person_id, now=moment), rfc3339(moment)))


@bp.post("/me/card")
@who("learn.own")
@bp.output(CardOut)
def post_card() -> Any:
    """Give the person a card number if there is none yet, then return the personal code."""
    moment, person_id = now(), actor().person_id
    run(lambda: cards.keep(db.session, [person_id], now=moment))
    return jsonify(told(cards.card(db.session, person_id, now=moment), rfc3339(moment)))


@bp.get("/me/attendance")
@who("learn.own")
def get_attendance() -> Any:
    """Return one's own offline sessions of today: when one came and left, and what comes next."""
    moment = now()
    mine = arrivals.today(db.session, actor().person_id, now=moment)
    return jsonify(part_of([_mine(one) for one in mine]) | {"server_time": rfc3339(moment)})


def _mine(one: Mine) -> dict[str, Any]:
    return {
        "id": one.meeting.id,
        "class_name": one.meeting.class_name,
        "title": one.meeting.title or one.meeting.segment_title,
        "venue": one.meeting.venue,
        "starts_at": rfc3339(one.meeting.starts_ms),
        "ends_at": rfc3339(one.meeting.ends_ms),
        "state": one.meeting.state,
        "in_at": rfc3339(one.in_ms) if one.in_ms is not None else None,
        "out_at": rfc3339(one.out_ms) if one.out_ms is not None else None,
        "out_assumed": one.out_assumed,
        "waiting": one.waiting,
        "direction": one.direction,
        "called_until": rfc3339(one.called_until_ms) if one.called_until_ms is not None else None,
        "asked": one.asked,
    }


def told(card: Card, server_time: str) -> dict[str, Any]:
    """Return a card as JSON."""
    return {
        **_code(card.now),
        "stock": [_code(one) for one in card.stock],
        "step_s": card.step_s,
        "server_time": server_time,
        "kept": card.kept,
    }


def _code(code: Code) -> dict[str, Any]:
    symbol = encode(code.payload)
    return {
        "payload": code.payload,
        "valid_from": rfc3339(code.valid_from_ms),
        "expires_at": rfc3339(code.expires_ms),
        "side": symbol.side,
        "path": drawing.path(symbol),
    }
