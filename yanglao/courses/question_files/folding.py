"""Bring the characters of a line into one width, position by position, so that patterns need to know one form only. Pure."""

from __future__ import annotations

import re

_UNSEEN = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\u20e3\ufeff\u00ad\x00-\x08\x0e-\x1f\x7f]"
)
_BREAKS = re.compile("\r\n|[\r\n\v\f\u0085\u2028\u2029]")
_SPACES = {
    ord(one): " "
    for one in "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
}
_WIDE = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_ALIKE = {
    ord(one): other
    for same, other in (
        ("｡。", "。"), ("【〔［〖﹝", "["), ("】〕］〗﹞", "]"), ("✓✔☑√√", "√"), ("✗✘☒Ⅹ╳✕✖❌❎", "×"),
        ("—–―－‐‑~～﹣", "-"), ("﹕︰", ":"), ("﹙", "("), ("﹚", ")"), ("✅", "√"), ("·•", "·"),
    )
    for one in same
}  # fmt: skip
_FOLD = {**_SPACES, **_WIDE, **_ALIKE}

RAISED = {
    "superscript": str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"),
    "subscript": str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋"),
}
"""Signs above and below the line, as a plain text holds them: m², SpO₂."""


def lines_of(text: str) -> list[str]:
    """Cut a text at every kind of line end, soft ones too."""
    return _BREAKS.split(text)


def cleaned(text: str) -> str:
    """Return a line without characters nobody sees; spaces of every kind become plain ones, tabs stay."""
    seen = _UNSEEN.sub("", text)
    return "".join(_SPACES.get(ord(one), one) if one != "\t" else one for one in seen)


def folded(text: str) -> str:
    """Return a text of the same length in half width: （Ａ．①→(A.①, dashes as -, ticks as √, crosses as ×, tabs as spaces."""
    return text.translate(_FOLD)
