"""Seconds, fen and how people say them. No float ever holds time or money."""

from __future__ import annotations

from typing import NewType

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


def yuan_text(fen: int) -> str:
    """Return fen as people write money: ``1,234.50 元``."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d} 元"
