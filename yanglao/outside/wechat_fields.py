"""What a field of a WeChat notice may hold: one ``fit`` for every kind of field. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

EMPTY = "—"
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]")


def fit(kind: str, text: str) -> str:
    """Return ``text`` as a field of ``kind`` takes it (``thing1`` and ``thing`` are one kind).

    What is too long is cut and ends in ``…``; a line break becomes a space; nothing stays empty, since an empty
    value is refused (47003).

    Raises:
        KeyError: there is no such kind of field.
    """
    rule = KINDS[re.sub(r"[0-9.].*$", "", kind.lower())]
    return rule(" ".join(_EMOJI.sub("", text).split())) or EMPTY


def _at_most(length: int) -> Callable[[str], str]:
    return lambda text: text if len(text) <= length else text[: length - 1] + "…"


def _only(pattern: str, length: int, otherwise: str) -> Callable[[str], str]:
    """Keep what matches ``pattern`` and cut it plainly: these kinds refuse ``…`` and the long dash."""

    def rule(text: str) -> str:
        return "".join(re.findall(pattern, text))[:length] or otherwise

    return rule


def _name(text: str) -> str:
    chinese = re.search(r"[\u3400-\u9fff\U00020000-\U0003ffff]", text)
    return _at_most(10 if chinese else 20)(text)


def _amount(text: str) -> str:
    hit = re.search(r"([¥￥$])?\s*([0-9]{1,10})(\.[0-9]{1,2})?(元)?", text)
    return "".join(part or "" for part in hit.groups()) if hit else "0"


KINDS: dict[str, Callable[[str], str]] = {
    "thing": _at_most(20),
    "character_string": _only(r"[\x21-\x7e]", 32, "-"),
    "number": _only(r"[0-9.]", 32, "0"),
    "letter": _only(r"[A-Za-z]", 32, "A"),
    "symbol": _only(r"[^\w\s]", 5, "-"),
    "phrase": _only(r"[\u3400-\u9fff]", 5, "通知"),
    "name": _name,
    "time": _at_most(32),
    "date": _at_most(32),
    "amount": _amount,
    "phone_number": _only(r"[0-9+-]", 17, "0"),
    "car_number": _at_most(8),
    "const": _at_most(20),
    "enum": _at_most(20),
}
