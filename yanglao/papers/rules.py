"""Say how a page is known again: its code, its digest, the ledger head it prints. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from yanglao.evidence.rules import Head, merkle_root
from yanglao.kernel.canonical import digest

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
CODE_LENGTH = 16  # of 32 letters each: 80 bits that nobody guesses
ADDRESS = "/p/"
SHORT = 12
# What people write for the letters and digits that look like them, as in all of our codes.
ALIKE = str.maketrans({"o": "0", "i": "1", "l": "1", "u": "v"})
_CODE = re.compile(rf"[{ALPHABET}]{{{CODE_LENGTH}}}")


def code_in(text: str) -> str | None:
    """Return the page code in what a scanner read or a person typed: the address, or the code with spaces; else None."""
    last = text.strip().rsplit(ADDRESS, 1)[-1].split("?")[0]
    plain = re.sub(r"[\s\-－—·]", "", last).lower().translate(ALIKE)
    return plain if _CODE.fullmatch(plain) else None


def spaced(code: str) -> str:
    """Return a code as it is printed to be typed: groups of four."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def root_of(heads: Sequence[Sequence[Any]]) -> str:
    """Return the root over ``[kind, id, position, hash]`` of the chains that a page rests on, as checkpoints do."""
    return merkle_root([Head(*head) for head in heads])


def short(value: str) -> str:
    """Return the first characters of a digest as paper prints them: 3f9a-21bc-77e0."""
    bare = value.rpartition(":")[2][:SHORT]
    return "-".join(bare[at : at + 4] for at in range(0, len(bare), 4))


def is_head(typed: str, root: str) -> bool:
    """Tell whether what was typed from paper is the head ``root``: as printed, or more of it."""
    bare = re.sub(r"[^0-9a-f]", "", typed.lower().rpartition(":")[2])
    return len(bare) >= SHORT and root.rpartition(":")[2].startswith(bare)


def page_line(number: int, code: str, digest_: str, root: str) -> dict[str, Any]:
    """Return what the ledger keeps of one page: its code's digest, not the code itself."""
    return {"page": number, "code": digest(code.encode()), "digest": digest_, "root": root}
