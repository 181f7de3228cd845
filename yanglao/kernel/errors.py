"""Refusals as values: a class with a stable code and facts. Sentences live in ``wording``, statuses here once."""

from __future__ import annotations

from typing import Any


class Problem(Exception):
    """Stand above every expected refusal.

    Attributes: ``status`` HTTP status, ``code`` stable dotted code, ``facts`` JSON values a sentence may name
    (never a personal identifier).
    """

    status = 500
    code = "server.fault"

    def __init__(self, code: str | None = None, /, **facts: Any) -> None:
        if code is not None:
            self.code = code
        self.facts: dict[str, Any] = facts
        super().__init__(self.code)


class Unauthenticated(Problem):
    """Say that nobody is signed in (401)."""

    status = 401
    code = "identity.missing"


class Forbidden(Problem):
    """Say that the role may not do this (403)."""

    status = 403
    code = "role.forbidden"


class NotFound(Problem):
    """Say that there is no such thing within the caller's scope (404)."""

    status = 404
    code = "thing.not_found"


class Conflict(Problem):
    """Say that the state does not allow it now (409)."""

    status = 409
    code = "state.conflict"


class TooLarge(Problem):
    """Say that the body is larger than allowed (413)."""

    status = 413
    code = "content.too_large"


class Refused(Problem):
    """Say that the content breaks a rule (422)."""

    status = 422
    code = "content.refused"


class TooMany(Problem):
    """Say that it was tried too often (429); ``retry_after_s`` seconds are named."""

    status = 429
    code = "rate.too_many"

    def __init__(self, code: str | None = None, /, *, retry_after_s: int, **facts: Any) -> None:
        super().__init__(code, retry_after_s=retry_after_s, **facts)
        self.retry_after_s = retry_after_s


class Unavailable(Problem):
    """Say that a part the answer needs is away for now (503)."""

    status = 503
    code = "server.unavailable"
