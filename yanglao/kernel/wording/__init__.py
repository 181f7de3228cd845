"""The Chinese sentence behind every code: the same words for trainee, administrator, paper and API.

Sentences are data: one TOML file per area beside this module, ``["some.code"]`` with ``title`` (a few words),
``sentence`` (what happened and why, naming facts in braces) and optionally ``todo`` (what to do now).
Formats in braces: ``{x:hours}`` seconds as 学时, ``{x:duration}`` seconds, ``{x:time}`` and ``{x:clock}`` and
``{x:day}`` milliseconds or ISO days, ``{x:stamp}`` and ``{x:date}`` the same as WeChat's notices want them,
``{x:list}`` a list joined with 、.
"""

from __future__ import annotations

import string
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from yanglao.kernel import policy
from yanglao.kernel.clock import SHANGHAI, day_of, from_ms, say_day, say_time
from yanglao.kernel.units import class_hours_text, duration_text

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Words:
    """What people read for one code."""

    title: str
    sentence: str
    todo: str = ""


class DoubledCode(ValueError):
    """Say that two wording files give words to the same code."""


@cache
def all_words() -> dict[str, Words]:
    """Return code -> Words of all files. Raises DoubledCode, TypeError for an unknown field."""
    words: dict[str, Words] = {}
    for file in sorted(FOLDER.glob("*.toml")):
        for code, fields in tomllib.loads(file.read_text("utf-8")).items():
            if code in words:
                raise DoubledCode(f"{file.name}: {code} has words already")
            words[code] = Words(**fields)
    return words


def words(code: str) -> Words:
    """Return the words of ``code``; an unknown code gets plain words rather than an error."""
    return all_words().get(code) or Words(
        "没有办成", "这一步没有办成。", "请稍后再试；还不行，请找基地管理员。"
    )


def sentence(code: str, facts: dict[str, Any] | None = None) -> str:
    """Return the sentence of ``code`` with its facts filled in; a fact that is missing shows as …"""
    return _Filler().vformat(words(code).sentence, (), facts or {})


def todo(code: str, facts: dict[str, Any] | None = None) -> str:
    """Return what to do now, or an empty string."""
    return _Filler().vformat(words(code).todo, (), facts or {})


def fill(text: str, facts: dict[str, Any]) -> str:
    """Return ``text``, which stands in no wording file, with its facts filled in as in a sentence."""
    return _Filler().vformat(text, (), facts)


class _Filler(string.Formatter):
    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:
        return kwargs.get(key, "…") if isinstance(key, str) else "…"

    def format_field(self, value: Any, format_spec: str) -> str:
        shape = SHAPES.get(format_spec)
        if shape is None or value == "…" or value is None:
            return "…" if value is None else str(value)
        return shape(value)


def _day(value: int | str | date) -> date:
    if isinstance(value, date):
        return value
    return day_of(value) if isinstance(value, int) else date.fromisoformat(value[:10])


def _hours(up: bool) -> Any:
    return lambda seconds: class_hours_text(
        seconds, class_hour_s=policy.latest().training.class_hour_s, up=up
    )


def _stamp(ms: int) -> str:
    moment = from_ms(ms).astimezone(SHANGHAI)
    return f"{_date(moment.date())} {moment:%H:%M}"


def _date(value: int | str | date) -> str:
    day = _day(value)
    return f"{day.year}年{day.month}月{day.day}日"


SHAPES = {
    "hours": _hours(False),
    "lack": _hours(True),
    "duration": duration_text,
    "time": lambda ms: say_time(ms),
    "clock": lambda ms: f"{from_ms(ms).astimezone(SHANGHAI):%H:%M}",
    "day": lambda value: say_day(_day(value)),
    "stamp": _stamp,
    "date": _date,
    "list": lambda items: "、".join(str(item) for item in items),
}
