"""A roster becomes enrolments: a dry run first, then all of it or nothing, and the same again changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.classes import sheets
from tests.classes.conftest import NOW
from tests.classes.makers import id_number
from yanglao.classes import queries, roster, roster_queries
from yanglao.classes.registry import RosterFrozen
from yanglao.kernel.actor import EVERYTHING
from yanglao.kernel.errors import Forbidden, NotFound
from yanglao.outside import workbook
from yanglao.people import particulars
from yanglao.people import queries as people
from yanglao.people import service as accounts
from yanglao.people.particulars import Particulars


def tried(session, city, own, content=b"", *, text="", actor=None):
    upload = roster.Upload("花名册.xlsx", content, text)
    return roster.preview(session, own.id, upload, now=NOW, actor=actor or city.admin)


@pytest.mark.parametrize(
    "content",
    [
        sheets.xlsx(sheets.people_rows()),
        sheets.xls(sheets.people_rows()),
        sheets.csv_bytes(sheets.people_rows(), "utf-8"),
        sheets.csv_bytes(sheets.people_rows(), "utf-8-sig", ";"),
        sheets.csv_bytes(sheets.people_rows(), "gb18030"),
        sheets.csv_bytes(sheets.people_rows(), "utf-16", "\t"),
    ],
    ids=["xlsx", "xls", "utf-8", "bom;", "gb18030", "utf-16 tabs"],
)
def test_the_same_people_are_read_from_every_kind_of_file(session, city, draft_class, content):
    view = tried(session, city, draft_class, content)
    added = [one.name for one in view.rows if one.outcome == "add"]
    assert added == ["陈秀英", "王桂兰", "阿依古丽·买买提"]
    assert view.totals["bad"] == 0


def test_cells_pasted_with_and_without_a_header_are_read(session, city, draft_class):
    bare = sheets.lines(sheets.people_rows(2))
    assert tried(session, city, draft_class, text=bare).totals["add"] == 2
    with_header = sheets.lines([["姓名", "身份证号"], ["陈秀英", id_number(1)]])
    assert tried(session, city, draft_class, text=with_header).totals["add"] == 1


def test_a_dry_run_enters_nobody(session, city, draft_class):
    tried(session, city, draft_class, sheets.xlsx(sheets.people_rows()))
    assert queries.roster(session, draft_class.id) == []
    assert people.find_by_id_number(session, id_number(1)) is None


def test_a_commit_admits_people_opens_accounts_and_enters_them_in_order(session, city, draft_class):
    view = tried(session, city, draft_class, sheets.xlsx(sheets.people_rows()))
    done = roster.commit(session, view.id, now=NOW, actor=city.admin)
    found = queries.roster(session, draft_class.id)
    names = [people.person(session, one.person_id).name for one in found]
    assert names == ["陈秀英", "王桂兰", "阿依古丽·买买提"]
    assert [one.employer for one in found] == ["仁和养老院"] * 3
    assert done.totals["added"] == 3
    assert {one.code for one in done.rows if one.outcome == "added"} == {"roster.added_with_account"}


def test_schooling_and_household_are_taken_from_the_roster_where_nothing_is_known(session, city, draft_class):
    table = [
        ["姓名", "身份证号", "文化程度", "户籍所在地", "户口性质"],
        ["陈秀英", id_number(1), "初中", "兰山区", "农业"],
    ]
    view = tried(session, city, draft_class, text=sheets.lines(table))
    roster.commit(session, view.id, now=NOW, actor=city.admin)
    own = people.find_by_id_number(session, id_number(1)).id
    assert particulars.of(session, [own])[own] == Particulars("初中", "兰山区", "农业")
    particulars.fill(session, own, Particulars("大专", "", ""), now=NOW, actor=city.admin)
    assert particulars.of(session, [own])[own].schooling == "初中"


def test_the_file_comes_back_with_a_result_column_and_first_passwords_that_work(session, city, draft_class):
    view = tried(session, city, draft_class, sheets.xlsx(sheets.people_rows(1)))
    roster.commit(session, view.id, now=NOW, actor=city.admin)
    name, content = roster_queries.result_file(session, view.id, EVERYTHING, now=NOW)
    rows = [[cell.text for cell in row] for row in workbook.read(content).sheets[0].rows]
    head = next(row for row in rows if "结果" in row)
    person = next(row for row in rows if "陈秀英" in row)
    assert name == "花名册_结果.xlsx"
    assert head[3].startswith("身份证号码") and person[3] == id_number(1)
    assert person[7].startswith("已加入班级")
    phone, password = person[4], person[8]
    assert accounts.sign_in(
        session, phone, password, carrier="cookie", client="pc", device_label="", now=NOW
    ).token


def test_first_passwords_are_in_the_file_for_seven_days_and_not_after_being_erased(
    session, city, draft_class
):
    view = tried(session, city, draft_class, sheets.xlsx(sheets.people_rows(1)))
    roster.commit(session, view.id, now=NOW, actor=city.admin)

    def has_passwords(moment):
        content = roster_queries.result_file(session, view.id, EVERYTHING, now=moment)[1]
        return any("初始密码" in cell.text for row in workbook.read(content).sheets[0].rows for cell in row)

    assert has_passwords(NOW + timedelta(days=7, seconds=-1))
    assert not has_passwords(NOW + timedelta(days=7))
    roster.forget_passwords(session, view.id, actor=city.admin)
    assert not has_passwords(NOW)


def test_one_bad_row_keeps_everybody_out_until_it_is_left_out_by_number(session, city, draft_class):
    rows = sheets.people_rows(2)
    rows[1][3] = 371321198001010024
    view = tried(session, city, draft_class, sheets.xlsx(rows))
    assert [(one.row, one.code) for one in view.rows if one.outcome == "bad"] == [(5, "id.spoilt_by_excel")]
    with pytest.raises(roster.RowsBad) as refusal:
        roster.commit(session, view.id, now=NOW, actor=city.admin)
    assert refusal.value.facts == {"rows": [5], "count": 1}
    assert queries.roster(session, draft_class.id) == []
    done = roster.commit(session, view.id, left_out=[5], now=NOW, actor=city.admin)
    assert (done.totals["added"], done.totals["left_out"], done.left_out) == (1, 1, (5,))


def test_rows_that_do_not_exist_or_are_nobody_cannot_be_left_out(session, city, draft_class):
    view = tried(session, city, draft_class, sheets.xlsx(sheets.people_rows(2)))
    for row in (99, 6):
        with pytest.raises(roster.LeftOutUnknown):
            roster.commit(session, view.id, left_out=[row], now=NOW, actor=city.admin)


def test_the_same_file_again_says_so_and_changes_nothing(session, city, draft_class):
    content = sheets.xlsx(sheets.people_rows())
    view = tried(session, city, draft_class, content)
    first = roster.commit(session, view.id, now=NOW, actor=city.admin)
    assert roster.commit(session, view.id, now=NOW, actor=city.admin) == first
    again = tried(session, city, draft_class, content)
    assert again.again and again.id == view.id
    assert len(roster_queries.imports_of_class(session, draft_class.id, EVERYTHING)) == 1


def test_a_longer_roster_leaves_those_who_are_in_and_adds_the_others(session, city, draft_class):
    first = tried(session, city, draft_class, sheets.xlsx(sheets.people_rows(2)))
    roster.commit(session, first.id, now=NOW, actor=city.admin)
    second = tried(session, city, draft_class, sheets.xlsx(sheets.people_rows(3)))
    assert [one.outcome for one in second.rows[:3]] == ["same", "same", "add"]
    roster.commit(session, second.id, now=NOW, actor=city.admin)
    assert [one.roster_no for one in queries.roster(session, draft_class.id)] == [1, 2, 3]


def test_more_people_than_places_are_refused_in_the_dry_run_already(session, city, draft_class):
    view = tried(session, city, draft_class, sheets.xlsx(sheets.people_rows(6)))
    assert (view.totals["add"], view.totals["bad"]) == (5, 1)


def test_a_mapping_said_once_is_remembered_for_the_base(session, city, draft_class):
    text = sheets.lines([["人", "号", "x"], ["陈秀英", id_number(1), "仁和"]])
    view = tried(session, city, draft_class, text=text)
    layout = roster.Layout(0, 1, 1, ("name", "id_number", "employer"))
    assert roster.remap(session, view.id, layout, now=NOW, actor=city.admin).totals["add"] == 1
    later = sheets.lines([["人", "号", "x"], ["王桂兰", id_number(2), "仁和"]])
    assert tried(session, city, draft_class, text=later).columns == ("name", "id_number", "employer")


def test_a_needed_column_with_an_unknown_heading_is_found_by_its_content(session, city, draft_class):
    text = sheets.lines([["姓名", "号", "电话"], ["陈秀英", id_number(1), "13800000000"]])
    assert tried(session, city, draft_class, text=text).columns == ("name", "id_number", "phone")


def test_a_roster_without_an_id_column_says_which_column_is_missing(session, city, draft_class):
    view = tried(session, city, draft_class, text=sheets.lines([["姓名", "电话"], ["陈秀英", "13800000000"]]))
    assert view.missing == ("身份证号",)
    with pytest.raises(roster.ColumnsMissing):
        roster.commit(session, view.id, now=NOW, actor=city.admin)


def test_no_whole_id_number_lies_open_in_what_is_kept(session, city, draft_class):
    view = tried(session, city, draft_class, sheets.xlsx(sheets.people_rows()))
    assert id_number(1) not in repr(view)
    row = session.get(roster.RosterImport, view.id)
    assert id_number(1) not in repr(row.report) + row.cells_sealed


def test_after_the_start_the_roster_is_frozen(session, city, class_in):
    own = class_in("running")
    with pytest.raises(RosterFrozen):
        tried(session, city, own, sheets.xlsx(sheets.people_rows()))


def test_a_colleague_may_a_stranger_sees_nothing_an_officer_may_not(session, city, draft_class):
    content = sheets.xlsx(sheets.people_rows())
    view = tried(session, city, draft_class, content, actor=city.colleague)
    with pytest.raises(NotFound):
        roster.commit(session, view.id, now=NOW, actor=city.stranger)
    with pytest.raises(Forbidden):
        roster.commit(session, view.id, now=NOW, actor=city.county)
    assert roster.commit(session, view.id, now=NOW, actor=city.admin).state == "committed"
