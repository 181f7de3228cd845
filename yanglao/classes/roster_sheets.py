"""Keep a roster's cells sealed between its dry run and its commit, and hand the file back with what became of it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from yanglao.classes.roster_columns import (
    Header,
    columns_by_content,
    columns_of,
    completed,
    find_header,
    header_at,
    headless,
)
from yanglao.outside.workbook import Book, Cell, Column, Sheet, Table, write

TINTS = {"bad": "red", "left_out": "amber", "dropped": "", "add": "pine", "added": "pine", "same": ""}


def packed(book: Book) -> str:
    """Spell the sheets of a book as text; only what a roster needs of a cell is kept."""
    sheets = [
        {"name": sheet.name, "rows": [[[cell.text, int(cell.damaged)] for cell in row] for row in sheet.rows]}
        for sheet in book.sheets
    ]
    return json.dumps({"kind": book.kind, "sheets": sheets}, ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str) -> Book:
    """Read what ``packed`` spelt."""
    kept = json.loads(text)
    sheets = tuple(
        Sheet(
            sheet["name"],
            tuple(tuple(Cell(text, None, bool(bad)) for text, bad in row) for row in sheet["rows"]),
        )
        for sheet in kept["sheets"]
    )
    return Book(kept["kind"], sheets)


def likely_sheet(book: Book, remembered: dict[str, str]) -> int:
    """Choose the sheet with the roster: the first in which a header is found, else the first."""
    for at, sheet in enumerate(book.sheets):
        if find_header(sheet.rows, remembered) is not None:
            return at
    return 0


def laid_out(
    sheet: Sheet, remembered: dict[str, str], header: tuple[int, int] | None
) -> tuple[Header, list[str]]:
    """Find the header and the field of each column; ``header`` (row, rows) overrules what would be found."""
    found = header_at(sheet.rows, *header) if header else find_header(sheet.rows, remembered)
    if found is None:
        return headless(sheet.rows, remembered)
    if found.rows:
        return found, completed(columns_of(found.headings, remembered), sheet.rows[found.first_below :])
    return found, columns_by_content(sheet.rows)


def handed_back(
    sheet: Sheet, header: Header, results: dict[int, tuple[str, str]], passwords: dict[int, str] | None
) -> bytes:
    """Return the roster as .xlsx: every row where it was and every column as it came, then 结果, then the first
    passwords if there are any.

    ``results`` maps row numbers (from 1) to (outcome, sentence).
    """
    width = max((len(row) for row in sheet.rows), default=0)
    above = [" ".join(cell.text for cell in row if cell.text) for row in sheet.rows[: header.row]]
    above += [""] * (header.first_below - header.row - 1)
    titles = [*(header.headings[at] or f"第{at + 1}列" for at in range(width)), "结果"]
    if passwords is not None:
        titles.append("初始密码（首次登录后须修改）")
    rows: list[list[str]] = []
    tints: dict[int, str] = {}
    for number, row in enumerate(sheet.rows[header.first_below :], start=header.first_below + 1):
        outcome, said = results.get(number, ("", ""))
        texts = _texts(row, width) + [said] + ([passwords.get(number, "")] if passwords is not None else [])
        tints[len(rows)] = TINTS.get(outcome, "")
        rows.append(texts)
    table = Table("花名册结果", [Column(title) for title in titles], rows, "\n".join(above), None, tints)
    return write([table])


def _texts(row: Sequence[Cell], width: int) -> list[str]:
    return [row[at].text if at < len(row) else "" for at in range(width)]
