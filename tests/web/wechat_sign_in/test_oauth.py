"""Web authorisation: a state of one browser, used once; a code that comes twice; nobody led elsewhere."""

from __future__ import annotations

import logging
import threading
from urllib.parse import urlsplit

import pytest

from tests.web.wechat_sign_in.conftest import APP_ID, SECRET
from yanglao.kernel.db import db
from yanglao.people import queries

WANG, LI = "openid-of-wang-0001", "openid-of-li-000002"


def test_the_address_of_wechat_has_its_parameters_in_the_written_order(house):
    answer = house.browser().get("/wx/oauth/start?next=/learn/")
    address = answer.location
    state = address.split("&state=")[1].split("#")[0]
    back = f"{house.app.config['SETTINGS'].public_base_url}/wx/oauth/callback"
    quoted = back.replace(":", "%3A").replace("/", "%2F")
    assert address == (
        f"https://open.weixin.qq.com/connect/oauth2/authorize?appid={APP_ID}&redirect_uri={quoted}"
        f"&response_type=code&scope=snsapi_base&state={state}#wechat_redirect"
    )
    assert state.isalnum() and state.isascii() and len(state) >= 22 and "learn" not in state


def test_who_is_bound_comes_back_signed_in_at_an_address_without_the_code(house):
    wang, phone = house.bound(0, WANG), house.browser()
    answer = phone.go(WANG, "/learn/hours")
    assert (answer.status_code, answer.location) == (302, "/learn/hours")
    assert phone.me() == wang.name
    devices = queries.sign_ins(db.session, wang.person_id)
    assert [one.client for one in devices][:1] == ["wechat"]


def test_who_is_not_bound_is_led_to_binding_and_not_signed_in(house):
    phone = house.browser()
    answer = phone.go("openid-of-nobody", "/learn/")
    assert (answer.status_code, answer.location) == (302, "/wx/bind?next=/learn/")
    assert phone.me() is None


def test_the_same_code_again_leads_on_and_asks_wechat_no_second_time(house):
    house.bound(0, WANG)
    phone = house.browser()
    state, code = phone.state("/learn/"), house.wechat.code_for(WANG)
    first = phone.come_back(state, code)
    again = phone.come_back(state, code)
    assert first.location == again.location == "/learn/" and len(house.wechat.asked) == 1


def test_the_same_code_within_a_minute_signs_in_a_browser_that_lost_its_sign_in(house):
    wang, phone = house.bound(0, WANG), house.browser()
    state, code = phone.state("/learn/"), house.wechat.code_for(WANG)
    phone.come_back(state, code)
    phone.http.delete_cookie("yl_session")
    assert phone.come_back(state, code).location == "/learn/" and phone.me() == wang.name


def test_the_same_code_after_a_minute_goes_to_wechat_once_more(house):
    house.bound(0, WANG)
    phone = house.browser()
    state, code = phone.state("/learn/"), house.wechat.code_for(WANG)
    phone.come_back(state, code)
    phone.http.delete_cookie("yl_session")
    house.wait(61)
    assert phone.come_back(state, code).location == "/wx/oauth/start?next=/learn/"


def test_a_state_takes_no_second_code(house):
    house.bound(0, WANG)
    house.bound(1, LI)
    phone = house.browser()
    state = phone.state("/learn/")
    phone.come_back(state, house.wechat.code_for(WANG))
    answer = phone.come_back(state, house.wechat.code_for(LI))
    assert answer.status_code == 403 and len(house.wechat.asked) == 1


def test_a_state_of_another_browser_is_refused_before_wechat_is_asked(house):
    house.bound(0, WANG)
    state = house.browser().state("/learn/")
    other = house.browser()
    other.state()
    answer = other.come_back(state, house.wechat.code_for(WANG))
    assert answer.status_code == 403 and other.me() is None and not house.wechat.asked


@pytest.mark.parametrize("state", ["", "x", "A" * 22, "a b&c"])
def test_a_state_that_nobody_gave_out_is_refused(house, state):
    phone = house.browser()
    phone.state()
    assert phone.come_back(state, "code").status_code == 403 and not house.wechat.asked


def test_a_state_older_than_ten_minutes_leads_to_wechat_once_more(house):
    phone = house.browser()
    state = phone.state("/learn/")
    house.wait(600)
    assert phone.come_back(state, house.wechat.code_for(WANG)).location.startswith("/wx/oauth/start")


@pytest.mark.parametrize("fault", ["40029", "42003", "40163"])
def test_spent_codes_lead_round_twice_and_then_to_a_page(house, fault):
    house.wechat.fault = fault
    phone = house.browser()
    statuses = [phone.come_back(phone.state("/learn/"), f"spent{n}").status_code for n in range(3)]
    assert statuses == [302, 302, 409]


@pytest.mark.parametrize("fault", ["html", "502", "40125", "48001", "-1"])
def test_a_fault_of_wechat_is_said_in_plain_words_without_any_secret(house, fault, caplog):
    house.wechat.fault = fault if fault != "-1" else "45011"
    phone = house.browser()
    with caplog.at_level(logging.DEBUG):
        answer = phone.go(WANG, "/learn/")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 503 and "再试一次" in text
    assert SECRET not in text + caplog.text and "code0000" not in caplog.text


def test_a_snapshot_page_is_refused_and_nobody_is_signed_in(house):
    house.bound(0, WANG)
    house.wechat.fault = "snapshot"
    phone = house.browser()
    answer = phone.go(WANG, "/learn/")
    assert answer.status_code == 403 and "使用完整服务" in answer.get_data(as_text=True)
    assert phone.me() is None


def test_who_comes_back_without_a_code_is_asked_to_try_again(house):
    phone = house.browser()
    answer = phone.get(f"/wx/oauth/callback?state={phone.state('/learn/')}")
    assert answer.status_code == 422 and "再试一次" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example/", "/\\evil.example", "evil", "javascript:alert(1)"]
)
def test_nobody_is_led_to_another_site(house, path):
    house.bound(0, WANG)
    answer = house.browser().go(WANG, path)
    assert urlsplit(answer.location).netloc == "" and "evil" not in answer.location


def test_the_redirect_that_comes_twice_at_once_is_exchanged_once(house):
    house.bound(0, WANG)
    phone = house.browser()
    state, code, answers = phone.state("/learn/"), house.wechat.code_for(WANG), []
    word = phone.http.get_cookie("yl_wx").value

    def come() -> None:
        with house.app.app_context():
            one = house.app.test_client()
            one.set_cookie("yl_wx", word)
            answers.append(one.get(f"/wx/oauth/callback?code={code}&state={state}").location)
            db.session.remove()

    db.session.remove()
    threads = [threading.Thread(target=come) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(house.wechat.asked) == 1 and "/learn/" in answers
    assert set(answers) <= {"/learn/", "/wx/oauth/start?next=/learn/"}


def test_two_tabs_of_one_browser_come_back_in_any_order(house):
    wang, phone = house.bound(0, WANG), house.browser()
    first, second = phone.state("/learn/"), phone.state("/learn/hours")
    assert phone.come_back(second, house.wechat.code_for(WANG)).location == "/learn/hours"
    assert phone.come_back(first, house.wechat.code_for(WANG)).location == "/learn/"
    assert phone.me() == wang.name


def test_a_browser_that_lost_its_cookie_is_offered_to_begin_again(house):
    house.bound(0, WANG)
    phone = house.browser()
    state = phone.state("/learn/hours")
    phone.http.delete_cookie("yl_wx")
    answer = phone.come_back(state, house.wechat.code_for(WANG))
    text = answer.get_data(as_text=True)
    assert (
        answer.status_code == 403 and 'href="/wx/oauth/start?next=/"' in text and "/learn/hours" not in text
    )
    assert phone.go(WANG, "/learn/hours").location == "/learn/hours"


def test_what_wechat_adds_to_an_address_is_left_aside(house):
    house.bound(0, WANG)
    phone = house.browser()
    state, code = phone.state("/learn/"), house.wechat.code_for(WANG)
    answer = phone.get(f"/wx/oauth/callback?from=timeline&code={code}&isappinstalled=0&state={state}")
    assert answer.location == "/learn/"


def test_a_spent_code_leads_on_who_is_signed_in_already(house):
    wang, phone = house.bound(0, WANG), house.browser()
    phone.go(WANG, "/learn/")
    house.wechat.fault = "40163"
    assert phone.come_back(phone.state("/learn/hours"), "spent").location == "/learn/hours"
    assert phone.me() == wang.name


def test_without_a_service_account_there_is_no_way_to_wechat(client):
    assert client.get("/wx/oauth/start?next=/learn/").status_code == 404
    assert client.get("/wx/oauth/callback?state=x&code=y").status_code == 404
