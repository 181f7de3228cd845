"""学时审核, 监督 and 账本 as pages: own base, another base, a stranger."""

from __future__ import annotations

import json
import re

import pytest

PEOPLE = ("admin_a", "admin_b", "ca_302", "ca_323", "auditor", "teacher_a", "0")


@pytest.mark.parametrize(
    ("path", "answers"),
    [
        ("/office/review", (200, 200, 200, 200, 200, 403, 403)),
        ("/office/plan", (403, 403, 200, 200, 200, 403, 403)),
        ("/office/ledger", (403, 403, 200, 200, 200, 403, 403)),
        ("/office/ledger/checkpoints.json", (403, 403, 200, 200, 200, 403, 403)),
    ],
)
def test_each_page_opens_for_its_own_people(scene, path, answers):
    assert tuple(scene.ask(who, path).status_code for who in PEOPLE) == answers
    assert scene.ask("", path).status_code == 302


def test_a_record_opens_within_the_scope_only(scene):
    one = f"/office/review/{scene.there.wang.enrolment_id}"
    assert [scene.ask(who, one).status_code for who in PEOPLE] == [200, 404, 200, 404, 200, 403, 403]


def test_another_base_sees_nobody_of_ours(scene):
    assert "还没有学员的学时" in scene.ask("admin_b", "/office/review").text
    assert scene.there.wang.enrolment_id in scene.ask("admin_a", "/office/review").text


def test_filters_stand_in_the_address_and_limit_the_rows(scene):
    page = scene.ask(
        "admin_a", f"/office/review?class_id={scene.there.class_id}&mode=offline&state=in_progress"
    ).text
    assert page.count('class="row-link"') == 2
    assert 'value="offline" selected' in page
    assert "不在筛选内" in page
    assert "没有符合条件的学员" in scene.ask("admin_a", "/office/review?text=查无此人").text


@pytest.mark.parametrize(
    "asked", ["mode=offline", "state=not_started", "review=none", "review=confirmed", "text=1990"]
)
def test_page_and_api_let_the_same_people_through(scene, asked):
    listed = scene.ask("admin_a", f"/api/v1/standings?limit=200&{asked}").json["items"]
    page = scene.ask("admin_a", f"/office/review?{asked}").text
    assert set(re.findall(r'data-drawer="/office/review/(\w+)"', page)) == {
        one["enrolment_id"] for one in listed
    }


def test_a_wrong_filter_is_refused_in_plain_words(scene):
    assert scene.ask("admin_a", "/office/review?mode=sideways").status_code == 422


def test_the_page_shows_the_hours_of_the_api(scene):
    line = scene.ask("admin_a", "/api/v1/standings?mode=offline&limit=200").json["items"]
    wang = next(one for one in line if one["enrolment_id"] == scene.there.wang.enrolment_id)
    page = scene.ask("admin_a", "/office/review").text
    row = next(part for part in page.split("<tr") if wang["enrolment_id"] in part)
    tenths = wang["credited_s"] * 10 // 2700
    assert f"{tenths // 10}.{tenths % 10} / 4 学时" in row
    assert wang["sentence"] in row


def test_a_record_shows_every_line_refused_ones_with_their_reason(scene):
    own = scene.there.trainees[1].enrolment_id
    listed = scene.ask("admin_a", f"/api/v1/enrolments/{own}/evidence").json["items"]
    page = scene.ask("admin_a", f"/office/review/{own}").text
    assert page.count('<li class="evidence') == len(listed)
    for line in listed:
        assert line["hash"] in page
        assert line["sentence"] in page
    assert page.count('<li class="evidence red') == 1


@pytest.mark.parametrize(("who", "may"), [("admin_a", True), ("ca_302", False), ("auditor", False)])
def test_only_the_base_reviews(scene, who, may):
    page = scene.ask(who, f"/office/review/{scene.there.wang.enrolment_id}").text
    assert ("data-verdict" in page) is may
    if who != "ca_302":  # who organises may correct a scan too, and reviews nothing
        assert ("更正：不算" in page) is may
    address = f"/api/v1/standings/{scene.there.wang.enrolment_id}/{scene.there.online.id}/review"
    if not may:
        assert scene.ask(who, address, method="POST", body={"verdict": "confirmed"}).status_code == 403


def test_no_page_holds_a_full_id_number(scene):
    for path in ("/office/review", f"/office/review/{scene.there.wang.enrolment_id}"):
        assert not re.search(r"\b\d{17}[\dX]\b", scene.ask("admin_a", path).text)


def test_a_page_runs_without_inline_code(scene):
    for who, path in (
        ("admin_a", "/office/review"),
        ("ca_302", "/office/plan"),
        ("auditor", "/office/ledger"),
    ):
        page = scene.ask(who, path).text
        assert not re.search(r"<script(?![^>]*(src=|application/json))", page)
        assert " style=" not in page
        assert not re.search(r"\son\w+=", page)


def test_the_plan_says_what_has_no_number_and_what_does_not_agree(scene):
    page = scene.ask("auditor", "/office/plan?year=2022").text
    assert "无指标" in page
    assert "正文写每年 350 名" in page
    assert "1400" in page
    officer = scene.ask("ca_302", "/office/plan?year=2022").text
    assert "罗庄区" not in officer
    assert "（您管的范围）" in officer


def test_a_year_without_a_plan_says_so(scene):
    page = scene.ask("auditor", "/office/plan?year=2026").text
    assert "2026 年还没有指标" in page
    assert "不是今年的任务数" in page


def test_bars_and_table_carry_the_same_numbers(scene):
    page = scene.ask("auditor", "/office/plan?year=2021").text
    facts = json.loads(re.search(r'id="facts">(.*?)</script>', page, re.S).group(1))
    caregivers = next(one for one in facts if one["code"] == "caregiver")
    for name, planned in zip(caregivers["divisions"], caregivers["planned"], strict=True):
        shown = "无指标" if planned is None else str(planned)
        row = re.search(
            rf'<th scope="row">{name}</th><td class="num">(.*?)</td>',
            page[page.index('aria-label="养老护理员"') :],
        )
        assert shown in row.group(1)


def test_the_checkpoints_of_page_file_and_api_are_the_same(own_scene):
    from yanglao.evidence import checkpoint
    from yanglao.kernel.clock import now
    from yanglao.kernel.db import db, run

    made = run(lambda: checkpoint.make(db.session, now=now()))
    api = own_scene.ask("auditor", "/api/v1/checkpoints").json
    file = json.loads(own_scene.ask("auditor", "/office/ledger/checkpoints.json").text)
    assert file["items"] == api["items"]
    assert file["public_keys"] == api["public_keys"]
    assert made.root in own_scene.ask("auditor", "/office/ledger").text


def test_a_ledger_without_checkpoints_says_when_the_first_comes(scene):
    page = scene.ask("auditor", "/office/ledger").text
    assert "还没有检查点" in page
