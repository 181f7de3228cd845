"""Write long .xlsx tables row by row: what was written is not held in memory, text stays text, no cell is a formula."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from yanglao.outside.workbook_writing import TINTS, display_width, sheet_name

Value = str | int | Decimal | bool | date | datetime | None
LINE_SIZE = 11
LINE = {"border": 1, "border_color": "#C9CDC4", "valign": "top", "font_size": LINE_SIZE}
KINDS = {
    "text": "@", "number": "General", "tenths": "#,##0.0", "fen": "#,##0.00", "date": "yyyy-mm-dd", "time": "yyyy-mm-dd hh:mm:ss",
}  # fmt: skip
WRAPPED, ASIDE = {"text_wrap": True}, {"align": "right", "indent": 1}  # figures keep off the text beside them
DECIMALS = {-1: "tenths", -2: "fen"}
A3, A4, A4_HALVES = 8, 9, 150  # half-widths that are still easy to read on A4 across
LINE_POINTS, MOST_LINES = 15, 27  # no row is higher than 409 points
TITLE_SIZE, TITLE_POINTS = 14, 20  # of its letters, of a line


class Book:
    """A workbook that grows in a file; ``finish`` returns its bytes. Use it in a ``with`` block."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="yanglao-book-")
        self._path = Path(self._folder.name) / "book.xlsx"
        settings = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(str(self._path), settings)
        self._formats = {name: self._looks(ground) for name, ground in {"": None, **TINTS}.items()}
        self._bold = self._looks(None, bold=True)
        self._head = self._book.add_format(
            {**LINE, "bold": True, "bg_color": TINTS["pine"], "text_wrap": True}
        )
        self._title = self._book.add_format(
            {"bold": True, "font_size": TITLE_SIZE, "text_wrap": True, "valign": "top"}
        )
        self._closed = False

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()
        self._folder.cleanup()

    def sheet(self, name: str, columns: Sequence[tuple[str, int]], *, title: str = "") -> Sheet:
        """Begin a sheet: an optional title line, then the head; ``columns`` are (words, width in half-widths)."""
        made = self._book.add_worksheet(sheet_name(name))
        for number, (_, width) in enumerate(columns):
            made.set_column(number, number, width)
        first = 1 if title else 0
        made.freeze_panes(first + 1, 0)
        made.set_landscape()
        total = sum(width for _, width in columns)
        made.set_paper(A4 if total <= A4_HALVES else A3)
        made.fit_to_pages(1, 0)
        made.repeat_rows(first)
        if title:
            self._write_title(made, title, total, len(columns))
        for number, (words, _) in enumerate(columns):
            made.write_string(first, number, words, self._head)
        widths = [width for _, width in columns]
        return Sheet(made, first, widths, formats=self._formats, bold=self._bold)

    def _write_title(self, made: Any, title: str, halves: int, columns: int) -> None:
        """Write the title across all columns, in as many lines as it takes: beyond the table it would make the print small."""
        lines = -(-display_width(title) * TITLE_SIZE // (LINE_SIZE * max(halves - 2, 1)))
        made.set_row(0, TITLE_POINTS * max(lines, 1))
        if columns > 1:
            made.merge_range(0, 0, 0, columns - 1, "", self._title)
        made.write_string(0, 0, title, self._title)

    def finish(self) -> bytes:
        """Close the workbook and return it."""
        self._close()
        return self._path.read_bytes()

    def _close(self) -> None:
        if not self._closed:
            self._closed = True
            self._book.close()

    def _looks(self, ground: str | None, *, bold: bool = False) -> dict[str, Any]:
        more: dict[str, Any] = {"bg_color": ground} if ground else {}
        more |= {"bold": True} if bold else {}
        return {
            kind: self._book.add_format(
                {**LINE, **more, "num_format": form, **(WRAPPED if kind == "text" else ASIDE)}
            )
            for kind, form in KINDS.items()
        }


class Sheet:
    """One sheet; rows are written in order and cannot be gone back to."""

    def __init__(
        self, sheet: Any, head: int, widths: Sequence[int], *, formats: dict[str, Any], bold: dict[str, Any]
    ) -> None:
        self._sheet = sheet
        self._head, self._widths, self._formats, self._bold = head, widths, formats, bold
        self.rows = 0

    def add(self, row: Sequence[Value], *, tint: str = "") -> None:
        """Write the next row; ``tint`` is red, amber, pine, indigo or empty."""
        self.rows += 1
        self._write(row, self._formats[tint])

    def totals(self, row: Sequence[Value]) -> None:
        """Write a row of sums and let the rows above it be filtered."""
        if self.rows:
            self._sheet.autofilter(self._head, 0, self._head + self.rows, len(self._widths) - 1)
        self._head, self.rows = self._head + self.rows + 1, 0
        self._write(row, self._bold)

    def closing(self, words: str) -> None:
        """Write a sentence below, across all columns."""
        self.rows += 1
        at = self._head + self.rows
        if len(self._widths) > 1:
            self._sheet.merge_range(at, 0, at, len(self._widths) - 1, "", self._bold["text"])
        self._sheet.write_string(at, 0, words, self._bold["text"])

    def _write(self, row: Sequence[Value], formats: dict[str, Any]) -> None:
        at = self._head + self.rows
        lines = max(
            (_lines(value, width) for value, width in zip(row, self._widths, strict=False)), default=1
        )
        if lines > 1:  # not every program reckons the height of text that wraps
            self._sheet.set_row(at, LINE_POINTS * lines)
        for column, value in enumerate(row):
            _write_cell(self._sheet, (at, column), value, formats)


def _lines(value: Value, width: int) -> int:
    """Return how many lines a text takes in a column of ``width`` half-widths."""
    if not isinstance(value, str) or 2 * len(value) < width:
        return 1
    halves = display_width(value)
    # A Chinese character takes a little more than two digits; a column has a little more room than it says.
    twentieths = 20 * halves + 3 * (halves - len(value)) - 14
    return min(-(-twentieths // (20 * width)), MOST_LINES)


def _write_cell(sheet: Any, place: tuple[int, int], value: Value, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        sheet.write_blank(*place, None, formats["text"])
    elif isinstance(value, bool):
        sheet.write_string(*place, "是" if value else "否", formats["text"])
    elif isinstance(value, Decimal) and abs(value) < 10**15:
        kind = DECIMALS.get(int(value.as_tuple().exponent), "number")
        sheet.write_number(*place, value, formats[kind])
    elif isinstance(value, int) and -(10**15) < value < 10**15:
        sheet.write_number(*place, value, formats["number"])
    elif isinstance(value, datetime):
        sheet.write_datetime(*place, value.replace(tzinfo=None), formats["time"])
    elif isinstance(value, date):
        sheet.write_datetime(*place, value, formats["date"])
    else:
        sheet.write_string(*place, str(value)[:32_000], formats["text"])
