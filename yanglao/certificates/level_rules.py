"""Rule on numbers of 职业技能等级证书 and on what an assessment body reports of one. Pure.

22 signs: class of body (Y employer, S society), four digits of the body, two of the province, six of its serial, two of the year, one
of the level, six of the serial. 特级技师: two letters and 20 digits. Older 职业资格证书: 16 digits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

LEVEL = re.compile(r"[YS](\d{4})(\d{2})(\d{6})(\d{2})([1-5])(\d{6})", re.ASCII)
CHIEF = re.compile(r"[A-Z]{2}\d{20}", re.ASCII)
OLD = re.compile(r"\d{16}", re.ASCII)
CHIEFS = ("SPECIAL", "CHIEF")
_LEVEL_WORDS = {
    "L5": ("五级", "初级", "5"),
    "L4": ("四级", "中级", "4"),
    "L3": ("三级", "高级工", "高级", "3"),
    "L1": ("一级", "高级技师", "1"),
    "SPECIAL": ("特级技师",),
    "CHIEF": ("首席技师",),
    "L2": ("二级", "技师", "2"),
}


@dataclass(frozen=True)
class Number:
    """A number as read. ``kind``: level, chief or old; the other parts are None where the number does not tell them."""

    kind: str
    text: str
    province: int | None = None
    year: int | None = None
    level_code: str | None = None


@dataclass(frozen=True)
class Reported:
    """One certificate as an assessment body reports it, already checked by itself."""

    number: Number
    level_code: str
    issued_on: date


def read_number(text: str) -> Number | None:
    """Return the number in ``text``, without spaces and in capitals; None when it has none of the three forms."""
    plain = re.sub(r"[\s\-－—·]", "", text).upper()
    if found := LEVEL.fullmatch(plain):
        _, province, _, year, level, _ = found.groups()
        return Number("level", plain, int(province), 2000 + int(year), f"L{level}")
    if CHIEF.fullmatch(plain):
        return Number("chief", plain)
    return Number("old", plain) if OLD.fullmatch(plain) else None


def level_of(text: str) -> str | None:
    """Return the level that words mean (五级, 初级工, 5), None when they mean none; the longest words decide."""
    plain = re.sub(r"\s", "", text)
    for code, named in _LEVEL_WORDS.items():
        if plain == code or any(
            word == plain if word.isdigit() or word in ("技师", "高级") else word in plain for word in named
        ):
            return code
    return None


def day_of(text: str) -> date | None:
    """Return a day as sheets write it: 2026-03-08, 2026/3/8, 2026.3.8, 2026年3月8日 or 20260308; None for anything else."""
    found = re.fullmatch(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})日?(?:\s.*)?", text.strip(), re.ASCII)
    if found is None:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def fault(reported: Reported, *, province: int, today: date) -> str | None:
    """Return the code of the first thing that cannot be about a certificate, or None."""
    number = reported.number
    if reported.issued_on > today:
        return "level.future"
    if number.kind == "chief":
        return None if reported.level_code in CHIEFS else "level.level_differs"
    if number.kind == "old":
        return None
    if number.province != province:
        return "level.other_province"
    if number.level_code != reported.level_code:
        return "level.level_differs"
    return None if number.year == reported.issued_on.year else "level.year_differs"


def proves(
    reported_level: str,
    occupation: str,
    issued_on: date,
    *,
    level: str | None,
    names: Sequence[str],
    starts_on: date,
) -> bool:
    """Tell whether a certificate is one that a class leads to: of its level, of one of the ``names`` of its occupation, not older."""
    plain = re.sub(r"\s", "", occupation)
    same = any(name in plain or (plain and plain in name) for name in names)
    return reported_level == level and same and issued_on >= starts_on


def bursts(counts: Mapping[tuple[str, date], int], *, most: int) -> list[tuple[str, date]]:
    """Return the (issuer, day) with more certificates than ``most``, in order."""
    return sorted(key for key, count in counts.items() if count > most)
