"""Forms of others: what is dangerous is refused, every placeholder is found where it stands, and what was drawn stays."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation
from PIL import Image

from yanglao.kernel.errors import Refused
from yanglao.outside import form_filling, qr_reading
from yanglao.oversight import form_words

VALUES = {"班期名称": "=示例班", "合计金额": Decimal("2000.50"), "开班日期": date(2026, 3, 2), "人数": 3}
ROWS = [
    {"行.序号": at, "行.姓名": name, "行.证件号": f"37130219700101002{at}", "行.金额": Decimal("666.83")}
    for at, name in enumerate(("王秀英", "阿依·䶮㛃", "𫖯"), 1)
]
RUNS = "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>班期：{{班期</w:t></w:r><w:r><w:t>名称</w:t></w:r><w:r><w:t>}}，{{ 人数 }} 人</w:t></w:r></w:p>"
TABLE = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>姓名</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:r><w:t>{{行.</w:t></w:r><w:r><w:t>姓名}} {{行.证件号}}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def packed(**parts: str) -> bytes:
    """Return a zip; ``__`` in a name is a slash, ``_`` at its end a dot."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(
                name.replace("__", "/")
                .replace("_xml", ".xml")
                .replace("_bin", ".bin")
                .replace("_rels", ".rels"),
                text,
            )
    return target.getvalue()


def document(*body: str, **more: str) -> bytes:
    inner = f'<?xml version="1.0"?><w:document {NS}><w:body>{"".join(body)}<w:sectPr/></w:body></w:document>'
    return packed(word__document_xml=inner, **more)


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "名单"
    sheet["A1"], sheet["A2"], sheet["C2"] = "{{班期名称}}", "共 {{人数}} 人", "{{开班日期}}"
    for column, text in zip(
        "ABCD", ("{{行.序号}}", "{{行.姓名}}", "{{行.证件号}}", "{{行.金额}}"), strict=True
    ):
        sheet[f"{column}4"] = text
        sheet[f"{column}4"].border = Border(top=Side("thin"))
    sheet["D4"].number_format, sheet["E4"] = "#,##0.00", "=D4*2"
    sheet["C5"], sheet["D5"], sheet["D6"], sheet["A7"] = "合计", "=SUM(D4:D4)", "{{合计金额}}", "盖章"
    sheet["A1"].font = Font(bold=True, size=18)
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("A7:D7")
    sheet.row_dimensions[4].height, sheet.row_dimensions[7].height = 33, 60
    sheet.conditional_formatting.add(
        "D4", CellIsRule("greaterThan", ["1"], fill=PatternFill("solid", "FFFF00"))
    )
    choice = DataValidation("list", formula1='"是,否"')
    sheet.add_data_validation(choice)
    choice.add("E4:E4")
    choice.add("A7")
    sheet.print_area, sheet.print_title_rows = "A1:E7", "3:3"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 8
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_workbook_keeps_its_look_and_gets_numbers_as_numbers_and_text_as_text() -> None:
    kind, places, faults = form_filling.read(workbook())
    assert (
        kind == "xlsx"
        and not faults
        and ("行.证件号", "工作表“名单” C4") in {(one.name, one.where) for one in places}
    )
    sheet = openpyxl.load_workbook(io.BytesIO(form_filling.fill(workbook(), VALUES, ROWS)))["名单"]
    assert (sheet["A1"].value, sheet["A1"].data_type, sheet["A1"].font.size, sheet["A2"].value) == (
        "=示例班",
        "s",
        18,
        "共 3 人",
    )
    assert [sheet[f"B{at}"].value for at in (4, 5, 6)] == ["王秀英", "阿依·䶮㛃", "𫖯"]
    assert (sheet["C6"].value, sheet["C6"].data_type, sheet["D6"].value, sheet["D6"].number_format) == (
        "371302197001010023",
        "s",
        666.83,
        "#,##0.00",
    )
    assert sheet["E6"].value == "=D6*2" and sheet["D7"].value == "=SUM(D4:D6)" and sheet["D8"].value == 2000.5
    assert sheet["B6"].border.top.style == "thin" and {one.coord for one in sheet.merged_cells.ranges} == {
        "A1:D1",
        "A9:D9",
    }
    assert (sheet.row_dimensions[6].height, sheet.row_dimensions[9].height) == (33, 60)
    assert sheet.print_area.endswith("$A$1:$E$9") and sheet.print_title_rows == "$3:$3"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 8)
    assert [str(one.sqref) for one in sheet.conditional_formatting] == ["D4:D6"]
    assert set(str(sheet.data_validations.dataValidation[0].sqref).split()) == {"E4:E6", "A9"}
    assert sheet["C2"].value.date() == date(2026, 3, 2)


def test_a_document_is_filled_where_word_split_the_words_over_runs() -> None:
    content = document(
        RUNS, TABLE, word__footer1_xml=f"<w:ftr {NS}><w:p><w:r><w:t>{{{{人数}}}}</w:t></w:r></w:p></w:ftr>"
    )
    kind, places, faults = form_filling.read(content)
    told = [(one.name, one.where) for one in places]
    assert kind == "docx" and not faults
    assert told == [
        ("班期名称", "第 1 段"),
        ("人数", "第 1 段"),
        ("行.姓名", "第 1 个表格第 2 行"),
        ("行.证件号", "第 1 个表格第 2 行"),
        ("人数", "页脚第 1 段"),
    ]
    made = zipfile.ZipFile(io.BytesIO(form_filling.fill(content, {**VALUES, "班期名称": "<甲&乙>"}, ROWS)))
    text = made.read("word/document.xml").decode()
    assert "<w:b/>" in text and "班期：&lt;甲&amp;乙&gt;" in text and "，3 人" in text and "{{" not in text
    assert text.count("<w:tr>") == 4 and "阿依·䶮㛃" in text and " 371302197001010022<" in text
    assert ">3<" in made.read("word/footer1.xml").decode()


def test_a_row_is_repeated_in_its_table_only_and_once_on_a_sheet() -> None:
    assert "不在表格里" in form_filling.read(document(RUNS.replace("班期", "行.")))[2][0]
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    book["名单"]["A6"] = "{{行.姓名}}"
    book["名单"].merge_cells("F4:F5")
    target = io.BytesIO()
    book.save(target)
    said = form_filling.read(target.getvalue())[2]
    assert said[0].endswith("只能有一行") and said[1].endswith("F4:F5 压住了重复的那一行")


CODE = "0123456789abcdef"
MARK = {form_words.MARK: form_words.mark(CODE, "http://x.example")}


def code_of(picture: bytes) -> str:
    return qr_reading.read(Image.open(io.BytesIO(picture)))[0][0]


def test_the_code_of_a_sheet_stands_where_its_word_is_or_below_its_last_row_and_in_the_foot() -> None:
    plain = openpyxl.load_workbook(io.BytesIO(form_filling.fill(workbook(), VALUES | MARK, ROWS)))["名单"]
    assert [(one.anchor._from.row, one.anchor._from.col) for one in plain._images] == [(9, 0)]
    assert plain.print_area.endswith("$A$1:$E$10") and plain.row_dimensions[10].height > 60
    assert plain.oddFooter.right.text == "页码 0123 4567 89ab cdef"
    assert code_of(plain._images[0]._data()) == f"http://x.example/p/{CODE}"
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    book["名单"]["A7"] = "{{页码二维码}}"
    book.create_sheet("填表说明")["A1"] = "没有占位的词"
    target = io.BytesIO()
    book.save(target)
    made = openpyxl.load_workbook(io.BytesIO(form_filling.fill(target.getvalue(), VALUES | MARK, ROWS)))
    assert [one.anchor._from.row for one in made["名单"]._images] == [8] and made["名单"]["A9"].value is None
    assert not made["填表说明"]._images and made["名单"].print_area.endswith("$A$1:$E$9")


@pytest.mark.parametrize(
    "word", ["", "<w:p><w:r><w:t>章 {{页码</w:t></w:r><w:r><w:t>二维码}}</w:t></w:r></w:p>"]
)
def test_the_code_of_a_document_stands_where_its_word_is_or_in_every_header(word: str) -> None:
    header = f"<w:hdr {NS}><w:p><w:r><w:t>局</w:t></w:r></w:p></w:hdr>"
    content = document(
        RUNS, word, "<w:p><w:pPr><w:sectPr><w:titlePg/></w:sectPr></w:pPr></w:p>", word__header1_xml=header
    )
    made = zipfile.ZipFile(io.BytesIO(form_filling.fill(content, VALUES | MARK, ROWS)))
    shown = {name for name in made.namelist() if b"r:embed" in made.read(name)}
    headers = {"word/header1.xml", "word/header_page_code_default.xml", "word/header_page_code_first.xml"}
    assert shown == ({"word/document.xml"} if word else headers)
    for name in shown:
        folder, _, part = name.rpartition("/")
        assert b"media/page_code.png" in made.read(f"{folder}/_rels/{part}.rels")
    assert code_of(made.read("word/media/page_code.png")).endswith(CODE)
    assert b'Extension="png"' in made.read("[Content_Types].xml") and form_filling.read(
        form_filling.fill(content, VALUES | MARK, ROWS)
    )
    text = made.read("word/document.xml").decode()
    assert "{{" not in text and text.count("w:headerReference") == (0 if word else 2)


def test_a_row_grows_when_a_long_text_wraps_in_it() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    book["名单"].row_dimensions[4].height, book["名单"].column_dimensions["B"].width = 20, 9
    book["名单"]["B4"].alignment = Alignment(wrap_text=True)
    target = io.BytesIO()
    book.save(target)
    rows = [ROWS[0], ROWS[1] | {"行.姓名": "阿依古丽·买买提江·吐尔逊"}]
    made = openpyxl.load_workbook(io.BytesIO(form_filling.fill(target.getvalue(), VALUES, rows)))["名单"]
    assert made.row_dimensions[4].height == 20 and made.row_dimensions[5].height > 40


def test_the_code_of_a_page_is_no_word_of_a_repeated_row() -> None:
    inside = document(TABLE.replace("{{行.证件号}}", "{{页码二维码}}"))
    assert "写在了重复的那一行里" in form_filling.read(inside)[2][0]


LINK = '<Relationships><Relationship Id="r1" TargetMode="External" Target="http://x"/></Relationships>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.4", "form.wrong_kind"), (packed(a_xml="x"), "form.wrong_kind"), (b"PK\x03\x04 broken", "form.damaged"),
        (document(word__vbaProject_bin="x"), "form.runs"), (document(word__embeddings__oleObject1_bin="x"), "form.runs"),
        (document(word___rels__document_xml_rels=LINK), "form.loads"), (packed(xl__workbook_xml="x", xl__externalLinks__e1_xml="x"), "form.loads"),
        (document("<w:instrText> DDEAUTO cmd </w:instrText>"), "form.loads"),
        (document(a_xml='<!DOCTYPE a [<!ENTITY b "b">]><a/>'), "form.damaged"),
        (document(big_xml="0" * 26_000_000), "form.swollen"), (b"PK\x03\x04" + b"0" * 6_000_000, "form.swollen"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)  # fmt: skip
def test_what_runs_loads_or_swells_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        form_filling.read(content)
    assert refusal.value.code == code
