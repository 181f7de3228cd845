"""Go to WeChat and come back signed in. The two GETs of the house that write: a state, and a sign-in."""

from __future__ import annotations

import logging
from urllib.parse import quote

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Conflict, Forbidden, Refused, Unavailable
from yanglao.outside import wechat_oauth as codes
from yanglao.outside.wechat_errors import WeChatFault
from yanglao.people import oauth
from yanglao.people import service as people
from yanglao.web.auth import actor_or_none, public
from yanglao.web.page import home_of
from yanglao.web.wechat.way import (
    BROWSER,
    BROWSER_LIFE_S,
    TRIES,
    arrive,
    browser,
    keep,
    local,
    refuse,
    settings,
    way,
)

bp = Blueprint("wechat_oauth", __name__)
log = logging.getLogger(__name__)
TRIES_LIFE_S = 120
MOST_TRIES = 2
ANEW = "/"  # where a state leads that is not this browser's: its own goal is nobody else's business
Answer = Response | tuple[str, int]


@bp.get("/wx/oauth/start")
@public
def start() -> Response:
    """Send the browser to WeChat with a fresh state; where to go on stays here."""
    there, moment = way(), now()
    word = browser() or oauth.random_word()
    path = local(request.args.get("next"))
    state = run(lambda: people.begin_oauth(db.session, word, path, now=moment))
    back = f"{settings().public_base_url.rstrip('/')}/wx/oauth/callback"
    response = redirect(there.authorize_url(back, state))
    return keep(response, BROWSER, word, life_s=BROWSER_LIFE_S)


@bp.get("/wx/oauth/callback")
@public
def callback() -> Answer:
    """Take the state, ask WeChat who came, sign them in or lead them to binding; never stay at an address with a code."""
    there, moment, word = way(), now(), browser()
    state, code = request.args.get("state", "")[:128], request.args.get("code", "")[:512]
    taken = run(lambda: people.take_state(db.session, state, word, code, now=moment))
    path = taken.next_path
    if taken.outcome == "foreign":
        return refuse(Forbidden("wechat.state_foreign"), ANEW)
    if taken.outcome == "reused":
        return refuse(Forbidden("wechat.state_used"), ANEW)
    if taken.outcome == "old":
        return _once_more(path)
    if not code:
        return refuse(Refused("wechat.not_agreed"), path)
    if taken.outcome == "again":
        return _came_before(code, path)
    try:
        visitor = there.api.exchange(code)
    except WeChatFault as fault:
        return _not_exchanged(fault, code, path)
    if visitor.snapshot:
        return refuse(Forbidden("wechat.snapshot"), path)
    run(
        lambda: people.keep_exchange(
            db.session, state, openid=visitor.openid, unionid=visitor.unionid, now=moment
        )
    )
    return _arrive(visitor.openid, path)


def _not_exchanged(fault: WeChatFault, code: str, path: str) -> Answer:
    fate = codes.fate(fault.code)
    if fate == codes.USED:
        return _came_before(code, path)
    if fate == codes.SPENT:
        return _once_more(path)
    if fate == codes.SETTINGS:
        log.error("web authorisation is refused: errcode %s", fault.code)
        return refuse(Unavailable("wechat.misconfigured"), path)
    return refuse(Unavailable("wechat.silent"), path)


def _arrive(openid: str, path: str) -> Response:
    """Sign in or lead to binding, and begin the count of tries anew."""
    response = arrive(openid, path)
    response.delete_cookie(TRIES)
    return response


def _came_before(code: str, path: str) -> Answer:
    """Answer a code that was exchanged before: reload, Back, or a redirect that came twice."""
    held = actor_or_none()
    if held is not None:
        return redirect(path or home_of(held))
    known = oauth.known_code(db.session, code, browser(), now=now())
    return _arrive(known.openid, path) if known is not None else _once_more(path)


def _once_more(path: str) -> Answer:
    """Go to WeChat for a fresh code, twice at most within two minutes; then say so instead of turning in circles."""
    held = actor_or_none()
    if held is not None:
        return redirect(path or home_of(held))
    given = request.cookies.get(TRIES, "")
    tries = int(given) if given in ("0", "1", "2") else 0
    if tries >= MOST_TRIES:
        return refuse(Conflict("wechat.in_circles"), path)
    response = redirect(f"/wx/oauth/start?next={quote(path)}")
    return keep(response, TRIES, str(tries + 1), life_s=TRIES_LIFE_S)
