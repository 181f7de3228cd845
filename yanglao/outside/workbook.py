"""Read tables as people send them (.xlsx, .xls, .csv, .txt, pasted cells) and write .xlsx. Nothing in them is run.

What comes in is not trusted: its kind is decided by its content, its size before it is opened, its extent before
it is laid out in memory. Formulas and macros are never computed; a formula cell gives the value last stored in it.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import python_calamine

from yanglao.kernel.errors import Refused, TooLarge
from yanglao.outside.archive import BROKEN
from yanglao.outside.workbook_writing import Column, Table, write

__all__ = ["Book", "Cell", "Column", "Sheet", "Table", "read", "read_pasted", "write"]

MOST_BYTES = 8 * 1024 * 1024
MOST_INFLATED_BYTES = 96 * 1024 * 1024
MOST_PARTS = 2000
MOST_ROWS = 6000
MOST_COLUMNS = 100
MOST_CHARS = 2000
EXACT_BELOW = 10**15
"""A spreadsheet keeps 15 digits of a number; a longer one has lost its last digits."""

_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,4})(\d{1,8})"')
_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="(\d{1,8})"')
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DELIMITERS = "\t,;，"


class UnknownKind(Refused):
    code = "workbook.unknown_kind"


class Unreadable(Refused):
    code = "workbook.unreadable"


class Protected(Refused):
    code = "workbook.protected"


class WebPage(Refused):
    code = "workbook.web_page"


class Swollen(Refused):
    code = "workbook.swollen"


class TooManyCells(Refused):
    code = "workbook.too_many_cells"


class NothingInside(Refused):
    code = "workbook.empty"


class TooBig(TooLarge):
    code = "workbook.too_big"


@dataclass(frozen=True)
class Cell:
    """One cell: ``text`` as a person would read it; ``damaged`` when it is a number longer than a spreadsheet keeps."""

    text: str
    raw: str | int | float | bool | None = None
    damaged: bool = False


@dataclass(frozen=True)
class Sheet:
    """A sheet: ``rows`` of cells from the top left corner on, each as long as it came."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Book:
    """What was read: ``kind`` xlsx, xls, csv or pasted, and at least one sheet with at least one cell."""

    kind: str
    sheets: tuple[Sheet, ...]


def read(content: bytes) -> Book:
    """Read a file by its content, whatever its name says.

    Raises: TooBig, UnknownKind, WebPage, Protected, Unreadable, Swollen, TooManyCells, NothingInside.
    """
    if len(content) > MOST_BYTES:
        raise TooBig(most_mb=MOST_BYTES // 1024 // 1024)
    if content.startswith(b"PK\x03\x04"):
        _check_parts(content)
        return _filled(Book("xlsx", tuple(_calamine_sheets(content))))
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Protected
        return _filled(Book("xls", tuple(_calamine_sheets(content))))
    return _filled(Book("csv", (_text_sheet(_decoded(content)),)))


def read_pasted(text: str) -> Book:
    """Read cells pasted from a spreadsheet: tabs between cells, or a comma-separated text. Raises as ``read``."""
    if len(text) > MOST_BYTES:
        raise TooBig(most_mb=MOST_BYTES // 1024 // 1024)
    return _filled(Book("pasted", (_text_sheet(text),)))


def _filled(book: Book) -> Book:
    sheets = tuple(sheet for sheet in book.sheets if any(cell.text for row in sheet.rows for cell in row))
    if not sheets:
        raise NothingInside
    return Book(book.kind, sheets)


def _check_parts(content: bytes) -> None:
    """Inflate every part once within limits, so that neither a bomb nor a lying size reaches the reader."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_INFLATED_BYTES:
                raise Swollen
            if not any(part.filename.startswith("xl/") for part in parts):
                raise UnknownKind
            for part in parts:
                _check_part(archive, part)
    except BROKEN as fault:
        raise Unreadable from fault


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with archive.open(part) as stream:
        content = stream.read(MOST_INFLATED_BYTES + 1)
    if not part.filename.startswith("xl/worksheets/"):
        return
    # A reader lays a sheet out from corner to corner: one stray cell at XFD1048576 would be 17 thousand million cells.
    rows = [int(found) for found in _ROW.findall(content)]
    for letters, number in _CELL.findall(content):
        rows.append(int(number))
        if _column_number(letters) > MOST_COLUMNS * 10:
            raise TooManyCells(most_rows=MOST_ROWS, most_columns=MOST_COLUMNS)
    if rows and max(rows) > MOST_ROWS * 20:
        raise TooManyCells(most_rows=MOST_ROWS, most_columns=MOST_COLUMNS)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _calamine_sheets(content: bytes) -> Iterator[Sheet]:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        for about in book.sheets_metadata:
            visible = about.visible == python_calamine.SheetVisibleEnum.Visible
            if about.typ == python_calamine.SheetTypeEnum.WorkSheet and visible:
                sheet = book.get_sheet_by_name(about.name)
                _check_extent(sheet)
                yield Sheet(
                    about.name, _laid_out(sheet.to_python(skip_empty_area=False), sheet.merged_cell_ranges)
                )
    except python_calamine.PasswordError as fault:
        raise Protected from fault
    except (
        python_calamine.CalamineError,
        python_calamine.ZipError,
        python_calamine.XmlError,
        OSError,
    ) as fault:
        raise Unreadable from fault


def _check_extent(sheet: python_calamine.CalamineSheet) -> None:
    if sheet.total_height > MOST_ROWS * 20 or sheet.total_width > MOST_COLUMNS * 10:
        raise TooManyCells(most_rows=MOST_ROWS, most_columns=MOST_COLUMNS)
    if sheet.total_height * sheet.total_width > MOST_ROWS * MOST_COLUMNS * 4:
        raise TooManyCells(most_rows=MOST_ROWS, most_columns=MOST_COLUMNS)


def _laid_out(rows: list[list[Any]], merged: Any) -> tuple[tuple[Cell, ...], ...]:
    """Turn values into cells; a cell merged over several rows of one column is repeated in each of them."""
    cells = [[_cell(value) for value in row] for row in rows]
    for (top, left), (bottom, right) in merged or ():
        if left != right or bottom >= len(cells) or left >= len(cells[top]):
            continue
        for below in range(top + 1, bottom + 1):
            if left < len(cells[below]):
                cells[below][left] = cells[top][left]
    return _within_limits(cells)


def _within_limits(rows: Sequence[Sequence[Cell]]) -> tuple[tuple[Cell, ...], ...]:
    """Cut what is empty at the right and at the end. Raises TooManyCells."""
    kept = [_cut(row) for row in rows]
    while kept and not kept[-1]:
        kept.pop()
    if len(kept) > MOST_ROWS or any(len(row) > MOST_COLUMNS for row in kept):
        raise TooManyCells(most_rows=MOST_ROWS, most_columns=MOST_COLUMNS)
    return tuple(kept)


def _cut(row: Sequence[Cell]) -> tuple[Cell, ...]:
    end = len(row)
    while end and not row[end - 1].text.strip():
        end -= 1
    return tuple(row[:end])


def _cell(value: Any) -> Cell:
    if value is None or value == "":
        return Cell("")
    if isinstance(value, bool):
        return Cell("是" if value else "否", value)
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, datetime):
        return Cell(value.strftime("%Y-%m-%d %H:%M" if value.time() != time() else "%Y-%m-%d"))
    if isinstance(value, date):
        return Cell(value.isoformat())
    if isinstance(value, (time, timedelta)):
        return Cell(str(value))
    text = str(value)[:MOST_CHARS]
    return Cell(text, text)


def _number(value: int | float) -> Cell:
    damaged = abs(value) >= EXACT_BELOW
    if isinstance(value, float) and not value.is_integer():
        return Cell(repr(value), value, damaged)
    return Cell(f"{value:.0f}", value, damaged)


def _decoded(content: bytes) -> str:
    """Read text as UTF-8 (with or without BOM), UTF-16 with BOM, or GB18030. Raises UnknownKind."""
    head = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta")):
        raise WebPage
    if head.startswith((b"%pdf", b"{\\rtf")):
        raise UnknownKind
    names = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for name in names:
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x08\x0e-\x1f]", text):
            return text
    raise UnknownKind


def _text_sheet(text: str) -> Sheet:
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    try:
        rows = [
            [_text_cell(value) for value in row]
            for row in csv.reader(io.StringIO(lines), delimiter=_delimiter(lines), strict=False)
        ]
    except csv.Error as fault:
        raise Unreadable from fault
    return Sheet("", _within_limits(rows))


def _text_cell(value: str) -> Cell:
    # People keep long numbers whole in .csv by writing ="3713…" or '3713…: the wrapping is not part of the text.
    inner = re.fullmatch(r'\s*=\s*"(.*)"\s*', value) or re.fullmatch(r"\s*'(\d.*)", value)
    text = (inner.group(1) if inner else value)[:MOST_CHARS]
    return Cell(text, value[:MOST_CHARS] if value else None)


def _delimiter(text: str) -> str:
    """Choose the delimiter that cuts most of the first lines into the same number of cells, more than one."""
    first = text.split("\n", 40)[:40]

    def evenness(delimiter: str) -> int:
        widths = Counter(len(row) for row in csv.reader(first, delimiter=delimiter) if len(row) > 1)
        return max((width * count for width, count in widths.items()), default=0)

    return max(_DELIMITERS, key=evenness)
