"""Write .csv files that WPS and Excel open as they are: UTF-8 with a mark, CRLF, long numbers left whole, no cell a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

MARK = b"\xef\xbb\xbf"
LONGEST_NUMBER = 11  # more digits than that are shown as 6.2E+18 unless the cell is text
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def write(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as bytes. A tab before a long number makes it text, a quote before =, +, - or @ keeps it from being reckoned."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerows([_cell(value) for value in row] for row in rows)
    return MARK + target.getvalue().encode()


def _cell(value: str) -> str:
    plain = " ".join(value.replace("\x00", "").split("\n"))
    if plain[:-1].isdigit() and len(plain) >= LONGEST_NUMBER:
        return f"\t{plain}"
    return f"'{plain}" if plain.startswith(_FORMULAS) else plain
