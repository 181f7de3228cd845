"""A roster becomes a class through the API and the pages, and each person sees their own part of it."""

from __future__ import annotations

import io
import re

import pytest

from tests.classes import sheets
from yanglao.evidence import queries as ledger
from yanglao.kernel.db import db
from yanglao.outside import workbook


def meeting(school, day="2026-03-10"):
    return {
        "segment_id": school.offline,
        "starts_at": f"{day}T09:00:00+08:00",
        "ends_at": f"{day}T11:15:00+08:00",
        "breaks": [[f"{day}T10:00:00+08:00", f"{day}T10:15:00+08:00"]],
        "venue": "实训室一",
        "instructor_id": school.people["teacher"],
    }


def upload(api, class_id, content, name="花名册.xlsx"):
    return api.http.post(
        f"/api/v1/classes/{class_id}/roster-imports",
        data={"file": (io.BytesIO(content), name)},
        headers={"Authorization": f"Bearer {api.token}"},
    )


@pytest.fixture
def filed(school, own_class):
    admin = school.client("admin")
    assert admin.post(f"/api/v1/classes/{own_class}/sessions", meeting(school)).status_code == 200
    tried = upload(admin, own_class, sheets.xlsx(sheets.people_rows())).json
    assert admin.post(f"/api/v1/roster-imports/{tried['id']}/commit", {"left_out": []}).status_code == 200
    assert admin.post(f"/api/v1/classes/{own_class}/file").json["state"] == "filed"
    return own_class


def test_the_whole_way_from_a_roster_to_a_running_class(school, filed):
    admin, officer = school.client("admin"), school.client("officer")
    assert officer.post(f"/api/v1/classes/{filed}/approve").json["state"] == "approved"
    early = admin.post(f"/api/v1/classes/{filed}/start")
    assert (early.status_code, early.json["facts"]["gaps"][0]["code"]) == (422, "classes.too_early")
    school.later(days=1)
    assert admin.post(f"/api/v1/classes/{filed}/start").json["state"] == "running"
    frozen = upload(admin, filed, sheets.xlsx(sheets.people_rows(4)))
    assert (frozen.status_code, frozen.json["code"]) == (409, "roster.frozen")
    read = admin.get(f"/api/v1/classes/{filed}").json
    assert [one["act"] for one in read["steps"]] == ["create", "file", "approve", "start"]
    assert (read["enrolled"], read["sessions"][0]["taught_s"]) == (3, 7200)


def test_a_roster_is_tried_mapped_entered_and_handed_back(school, own_class):
    admin = school.client("admin")
    rows = sheets.people_rows(3)
    rows[2][3] = "3.71321E+17"
    tried = upload(admin, own_class, sheets.xlsx(rows)).json
    bad = [one for one in tried["rows"] if one["outcome"] == "bad"]
    assert [(one["row"], one["code"]) for one in bad] == [(6, "id.spoilt_by_excel")]
    refused = admin.post(f"/api/v1/roster-imports/{tried['id']}/commit", {"left_out": []})
    assert (refused.status_code, refused.json["code"]) == (422, "roster.rows_bad")
    done = admin.post(f"/api/v1/roster-imports/{tried['id']}/commit", {"left_out": [6]}).json
    assert (done["state"], done["totals"]["added"]) == ("committed", 2)
    answer = admin.get(done["result_url"])
    found = [[cell.text for cell in row] for row in workbook.read(answer.data).sheets[0].rows]
    assert any("已加入班级，账号已开通，用手机号登录。" in row for row in found)
    again = upload(admin, own_class, sheets.xlsx(rows)).json
    assert (again["again"], again["id"]) == (True, tried["id"])


def test_first_passwords_print_as_slips_and_that_they_were_shown_is_kept(school, browser, own_class):
    admin = school.client("admin")
    tried = upload(admin, own_class, sheets.xlsx(sheets.people_rows(2))).json
    admin.post(f"/api/v1/roster-imports/{tried['id']}/commit", {"left_out": []})
    address = f"/office/classes/{own_class}/roster"
    shown = browser("admin").sent(
        f"{address}/slips", f"{address}?import={tried['id']}", import_id=tried["id"]
    )
    assert shown.status_code == 200 and len(re.findall(r'class="once number">\d{8}<', shown.text)) == 2
    with school.app.app_context():
        kinds = [one.kind for one in ledger.chain(db.session, "class", own_class)]
    assert kinds[-1] == "roster.passwords_shown"
    admin.post(f"/api/v1/roster-imports/{tried['id']}/forget-passwords")
    empty = browser("admin").sent(
        f"{address}/slips", f"{address}?import={tried['id']}", import_id=tried["id"]
    )
    assert "没有初始密码了" in empty.text
    stranger = browser("stranger").sent(f"{address}/slips", "/office/", import_id=tried["id"])
    assert stranger.status_code == 404


def test_pasted_cells_are_taken_as_json_and_nothing_at_all_is_refused(school, own_class):
    admin = school.client("admin")
    address = f"/api/v1/classes/{own_class}/roster-imports"
    assert admin.post(address, {"text": sheets.lines(sheets.people_rows(2))}).json["totals"]["add"] == 2
    assert admin.post(address, {}).json["code"] == "roster.not_sent"
    assert (
        upload(admin, own_class, b"\x89PNG\r\n\x1a\n\x00", "a.xlsx").json["code"] == "workbook.unknown_kind"
    )


@pytest.mark.parametrize(("who", "status"), [("colleague", 200), ("stranger", 404), ("teacher", 403)])
def test_a_class_is_seen_by_its_base_and_not_by_others(school, own_class, who, status):
    api = school.client(who)
    assert api.get(f"/api/v1/classes/{own_class}").status_code == status
    assert api.get(f"/api/v1/classes/{own_class}/roster").status_code == status


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("admin", 403),
        ("finance", 403),
        ("far_officer", 404),
        ("city", 403),
        ("auditor", 403),
        ("officer", 200),
    ],
)
def test_only_the_organising_officer_approves(school, filed, who, status):
    assert school.client(who).post(f"/api/v1/classes/{filed}/approve").status_code == status


def test_a_class_of_another_base_is_not_made(school):
    body = {
        "base_id": school.bases["qihe"], "programme_id": school.programme,
        "starts_on": "2026-03-09", "ends_on": "2026-03-20", "capacity": 5,
    }  # fmt: skip
    assert school.client("admin").post("/api/v1/classes", body).status_code == 404


def test_a_late_addition_is_asked_for_and_decided(school, filed):
    admin, officer = school.client("admin"), school.client("officer")
    officer.post(f"/api/v1/classes/{filed}/approve")
    school.later(days=1)
    admin.post(f"/api/v1/classes/{filed}/start")
    body = {"name": "李淑珍", "id_number": sheets.id_number(77), "reason": "上月才入职"}
    asked = admin.post(f"/api/v1/classes/{filed}/late-additions", body).json
    assert asked["state"] == "pending"
    decided = f"/api/v1/late-additions/{asked['id']}/decision"
    assert admin.post(decided, {"accept": True}).status_code == 403
    assert school.client("far_officer").post(decided, {"accept": True}).status_code == 404
    assert officer.post(decided, {"accept": True}).json["state"] == "approved"
    roster = admin.get(f"/api/v1/classes/{filed}/roster").json["items"]
    assert (roster[-1]["source"], roster[-1]["person"]["name"]) == ("late", "李淑珍")


def test_a_planned_session_is_cancelled_with_its_reason(school, own_class):
    admin = school.client("admin")
    planned = admin.post(f"/api/v1/classes/{own_class}/sessions", meeting(school)).json
    clash = admin.post(f"/api/v1/classes/{own_class}/sessions", meeting(school))
    assert (clash.status_code, clash.json["code"]) == (409, "timetable.class_busy")
    assert admin.post(f"/api/v1/sessions/{planned['id']}/cancel").status_code == 422
    gone = admin.post(f"/api/v1/sessions/{planned['id']}/cancel", {"reason": "老师生病"}).json
    assert gone["state"] == "cancelled"


def test_the_office_pages_of_a_class_say_what_is_next(school, browser, filed):
    admin, officer = browser("admin"), browser("officer")
    assert "等兰山区民政审批" in admin.read(f"/office/classes/{filed}")
    home = officer.read("/office/")
    assert "审批开班" in home and f"/office/classes/{filed}/approval" in home
    sheet = officer.read(f"/office/classes/{filed}/approval")
    assert "课时排够了，花名册有 3 人" in sheet and "陈秀英" in sheet
    assert f"/api/v1/classes/{filed}/approve" in sheet
    assert f"/api/v1/classes/{filed}/approve" not in admin.read(f"/office/classes/{filed}/approval")


def test_a_returned_class_leads_its_base_back_with_the_reason(school, browser, filed):
    officer = school.client("officer")
    assert (
        officer.post(f"/api/v1/classes/{filed}/return", {"reason": "教室没有验收"}).json["state"] == "draft"
    )
    home = browser("admin").read("/office/")
    assert "被退回，要改好再报" in home and "原因：教室没有验收" in home
    assert "草稿还没有报审" not in home


def test_a_roster_that_a_later_file_replaced_waits_no_more(school, browser, own_class):
    admin = school.client("admin")
    for count, name in ((2, "第一份.xlsx"), (3, "第二份.xlsx")):
        assert upload(admin, own_class, sheets.xlsx(sheets.people_rows(count)), name).status_code == 200
        school.later(minutes=1)
    home = browser("admin").read("/office/")
    assert "第二份.xlsx" in home and "第一份.xlsx" not in home


def test_the_list_keeps_its_filters_in_the_address(school, browser, filed):
    admin = browser("admin")
    assert filed in admin.read("/office/classes")
    assert filed in admin.read("/office/classes?state=filed&q=2026")
    assert "没有这样的班" in admin.read("/office/classes?state=running")
    assert "没有这样的班" in browser("far_officer").read("/office/classes")


def test_the_roster_page_shows_each_row_with_its_verdict(school, browser, own_class):
    admin = browser("admin")
    assert "点这里选花名册" in admin.read(f"/office/classes/{own_class}/roster")
    text = sheets.lines([["姓名", "身份证号"], ["陈秀英", "371321800101001"], ["合计", "1人"]])
    tried = admin.post(f"/api/v1/classes/{own_class}/roster-imports", {"text": text}).json
    shown = admin.read(f"/office/classes/{own_class}/roster?import={tried['id']}")
    assert "要改" in shown and "合计行，不是学员，跳过。" in shown
    assert "花名册还没有加入" in admin.read("/office/")


def test_forms_for_a_new_class_and_a_session_are_shown_to_the_base_only(school, browser, own_class):
    admin, officer = browser("admin"), browser("officer")
    assert "养老护理员五级" in admin.read("/office/classes/new")
    assert officer.get("/office/classes/new").status_code == 403
    assert "再排一次课" in admin.read(f"/office/classes/{own_class}/sessions")
    assert "再排一次课" not in officer.read(f"/office/classes/{own_class}/sessions")
    assert browser("stranger").get(f"/office/classes/{own_class}").status_code == 404
