"""Rule on certificates of the base: what stands in the way of one, how its number is made, what is printed and signed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX = "LY"
DRAWN_LETTERS, CODE_LETTERS = 8, 16
DRAWN_BITS = 5 * DRAWN_LETTERS  # nobody guesses a number, nor, of 80 bits, a code
_HEAD = len(PREFIX) + 6 + 4
_NUMBER = re.compile(rf"LY[0-9A-Z]{{6}}\d{{4}}[{ALPHABET}]{{{DRAWN_LETTERS + 1}}}")
_CODE = re.compile(rf"[{ALPHABET.lower()}]{{{CODE_LETTERS}}}")
_BETWEEN = re.compile(r"[\s\-－—·]")
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
VERSION = "yanglao-certificate-1"
# Every printed field in the order in which it is signed; the first two name the certificate.
PRINTED = (
    "number",
    "code",
    "name",
    "id",
    "programme",
    "level",
    "period",
    "hours",
    "base",
    "issued_on",
    "note",
)


class Segment(Protocol):
    """What must be known of a segment of an enrolment; ``review`` carries a verdict, None while nobody looked."""

    @property
    def title(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def missing(self) -> Sequence[Any]: ...
    @property
    def review(self) -> dict[str, Any] | None: ...


@dataclass(frozen=True)
class Obstacle:
    """One thing that stands in the way: a stable code with words, and its facts."""

    code: str
    facts: dict[str, Any]


def obstacles(segments: Iterable[Segment], *, enrolled: bool, flags: Iterable[str] = ()) -> list[Obstacle]:
    """Return everything that stands between an enrolment and its certificate, in the order of its segments.

    ``flags`` are the titles of what looks wrong with it and is not explained.
    """
    if not enrolled:
        return [Obstacle("certificate.withdrawn", {})]
    found = [one for segment in segments for one in _of_segment(segment)]
    return found + [Obstacle("certificate.flag_open", {"title": title}) for title in flags]


def _of_segment(segment: Segment) -> list[Obstacle]:
    verdict = (segment.review or {}).get("verdict")
    if segment.missing or segment.state != "complete":
        lacks = "，".join(one.sentence for one in segment.missing)
        code = "certificate.segment_unfinished" if lacks else "certificate.segment_not_entered"
        return [Obstacle(code, {"segment": segment.title, "lacks": lacks})]
    if verdict == "questioned":
        return [Obstacle("certificate.segment_questioned", {"segment": segment.title})]
    if verdict != "confirmed":
        return [Obstacle("certificate.segment_unreviewed", {"segment": segment.title})]
    return []


def letters(drawn: int, count: int) -> str:
    """Spell the low ``5 * count`` bits of a number in ``count`` letters that are not mistaken for each other."""
    return "".join(ALPHABET[drawn >> 5 * at & 31] for at in reversed(range(count)))


def number(division: str, year: int, drawn: int) -> str:
    """Return ``LY``, six signs of the division, four of the year, eight of ``drawn`` (40 bits) and a check character.

    The check character (ISO 7064 mod 37,36) is made to be one of the same letters by counting ``drawn`` on.
    """
    place = re.sub(r"[^0-9A-Z]", "", division.upper())[:6].ljust(6, "0")
    while True:
        head = f"{PREFIX}{place}{year:04d}{letters(drawn, DRAWN_LETTERS)}"
        check = mod_37_36.calc_check_digit(head)
        if check in ALPHABET:
            return head + check
        drawn += 1


def number_in(text: str) -> str | None:
    """Return the number that somebody typed, with spaces, small letters or O for 0; None when it is no number of ours."""
    plain = _BETWEEN.sub("", text).upper()
    plain = plain[:_HEAD] + plain[_HEAD:].translate(_ALIKE)
    if not _NUMBER.fullmatch(plain):
        return None
    try:
        mod_37_36.validate(plain)
    except ValidationError:
        return None
    return plain


def code_in(text: str) -> str | None:
    """Return the code of an address as it is stored, None when it cannot be one."""
    plain = _BETWEEN.sub("", text).upper().translate(_ALIKE).lower()
    return plain if _CODE.fullmatch(plain) else None


def spaced(number: str) -> str:
    """Return a number as it is printed: LY371302 2026 7K2M9QXD C."""
    cut = (len(PREFIX) + 6, _HEAD, _HEAD + DRAWN_LETTERS)
    return " ".join(number[a:b] for a, b in zip((0, *cut), (*cut, None), strict=True))


def day_text(day: date) -> str:
    """Return a day as it is printed: 2026年3月8日."""
    return f"{day.year}年{day.month}月{day.day}日"


def period_text(starts_on: date, ends_on: date) -> str:
    """Return the days of a training as they are printed."""
    return f"{day_text(starts_on)}至{day_text(ends_on)}"


def statement(printed: dict[str, str]) -> list[str]:
    """Return what is signed: the version, then every printed field in the order of ``PRINTED``."""
    return [VERSION, *(printed[name] for name in PRINTED)]


def printed_in(signed: Any) -> dict[str, str] | None:
    """Return the printed fields of a signed statement, None when it is not one."""
    if not isinstance(signed, list) or len(signed) != len(PRINTED) + 1 or signed[0] != VERSION:
        return None
    if not all(isinstance(one, str) for one in signed):
        return None
    return dict(zip(PRINTED, signed[1:], strict=True))


def came_early(issued_on: date, ends_on: date) -> bool:
    """Tell whether a certificate is dated before the last day of its class."""
    return issued_on < ends_on
