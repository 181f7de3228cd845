"""Every minute explained: sums that equal the standing, one page for trainee and office, nobody beyond their scope."""

from __future__ import annotations

import re

import pytest

from tests.oversight.scene import records

PEOPLE = ("0", "1", "admin_a", "admin_b", "ca_302", "ca_323", "auditor", "teacher_a", "")


def hours(scene, who, number, more=""):
    own = scene.there.trainees[number].enrolment_id
    return scene.ask(who, f"/api/v1/enrolments/{own}/hours{more}").json


def test_what_is_explained_adds_up_to_the_standing_in_page_api_and_sheet(scene):
    sheet = records(scene.sheets("admin_a", "hours", class_id=scene.there.class_id)["每一分钟"])
    for number, one in enumerate(scene.there.trainees):
        standing = scene.ask("admin_a", f"/api/v1/enrolments/{one.enrolment_id}").json
        told = hours(scene, "admin_a", number, "?limit=60")
        sums = {row["segment_id"]: row["counted_s"] for row in told["sums"]}
        assert sums == {segment["id"]: segment["credited_s"] for segment in standing["segments"]}
        for mode in ("online", "offline"):
            days_s = sum(day[f"{mode}_s"] for day in told["items"])
            assert days_s == sum(row["credited_s"] for row in standing["segments"] if row["mode"] == mode)
        stretches = [one for day in told["items"] for one in day["stretches"]]
        assert all(
            sum(part["counted_s"] for part in one["parts"]) == one["counted_s"]
            for one in stretches
            if one["parts"]
        )
    rows = [row for row in sheet if row["日期"]]
    assert sum(row["计入（秒）"] or 0 for row in rows if row["方式"] == "线上") == next(
        row["计入（秒）"] for row in sheet if row["班级"] == "线上合计"
    )
    assert any(
        one["state"] == "open" for day in hours(scene, "admin_a", 1)["items"] for one in day["stretches"]
    )


@pytest.mark.parametrize(
    ("path", "answers"),
    [
        ("/api/v1/enrolments/{}/hours", (200, 404, 200, 404, 200, 404, 200, 403, 401)),
        ("/office/review/{}/hours", (403, 403, 200, 404, 200, 404, 200, 403, 302)),
        ("/learn/hours/{}", (200, 302, 403, 403, 403, 403, 403, 403, 302)),
    ],
)
def test_hours_open_for_their_owner_and_within_a_scope_only(scene, path, answers):
    asked = path.format(scene.there.wang.enrolment_id)
    assert tuple(scene.ask(who, asked).status_code for who in PEOPLE) == answers


def lines_of(page):
    found = re.findall(r'<li class="evidence.*?</li>\n  ', page, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", one)).strip() for one in found]


def test_the_office_reads_the_very_lines_that_the_trainee_reads(scene):
    own = scene.there.wang.enrolment_id
    theirs, ours = (
        scene.ask("0", f"/learn/hours/{own}").text,
        scene.ask("auditor", f"/office/review/{own}/hours").text,
    )
    assert lines_of(theirs) == lines_of(ours) != []
    admin = scene.ask("admin_a", f"/office/review/{own}/hours").text
    assert "演示·管理员甲" in admin  # whose page it is stands at the side, beside the trainee's name
    assert "看每一分钟" in scene.ask("0", "/learn/hours").text


def test_days_and_segments_narrow_what_is_told_and_the_address_leads_on(scene):
    own, online = scene.there.wang.enrolment_id, scene.there.online.id
    whole = hours(scene, "0", 0)
    day = whole["items"][0]["day"]
    assert hours(scene, "0", 0, f"?until={day}&since={day}&limit=1")["items"] == whole["items"][:1]
    assert hours(scene, "0", 0, f"?after={day}")["items"] == whole["items"][1:]
    only = hours(scene, "0", 0, f"?segment_id={online}")
    assert {one["segment_id"] for day in only["items"] for one in day["stretches"]} == {online}
    assert only["sums"] == whole["sums"]
    empty = scene.ask("0", f"/learn/hours/{own}?since=2031-01-01")
    assert empty.status_code == 200 and "还没有记录" in empty.text
    assert scene.ask("0", f"/learn/hours/{own}?since=morgen").status_code == 422
