"""Tables are read as people send them, and what is written cannot be harmed by a spreadsheet."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
import xlwt

from tests.media_files import spoilt
from yanglao.outside import workbook
from yanglao.outside.workbook import Column, Table, read, read_pasted, write


def xlsx(*rows, arrange=None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if arrange:
        arrange(book.active)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def texts(book, sheet=0):
    return [[cell.text for cell in row] for row in book.sheets[sheet].rows]


def test_a_number_longer_than_a_spreadsheet_keeps_is_said_to_be_damaged():
    rows = read(xlsx(["张三", 371321198001010012, 13800000000, "371321198001010012"])).sheets[0].rows
    assert [cell.damaged for cell in rows[0]] == [False, True, False, False]
    assert rows[0][2].text == "13800000000"


def test_an_old_xls_is_read_whatever_its_name_says():
    book = xlwt.Workbook()
    sheet = book.add_sheet("花名册")
    sheet.write(0, 0, "王秀英")
    sheet.write(0, 1, 371321198001010012)
    target = io.BytesIO()
    book.save(target)
    found = read(target.getvalue())
    assert (found.kind, texts(found)[0][0], found.sheets[0].rows[0][1].damaged) == ("xls", "王秀英", True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_is_read_in_every_encoding_and_with_every_delimiter(encoding, delimiter):
    text = f'姓名{delimiter}身份证号\r\n䶮小红{delimiter}\'371321198001010012\r\n王秀英{delimiter}="371321198001010012"\r\n'
    found = read(text.encode(encoding))
    assert texts(found) == [
        ["姓名", "身份证号"],
        ["䶮小红", "371321198001010012"],
        ["王秀英", "371321198001010012"],
    ]


def test_cells_merged_down_are_repeated_and_titles_merged_across_are_not():
    content = xlsx(["名单", None], ["张三", "仁和"], ["李四", None], arrange=lambda sheet: [
        sheet.merge_cells("A1:B1"), sheet.merge_cells("B2:B3")
    ])  # fmt: skip
    assert texts(read(content)) == [["名单"], ["张三", "仁和"], ["李四", "仁和"]]


def test_hidden_sheets_are_left_aside_and_formulas_never_run():
    book = openpyxl.Workbook()
    book.active.append(["张三", '=HYPERLINK("http://a","点我")'])
    book.create_sheet("隐藏").append(["不要"])
    book["隐藏"].sheet_state = "hidden"
    target = io.BytesIO()
    book.save(target)
    found = read(target.getvalue())
    assert (len(found.sheets), texts(found)) == (1, [["张三"]])


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", workbook.NothingInside),
        (b"\x00\x01\x02" * 50, workbook.UnknownKind),
        (b"\x89PNG\r\n\x1a\n\x00\x00", workbook.UnknownKind),
        (b"<html><table><tr><td>x</td></tr></table>", workbook.WebPage),
        (b"PK\x03\x04 broken", workbook.Unreadable),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken", workbook.Unreadable),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), workbook.Protected),
        (b"a" * (workbook.MOST_BYTES + 1), workbook.TooBig),
        (b"a,b\n" * (workbook.MOST_ROWS + 1), workbook.TooManyCells),
        ((b"a," * 200).strip(b",") + b"\n", workbook.TooManyCells),
        (xlsx([None]), workbook.NothingInside),
        (spoilt(xlsx(["张三"]), "xl/workbook.xml"), workbook.Unreadable),
    ],
)
def test_what_is_no_table_is_refused_by_name(content, refusal):
    with pytest.raises(refusal):
        read(content)


def test_a_bomb_is_not_opened_and_one_stray_cell_does_not_fill_the_memory():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<a/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (workbook.MOST_INFLATED_BYTES + 1))
    with pytest.raises(workbook.Swollen):
        read(target.getvalue())
    with pytest.raises(workbook.TooManyCells):
        read(xlsx(["张三"], arrange=lambda sheet: sheet.cell(1_048_576, 16_384, "x")))


def test_a_zip_that_is_no_spreadsheet_is_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", b"<a/>")
    with pytest.raises(workbook.UnknownKind):
        read(target.getvalue())


def test_pasted_cells_keep_line_breaks_within_a_cell():
    found = read_pasted('姓名\t地址\r\n张三\t"一行\n二行"\r\n')
    assert texts(found) == [["姓名", "地址"], ["张三", "一行\n二行"]]


def test_written_cells_are_text_and_never_formulas():
    harmful = "=cmd|' /C calc'!A0"
    content = write(
        [
            Table(
                "名单/一",
                [Column("姓名"), Column("身份证号"), Column("数")],
                [[harmful, "371321198001010012", 3]],
            )
        ]
    )
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert (sheet["A2"].data_type, sheet["A2"].value) == ("s", harmful)
    assert (sheet["B2"].data_type, sheet["B2"].number_format, sheet["C2"].data_type) == ("s", "@", "n")
    assert (sheet.title, sheet.freeze_panes) == ("名单 一", "A2")
    assert sheet.column_dimensions["A"].width > 18


def test_a_written_table_carries_its_title_and_totals():
    content = write(
        [Table("表", [Column("姓名"), Column("学时")], [["张三", 2.5]], "三月", ["合计", 2.5], {0: "red"})]
    )
    assert texts(read(content)) == [["三月"], ["姓名", "学时"], ["张三", "2.5"], ["合计", "2.5"]]
