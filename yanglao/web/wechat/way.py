"""Know the way to WeChat, the browser that went there, and whom WeChat named in it."""

from __future__ import annotations

from urllib.parse import quote

from flask import current_app, redirect, request
from werkzeug.wrappers import Response

from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Problem, Unauthenticated
from yanglao.outside.wechat import Door, NotSetUp
from yanglao.people import oauth, wechat
from yanglao.people import service as people
from yanglao.settings import Settings
from yanglao.web import forms
from yanglao.web.auth import actor_or_none, hand_cookie, label_of_browser, oauth_start
from yanglao.web.page import home_of, page

BROWSER = "yl_wx"
TRIES = "yl_wx_tries"
BROWSER_LIFE_S = 86_400
MOST_PATH = 1900


class VisitOver(Unauthenticated):
    """Say that WeChat named nobody in this browser within the last half hour."""

    code = "wechat.visit_over"


def settings() -> Settings:
    """Return the settings of the house."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def way() -> Door:
    """Return the door to WeChat. Raises NotSetUp where no service account is configured."""
    found: Door = current_app.extensions["wechat"]
    if not found.on:
        raise NotSetUp()
    return found


def local(path: str | None) -> str:
    """Return ``path`` when it is one of our own pages to go on to, else nothing; the way itself is no goal."""
    found = forms.safe_next(path, "")
    return "" if len(found) > MOST_PATH or found.startswith("/wx/oauth/") else found


def browser() -> str:
    """Return the secret of this browser from before sign-in, or nothing."""
    return request.cookies.get(BROWSER, "")[:64]


def keep(response: Response, name: str, value: str, *, life_s: int) -> Response:
    """Hand a cookie that no script reads; Lax, since the way back from WeChat begins on another site."""
    secure = current_app.config["SESSION_COOKIE_SECURE"] or request.is_secure
    response.set_cookie(name, value, max_age=life_s, secure=secure, httponly=True, samesite="Lax")
    return response


def visit() -> oauth.Visit | None:
    """Return whom WeChat named in this browser within half an hour, None before going there."""
    return oauth.visit(db.session, browser(), now=now())


def visitor() -> oauth.Visit:
    """Return whom WeChat named in this browser. Raises VisitOver."""
    found = visit()
    if found is None:
        raise VisitOver()
    return found


def to_wechat(path: str) -> Response:
    """Lead through WeChat and on to ``path``."""
    return redirect(oauth_start(path))


def enter(person_id: str, path: str, *, status: int = 302) -> Response:
    """Sign a WeChat user in as their person and lead on; who is signed in here already stays so."""
    before, moment = actor_or_none(), now()
    if before is not None and before.person_id == person_id:
        return redirect(path or home_of(before), status)

    def act() -> people.SignedIn:
        if before is not None:
            people.sign_out(db.session, now=moment, actor=before)
        return people.let_in(
            db.session,
            person_id,
            client="wechat",
            via="wechat",
            device_label=label_of_browser(),
            now=moment,
        )

    found = run(act)
    response = redirect(path or home_of(found.actor), status)
    hand_cookie(response, found.token)
    return response


def arrive(openid: str, path: str, *, status: int = 302) -> Response:
    """Sign a known WeChat user in, let two who share it say who they are, lead an unknown one to binding.

    Who came by a slip or a class's code goes on there.
    """
    held, known = actor_or_none(), wechat.persons_of(db.session, way().app_id, openid)
    if not known:
        on = path.startswith(("/b/", "/k/"))
        return redirect(path if on else f"/wx/bind?next={quote(path)}", status)
    if path.startswith("/k/") or (path.startswith("/b/") and len(known) > 1):
        return redirect(path, status)
    if len(known) == 1:
        return enter(known[0], path, status=status)
    if held is not None and held.person_id in known:
        return enter(held.person_id, path, status=status)
    return redirect(f"/wx/choose?next={quote(path)}", status)


def person_here(found: oauth.Visit) -> str | None:
    """Return the id of the person to whom the named WeChat user is bound, or None."""
    return wechat.person_of(db.session, way().app_id, found.openid)


def refuse(problem: Problem, path: str = "", *, again: bool = True) -> tuple[str, int]:
    """Say on a page of its own why it does not go on; ``again`` offers to go through WeChat once more."""
    told = forms.said(problem)
    return page("public/wx_refused.html", told=told, again=oauth_start(path) if again else ""), problem.status
