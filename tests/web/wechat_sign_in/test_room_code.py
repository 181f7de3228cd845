"""A room code scanned before sign-in: judged when it arrives, carried through WeChat and binding, in one browser only."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.factories import world
from yanglao.capture.attendance import codes
from yanglao.classes import queries as classes
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of, now, to_ms
from yanglao.kernel.db import db
from yanglao.outside.ciphers import ciphers

WANG = "openid-of-wang-0001"


@pytest.fixture
def room(house):
    """Give the code on the screen of a session that has just been opened."""
    meeting = classes.sessions(db.session, [house.there.session_id])[house.there.session_id]
    step = codes.step_of(to_ms(house.now), policy.on(day_of(house.now)).attendance.room_step_s)
    return codes.room_payload(meeting.code_no, step, ciphers().mac)


def data_claim(page):
    found = re.search(r'data-claim="([^"]+)"', page.text)
    return found.group(1) if found else None


def test_a_slow_first_visit_with_binding_still_ends_at_the_check_in(house, room):
    phone = house.browser()
    led = phone.get(f"/c/{room}")
    path = parse_qs(urlsplit(led.location).query)["next"][0]
    assert led.status_code == 302 and path.startswith(f"/c/{room}?claim=")
    bind = phone.go(WANG, path)
    assert bind.location.startswith("/wx/bind?next=/c/")
    house.wait(20 * 60)
    house.bound(0, WANG)
    assert phone.go(WANG, path).location == path
    page = phone.get(path)
    assert data_claim(page) and "签到" in page.text


def test_the_link_of_an_arrival_brings_nobody_else_in(house, room):
    phone, at_home = house.browser(), house.browser()
    path = parse_qs(urlsplit(phone.get(f"/c/{room}").location).query)["next"][0]
    house.bound(0, WANG)
    at_home.go(WANG, path)
    page = at_home.get(path)
    assert data_claim(page) is None and "不是您自己扫的" in page.text


def test_the_short_host_judges_the_moment_and_hands_over_to_the_host_of_the_cookies(make_app, tmp_path):
    app = make_app(PUBLIC_BASE_URL="http://pei.example", SHORT_BASE_URL="http://s.example")
    with app.app_context():
        there = world()
        meeting = classes.sessions(db.session, [there.session_id])[there.session_id]
        at_ms = to_ms(now())
        step = codes.step_of(at_ms, policy.on(day_of(at_ms)).attendance.room_step_s)
        room = codes.room_payload(meeting.code_no, step, ciphers().mac)
        db.session.remove()
    phone = app.test_client()
    handed = phone.get(f"/c/{room}", base_url="http://s.example")
    assert handed.location.startswith(f"http://pei.example/c/{room}?arrived=claim2.")
    assert not handed.headers.getlist("Set-Cookie")
    path = handed.location.removeprefix("http://pei.example")
    page = phone.get(path, base_url="http://pei.example")
    assert data_claim(page) and "yl_at=" in page.headers["Set-Cookie"]
    assert phone.get("/l/x", base_url="http://s.example").location == "http://pei.example/sign-in?next=/l/x"
