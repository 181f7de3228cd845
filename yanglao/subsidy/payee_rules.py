"""Judge an account number as it was typed: digits only, Luhn as a sign and never as a reason to refuse. Pure."""

from __future__ import annotations

import unicodedata

SHORTEST, LONGEST = 8, 32
CARDS = range(16, 20)
KINDS = {"social_card": "社会保障卡", "card": "银行卡", "account": "对公账户"}
YES = frozenset({"是", "社保卡", "社会保障卡", "y", "yes", "1", "√"})


def clean_number(typed: str) -> str:
    """Return the digits of what was typed; full-width ones, spaces and hyphens are taken as meant."""
    plain = unicodedata.normalize("NFKC", typed)
    return "".join(sign for sign in plain if sign not in " -\t\u00a0\u3000'")


def number_holds(number: str) -> bool:
    """Tell whether it can be an account at all."""
    return number.isascii() and number.isdigit() and SHORTEST <= len(number) <= LONGEST


def luhn_holds(number: str) -> bool:
    """Tell whether the check digit of a card is right; what is no card in length always holds."""
    if len(number) not in CARDS:
        return True
    total = 0
    for at, sign in enumerate(reversed(number)):
        digit = int(sign) * (2 if at % 2 else 1)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def masked(number: str) -> str:
    """Return 6222 **** 1234: the first and last four stay of a long number, the last two of a short one."""
    return f"{number[:4]} **** {number[-4:]}" if len(number) >= 12 else f"**** {number[-2:]}"
