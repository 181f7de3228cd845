"""Seconds, fen and how people say them. No float ever holds time or money."""

from __future__ import annotations

import re
from typing import NewType

_YUAN = re.compile(r"(\d{1,9})(?:\.(\d{1,2})0*)?", re.ASCII)
Seconds = NewType("Seconds", int)
Fen = NewType("Fen", int)


def tenths_of_class_hours(seconds: int, *, class_hour_s: int, up: bool = False) -> int:
    """Return tenths of a class hour, rounded down (what one has) or up (what one lacks)."""
    tenths, rest = divmod(seconds * 10, class_hour_s)
    return tenths + (1 if up and rest else 0)


def class_hours_text(seconds: int, *, class_hour_s: int, up: bool = False) -> str:
    """Return ``2.5 学时``; below a tenth of a class hour the duration is said in minutes and seconds instead."""
    tenths = tenths_of_class_hours(seconds, class_hour_s=class_hour_s, up=up)
    exact = seconds * 10 % class_hour_s == 0
    if seconds and not exact and seconds < class_hour_s:
        return duration_text(seconds)
    return f"{tenths // 10} 学时" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10} 学时"


def duration_text(seconds: int) -> str:
    """Return ``2 小时 5 分``, ``6 分 20 秒`` or ``45 秒``."""
    hours, rest = divmod(max(0, seconds), 3600)
    minutes, secs = divmod(rest, 60)
    if hours:
        return f"{hours} 小时 {minutes} 分" if minutes else f"{hours} 小时"
    if minutes:
        return f"{minutes} 分 {secs} 秒" if secs else f"{minutes} 分钟"
    return f"{secs} 秒"


def fen_of(text: str) -> int | None:
    """Return yuan as people write them (1,234.5 元) in fen; None for anything else."""
    found = _YUAN.fullmatch(
        text.replace(",", "").replace("，", "").strip().removeprefix("¥").removesuffix("元").strip()
    )
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else None


def yuan_text(fen: int) -> str:
    """Return fen as people write money: ``1,234.50 元``."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d} 元"


DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES, GROUPS = ("", "拾", "佰", "仟"), ("", "万", "亿", "万亿")


def capital_text(fen: int) -> str:
    """Return fen as papers of money write them so that nothing can be added: ``壹仟零叁拾元零伍分``. Raises ValueError below 0."""
    if fen < 0:
        raise ValueError("no negative sum is written in capitals")
    yuan, jiao, rest = fen // 100, fen // 10 % 10, fen % 10
    words = f"{_capital(yuan)}元" if yuan else ""
    if not jiao and not rest:
        return f"{words or '零元'}整"
    words += f"{DIGITS[jiao]}角" if jiao else "零" if yuan else ""
    return words + (f"{DIGITS[rest]}分" if rest else "整")


def _capital(number: int) -> str:
    words, gap = "", False
    for at in range(len(GROUPS) - 1, -1, -1):
        group = number // 10_000**at % 10_000
        if not group:
            gap = bool(words)
            continue
        words += "零" if words and (gap or group < 1000) else ""
        words, gap = words + _group(group) + GROUPS[at], False
    return words


def _group(group: int) -> str:
    """Return 1 to 9999 in capitals, one 零 for any number of zeros between digits."""
    words, gap = "", False
    for at in (3, 2, 1, 0):
        digit = group // 10**at % 10
        if digit:
            words += ("零" if gap and words else "") + DIGITS[digit] + PLACES[at]
        gap = not digit
    return words
