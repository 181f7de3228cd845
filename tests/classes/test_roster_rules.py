"""Every ugly row gets its verdict, and no row is lost."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.classes.makers import id_number
from yanglao.classes.roster_columns import columns_by_content, columns_of, field_of, find_header, headless
from yanglao.classes.roster_rules import (
    Circumstances,
    Known,
    judge,
    read_rows,
    tidy_id,
    tidy_name,
    tidy_phone,
)
from yanglao.outside.workbook import Cell

COLUMNS = ["seq", "name", "id_number", "phone", "sex", "division"]
TODAY = date(2026, 3, 2)


def cells(*rows):
    return [[Cell(str(value)) for value in row] for row in rows]


def verdicts(*rows, **known):
    about = {"today": TODAY, "starts_on": TODAY, "room": 100, **known}
    return judge(read_rows(cells(*rows), COLUMNS, first=0), Circumstances(**about))


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("姓  名", "name"), ("*学员姓名", "name"), ("身份证号码\n（18位）", "id_number"), ("公民身份号码", "id_number"),
        ("有效证件号码", "id_number"), ("证件类型", "id_type"), ("联系电话", "phone"), ("紧急联系人电话", ""),
        ("单位电话", ""), ("身份证住址", ""), ("所在单位：", "employer"), ("县（区）", ""), ("所属县区", "division"),
        ("户口性质", "household"), ("户籍所在地", "registered"), ("文化程度", "education"), ("缴费金额", ""), ("教师姓名", ""),
    ],
)  # fmt: skip
def test_headings_are_recognised_as_people_write_them(heading, field):
    assert field_of(heading) == field


def test_a_header_in_two_rows_below_titles_is_found():
    rows = cells(
        ["花名册"], ["单位：仁和", "", "2026年"], ["序号", "姓 名", "身份证号", "联系方式", ""], ["", "", "", "手机", "固话"],
        ["1", "陈秀英", id_number(1), "13800000000", ""],
    )  # fmt: skip
    header = find_header(rows)
    assert (header.row, header.rows, header.first_below) == (2, 2, 4)
    assert columns_of(header.headings, {}) == ["seq", "name", "id_number", "phone", ""]


def test_what_a_person_said_of_a_heading_overrules_the_synonyms():
    rows = cells(["名", "身份证号", "备注"], ["陈秀英", id_number(1), "仁和"])
    assert columns_of(find_header(rows).headings, {"名": "name", "备注": "employer"}) == [
        "name",
        "id_number",
        "employer",
    ]


def test_cells_pasted_without_a_header_are_recognised_by_their_content():
    rows = cells(
        [1, "陈秀英", "女", id_number(1), "13800000000"], [2, "阿依·买提", "女", id_number(2), "13800000001"]
    )
    assert find_header(rows) is None
    assert columns_by_content(rows) == ["", "name", "", "id_number", "phone"]


def test_headings_that_nobody_knows_stand_above_columns_known_by_their_content():
    rows = cells(["人", "号", "单位"], ["陈秀英", id_number(1), "仁和"], ["王桂兰", id_number(2), "仁和"])
    header, columns = headless(rows, {})
    assert (header.first_below, header.headings) == (1, ("人", "号", "单位"))
    assert columns == ["name", "id_number", "employer"]
    assert headless(rows[1:], {})[0].first_below == 0


@pytest.mark.parametrize(
    ("name", "number", "outcome", "code"),
    [
        ("张　三", id_number(1), "add", "roster.will_add"),
        ("张三", id_number(1).lower(), "add", "roster.will_add"),
        ("", id_number(1), "bad", "roster.name_missing"),
        ("张三2", id_number(1), "bad", "roster.name_bad"),
        ("张三", "", "bad", "id.missing"),
        ("张三", "3.71321E+17", "bad", "id.spoilt_by_excel"),
        ("张三", "371321198001010000", "bad", "id.spoilt_by_excel"),
        ("张三", "371321800101001", "bad", "id.old_15_digits"),
        ("张三", id_number(1)[:-1], "bad", "id.wrong_length"),
        ("张三", "37132119801301001X", "bad", "id.wrong_birth_date"),
        (
            "张三",
            id_number(1)[:-1] + ("1" if id_number(1)[-1] != "1" else "2"),
            "bad",
            "id.wrong_check_digit",
        ),
        ("张三", id_number(1, born="20100303"), "bad", "roster.too_young"),
        ("张三", id_number(1, born="20100302"), "add", "roster.will_add"),
    ],
)
def test_each_row_gets_its_verdict(name, number, outcome, code):
    verdict = verdicts([1, name, number, "13800000000"])[0]
    assert (verdict.outcome, verdict.code) == (outcome, code)


def test_a_number_cell_too_long_for_a_spreadsheet_is_damaged_even_when_its_check_digit_holds():
    number = id_number(1)
    row = [Cell("1"), Cell("张三"), Cell(number, float(number), damaged=True)]
    verdict = judge(read_rows([row], COLUMNS, first=0), Circumstances(TODAY, TODAY, 9))[0]
    assert verdict.code == "id.spoilt_by_excel"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["合　计", "3人", "", ""], "roster.row_total"), (["", "总计", "30", ""], "roster.row_total"),
        (["备注：以上人员均已核实"], "roster.row_note"), (["填表人：", "李管理"], "roster.row_note"),
        (["", "", "", ""], "roster.row_blank"), ([7, "", "", ""], "roster.row_blank"),
        (["序号", "姓名", "身份证号", "手机"], "roster.row_header"), (["示例", "张三", id_number(1), ""], "roster.row_sample"),
    ],
)  # fmt: skip
def test_rows_that_are_nobody_are_named_and_dropped(row, code):
    verdict = verdicts(row)[0]
    assert (verdict.outcome, verdict.code) == ("dropped", code)


def test_a_person_named_like_nothing_but_without_an_id_is_not_dropped():
    assert [one.code for one in verdicts([1, "总红梅", "", ""], [2, "备小红", "", "13800000000"])] == [
        "id.missing"
    ] * 2


def test_the_second_row_of_one_person_names_the_first():
    found = verdicts([1, "张三", id_number(1), ""], [2, "张三", id_number(1), ""])
    assert (found[1].code, found[1].facts) == ("roster.id_doubled", {"first_row": 1})


def test_rows_beyond_the_room_of_the_class_are_refused():
    found = verdicts([1, "张三", id_number(1)], [2, "李四", id_number(2)], [3, "王五", id_number(3)], room=2)
    assert [one.outcome for one in found] == ["add", "add", "bad"]


def test_a_sons_phone_is_a_warning_and_opens_no_account():
    found = verdicts([1, "张三", id_number(1), "13800000000"], phones={"13800000000": "son"})[0]
    assert (found.outcome, found.warnings[0][0], found.opens_account) == (
        "add",
        "roster.phone_of_another",
        False,
    )


@pytest.mark.parametrize(
    ("known", "outcome", "code"),
    [
        (Known("p", "张三", "enrolled"), "same", "roster.already_here"),
        (Known("p", "张三", "withdrawn"), "add", "roster.comes_back"),
        (Known("p", "章三"), "bad", "roster.name_differs"),
        (Known("p", "张三", busy=("别的班",)), "add", "roster.will_add"),
    ],
)
def test_people_who_are_known_are_judged_by_what_is_known(known, outcome, code):
    found = verdicts([1, "张三", id_number(1), "13800000000"], persons={("resident", id_number(1)): known})[0]
    assert (found.outcome, found.code) == (outcome, code)
    assert [code for code, _ in found.warnings] == (["roster.busy_elsewhere"] if known.busy else [])


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("张　三", "张三"),
        ("买买提•库尔班", "买买提·库尔班"),
        ("阿依．买提・艾力", "阿依·买提·艾力"),
        ("䶮㛃𫖯", "䶮㛃𫖯"),
        ("张\u200b三", "张三"),
    ],
)
def test_names_keep_their_rare_characters_and_get_one_kind_of_dot(written, kept):
    assert tidy_name(written) == kept


@pytest.mark.parametrize(
    "written", ["３７１３２１１９８００１０１１２３ｘ", "371321 19800101 123X", "'371321-19800101-123×"]
)
def test_id_numbers_lose_what_people_put_between(written):
    assert tidy_id(written) == "37132119800101123X"


@given(st.lists(st.lists(st.text(max_size=24), max_size=7), max_size=12))
def test_whatever_stands_in_a_table_every_row_gets_exactly_one_verdict(table):
    rows = cells(*table)
    header = find_header(rows)
    columns = columns_of(header.headings, {}) if header else COLUMNS
    found = judge(read_rows(rows, columns, first=0), Circumstances(TODAY, TODAY, 3))
    assert [one.row for one in found] == list(range(1, len(table) + 1))
    assert {one.outcome for one in found} <= {"add", "same", "bad", "dropped"}


@given(st.text(st.characters(exclude_categories=("M", "Sk", "Lm", "Cs")), max_size=40))
def test_tidying_twice_changes_nothing_more(text):
    assert tidy_name(tidy_name(text)) == tidy_name(text)
    assert tidy_id(tidy_id(text)) == tidy_id(text)
    assert tidy_phone(tidy_phone(text)[0])[0] == tidy_phone(text)[0]
