"""One clock for every process.

Instants are aware datetimes in UTC or integer milliseconds since 1970 (``…_ms``); every calendar rule is
Asia/Shanghai, a zone without daylight saving time since 1991, so a fixed offset is exact for every date served.

In the ``test`` environment a file may hold an instant (time stands still there) or an offset in seconds
(``+86400``); every process reads it at each question, so midnight can be tried from outside.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
SHANGHAI_MS, DAY_MS = 28_800_000, 86_400_000
_EPOCH, _MS = datetime(1970, 1, 1, tzinfo=timezone.utc), timedelta(milliseconds=1)
DAY_ONE = date(1970, 1, 1).toordinal()
_OFFSET = re.compile(r"[+-]?\d+(\.\d+)?")


@dataclass(frozen=True)
class Shift:
    """What a clock file says: an instant to stand still at, or an offset to the machine's time."""

    instant: datetime | None
    offset: timedelta


class BadClockFile(ValueError):
    """Say that a clock file holds neither an RFC 3339 instant nor an offset in seconds."""


def parse_shift(text: str) -> Shift:
    """Read ``2026-03-08T15:59:50Z`` or ``+86400`` (seconds). Raises BadClockFile."""
    word = text.strip()
    if _OFFSET.fullmatch(word):
        return Shift(None, timedelta(seconds=float(word)))
    try:
        instant = datetime.fromisoformat(word.replace("Z", "+00:00"))
    except ValueError:
        raise BadClockFile(
            f"clock file holds {word[:40]!r}: neither an instant nor an offset in seconds"
        ) from None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=SHANGHAI)
    return Shift(instant.astimezone(timezone.utc), timedelta())


class _Source:
    def __init__(self) -> None:
        self.file: Path | None = None
        self.last = Shift(None, timedelta())
        self.frozen = threading.local()


_source = _Source()


def use_file(path: str | Path | None) -> None:
    """Obey ``path`` from now on (test environment only; None returns to the machine's time)."""
    _source.file = Path(path) if path else None
    _source.last = Shift(None, timedelta())


def now() -> datetime:
    """Return the present instant, aware, in UTC. Ask once per action and hand it down."""
    held = getattr(_source.frozen, "instant", None)
    if held is not None:
        return held
    real = datetime.now(timezone.utc)
    if _source.file is None:
        return real
    shift = _read_shift()
    return shift.instant or real + shift.offset


def _read_shift() -> Shift:
    assert _source.file is not None
    try:
        text = _source.file.read_text("utf-8")
    except FileNotFoundError:
        return _source.last
    # A writer that truncates before it writes shows an empty file for a moment: keep what was last said.
    if text.strip():
        _source.last = parse_shift(text)
    return _source.last


class held:
    """Hold this thread's clock at ``instant`` within a ``with`` block; the demo city tells its past this way."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant
        self.before: datetime | None = None

    def __enter__(self) -> datetime:
        self.before = getattr(_source.frozen, "instant", None)
        _source.frozen.instant = self.instant
        return self.instant

    def __exit__(self, *_: object) -> None:
        _source.frozen.instant = self.before


def to_ms(instant: datetime) -> int:
    """Return whole milliseconds since 1970 of an aware datetime."""
    return (instant - _EPOCH) // _MS


def from_ms(ms: int) -> datetime:
    """Return the aware UTC datetime of whole milliseconds since 1970."""
    return _EPOCH + timedelta(milliseconds=ms)


def rfc3339(instant: datetime | int) -> str:
    """Return ``2026-03-08T01:02:03.456Z`` of an aware datetime or of milliseconds."""
    moment = from_ms(instant) if isinstance(instant, int) else instant.astimezone(timezone.utc)
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"


def day_of(instant: datetime | int) -> date:
    """Return the calendar day in Asia/Shanghai."""
    if isinstance(instant, int):
        return date.fromordinal((instant + SHANGHAI_MS) // DAY_MS + DAY_ONE)
    return instant.astimezone(SHANGHAI).date()


def midnight_ms(day: date) -> int:
    """Return the first millisecond of ``day`` in Asia/Shanghai."""
    return to_ms(datetime.combine(day, time(), SHANGHAI))


def next_midnight_ms(ms: int) -> int:
    """Return the first Shanghai midnight strictly after ``ms``."""
    return ((ms + SHANGHAI_MS) // DAY_MS + 1) * DAY_MS - SHANGHAI_MS


def say_time(instant: datetime | int, *, today: date | None = None) -> str:
    """Return a time as people say it: ``今天 14:05``, ``昨天 14:05``, ``3 月 8 日 14:05``, with the year when it is another."""
    moment = (from_ms(instant) if isinstance(instant, int) else instant).astimezone(SHANGHAI)
    return f"{say_day(moment.date(), today=today)} {moment:%H:%M}"


def say_day(day: date, *, today: date | None = None) -> str:
    """Return a day as people say it; ``today`` allows 今天 / 昨天 / 明天, without it the date is always named."""
    if today is not None:
        near = {0: "今天", -1: "昨天", 1: "明天"}.get((day - today).days)
        if near:
            return near
        if day.year != today.year:
            return f"{day.year} 年 {day.month} 月 {day.day} 日"
    return f"{day.month} 月 {day.day} 日"
