"""Know who asks: cookie or bearer token, the same sign-in row behind both; hold every view to its permission.

Every view carries ``@who("<permission>", …)`` (any of them is enough) or ``@public``; what carries neither is not
served. The marks are judged before the view and its parsing run.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from flask import Flask, Response, current_app, g, redirect, request, session
from werkzeug.wrappers import Response as AnyResponse

from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, now
from yanglao.kernel.db import db, read_only, run
from yanglao.kernel.errors import Forbidden, Problem, Unauthenticated
from yanglao.people import service as people
from yanglao.people.roles import may
from yanglao.web import guards, lately

log = logging.getLogger(__name__)
COOKIE = "yl_session"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
NOT_BODIES = frozenset({"application/x-www-form-urlencoded", "text/plain"})
UNMARKED = ("static", "openapi.")
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Rule:
    """What a view asks of its caller. ``early``: also before consent and before a one-time password is changed.

    ``signed``: another machine calls it and signs what it sends, so there is no token of a browser's to look for.
    ``lately``: who asks may be known from up to a minute ago; the view checks in its own transaction that the sign-in stands.
    """

    public: bool = False
    signed: bool = False
    permissions: tuple[str, ...] = ()
    early: bool = False
    lately: bool = False


class ConsentMissing(Forbidden):
    """Say that the privacy notice has not been agreed to."""

    code = "consent.required"


class PasswordMustChange(Forbidden):
    """Say that a one-time password is to be changed first."""

    code = "password.must_change"


class WrongType(Problem):
    """Say that a body is a form or plain text where JSON is asked for (415)."""

    status = 415
    code = "content.wrong_type"


def who(*permissions: str, early: bool = False, lately: bool = False) -> Callable[[View], View]:
    """Mark a view: any of ``permissions`` is enough."""

    def mark(view: View) -> View:
        view.rule = Rule(permissions=permissions, early=early, lately=lately)  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Mark a view that anybody may call; a signed-in caller is known there too."""
    view.rule = Rule(public=True)  # type: ignore[attr-defined]
    return view


def signed_by_sender(view: View) -> View:
    """Mark a view that another machine calls; the view itself checks the signature before anything else."""
    view.rule = Rule(public=True, signed=True)  # type: ignore[attr-defined]
    return view


def rule_of(endpoint: str) -> Rule | None:
    """Return the mark of the view behind ``endpoint``, None when it carries none."""
    return getattr(current_app.view_functions.get(endpoint), "rule", None)


def actor() -> Actor:
    """Return who asks. Raises Unauthenticated."""
    held: Actor | None = g.get("actor")
    if held is None:
        raise Unauthenticated()
    return held


def actor_or_none() -> Actor | None:
    """Return who asks, None for a stranger."""
    return g.get("actor")


def is_api() -> bool:
    """Tell whether a machine asks: under /api everything is JSON."""
    return request.path.startswith("/api/")


def begin(
    phone: str, password: str, *, carrier: str, client: str, device_label: str, device: str = ""
) -> people.SignedIn:
    """Sign a person in; a wrong try is counted and committed before it is refused.

    Raises:
        WrongSignIn, Locked.
    """
    moment = now()
    checked = people.check(db.session, phone, password)
    found = run(
        lambda: people.enter(
            db.session,
            checked,
            carrier=carrier,
            client=client,
            device_label=device_label,
            device_uuid=device,
            now=moment,
        )
    )
    if isinstance(found, Problem):
        raise found
    return found


def hand_cookie(response: AnyResponse, token: str) -> None:
    """Give the browser its sign-in, and forget what it had as a stranger."""
    session.clear()
    life_days = policy.on(day_of(now())).sign_in.life_days
    secure = current_app.config["SESSION_COOKIE_SECURE"] or request.is_secure
    response.set_cookie(
        COOKIE, token, max_age=life_days * 86400, secure=secure, httponly=True, samesite="Lax"
    )


def drop_cookie(response: AnyResponse) -> None:
    """Take the browser's sign-in back."""
    session.clear()
    response.delete_cookie(
        COOKIE, secure=current_app.config["SESSION_COOKIE_SECURE"], httponly=True, samesite="Lax"
    )


def client_of_browser(said: str = "") -> str:
    """Return ``wechat`` inside WeChat; else ``app`` when the page says that it stands in a window of its own, or ``pc``."""
    if "MicroMessenger" in request.user_agent.string:
        return "wechat"
    return "app" if said == "app" else "pc"


def _as_used(held: Actor | None, carrier: str) -> Actor | None:
    """Return the actor with the end the page says it is, header ``X-Client``: app and browser share one sign-in."""
    said = request.headers.get("X-Client", "")
    if held is None or carrier != "cookie" or said not in ("app", "pc") or held.client == "wechat":
        return held
    return replace(held, client=client_of_browser(said))


# What marks a device or a browser in its User-Agent, the most telling first.
DEVICES = (
    ("iPhone", "苹果手机"),
    ("iPad", "苹果平板"),
    ("OpenHarmony", "鸿蒙手机"),
    ("HarmonyOS", "鸿蒙手机"),
    ("Android", "安卓手机"),
    ("Windows", "Windows 电脑"),
    ("Macintosh", "苹果电脑"),
)
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("360SE", "360 浏览器"),
    ("360EE", "360 浏览器"),
    ("QIHU", "360 浏览器"),
    ("QQBrowser", "QQ 浏览器"),
    ("Edg", "Edge 浏览器"),
    ("Firefox", "火狐浏览器"),
    ("Chrome", "谷歌内核浏览器"),
    ("Safari", "苹果浏览器"),
)


def label_of_browser(said: str = "") -> str:
    """Return how a person would call this device: 安卓手机 · 微信; an installed app is 安卓手机 · 手机应用."""
    text = request.user_agent.string
    device = next((name for mark, name in DEVICES if mark in text), "电脑")
    browser = next((name for mark, name in BROWSERS if mark in text), "浏览器")
    return f"{device} · {'手机应用' if client_of_browser(said) == 'app' else browser}"


def wechat_on() -> bool:
    """Tell whether a service account of WeChat is configured."""
    return bool(current_app.extensions["wechat"].on)


def in_wechat() -> bool:
    """Tell whether this is a page inside WeChat that can sign in through it."""
    return client_of_browser() == "wechat" and wechat_on()


def oauth_start(path: str) -> str:
    """Return the address that leads through WeChat and on to ``path``; always on the host whose cookies count."""
    settings = current_app.config["SETTINGS"]
    host = settings.public_base_url if settings.short_base_url != settings.public_base_url else ""
    return f"{host}/wx/oauth/start?next={quote(path)}"


def own_host() -> str:
    """Return the address of the host whose cookies count when this was asked on the short one of the codes, else nothing."""
    settings = current_app.config["SETTINGS"]
    short, own = (urlsplit(base).netloc for base in (settings.short_base_url, settings.public_base_url))
    return str(settings.public_base_url).rstrip("/") if request.host == short != own else ""


def way_in(path: str) -> str:
    """Return where a stranger signs in to go on to ``path``: within WeChat through WeChat, elsewhere by password."""
    if in_wechat():
        return oauth_start(path)
    return f"{own_host()}/sign-in?next={quote(path)}"


def init_app(app: Flask) -> None:
    """Judge every request before its view; note on writes that the device was seen."""
    settings = app.config["SETTINGS"]
    guards.init_app(app, settings)

    @app.before_request
    def _judge() -> AnyResponse | None:
        read_only(True)
        g.pop(
            "csrf_token", None
        )  # where requests share a context (tests), a token is never another browser's
        held, g.carrier = _resolve()
        g.actor = _as_used(held, g.carrier)
        if request.endpoint is None or request.endpoint.startswith(UNMARKED):
            return None
        if is_api() and request.mimetype in NOT_BODIES and request.method not in SAFE:
            raise WrongType(given=request.mimetype)
        return _admit(rule_of(request.endpoint))

    @app.after_request
    def _seen(response: Response) -> Response:
        held = g.get("actor")
        if held is not None and request.method not in SAFE and response.status_code < 500:
            _note_seen(held)
        return response

    @app.teardown_request
    def _leave(_fault: BaseException | None) -> None:
        read_only(False)

    guards.init_limits(app, settings)


def _note_seen(held: Actor) -> None:
    """Note that the device was seen; what was answered stands even when this cannot be written now."""
    moment = now()
    if not people.touch_due(held, moment):
        return
    try:
        run(lambda: people.touch(db.session, held.sign_in_id, now=moment))
    except Exception:
        log.exception("a device's last sight was not kept")


def _resolve() -> tuple[Actor | None, str]:
    given = request.headers.get("Authorization", "")
    if given:
        scheme, _, token = given.partition(" ")
        return (_holder(token.strip()) if scheme.lower() == "bearer" else None), "bearer"
    cookie = request.cookies.get(COOKIE, "")
    if not cookie or request.path.startswith("/static/"):
        return None, ""
    return _holder(cookie), "cookie"


def _holder(token: str) -> Actor | None:
    rule, moment = rule_of(request.endpoint) if request.endpoint else None, now()
    if rule is None or not rule.lately:
        return people.resolve(db.session, token, moment)
    found = lately.recall(token)
    if found is None:
        found = people.resolve(db.session, token, moment)
        db.session.rollback()
        if found is not None and not people.touch_due(found, moment):
            lately.remember(token, found)
    elif people.touch_due(found, moment):
        lately.forget(token)
    return found


def _admit(rule: Rule | None) -> AnyResponse | None:
    if rule is None:
        raise Forbidden("route.unmarked")
    if rule.public:
        if request.method not in SAFE and not is_api() and not rule.signed:
            guards.check_csrf()
        return None
    held: Actor | None = g.actor
    if held is None:
        missing = Unauthenticated("identity.expired" if g.carrier else "identity.missing")
        return _send_to(way_in(_here()), missing)
    if request.method not in SAFE and g.carrier == "cookie":
        guards.check_csrf()
        if rule.lately:
            cookies, token = request.headers.get("Cookie", ""), request.headers.get("X-CSRF-Token", "")
            lately.check(guards.browser_marks(cookies, token))
    if not allowed(held, rule.permissions):
        raise Forbidden(permission=rule.permissions[0])
    if rule.early:
        return None
    if held.must_change_password:
        return _send_to(f"/account/password?next={quote(_here())}", PasswordMustChange())
    if not held.consented:
        return _send_to(f"/consent?next={quote(_here())}", ConsentMissing(version=people.PRIVACY_VERSION))
    return None


def allowed(held: Actor, permissions: tuple[str, ...]) -> bool:
    """Tell whether any of ``permissions`` is held; ``signed_in`` needs no role, only an account."""
    return "signed_in" in permissions or any(may(held.grants, permission) for permission in permissions)


def _send_to(page: str, refusal: Problem) -> AnyResponse:
    """Lead a person who reads a page to where it goes on; a machine, or what was sent, gets the refusal."""
    if is_api() or request.method not in SAFE:
        raise refusal
    return redirect(page)


def _here() -> str:
    return request.full_path.rstrip("?")
