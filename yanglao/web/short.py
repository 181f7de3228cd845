"""The short way of a call that every phone makes all the time: what is plain is answered without the hooks of a page.

A view marks its short form with ``short(blueprint, view, form)``. The form gets the request and who asks, and returns
the answer as a dict, or None when anything at all is out of the ordinary; then the request goes the long way, which
judges it anew and finds the words. So a form may refuse nothing, and what it does must be the same when it is done again.

On the short way: who asks is known from within the last minute (``lately``), passed every check of the view then, and
passes those that cost no question again now. The answer carries the same headers, is counted and logged like any other.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, Request, Response

from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import now, rfc3339
from yanglao.outside import logs, metrics
from yanglao.people import service as people
from yanglao.web import auth, guards, lately

_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
Form = Callable[
    ..., dict[str, Any] | None
]  # (request, actor, **arguments of the route) -> the answer or None


def mark(blueprint: Blueprint, view: str, form: Form) -> None:
    """Let ``form`` be the short form of the view named ``view`` in ``blueprint``."""
    endpoint = f"{blueprint.name}.{view}"
    blueprint.record(lambda state: state.app.extensions.setdefault("short", {}).update({endpoint: form}))


def forms(app: Flask) -> dict[str, Form]:
    """Return the short forms of an application by endpoint."""
    found: dict[str, Form] = app.extensions.setdefault("short", {})
    return found


def answer(app: Flask, request: Request) -> Response | None:
    """Answer ``request`` on the short way; None for one that goes the long way."""
    form = forms(app).get(request.endpoint or "")
    if form is None or request.mimetype != "application/json":
        return None
    began = time.perf_counter()
    held = _known(request)
    if held is None:
        return None
    said = form(request, held, **(request.view_args or {}))
    if said is None:
        return None
    route = request.url_rule.rule if request.url_rule else ""
    request_id = logs.request_id(request)
    headers = [
        ("Content-Type", "application/json"),
        ("X-Server-Time", rfc3339(now())),
        ("X-Request-ID", request_id),
        *guards.fixed_headers(app, request),
        ("Cache-Control", "no-store"),
    ]
    body = _write(said) + "\n"
    took_s = time.perf_counter() - began
    metrics.count(request.method, route, 200, took_s)
    logs.line(app, request_id=request_id, method=request.method, route=route, status=200, took_s=took_s)
    return Ready(body.encode(), headers)


class Ready(Response):
    """An answer whose bytes and headers are as they shall be sent."""

    def __init__(self, body: bytes, headers: list[tuple[str, str]]) -> None:  # nothing is left to work out
        self.body, self.sent = body, [*headers, ("Content-Length", str(len(body)))]

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        """Answer one WSGI request."""
        start_response("200 OK", self.sent)
        return [self.body]


def _known(request: Request) -> Actor | None:
    """Return who asks when they passed the long way within the minute and nothing has come due since."""
    rule = auth.rule_of(request.endpoint or "")
    given = request.headers.get("Authorization", "")
    token = given[7:].strip() if given[:7].lower() == "bearer " else ""
    if not given:
        token = request.cookies.get(auth.COOKIE, "")
        if not token or not lately.is_checked(guards.browser_marks(request)):
            return None
    held = lately.recall(token) if token else None
    if held is None or rule is None or not auth.allowed(held, rule.permissions):
        return None
    free = held.consented and not held.must_change_password and not people.touch_due(held, now())
    return held if free else None
