"""Stand at the door: headers for browsers, the CSRF token, limits by person or phone, never by address."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import Flask, Request, Response, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_limiter import Limiter
from flask_wtf import CSRFProtect
from flask_wtf.csrf import validate_csrf
from werkzeug.exceptions import HTTPException
from wtforms.validators import ValidationError

from yanglao.kernel.errors import Forbidden
from yanglao.outside.redis_store import limiter_uri
from yanglao.people.rules import clean_phone
from yanglao.settings import Settings

CHUNK = 65_536
WECHATS_HOSTS = ("https://res.wx.qq.com", "https://res2.wx.qq.com")
WECHATS_SDK = tuple(f"{host}/open/js/jweixin-1.6.0.js" for host in WECHATS_HOSTS)  # it has to come from there
POLICY = (
    "default-src 'self'; script-src 'self'{more}; style-src 'self'; img-src 'self' data: blob:;"
    " media-src 'self' blob:; connect-src 'self'; font-src 'self'; worker-src 'self'; object-src 'none';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
INSIDE_WECHAT = POLICY.format(more="".join(f" {host}" for host in WECHATS_HOSTS))
CSP = "Content-Security-Policy"
HEADERS = {
    CSP: POLICY.format(more=""),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class CsrfMissing(Forbidden):
    """Say that the CSRF token is missing or not this browser's."""

    code = "csrf.missing"


class PageSession(SecureCookieSessionInterface):
    """Keep a Flask session for pages only; a bearer request neither loads nor writes one."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of a browser; everybody else gets an empty one that is thrown away."""
        return super().open_session(app, request) if _is_browser() else self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the session to a browser only."""
        if _is_browser():
            super().save_session(app, session, response)


def _is_browser() -> bool:
    return "Authorization" not in request.headers and not request.path.startswith("/static/")


def limit_key() -> str:
    """Return whose tries are counted: the person signed in, else the phone number or code asked for."""
    held = g.get("actor")
    if held is not None:
        return f"person:{held.person_id}"
    given = request.get_json(silent=True) if request.is_json else request.form
    phone = given.get("phone") if isinstance(given, dict) else None
    if isinstance(phone, str) and phone:
        return f"phone:{clean_phone(phone)[:20]}"
    return f"asked:{(request.view_args or {}).get('code', '')[:64]}"


csrf = CSRFProtect()

# Errors are swallowed since, the moment Redis goes, threads that fail together would be refused with a fault.
limiter = Limiter(
    limit_key,
    in_memory_fallback_enabled=True,
    swallow_errors=True,
    headers_enabled=False,
    strategy="fixed-window",
)


def check_csrf() -> None:
    """Raise CsrfMissing unless the token stands in the header or the form."""
    token = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token")
    try:
        validate_csrf(token)
    except ValidationError as fault:
        raise CsrfMissing() from fault


def init_app(app: Flask, settings: Settings) -> None:
    """Put headers on every answer and prepare CSRF tokens; call ``init_limits`` after the actor is known."""
    secure = settings.public_base_url.startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME="yl_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.session_interface = PageSession()
    csrf.init_app(app)
    fixed = (*HEADERS.items(), *([("Strict-Transport-Security", "max-age=31536000")] if secure else []))
    inside = tuple((name, INSIDE_WECHAT if name == CSP else value) for name, value in fixed)
    app.extensions["headers"] = {False: fixed, True: inside}

    @app.after_request
    def _drain(response: Response) -> Response:
        # A body nobody read would break the connection under a client that is still sending, and hide the answer.
        # The server's own stream is read: the request's may have ended at a limit of the view.
        if not request.path.startswith("/static/"):
            with suppress(OSError, HTTPException):
                _read_away(request.environ, most=app.config["MAX_CONTENT_LENGTH"])
        return response

    @app.after_request
    def _headers(response: Response) -> Response:
        headers = response.headers
        given = {name.lower() for name, _ in headers}
        for name, value in fixed_headers(app, request.headers.get("User-Agent", "")):
            if name.lower() not in given:
                headers.add(name, value)
        if "cache-control" not in given and not request.path.startswith("/static/"):
            headers.add("Cache-Control", "no-store")
        return response


def fixed_headers(app: Flask, agent: str) -> tuple[tuple[str, str], ...]:
    """Return the headers that every answer carries; inside WeChat its own script is allowed too."""
    inside = "MicroMessenger" in agent and app.extensions["wechat"].on
    found: tuple[tuple[str, str], ...] = app.extensions["headers"][bool(inside)]
    return found


def browser_marks(cookies: str, token: str) -> str:
    """Return a browser's cookies and the CSRF token it sent, as one text to be known again by."""
    return f"{cookies}\0{token}"


def _read_away(environ: dict[str, Any], *, most: int) -> None:
    """Read what is left of a body, ``most`` bytes of it; a longer one is left to break."""
    given = environ.get("CONTENT_LENGTH") or ""
    announced = int(given) if given.isdigit() else None
    if announced == 0 or (announced or 0) > most or not (announced or environ.get("wsgi.input_terminated")):
        return
    # A stream whose end its server does not know (Flask's own server) would be waited for; the request's own knows it.
    left, known = announced or most, environ.get("wsgi.input_terminated")
    stream = environ["wsgi.input"] if known else request.stream
    while left > 0 and (part := stream.read(min(CHUNK, left))):
        left -= len(part)


def init_limits(app: Flask, settings: Settings) -> None:
    """Count in Redis, and in memory while it is away."""
    options: dict[str, Any] = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
    app.config.setdefault("RATELIMIT_STORAGE_URI", limiter_uri(settings.redis_url))
    if app.config["RATELIMIT_STORAGE_URI"].startswith("redis"):
        app.config.setdefault("RATELIMIT_STORAGE_OPTIONS", options)
    limiter.init_app(app)
    # Each limit stands at its view and is checked there; what is asked around every request is never there.
    app.before_request_funcs[None].remove(limiter._check_request_limit)
    app.after_request_funcs[None] = [
        one for one in app.after_request_funcs[None] if limiter not in getattr(one, "args", ())
    ]
