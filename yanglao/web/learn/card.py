"""The tab 签到 and the page behind a room code."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from yanglao.capture.attendance import arrivals
from yanglao.kernel.clock import now, to_ms
from yanglao.kernel.db import db
from yanglao.kernel.wording import sentence, todo, words
from yanglao.web.auth import actor, actor_or_none, in_wechat, public, way_in, who
from yanglao.web.page import page

bp = Blueprint("learn_card", __name__)


@bp.get("/learn/card")
@who("learn.own")
def card() -> str:
    """Show the personal code large, and today's session; the script keeps both fresh."""
    mine = arrivals.today(db.session, actor().person_id, now=now())
    return page("learn/card.html", mine=mine)


@bp.get("/c/<code>")
@public
def checkin(code: str) -> str | Response:
    """Show what a scanned room code is for. Changes nothing: the button sends the claim that is in the page.

    A stranger within WeChat is led through it once, the claim goes along; who came back unknown gets a button.
    """
    person, moment = actor_or_none(), now()
    arrival = arrivals.arrive(
        db.session,
        code,
        kept=request.args.get("claim", ""),
        person_id=person.person_id if person else None,
        now=moment,
    )
    refused = arrival.refusal or ""
    if person is None and in_wechat() and not refused and "claim" not in request.args:
        return redirect(way_in(f"/c/{code}?claim={arrival.claim}"))
    return page(
        "learn/checkin.html",
        arrival=arrival,
        code=code,
        now_ms=to_ms(moment),
        refusal={"title": words(refused).title, "sentence": sentence(refused), "todo": todo(refused)},
    )
