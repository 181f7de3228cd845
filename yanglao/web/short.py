"""The short way of a call that every phone makes all the time: what is plain is answered before Flask asks its hooks.

A view gets a short form with ``mark(blueprint, view, form)``. The form is given the body and who asks, and returns
the answer as a dict, or None when anything at all is out of the ordinary; then the request goes the long way, which
judges it anew and finds the words. So a form may refuse nothing, and what it does must be the same when it is done again.

On the short way: who asks is known from within the last minute (``lately``), passed every check of the view then, and
passes those that cost no question again now. A form for people who come once (``by_token``) is given the bearer token
and ``address`` instead and finds out itself, in one question for many, who they are; ``passes`` says whether the view admits them.
The answer carries the same headers, is counted and logged like any other.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Blueprint, Flask
from werkzeug.http import parse_cookie

from yanglao.kernel import json_text
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import now, rfc3339
from yanglao.outside import logs, metrics
from yanglao.people import service as people
from yanglao.web import auth, guards, lately

MOST_BYTES = 65_536
Environ = dict[str, Any]
Form = Callable[
    ..., dict[str, Any] | None
]  # (body, actor or token, **arguments of the route) -> the answer or None


@dataclass(frozen=True)
class Way:
    """The short form of one view: ``path`` finds the arguments of its route."""

    endpoint: str
    route: str
    path: re.Pattern[str]
    form: Form
    by_token: bool = False


@dataclass(frozen=True)
class Ready:
    """An answer whose bytes and headers are as they shall be sent."""

    body: bytes
    headers: list[tuple[str, str]]

    def __call__(self, _environ: Environ, start_response: Any) -> list[bytes]:
        """Answer one WSGI request."""
        start_response("200 OK", self.headers)
        return [self.body]


def mark(blueprint: Blueprint, view: str, form: Form, *, by_token: bool = False) -> None:
    """Let ``form`` be the short form of the view named ``view`` in ``blueprint``; its route takes plain ids, by POST."""

    def add(state: Any) -> None:
        endpoint = f"{blueprint.name}.{view}"
        (rule,) = state.app.url_map.iter_rules(endpoint)
        path = re.sub(r"<(\w+)>", r"(?P<\1>[A-Za-z0-9_-]+)", rule.rule)
        ways = state.app.extensions.setdefault("short.ways", [])
        ways.append(Way(endpoint, rule.rule, re.compile(path), form, by_token))

    blueprint.record(add)


def answer(app: Flask, environ: Environ) -> Ready | None:
    """Answer a request on the short way; None for one that goes the long way, its body still to be read."""
    if environ["REQUEST_METHOD"] != "POST" or environ.get("CONTENT_TYPE") != "application/json":
        return None
    for way in app.extensions.get("short.ways", ()):
        found = way.path.fullmatch(environ["PATH_INFO"])
        if found is not None:
            with app.app_context():
                return _answer(app, environ, way, found.groupdict())
    return None


def _answer(app: Flask, environ: Environ, way: Way, arguments: dict[str, str]) -> Ready | None:
    began = time.perf_counter()
    held = _bearer(environ) if way.by_token else _known(environ, way)
    announced = environ.get("CONTENT_LENGTH", "")
    if not held or not announced.isdigit() or int(announced) > MOST_BYTES:
        return None
    body = environ["wsgi.input"].read(int(announced))
    environ["wsgi.input"] = BytesIO(body)
    try:
        if way.by_token:
            arguments["address"] = environ.get("REMOTE_ADDR", "")
        said = way.form(body, held, **arguments)
    except Exception:  # the long way meets the same fault and says it
        return None
    if said is None:
        return None
    request_id = logs.request_id(environ.get("HTTP_X_REQUEST_ID", ""))
    sent = (json_text.write(said) + "\n").encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(sent))),
        ("X-Server-Time", rfc3339(now())),
        ("X-Request-ID", request_id),
        *guards.fixed_headers(app, environ.get("HTTP_USER_AGENT", "")),
        ("Cache-Control", "no-store"),
    ]
    took_s = time.perf_counter() - began
    metrics.count("POST", way.route, 200, took_s)
    logs.line(app, request=request_id, method="POST", route=way.route, status=200, took_s=took_s)
    return Ready(sent, headers)


def _known(environ: Environ, way: Way) -> Actor | None:
    """Return who asks when they passed the long way within the minute and nothing has come due since."""
    token = _bearer(environ)
    if not environ.get("HTTP_AUTHORIZATION"):
        cookies = environ.get("HTTP_COOKIE", "")
        if not lately.is_checked(guards.browser_marks(cookies, environ.get("HTTP_X_CSRF_TOKEN", ""))):
            return None
        token = parse_cookie(cookies).get(auth.COOKIE, "")
    held = lately.recall(token) if token else None
    rule = auth.rule_of(way.endpoint)
    if held is None or rule is None or not passes(held, rule.permissions):
        return None
    return None if people.touch_due(held, now()) else held


def passes(held: Actor, permissions: tuple[str, ...]) -> bool:
    """Tell whether a view with ``permissions`` admits ``held``."""
    return auth.allowed(held, permissions) and held.consented and not held.must_change_password


def _bearer(environ: Environ) -> str:
    given: str = environ.get("HTTP_AUTHORIZATION", "")
    return given[7:].strip() if given[:7].lower() == "bearer " else ""
