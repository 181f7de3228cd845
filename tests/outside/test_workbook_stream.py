"""Long tables read well on paper: titles stay over the table, texts wrap, money has its fen."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl

from yanglao.outside.workbook_stream import Book


def test_titles_wrap_over_the_table_and_rows_are_as_high_as_their_texts() -> None:
    with Book() as book:
        sheet = book.sheet("名单", [("姓名", 12), ("金额", 10), ("学时", 8)], title="很长的标题" * 8)
        sheet.add(["王秀英", Decimal("1666.50"), Decimal("16.0")])
        sheet.add(["阿依古丽·买买提江·吐尔逊", 3, None])
        sheet.totals(["合计", Decimal("1669.50")])
        sheet.closing("大写：人民币壹仟陆佰陆拾玖元伍角整")
        made = openpyxl.load_workbook(io.BytesIO(book.finish())).active
    assert (
        str(made.merged_cells) == "A1:C1 A6:C6"
        and made["A6"].value.startswith("大写")
        and made.row_dimensions[1].height >= 60
    )
    assert made.row_dimensions[3].height is None and made.row_dimensions[4].height >= 30
    assert made["A4"].alignment.wrap_text and made.page_setup.paperSize == 9
    assert (made["B3"].number_format, made["C3"].number_format) == ("#,##0.00", "#,##0.0")


def test_a_wide_table_is_set_for_a3() -> None:
    with Book() as book:
        book.sheet("宽", [(str(at), 40) for at in range(5)])
        assert openpyxl.load_workbook(io.BytesIO(book.finish())).active.page_setup.paperSize == 8
