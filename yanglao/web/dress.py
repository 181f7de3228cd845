"""Dress every page: addresses of static files with their hash, how figures are said, old browsers sent to a plain page.

A static file is asked for with ``?v=<hash>`` and kept for a year; text files go out compressed, since the server in
front does not do it. Pages themselves are never compressed together with their secrets (CSRF token).
"""

from __future__ import annotations

import gzip
from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, render_template, request

from yanglao.kernel import policy
from yanglao.kernel.clock import SHANGHAI, day_of, from_ms, now, rfc3339, say_day, say_time
from yanglao.kernel.units import class_hours_text, duration_text, tenths_of_class_hours, yuan_text

KEPT = "public, max-age=31536000, immutable"
SQUEEZED = (".css", ".js", ".svg", ".json", ".vtt", ".wasm")
OLD_BROWSERS = ("MSIE ", "Trident/")


def init_app(app: Flask) -> None:
    """Give templates ``asset`` and the filters; put headers on static files. Calling it twice changes nothing."""
    if "dress" in app.extensions:
        return
    app.extensions["dress"] = True
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.before_request(_turn_away_old_browsers)
    app.after_request(_keep_and_squeeze)


def asset(name: str) -> str:
    """Return the address of a static file, with the hash of its content."""
    return f"/static/{name}?v={_hash(name)}"


def _hash(name: str) -> str:
    path = Path(current_app.static_folder or "") / name
    try:
        return _hash_of(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return "0"


@lru_cache(maxsize=512)
def _hash_of(path: Path, _changed_ns: int) -> str:
    return sha256(path.read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=128)
def _squeezed(path: Path, _changed_ns: int) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)


def _turn_away_old_browsers() -> str | None:
    """Show Internet Explorer's engine how to be left; nothing else would work in it."""
    agent = request.headers.get("User-Agent", "")
    if any(mark in agent for mark in OLD_BROWSERS) and not request.path.startswith(("/static/", "/api/")):
        return render_template("shared/ie.html")
    return None


def _keep_and_squeeze(response: Response) -> Response:
    if request.path.startswith("/api/"):
        # A phone's own clock may be wrong: what is due is measured against this.
        response.headers["X-Server-Time"] = rfc3339(now())
    if request.endpoint != "static" or response.status_code != 200:
        return response
    if request.args.get("v"):
        response.headers["Cache-Control"] = KEPT
    name = str((request.view_args or {}).get("filename", ""))
    if name.endswith(SQUEEZED) and "gzip" in request.headers.get("Accept-Encoding", ""):
        path = Path(current_app.static_folder or "") / name
        if hasattr(response.response, "close"):
            response.response.close()
        response.direct_passthrough = False
        response.set_data(_squeezed(path, path.stat().st_mtime_ns) if request.method != "HEAD" else b"")
        response.headers["Content-Encoding"] = "gzip"
        response.headers.pop("Content-Range", None)
        response.headers.pop("Accept-Ranges", None)
    if name.endswith(SQUEEZED):
        response.vary.add("Accept-Encoding")
    return response


def class_hours(seconds: int) -> str:
    """Return class hours as a bare figure, rounded down: ``12`` or ``2.5``."""
    tenths = tenths_of_class_hours(seconds, class_hour_s=policy.latest().training.class_hour_s)
    return str(tenths // 10) if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}"


def of_hours(seconds: int, whole: int) -> str:
    """Return ``12 / 16 学时``; of less than one class hour, ``2 分 5 秒 / 5 分钟``."""
    if whole < policy.latest().training.class_hour_s:
        return f"{duration_text(seconds)} / {duration_text(whole)}"
    return f"{class_hours(seconds)} / {class_hours(whole)} 学时"


def in_account(seconds: int, whole: int, *, up: bool = False) -> str:
    """Return ``1.8 学时（1 小时 23 分）`` of an account of ``whole`` seconds; of less than one class hour, ``2 分 5 秒``.

    ``up`` rounds what is lacking up, so that the figures of one account add up.
    """
    class_hour_s = policy.latest().training.class_hour_s
    if whole < class_hour_s:
        return duration_text(seconds)
    tenths = tenths_of_class_hours(seconds, class_hour_s=class_hour_s, up=up)
    said = f"{tenths // 10} 学时" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10} 学时"
    return f"{said}（{duration_text(seconds)}）" if seconds else said


def hours(seconds: int) -> str:
    """Return ``2.5 学时``."""
    return class_hours_text(seconds, class_hour_s=policy.latest().training.class_hour_s)


def spoken_time(ms: int) -> str:
    """Return ``今天 14:05``."""
    return say_time(ms, today=day_of(now()))


def spoken_day(day: date | int) -> str:
    """Return ``今天`` or ``3 月 8 日`` of a date or milliseconds."""
    return say_day(day if isinstance(day, date) else day_of(day), today=day_of(now()))


def clock_time(ms: int) -> str:
    """Return ``14:05``."""
    return f"{from_ms(ms).astimezone(SHANGHAI):%H:%M}"


def span(times: tuple[int, int]) -> str:
    """Return ``今天 14:00–17:00`` of (from, to) milliseconds."""
    return f"{spoken_day(times[0])} {clock_time(times[0])}–{clock_time(times[1])}"


def minutes(seconds: int) -> str:
    """Return ``9 分钟``: what a lesson lasts, rounded up."""
    return f"{max(1, -(-seconds // 60))} 分钟"


def megabytes(count: int) -> str:
    """Return ``0.4 兆`` of bytes."""
    return f"{max(1, round(count / 104_858)) / 10:g} 兆"


LESSON_KINDS = {"video": "视频", "audio": "音频", "text": "图文", "pdf": "PDF"}


def lesson_kind(kind: str) -> str:
    """Return what a kind of lesson is called."""
    return LESSON_KINDS[kind]


FILTERS: dict[str, Any] = {
    "lesson_kind": lesson_kind,
    "hours": hours,
    "class_hours": class_hours,
    "of_hours": of_hours,
    "in_account": in_account,
    "duration": duration_text,
    "minutes": minutes,
    "clock": clock_time,
    "day": day_of,
    "spoken_time": spoken_time,
    "spoken_day": spoken_day,
    "span": span,
    "megabytes": megabytes,
    "yuan": yuan_text,
}
