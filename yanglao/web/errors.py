"""Turn every refusal and fault into an answer: problem+json for machines, a plain Chinese page for people."""

from __future__ import annotations

import json
import logging
import time
from http import HTTPStatus
from typing import Any

from apiflask.exceptions import HTTPError
from flask import Flask, Response, current_app, render_template, request
from flask_limiter.errors import RateLimitExceeded
from pydantic import ValidationError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException

from yanglao.kernel.errors import Problem, Refused, TooMany
from yanglao.kernel.wording import sentence, todo, words
from yanglao.web.forms import Invalid, fields_of
from yanglao.web.guards import limiter

log = logging.getLogger(__name__)

CODES = {
    400: "content.not_understood",
    401: "identity.missing",
    403: "role.forbidden",
    404: "thing.not_found",
    405: "method.not_allowed",
    408: "content.too_slow",
    409: "state.conflict",
    411: "content.no_length",
    413: "content.too_large",
    414: "content.too_large",
    415: "content.wrong_type",
    422: "content.invalid",
    429: "rate.too_many",
    503: "server.unavailable",
}


def init_app(app: Flask) -> None:
    """Register the handlers; nothing a person or machine sees holds a traceback or a library's English."""
    app.register_error_handler(Problem, answer)
    app.register_error_handler(ValidationError, lambda fault: answer(Invalid(fields=fields_of(fault))))
    app.register_error_handler(DataError, lambda _fault: answer(Refused("content.not_understood")))
    # Brackets within brackets, thousands deep: no body that anybody means.
    app.register_error_handler(RecursionError, lambda _fault: answer(_of_status(400)))
    app.register_error_handler(HTTPError, _of_apiflask)
    app.register_error_handler(HTTPException, _of_werkzeug)
    app.register_error_handler(RateLimitExceeded, _of_limiter)
    app.register_error_handler(Exception, _of_fault)
    if hasattr(app, "error_processor"):
        app.error_processor(_of_apiflask)


def answer(problem: Problem) -> Response:
    """Return the answer for ``problem``, as the caller reads it."""
    response = _as_json(problem) if wants_json() else _as_page(problem)
    if isinstance(problem, TooMany):
        response.headers["Retry-After"] = str(problem.retry_after_s)
    if problem.status == 401 and wants_json():
        response.headers["WWW-Authenticate"] = 'Bearer realm="yanglao"'
    return response


def wants_json() -> bool:
    """Tell whether the caller is a machine: under /api always, elsewhere when it asks for JSON and not for HTML."""
    if request.path.startswith("/api/"):
        return True
    accepts = request.accept_mimetypes
    return "json" in str(accepts) and not accepts.accept_html


def body_of(problem: Problem) -> dict[str, Any]:
    """Return the RFC 9457 members of a problem, and what to do now."""
    members = {
        "type": f"urn:yanglao:problem:{problem.code}",
        "title": words(problem.code).title,
        "status": problem.status,
        "code": problem.code,
        "detail": sentence(problem.code, problem.facts),
        "todo": todo(problem.code, problem.facts),
        "facts": problem.facts,
    }
    # The facts are extension members of the problem too: a robot reads next_seq where the contract names it.
    return {**problem.facts, **members}


def _as_json(problem: Problem) -> Response:
    text = json.dumps(body_of(problem), ensure_ascii=False, default=str)
    return Response(text, status=problem.status, content_type="application/problem+json; charset=utf-8")


def _as_page(problem: Problem) -> Response:
    facts = {
        "status": problem.status,
        "code": problem.code,
        "title": words(problem.code).title,
        "sentence": sentence(problem.code, problem.facts),
        "todo": todo(problem.code, problem.facts),
    }
    try:
        text = render_template(["shared/error.html", "public/error.html"], **facts)
    except Exception:
        log.exception("the error page could not be drawn")
        text = f"<!doctype html><meta charset=utf-8><title>{facts['title']}</title><h1>{facts['title']}</h1>"
    return Response(text, status=problem.status, content_type="text/html; charset=utf-8")


def _of_status(status: int, **facts: Any) -> Problem:
    problem = Problem(
        CODES.get(status, "server.fault" if status >= 500 else "content.not_understood"), **facts
    )
    problem.status = status
    return problem


def _of_apiflask(error: HTTPError) -> Response:
    if isinstance(error.__cause__, ValidationError):
        return answer(Invalid(fields=fields_of(error.__cause__)))
    if error.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
        return answer(Invalid(fields={name: "invalid" for part in error.detail.values() for name in part}))
    return answer(_of_status(error.status_code))


def _of_werkzeug(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    response = answer(_of_status(status))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "Location"):
            response.headers[name] = value
    return response


def _of_limiter(_error: RateLimitExceeded) -> Response:
    return answer(TooMany(retry_after_s=_wait_s()))


def _wait_s() -> int:
    held = limiter.current_limit
    try:
        return max(1, int(held.reset_at - time.time()) + 1) if held else 60
    except Exception:  # the store that counts went away between counting and asking
        return 60


def _of_fault(error: Exception) -> Response:
    if current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    log.error("fault at %s %s", request.method, request.endpoint, exc_info=error)
    return answer(_of_status(500))
