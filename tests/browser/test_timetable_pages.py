"""Planning by hand on a PC: a room too small is said at once, a new room is named, a series is planned, a substitute takes over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.browser.conftest import sideways
from yanglao.classes import queries, venues
from yanglao.classes.venues import VenueDraft
from yanglao.kernel.clock import day_of, now
from yanglao.kernel.db import db, run
from yanglao.people import queries as people

pytestmark = pytest.mark.browser
PC = {"width": 1366, "height": 768}


def test_an_administrator_plans_a_series_in_a_new_room_and_names_a_substitute(phone, world):
    admin, own = world.city.staff["admin_a"], f"/office/classes/{world.class_id}/sessions"
    base, small = world.city.bases["a"], VenueDraft("小教室", capacity=1)
    run(lambda: venues.add_venue(db.session, base, small, now=now(), actor=admin))
    held = phone(people.person(db.session, admin.person_id).account_phone, size=PC)
    page = held.open(f"{own}/repeat")
    page.select_option("[name=venue_id]", label="小教室（1 座）")
    assert page.locator("[data-notes]").inner_text() == "这间教室有 1 个座位，这个班有 3 人。"
    assert not page.locator("[name=venue]").is_visible()
    page.select_option("[name=venue_id]", label="新的教室…")
    page.fill("[name=venue]", "三楼")
    days = [day_of(now()) + timedelta(days=ahead) for ahead in (1, 2)]
    page.fill("[name=first]", days[0].isoformat())
    page.fill("[name=count]", "2")
    for day in days:
        page.check(f"[name=d{day.isoweekday()}]")
    page.click("text=先看看排得上吗")
    assert page.input_value("[name=venue]") == "三楼" and page.input_value("[name=count]") == "2"
    page.click("text=全部排上")
    page.fill("textarea", "多练两次")
    page.click("text=提交")
    page.wait_for_url(f"**{own}")
    page.click("text=换人代课 >> nth=-1")
    page.click("text=换成这位老师")
    page.fill("textarea", "老师发烧")
    page.click("text=提交")
    page.wait_for_selector("text=代课，原定")
    db.session.rollback()
    planned = [one for one in queries.sessions_of_class(db.session, world.class_id) if one.venue == "三楼"]
    assert [day_of(one.starts_ms) for one in planned] == days
    assert planned[0].planned_instructor_id is None
    assert planned[-1].planned_instructor_id == planned[0].instructor_id != planned[-1].instructor_id
    page.set_viewport_size({"width": 360, "height": 740})
    assert sideways(held.open("/office/calendar")) <= 0 and held.said == []
