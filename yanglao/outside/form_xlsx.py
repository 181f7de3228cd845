"""Fill an .xlsx form: text in cells, one row repeated; formats, merged cells, heights, sums and print settings stay as they were."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from copy import copy
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.worksheet.cell_range import MultiCellRange
from openpyxl.worksheet.worksheet import Worksheet

from yanglao.outside import form_xlsx_marks as marks
from yanglao.outside.form_parts import (
    MARK,
    MOST_BYTES,
    PLACEHOLDER,
    ROW,
    Damaged,
    Picture,
    Place,
    Swollen,
    Values,
    said,
)

MOST_CELLS = 200_000
# A cell or range of the sheet itself: not of another sheet, no name, no function such as LOG10(.
_REFERENCE = re.compile(r"(?<![\w!.$])(\$?[A-Z]{1,3}\$?)(\d+)(?::(\$?[A-Z]{1,3}\$?)(\d+))?(?![\w(.!])")


def places(content: bytes) -> list[Place]:
    """Return every placeholder with sheet and cell."""
    return [
        Place(name, f"工作表“{sheet.title}” {cell.coordinate}")
        for sheet in _opened(content).worksheets
        for cell in _cells(sheet)
        for name in PLACEHOLDER.findall(cell.value)
    ]


def faults(content: bytes) -> list[str]:
    """Return what the repeated rows do wrong: two on one sheet, a merge that reaches over one, or the page's code in one."""
    found = []
    for sheet in _opened(content).worksheets:
        rows = _repeated(sheet)
        if any(cell.row in rows for cell in _marked(sheet)):
            found.append(f"工作表“{sheet.title}”的“{MARK}”写在了重复的那一行里，一张表只要一个")
        if len(rows) > 1:
            found.append(f"工作表“{sheet.title}”有 {len(rows)} 行写着“行.”，只能有一行")
        for merge in sheet.merged_cells.ranges:
            if rows and merge.min_row != merge.max_row and merge.min_row <= rows[0] <= merge.max_row:
                found.append(f"工作表“{sheet.title}”的合并单元格 {merge.coord} 压住了重复的那一行")
    return found


def fill(content: bytes, values: Values, rows: Sequence[Values]) -> bytes:
    """Return the form filled with ``values``; the row that names ``行.…`` once for each of ``rows``.

    A picture among ``values`` stands where its word is, and below the last row of a sheet that asks for other words only.
    """
    book = _opened(content)
    for sheet in book.worksheets:
        repeated, asks = _repeated(sheet), any(_cells(sheet))
        marked = {cell.coordinate for cell in _marked(sheet)}
        for cell in _cells(sheet):
            if cell.row not in repeated and cell.coordinate not in marked:
                _write(cell, values)
        for row in repeated:
            _repeat(sheet, row, values, rows)
        picture = values.get(MARK)
        if isinstance(picture, Picture) and asks:
            _mark(sheet, values, picture)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _opened(content: bytes) -> Any:
    try:
        return openpyxl.load_workbook(io.BytesIO(content))
    except Exception:  # openpyxl raises whatever a strange part leads it to
        raise Damaged from None


def _cells(sheet: Worksheet) -> Iterator[Cell]:
    """Yield the cells with a placeholder, by row."""
    if sheet.max_row * sheet.max_column > MOST_CELLS:
        raise Swollen(most_mb=MOST_BYTES // 1024 // 1024)
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and "{{" in cell.value:
                yield cell


def _repeated(sheet: Worksheet) -> list[int]:
    return sorted(
        {
            cell.row
            for cell in _cells(sheet)
            if any(name.startswith(ROW) for name in PLACEHOLDER.findall(cell.value))
        }
    )


def _marked(sheet: Worksheet) -> list[Cell]:
    return [cell for cell in _cells(sheet) if MARK in PLACEHOLDER.findall(cell.value)]


def _mark(sheet: Worksheet, values: Values, picture: Picture) -> None:
    """Put the picture where its word stands, rows having been moved, and its words into the foot of each page."""
    cells = _marked(sheet)
    for cell in cells:
        _write(cell, values)
        marks.place(sheet, cell, picture)
    if not cells:
        marks.at_end(sheet, picture)
    marks.in_foot(sheet, picture)


def _write(cell: Cell, values: Values, text: str | None = None) -> None:
    """Put values into a cell: a number where nothing else stands in it, else text that is never a formula."""
    text = str(cell.value) if text is None else text
    alone = PLACEHOLDER.fullmatch(text.strip())
    value = values.get(alone[1]) if alone else PLACEHOLDER.sub(lambda hit: said(values.get(hit[1])), text)
    if isinstance(value, Picture):
        value = None
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        if value[:-1].isdigit():
            cell.number_format = "@"


def _repeat(sheet: Worksheet, row: int, values: Values, rows: Sequence[Values]) -> None:
    template = [(cell, cell.value, cell.data_type == "f") for cell in sheet[row]]
    height, more = sheet.row_dimensions[row].height, max(len(rows) - 1, 0)
    _make_room(sheet, row, more)
    own = [merge for merge in sheet.merged_cells.ranges if merge.min_row == merge.max_row == row]
    for at in range(max(len(rows), 1)):
        here = row + at
        sheet.row_dimensions[here].height = height
        for merge in own if at else ():
            sheet.merge_cells(
                start_row=here, end_row=here, start_column=merge.min_col, end_column=merge.max_col
            )
        for first, text, reckons in template:
            cell = sheet._cells.get((here, first.column)) or sheet.cell(here, first.column)
            if at:
                cell._style = copy(first._style)
            if isinstance(cell, Cell):
                given = {**values, **(rows[at] if rows else {})}
                if reckons:
                    cell.value = _moved(text, row=0, more=at)
                else:
                    _fill_row(cell, text, given, at)
        marks.fit(sheet, here)


def _fill_row(cell: Cell, text: Any, values: Values, at: int) -> None:
    if isinstance(text, str) and PLACEHOLDER.search(text):
        _write(cell, values, text)
    elif at:
        cell.value = text


def _make_room(sheet: Worksheet, row: int, more: int) -> None:
    """Move everything below ``row`` down, with its merges, heights, sums and the area that is printed."""
    if not more:
        return
    heights = {at: own.height for at, own in sheet.row_dimensions.items() if at > row and own.height}
    below = [merge for merge in sheet.merged_cells.ranges if merge.min_row > row]
    sheet.insert_rows(row + 1, more)
    for merge in below:
        merge.shift(0, more)
    for at in heights:
        sheet.row_dimensions[at].height = None
    for at, height in heights.items():
        sheet.row_dimensions[at + more].height = height
    for line in sheet.iter_rows():
        for cell in line:
            if cell.data_type == "f" and isinstance(cell.value, str) and not row < cell.row <= row + more:
                cell.value = _moved(cell.value, row=row, more=more)
    marks.move_down(sheet, row, more)
    if sheet.print_area:
        sheet.print_area = _moved(str(sheet.print_area).rpartition("!")[2], row=row, more=more)
    for choice in sheet.data_validations.dataValidation:
        choice.sqref = MultiCellRange(_areas(choice.sqref, row, more))
    coloured, sheet.conditional_formatting = sheet.conditional_formatting, ConditionalFormattingList()
    for area in coloured:
        for rule in area.rules:
            sheet.conditional_formatting.add(_areas(area.sqref, row, more), rule)


def _areas(areas: Any, row: int, more: int) -> str:
    """Return where choices or colours hold once everything below ``row`` lies lower."""
    told = (f"{one}:{one}" if ":" not in one else one for one in str(areas).split())
    return " ".join(_moved(one, row=row, more=more) for one in told)


def _moved(formula: str, *, row: int, more: int) -> str:
    """Return a formula whose rows below ``row`` lie ``more`` lower; a range or a lone cell of the row itself grows over all of it."""

    def place(hit: re.Match[str]) -> str:
        first, last = int(hit[2]), int(hit[4] or hit[2])
        start, end = first + (more if first > row else 0), last + (more if last >= row and row else 0)
        if not row:
            start, end = (
                at if absolute else at + more
                for at, absolute in ((first, "$" in hit[1][1:]), (last, "$" in (hit[3] or hit[1])[1:]))
            )
        if hit[3]:
            return f"{hit[1]}{start}:{hit[3]}{end}"
        return f"{hit[1]}{start}"

    return _REFERENCE.sub(place, formula)
