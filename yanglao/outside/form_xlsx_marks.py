"""Put a picture onto a sheet of an .xlsx form, keep its own pictures and page breaks where its rows are, and rows as high as their text."""

from __future__ import annotations

import io
from typing import Any

from openpyxl.cell.cell import Cell
from openpyxl.drawing.image import Image
from openpyxl.utils.cell import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from yanglao.outside.form_parts import Picture
from yanglao.outside.workbook_writing import display_width

PX_PER_MM = 96 / 25.4
POINTS_PER_MM = 72 / 25.4
USUAL_POINTS = 15.0  # of a row that says no height
LINE = 1.35  # height of a line of text per size of its letters


def place(sheet: Worksheet, cell: Cell, picture: Picture) -> None:
    """Put the picture at the upper left of a cell; its row, or the last of its merged rows, grows until the picture has room."""
    last = next(
        (area.max_row for area in sheet.merged_cells.ranges if cell.coordinate in area), int(cell.row)
    )
    lacks = picture.high_mm * POINTS_PER_MM - sum(_height(sheet, at) for at in range(cell.row, last + 1))
    if lacks > 0:
        sheet.row_dimensions[last].height = _height(sheet, last) + lacks
    _put(sheet, cell.coordinate, picture)


def at_end(sheet: Worksheet, picture: Picture) -> None:
    """Put the picture below the last row that is used or printed, and print that too."""
    area = str(sheet.print_area).rpartition("!")[2].replace("$", "")
    left, first, right, last = range_boundaries(area) if area and "," not in area else (1, None, None, None)
    row = (last or _last_used(sheet)) + 1
    sheet.row_dimensions[row].height = picture.high_mm * POINTS_PER_MM
    _put(sheet, f"{get_column_letter(left or 1)}{row}", picture)
    if last:
        sheet.print_area = f"{get_column_letter(left)}{first}:{get_column_letter(right)}{row}"


def in_foot(sheet: Worksheet, picture: Picture) -> None:
    """Print the picture's words at the foot of each page, where the form leaves a place free."""
    foot = sheet.oddFooter
    free = next((part for part in (foot.right, foot.left, foot.center) if not part.text), None)
    if free is not None:
        free.text, free.size = picture.words, 8


def move_down(sheet: Worksheet, row: int, more: int) -> None:
    """Move the pictures and page breaks below ``row`` down by ``more`` rows."""
    for image in [*sheet._images, *sheet._charts]:
        for corner in (getattr(image.anchor, "_from", None), getattr(image.anchor, "to", None)):
            if corner is not None and corner.row >= row:
                corner.row += more
    for one in sheet.row_breaks.brk:
        if one.id and one.id >= row:
            one.id += more


def fit(sheet: Worksheet, row: int) -> None:
    """Let a filled row grow until the texts that may wrap have room; no program reckons that for a row that is opened filled."""
    needs = 0.0
    merged = {area.start_cell.coordinate: area for area in sheet.merged_cells.ranges if area.min_row == row}
    for cell in sheet[row]:
        if isinstance(cell.value, str) and cell.alignment.wrap_text:
            area = merged.get(cell.coordinate)
            columns = range(cell.column, (area.max_col if area else cell.column) + 1)
            room = sum(int(sheet.column_dimensions[get_column_letter(at)].width) for at in columns) - 1
            lines = sum(-(-display_width(line) // max(room, 1)) or 1 for line in cell.value.split("\n"))
            needs = max(needs, lines * float(cell.font.size or 11) * LINE + 2)
    if needs > _height(sheet, row):
        sheet.row_dimensions[row].height = needs


def _put(sheet: Worksheet, where: str, picture: Picture) -> None:
    image: Any = Image(io.BytesIO(picture.png))
    image.width, image.height = round(picture.wide_mm * PX_PER_MM), round(picture.high_mm * PX_PER_MM)
    sheet.add_image(image, where)


def _height(sheet: Worksheet, row: int) -> float:
    own = sheet.row_dimensions[row].height if row in sheet.row_dimensions else None
    return own or sheet.sheet_format.defaultRowHeight or USUAL_POINTS


def _last_used(sheet: Worksheet) -> int:
    """Return the last row with words, a frame or a merge."""
    merged = max((area.max_row for area in sheet.merged_cells.ranges), default=1)
    for at in range(sheet.max_row, 0, -1):
        for cell in sheet[at]:
            if cell.value is not None or cell.border.bottom.style or cell.border.top.style:
                return max(at, merged)
    return merged
