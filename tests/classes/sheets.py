"""Make rosters as they really come: merged titles, a header in row 3, 合计, damaged numbers, old encodings."""

from __future__ import annotations

import io

import openpyxl
import xlwt

from tests.classes.makers import id_number

TITLE = "2026 年沂水县养老护理员培训学员花名册"
HEADINGS = ["序号", "姓  名", "性别", "身份证号码\n（18位）", "联系方式", "工作单位", "备注"]


def people_rows(count: int = 3) -> list[list]:
    """Return rows of good people: 陈秀英1 is not a name, so names differ by a character."""
    names = ["陈秀英", "王桂兰", "阿依古丽·买买提", "䶮㛃𫖯", "李淑珍", "张\u3000三"]
    return [
        [n + 1, names[n % len(names)], "", id_number(n + 1), f"1380000{n:04d}", "仁和养老院", ""]
        for n in range(count)
    ]


def xlsx(
    rows: list[list], *, above: tuple[str, ...] = (TITLE, "填报单位（盖章）：仁和"), below: bool = True
) -> bytes:
    """Write an .xlsx with merged title rows above the header and a 合计 row below."""
    book = openpyxl.Workbook()
    sheet = book.active
    for at, text in enumerate(above, start=1):
        sheet.append([text])
        sheet.merge_cells(start_row=at, start_column=1, end_row=at, end_column=len(HEADINGS))
    sheet.append(HEADINGS)
    for row in rows:
        sheet.append(row)
    if below:
        sheet.append(["合　计", f"{len(rows)}人"])
        sheet.append(["备注：本表一式两份"])
    return saved(book)


def xls(rows: list[list]) -> bytes:
    """Write an .xls of 1997 with the header in row 2."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("花名册")
    for at, row in enumerate([[TITLE], HEADINGS, *rows]):
        for column, value in enumerate(row):
            sheet.write(at, column, value)
    return saved(book)


def csv_bytes(rows: list[list], encoding: str, delimiter: str = ",") -> bytes:
    """Write a text file in an encoding, the header first."""
    return lines([[text.replace("\n", "") for text in HEADINGS], *rows], delimiter).encode(encoding)


def lines(rows: list[list], delimiter: str = "\t") -> str:
    """Write rows as text, as cells are pasted."""
    return "\r\n".join(delimiter.join(str(value) for value in row) for row in rows) + "\r\n"


def saved(book) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
