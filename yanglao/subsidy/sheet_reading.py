"""Find the columns of a sheet by the words above them, and read its rows as texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yanglao.outside import workbook

LOOKED_AT = 10  # a title or two may stand above the headings
Headings = Mapping[str, Sequence[str]]


def rows(
    content: bytes, headings: Headings, needed: frozenset[str]
) -> list[tuple[int, dict[str, str]]] | None:
    """Return (row as in the sheet, texts by key) below the headings; None where the needed ones are not there. Raises as ``workbook.read``."""
    found = workbook.read(content).sheets[0].rows
    for at, row in enumerate(found[:LOOKED_AT]):
        places = _places([cell.text.strip() for cell in row], headings)
        if set(places) >= needed:
            return [
                (
                    number,
                    {key: cells[to].text.strip() if to < len(cells) else "" for key, to in places.items()},
                )
                for number, cells in enumerate(found[at + 1 :], at + 2)
            ]
    return None


def _places(names: Sequence[str], headings: Headings) -> dict[str, int]:
    """Return what each heading means -> its column."""
    return {key: names.index(one) for key, known in headings.items() for one in known if one in names}
