"""Opaque identifiers, and how names and numbers are shown to those who need not see all of them."""

from __future__ import annotations

import secrets

from yanglao.kernel.clock import now, to_ms

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id() -> str:
    """Return 26 characters: 48 bits of milliseconds, then 80 random bits, so that rows stand in order of time."""
    number = (to_ms(now()) << 80) | secrets.randbits(80)
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))


def mask_name(name: str) -> str:
    """Return 王*英 for 王秀英, 王* for 王英, 阿***提 for 阿依·买提: first and last character stay."""
    if len(name) <= 1:
        return "*"
    if len(name) == 2:
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def mask_id(number: str) -> str:
    """Return 3713************12 for an 18-digit ID number: the first four and the last two stay."""
    if len(number) <= 6:
        return "*" * len(number)
    return number[:4] + "*" * (len(number) - 6) + number[-2:]


def mask_phone(phone: str) -> str:
    """Return 138****5678."""
    return phone[:3] + "*" * max(0, len(phone) - 7) + phone[-4:] if len(phone) >= 7 else "*" * len(phone)
