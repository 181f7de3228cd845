"""The tab 签到 and the page behind a room code."""

from __future__ import annotations

import secrets

from flask import Blueprint, current_app, make_response, redirect, request
from werkzeug.wrappers import Response

from yanglao.capture.attendance import arrivals, printed
from yanglao.kernel.clock import now, to_ms
from yanglao.kernel.db import db
from yanglao.kernel.wording import sentence, todo, words
from yanglao.people import photos
from yanglao.web.auth import actor, actor_or_none, in_wechat, own_host, public, way_in, who
from yanglao.web.page import page

bp = Blueprint("learn_card", __name__)
BROWSER = "yl_at"
BROWSER_LIFE_S = 86_400


@bp.get("/learn/card")
@who("learn.own")
def card() -> str:
    """Show the personal code large, and today's session; the script keeps both fresh."""
    me = actor()
    mine = arrivals.today(db.session, me.person_id, now=now())
    paper = printed.of_persons(db.session, [me.person_id]).get(me.person_id)
    pictured = photos.latest(db.session, me.person_id) is not None
    return page(
        "learn/card.html", mine=mine, paper=paper, pictured=pictured, shared=bool(me.extra.get("shared"))
    )


@bp.get("/c/<code>")
@public
def checkin(code: str) -> str | Response:
    """Show what a scanned room code is for. Changes nothing: the button sends the claim that is in the page.

    Who is not signed in gets a secret for this browser, and the claim is good there alone. A stranger within WeChat is
    led through it once, the claim goes along; who came back unknown gets a button. The short host of the codes only
    judges the moment and passes it on, for as long as the code itself could be passed on.
    """
    person, moment = actor_or_none(), now()
    own = own_host()
    browser = "" if own else request.cookies.get(BROWSER, "")[:64] or secrets.token_urlsafe(18)
    arrival = arrivals.arrive(
        db.session,
        code,
        kept=request.args.get("claim") or request.args.get("arrived", ""),
        person_id=person.person_id if person else None,
        browser=browser,
        now=moment,
    )
    refused = arrival.refusal or ""
    if own:
        return redirect(f"{own}/c/{code}?arrived={arrival.claim}")
    if person is None and in_wechat() and not refused and "claim" not in request.args:
        return _remembering(redirect(way_in(f"/c/{code}?claim={arrival.claim}")), browser)
    told = {"title": words(refused).title, "sentence": sentence(refused), "todo": todo(refused)}
    shown = page("learn/checkin.html", arrival=arrival, code=code, now_ms=to_ms(moment), refusal=told)
    return shown if person else _remembering(make_response(shown), browser)


def _remembering(response: Response, browser: str) -> Response:
    secure = current_app.config["SESSION_COOKIE_SECURE"] or request.is_secure
    response.set_cookie(
        BROWSER, browser, max_age=BROWSER_LIFE_S, secure=secure, httponly=True, samesite="Lax"
    )
    return response
