import re

import pytest

from tests.capture.attendance.conftest import MINUTE, NINE, SECOND
from tests.web.attendance.test_mark_photos import picture
from yanglao.kernel.clock import rfc3339
from yanglao.kernel.db import db, run
from yanglao.people import photos


@pytest.fixture
def opened(site):
    site.ask("teacher", "POST", "sessions/S/open")
    return site


def payload(site):
    return site.ask("teacher", "GET", "sessions/S/code").json["payload"]


def claim_of(page):
    return re.search(r'data-claim="([^"]+)"', page.text)[1]


def test_the_instructor_sees_today_with_one_button(site):
    page = site.page("teacher", "/teach/")
    assert page.status_code == 200
    assert "开始签到" in page.text and "护理班A" in page.text


@pytest.mark.parametrize("path", ["/teach/sessions/S", "/teach/screens/abcdefgh1234"])
def test_the_pages_of_a_session_open(opened, path):
    assert opened.page("teacher", path).status_code == 200


def test_somebody_elses_session_is_not_found_and_a_stranger_is_led_to_sign_in(opened):
    assert opened.page("teacher", "/teach/sessions/none").status_code == 404
    assert opened.page("wang", "/teach/sessions/S").status_code == 403
    led = opened.page("", "/teach/")
    assert led.status_code == 302 and led.headers["Location"].startswith("/sign-in?next=")


def test_opening_the_address_of_a_room_code_changes_nothing(opened):
    page = opened.page("wang", f"/c/{payload(opened)}")
    assert "签到" in page.text
    assert opened.ask("wang", "GET", "me/attendance").json["items"][0]["in_at"] is None


def test_the_button_counts_for_the_moment_the_code_was_scanned(opened):
    page = opened.page("wang", f"/c/{payload(opened)}?from=timeline")
    opened.at(NINE + 50 * SECOND)
    answer = opened.scan("wang", "room", claim_of(page))
    assert (answer["outcome"], answer["sentence"]) == ("accepted", "签到成功，09:00。下课记得签退。")


def test_a_stranger_scans_first_and_signs_in_then(opened):
    code, phone = payload(opened), opened.app.test_client()
    page = phone.get(f"/c/{code}")
    assert "去登录" in page.text
    opened.at(NINE + 90 * MINUTE)
    phone.set_cookie("yl_session", opened.sign_in("wang"))
    again = phone.get(f"/c/{code}?claim={claim_of(page)}")
    answer = opened.scan("wang", "room", claim_of(again))
    assert (answer["outcome"], answer["sentence"]) == ("accepted", "签到成功，09:00。下课记得签退。")
    assert answer["facts"]["signed_in_later"] and answer["facts"]["waited_s"] == 90 * 60


def test_the_address_of_an_arrival_is_worth_nothing_in_another_browser(opened):
    code = payload(opened)
    link = f"/c/{code}?claim={claim_of(opened.app.test_client().get(f'/c/{code}'))}"
    at_home = opened.page("li", link)
    assert "不是您自己扫的" in at_home.text and "data-claim" not in at_home.text
    opened.at(NINE + MINUTE)
    assert "data-claim" not in opened.page(opened.sign_in("zhao"), link).text


def test_the_arrival_of_one_person_is_not_another_persons(opened):
    code = payload(opened)
    link = f"/c/{code}?claim={claim_of(opened.page('wang', f'/c/{code}'))}"
    assert "data-claim" not in opened.page("li", link).text
    assert "data-claim" in opened.page("wang", link).text


def test_an_arrival_that_waited_two_hours_for_its_sign_in_is_past(opened):
    code, phone = payload(opened), opened.app.test_client()
    link = f"/c/{code}?claim={claim_of(phone.get(f'/c/{code}'))}"
    opened.at(NINE + 121 * MINUTE)
    phone.set_cookie("yl_session", opened.sign_in("wang"))
    assert "放得太久了" in phone.get(link).text


def test_an_arrival_of_nobody_does_not_count_for_who_was_signed_in_before(opened):
    page = opened.page("", f"/c/{payload(opened)}")
    answer = opened.scan("wang", "room", claim_of(page))
    assert (answer["outcome"], answer["code"]) == ("refused", "code.claim_not_yours")


def test_an_old_address_says_that_the_code_is_past(opened):
    code = payload(opened)
    opened.at(NINE + MINUTE)
    page = opened.page("wang", f"/c/{code}")
    assert "这个码过期了" in page.text and "data-claim" not in page.text


def test_who_is_in_the_room_is_offered_to_leave(opened):
    opened.scan("wang", "room", payload(opened))
    assert 'data-way="out"' in opened.page("wang", f"/c/{payload(opened)}").text


@pytest.mark.parametrize("path", ["/learn/card", "/screen", "/c/AAAAAAAAAAAAAAAA", "/c/rubbish"])
def test_the_pages_of_a_trainee_and_the_screen_open(opened, path):
    assert opened.page("wang", path).status_code == 200


def test_the_card_offers_who_has_no_photo_to_take_one(site):
    assert "/wx/photo" in site.page("wang", "/learn/card").text
    with site.app.app_context():
        run(lambda: photos.keep_of(db.session, "wang", picture(), now=site.moment))
    assert "/wx/photo" not in site.page("wang", "/learn/card").text


def test_the_card_changes_nothing_when_it_is_asked_for_and_keeps_its_number_after(site):
    shown = site.ask("wang", "GET", "me/card").json
    kept = site.ask("wang", "POST", "me/card").json
    assert (shown["kept"], kept["kept"]) == (False, True)
    assert shown["payload"] == kept["payload"]


def test_the_administrator_sees_what_waits_and_why(opened):
    card = opened.ask("wang", "GET", "me/card").json["payload"]
    item = opened.item("card", card, session_id="S")
    opened.at(NINE + 30 * MINUTE)
    opened.ask("teacher", "POST", "scans", item | {"sent_at": opened.item("card", "x")["sent_at"]})
    page = opened.page("admin", "/office/scans")
    assert "王秀英" in page.text and "09:30 才传到" in page.text and "计入" in page.text
    assert opened.page("teacher", "/office/scans").status_code == 403


def test_what_a_phone_without_network_scanned_is_decided_in_the_order_of_time_whatever_came_first(opened):
    held = []
    for minutes, way in ((0, "in"), (60, "out")):
        for name in ("wang", "li"):
            opened.at(NINE + minutes * MINUTE)
            card = opened.ask(name, "GET", "me/card").json["payload"]
            held.append(opened.item("card", card, way, session_id="S"))
    opened.at(NINE + 90 * MINUTE)
    sent = [one | {"sent_at": rfc3339(opened.moment)} for one in reversed(held)]
    for one in sent:
        opened.ask("teacher", "POST", "scans", one)
    waiting = opened.ask("admin", "GET", "scans/waiting").json["items"]
    assert [one["direction"] for one in waiting] == ["in", "in", "out", "out"]
    page = opened.page("admin", "/office/scans").text
    assert "一起核对" in page and " ".join(one["scan_uuid"] for one in waiting) in page
    for one in waiting:
        body = {"accept": True, "reason": "和签名的考勤表对过"}
        assert opened.ask("admin", "POST", f"scans/{one['scan_uuid']}/decision", body).status_code == 200
    people = opened.ask("teacher", "GET", "sessions/S/people").json["people"]
    assert {one["out_at"] for one in people} == {rfc3339(NINE + 60 * MINUTE)}


def test_a_sign_out_made_up_after_the_close_waits_for_the_administrator(opened):
    opened.scan("wang", "room", payload(opened))
    opened.at(NINE + 180 * MINUTE)
    opened.ask("teacher", "POST", "sessions/S/close")
    noon = opened.item("manual", "x")["captured_at"]
    opened.at(NINE + 300 * MINUTE)
    item = opened.scan("teacher", "manual", "eW", "out", session_id="S", reason="忘了签退", captured_at=noon)
    assert item["outcome"] == "pending_review"
    decided = opened.ask(
        "admin", "POST", f"scans/{item['scan_uuid']}/decision", {"accept": True, "reason": "问过"}
    )
    assert decided.json["outcome"] == "accepted"
