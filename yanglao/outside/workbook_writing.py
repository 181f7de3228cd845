"""Write .xlsx files that a spreadsheet cannot harm: long numbers stay text, no cell is ever a formula."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import xlsxwriter

NARROWEST, WIDEST = 6, 48
Value = str | int | float | bool | date | datetime | None


@dataclass(frozen=True)
class Column:
    """A column; ``width`` in half-width characters, measured from its cells when it is None.

    For sheets that people fill in: ``choices`` are offered in each cell, ``hint`` is shown beside the cell one is in.
    """

    title: str
    width: int | None = None
    choices: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True)
class Table:
    """One sheet: ``title`` above the head, one row per line, then ``rows``; ``tints`` colours whole rows by index."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    title: str = ""
    totals: Sequence[Value] | None = None
    tints: dict[int, str] | None = None


TINTS = {"red": "#FBE6E4", "amber": "#FBEFDC", "pine": "#E3F1EA", "indigo": "#E6EBF7"}


def write(tables: Iterable[Table]) -> bytes:
    """Return an .xlsx with one sheet per table: head in view while scrolling, widths fit for Chinese, text as text."""
    target = io.BytesIO()
    settings = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(target, settings) as book:
        for table in tables:
            _write_table(book, table)
    return target.getvalue()


def display_width(text: str) -> int:
    """Return how many half-width characters ``text`` takes; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def sheet_name(name: str) -> str:
    """Return a name a sheet may carry: none of []:*?/\\, at most 31 characters, not empty."""
    kept = "".join(" " if char in "[]:*?/\\" else char for char in name).strip(" '")
    return kept[:31] or "表"


def _write_table(book: Any, table: Table) -> None:
    sheet = book.add_worksheet(sheet_name(table.name))
    line = {"border": 1, "border_color": "#C9CDC4", "valign": "top", "font_size": 11}
    head = book.add_format({**line, "bold": True, "bg_color": "#E3F1EA", "text_wrap": True})
    above = table.title.split("\n") if table.title else []
    first = len(above)
    for at, line_above in enumerate(above):
        sheet.write_string(at, 0, line_above, book.add_format({"bold": True, "font_size": 14}))
    for column, about in enumerate(table.columns):
        sheet.write_string(first, column, about.title, head)
        sheet.set_column(column, column, _width(table, column))
    looks = {name: _formats(book, line, colour) for name, colour in {"": None, **TINTS}.items()}
    for index, row in enumerate(table.rows):
        formats = looks[(table.tints or {}).get(index, "")]
        for column, value in enumerate(row):
            _write_cell(sheet, (first + 1 + index, column), value, formats)
    if table.totals is not None:
        bold = {
            kind: book.add_format({**line, "bold": True, "num_format": form}) for kind, form in _KINDS.items()
        }
        for column, value in enumerate(table.totals):
            _write_cell(sheet, (first + 1 + len(table.rows), column), value, bold)
    _offer(sheet, table, first + 1)
    sheet.freeze_panes(first + 1, 0)
    if table.rows and table.columns:
        sheet.autofilter(first, 0, first + len(table.rows), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(first)


FILLED_IN = 6000
"""So many rows of a sheet to be filled in have their choices and hints."""


def _offer(sheet: Any, table: Table, first: int) -> None:
    for column, about in enumerate(table.columns):
        rule: dict[str, Any] = (
            {"validate": "list", "source": list(about.choices)} if about.choices else {"validate": "any"}
        )
        if about.hint:
            rule |= {"input_title": about.title[:32], "input_message": about.hint[:255]}
        if about.choices or about.hint:
            sheet.data_validation(first, column, first + FILLED_IN, column, {**rule, "error_type": "warning"})


_KINDS = {"text": "@", "number": "General", "date": "yyyy-mm-dd", "time": "yyyy-mm-dd hh:mm"}


def _formats(book: Any, line: dict[str, Any], colour: str | None) -> dict[str, Any]:
    ground = {"bg_color": colour} if colour else {}
    return {kind: book.add_format({**line, **ground, "num_format": form}) for kind, form in _KINDS.items()}


def _write_cell(sheet: Any, at: tuple[int, int], value: Value, formats: dict[str, Any]) -> None:
    row, column = at
    if value is None or value == "":
        sheet.write_blank(row, column, None, formats["text"])
    elif isinstance(value, bool):
        sheet.write_string(row, column, "是" if value else "否", formats["text"])
    elif isinstance(value, (int, float)) and abs(value) < 10**15:
        sheet.write_number(row, column, value, formats["number"])
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), formats["time"])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime.combine(value, time()), formats["date"])
    else:
        sheet.write_string(row, column, str(value)[:32_000], formats["text"])


def _width(table: Table, column: int) -> int:
    about = table.columns[column]
    if about.width is not None:
        return about.width
    widest = display_width(about.title)
    for row in table.rows[:300]:
        if column < len(row) and row[column] is not None:
            widest = max(widest, display_width(str(row[column])))
    return min(max(widest + 2, NARROWEST), WIDEST)
