"""The timetable by API and page: venues, a series, a substitute, the calendar; each person within their own reach."""

from __future__ import annotations

import io

import pytest

from tests.web.classes.test_class_pages import meeting
from yanglao.kernel.actor import Grant
from yanglao.kernel.db import db, run
from yanglao.outside import workbook


def series(school, **changes):
    body = {
        "segment_id": school.offline,
        "first": "2026-03-09",
        "weekdays": [2, 4],
        "count": 3,
        "starts": "08:30",
        "ends": "11:30",
        "breaks": [["10:00", "10:15"]],
        "venue": "大厅",
        "instructor_id": school.people["teacher"],
    }
    return {**body, **changes}


def hall(school, **changes):
    body = {
        "base_id": school.bases["renhe"],
        "name": "大厅",
        "capacity": 4,
        "latitude": 35.05,
        "longitude": 118.35,
    }
    return {**body, **changes}


def test_venues_are_kept_by_their_base_and_read_within_ones_reach(school):
    admin = school.client("admin")
    made = admin.post("/api/v1/venues", hall(school)).json
    assert (made["latitude"], made["longitude"], made["radius_m"], made["active"]) == (
        35.05,
        118.35,
        200,
        True,
    )
    body = {"name": "一号厅", "capacity": None, "active": False}
    changed = admin.post(f"/api/v1/venues/{made['id']}", body).json
    assert (changed["name"], changed["capacity"], changed["latitude"], changed["active"]) == (
        "一号厅",
        None,
        None,
        False,
    )
    for who, status in (("stranger", 404), ("officer", 403)):
        assert school.client(who).post(f"/api/v1/venues/{made['id']}", body).status_code == status
        assert school.client(who).post("/api/v1/venues", hall(school, name="二")).status_code == status
    read = {
        who: school.client(who).get("/api/v1/venues").json["items"]
        for who in ("admin", "officer", "stranger")
    }
    assert (read["admin"], read["officer"], read["stranger"]) == ([changed], [changed], [])


def test_planning_answers_with_what_is_worth_knowing_and_refuses_nothing_for_it(school, own_class):
    admin = school.client("admin")
    venue = admin.post("/api/v1/venues", hall(school)).json
    body = {**meeting(school), "venue_id": venue["id"]}
    body.pop("venue")
    answer = admin.post(f"/api/v1/classes/{own_class}/sessions", body)
    assert (answer.status_code, answer.json["venue"], answer.json["venue_id"]) == (200, "大厅", venue["id"])
    assert [one["code"] for one in answer.json["warnings"]] == ["timetable.over_capacity"]
    assert answer.json["warnings"][0]["sentence"] == "「大厅」有 4 个座位，这个班有 5 人。"


def test_a_series_is_previewed_on_the_page_and_planned_whole(school, browser, own_class):
    admin, page = school.client("admin"), browser("admin")
    path = f"/api/v1/classes/{own_class}/sessions/series"
    admin.post(f"/api/v1/classes/{own_class}/sessions", meeting(school))  # Tuesday 10 March, 9:00
    lines = admin.post(f"{path}/preview", series(school)).json["items"]
    assert [(one["day"], one["refusal"] and one["refusal"]["code"]) for one in lines] == [
        ("2026-03-10", "timetable.class_busy"),
        ("2026-03-12", None),
        ("2026-03-17", None),
    ]
    refused = admin.post(path, series(school))
    assert (refused.status_code, refused.json["code"]) == (409, "timetable.series_refused")
    assert len(admin.get(f"/api/v1/classes/{own_class}/sessions").json["items"]) == 1
    asked = (
        f"segment_id={school.offline}&first=2026-03-09&count=3&start=08:30&end=11:30&venue=%E5%A4%A7%E5%8E%85"
    )
    asked += f"&instructor_id={school.people['teacher']}"
    shown = page.read(f"/office/classes/{own_class}/sessions/repeat?{asked}&d2=1&d4=1")
    assert (
        "3 次课里有 1 次排不上" in shown and "全部排上" not in shown and "每周二、周四 08:30–11:30" in shown
    )
    assert "全部排上" in page.read(f"/office/classes/{own_class}/sessions/repeat?{asked}&d4=1&d5=1")
    assert "请至少选一个星期几" in page.read(f"/office/classes/{own_class}/sessions/repeat?{asked}")
    made = admin.post(path, series(school, weekdays=[4, 5])).json["items"]
    assert [one["starts_at"][:10] for one in made] == ["2026-03-12", "2026-03-13", "2026-03-19"]
    assert {one["taught_s"] for one in made} == {9900}
    for who, status in (("stranger", 404), ("officer", 403)):
        assert school.client(who).post(f"{path}/preview", series(school)).status_code == status
        assert school.client(who).post(path, series(school)).status_code == status
    for wrong in ({"weekdays": []}, {"weekdays": [8]}, {"starts": "8:30"}, {"count": 0}, {"more": 1}):
        assert admin.post(path, series(school, **wrong)).status_code == 422


def test_a_substitute_stands_on_page_calendar_and_sheet_with_who_was_planned(school, browser, own_class):
    with school.app.app_context():
        run(lambda: school.settle("teacher2", Grant("instructor", base="renhe")))
        db.session.remove()
    admin, page = school.client("admin"), browser("admin")
    planned = admin.post(f"/api/v1/classes/{own_class}/sessions", meeting(school)).json
    path = f"/api/v1/sessions/{planned['id']}/substitute"
    body = {"instructor_id": school.people["teacher2"], "reason": "老师发烧"}
    for who, status in (("stranger", 404), ("officer", 403), ("teacher", 403)):
        assert school.client(who).post(path, body).status_code == status
    assert "换成这位老师" in page.read(f"/office/classes/{own_class}/sessions?substitute={planned['id']}")
    answer = admin.post(path, body).json
    assert (answer["instructor_id"], answer["planned_instructor_id"]) == (
        school.people["teacher2"],
        school.people["teacher"],
    )
    text = page.read(f"/office/classes/{own_class}/sessions")
    assert "换人代课" in text and "原因：老师发烧" in text and "代课，原定" in text
    for view in ("month", "week"):
        assert "09:00–11:15" in page.read(f"/office/calendar?view={view}&day=2026-03-10")
    listed = page.read("/office/calendar?view=list&day=2026-03-01")
    assert "代课，原定" in listed and "实训室一" in browser("officer").read("/office/calendar?day=2026-03-10")
    assert "09:00–11:15" not in browser("stranger").read("/office/calendar?day=2026-03-10")
    sent = page.get("/office/calendar/sheet?view=list&day=2026-03-10&last=2026-03-10")
    rows = [[cell.text for cell in row] for row in workbook.read(io.BytesIO(sent.data).read()).sheets[0].rows]
    assert rows[1][:2] == ["日期", "上课"] and rows[2][1:3] == ["09:00", "11:15"] and len(rows) == 3
    assert "09:00–11:15" not in page.read("/office/calendar?view=week&day=2026-03-12&state=closed")
    assert "代课" in browser("teacher2").read("/teach/")
    assert school.client("teacher2").get("/api/v1/sessions").json["items"][0]["id"] == planned["id"]
    assert school.client("teacher").get("/api/v1/sessions").json["items"] == []


def test_farming_seasons_and_published_days_are_shown_and_a_year_without_a_table_says_so(
    school, browser, own_class
):
    admin = school.client("admin")
    season = {
        "name": "春耕",
        "starts_on": "2026-03-10",
        "ends_on": "2026-03-12",
        "base_id": school.bases["renhe"],
    }
    made = admin.post("/api/v1/seasons", season).json
    assert school.client("stranger").post(f"/api/v1/seasons/{made['id']}/drop").status_code == 404
    text = browser("officer").read("/office/calendar?view=month&day=2026-03-01")
    assert "春耕" in text and "没有 2026 年的放假表" not in text
    assert "没有 2030 年的放假表" in browser("admin").read("/office/calendar?day=2030-05-01")
    assert "春节" in browser("officer").read("/office/calendar/seasons")
    warned = admin.post(f"/api/v1/classes/{own_class}/sessions", meeting(school)).json["warnings"]
    assert [one["code"] for one in warned] == ["calendar.season"]
    days = admin.get("/api/v1/calendar/2021").json
    assert days["checked"] and {"day": "2021-10-09", "kind": "worked", "name": "国庆节"} in days["days"]
    assert admin.get("/api/v1/calendar/2030").json["code"] == "calendar.year_not_loaded"
    found = admin.get("/api/v1/seasons?first=2026-03-12&last=2026-03-31").json["items"]
    assert [one["name"] for one in found] == ["春耕"]
    changed = admin.post(f"/api/v1/seasons/{made['id']}", {**season, "ends_on": "2026-03-11"}).json
    assert changed["ends_on"] == "2026-03-11"
    assert admin.post(f"/api/v1/seasons/{made['id']}/drop").json == {"id": made["id"]}


@pytest.mark.parametrize(
    "query", ["first=2026-03-10", "first=2026-03-10&last=2026-03-01", "first=2026-01-01&last=2027-03-01"]
)
def test_a_calendar_without_bounds_is_refused(school, query):
    assert school.client("admin").get(f"/api/v1/timetable?{query}").status_code == 422


def test_the_calendar_by_api_lists_within_ones_reach(school, own_class):
    planned = school.client("admin").post(f"/api/v1/classes/{own_class}/sessions", meeting(school)).json
    query = "/api/v1/timetable?first=2026-03-10&last=2026-03-10"
    found = {who: school.client(who).get(query).json["items"] for who in ("admin", "officer", "stranger")}
    assert [one["id"] for one in found["admin"]] == [planned["id"]] == [one["id"] for one in found["officer"]]
    assert found["stranger"] == [] and school.client("teacher").get(query).status_code == 403
