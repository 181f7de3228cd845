"""Logs: one line per event, plain for people or JSON for machines, with the request's id.

A request is logged by its route, never by its address: addresses and bodies may hold personal data.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from secrets import token_hex
from typing import Any

import structlog
from flask import Flask, Response, g, request

from yanglao.settings import Settings

QUIET = ("rq", "rq.worker", "rq.cron", "werkzeug", "alembic", "apscheduler", "httpx")
log = structlog.get_logger("yanglao.request")
_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class Lines(logging.Handler):
    """Write each line to standard error as it is at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        try:
            sys.stderr.write(self.format(record) + "\n")
        except Exception:
            self.handleError(record)


def configure(settings: Settings) -> None:
    """Send every log line of this process to standard error in the form ``settings.log_format`` names."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    as_json = settings.log_format == "json"
    ends: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if as_json:
        ends += [_without_values, structlog.processors.JSONRenderer(ensure_ascii=False)]
    else:
        ends += [
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
        ]
    line = Lines()
    line.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=ends))
    root = logging.getLogger()
    root.handlers[:] = [line, *(one for one in root.handlers if not isinstance(one, Lines))]
    root.setLevel(logging.INFO if as_json else logging.WARNING)  # a terminal shows what needs a person
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _without_values(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    """Write a fault as its type and its places in the code; its message may quote what a person sent."""
    fault = event.pop("exc_info", None)
    if fault is True:
        fault = sys.exc_info()
    if isinstance(fault, BaseException):
        fault = (type(fault), fault, fault.__traceback__)
    if fault and fault[0] is not None:
        event["fault"] = fault[0].__name__
        event["places"] = _places(fault[2])
    return event


def _places(trace: Any) -> list[str]:
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"{code.co_filename.rsplit('/', 3)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return found[-12:]


def init_app(app: Flask, settings: Settings) -> None:
    """Give every request an id (kept from ``X-Request-ID`` when plain), answer with it, log one line at its end."""

    app.extensions["logs.json"] = settings.log_format == "json"

    @app.before_request
    def begin() -> None:
        g.request_id = request_id(request.headers.get("X-Request-ID", ""))
        g.request_began = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=g.request_id)

    @app.after_request
    def end(answer: Response) -> Response:
        answer.headers["X-Request-ID"] = getattr(g, "request_id", "")
        if request.endpoint not in ("static", None):
            route = request.url_rule.rule if request.url_rule else ""
            took_s = time.perf_counter() - g.request_began
            line(app, method=request.method, route=route, status=answer.status_code, took_s=took_s)
        return answer


def request_id(given: str) -> str:
    """Return the id a request came with when it is plain, else a new one."""
    return given if _ID.fullmatch(given) else token_hex(8)


def line(app: Flask, *, method: str, route: str, status: int, took_s: float, **more: str) -> None:
    """Log one answered request where machines read the log."""
    if app.extensions["logs.json"]:
        took_ms = round(took_s * 1000)
        log.info("request", method=method, route=route, status=status, took_ms=took_ms, **more)
