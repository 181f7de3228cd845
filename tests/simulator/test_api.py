from __future__ import annotations

import re

import pytest

from tests.simulator.conftest import APP


def test_the_token_is_the_same_until_its_last_five_minutes(simulated):
    first = simulated.token()
    assert first["expires_in"] == 7200
    simulated.after(6899)
    assert simulated.token() == {"access_token": first["access_token"], "expires_in": 301}
    simulated.after(1)
    second = simulated.token()
    assert second["access_token"] != first["access_token"] and second["expires_in"] == 7200
    for token in (first["access_token"], second["access_token"]):
        assert (
            simulated.client.get(f"/cgi-bin/ticket/getticket?type=jsapi&access_token={token}").json["errcode"]
            == 0
        )
    simulated.after(300)
    gone = simulated.client.get(f"/cgi-bin/ticket/getticket?type=jsapi&access_token={first['access_token']}")
    assert gone.json["errcode"] in (40001, 42001)


def test_a_forced_refresh_kills_the_old_token_and_has_its_limits(simulated):
    old = simulated.token()["access_token"]
    simulated.token(force_refresh=True)
    assert simulated.post("menu/create", {}, token=old)["errcode"] == 40001
    assert simulated.token(force_refresh=True)["errcode"] == 45011
    for _ in range(19):
        simulated.after(30)
        assert "access_token" in simulated.token(force_refresh=True)
    simulated.after(30)
    assert simulated.token(force_refresh=True)["errcode"] == 45009


@pytest.mark.parametrize(
    ("wrong", "code"), [({"appid": "wx1"}, 40013), ({"secret": "x"}, 40125), ({"grant_type": "x"}, 40002)]
)
def test_a_token_is_given_to_the_account_only(simulated, wrong, code):
    answer = simulated.token(**wrong)
    assert answer["errcode"] == code and re.search(r"rid: [0-9a-f-]{26}$", answer["errmsg"])
    assert APP.secret not in str(answer)


def test_the_ticket_is_the_same_and_says_its_whole_life_each_time(simulated):
    first = simulated.get("ticket/getticket", type="jsapi")
    simulated.after(600)
    assert simulated.get("ticket/getticket", type="jsapi") == first and first["expires_in"] == 7200


@pytest.mark.parametrize(
    ("path", "code"),
    [("/cgi-bin/nothing", 40066), ("/cgi-bin/user/info", 41001), ("/cgi-bin/menu/create", 43002)],
)
def test_what_is_asked_wrongly_gets_a_code_of_wechats(simulated, path, code):
    assert simulated.client.get(path).json["errcode"] == code


def test_who_follows_is_said_and_a_stranger_is_no_user(simulated):
    user, other = simulated.follower(), simulated.world.add_user("李桂兰")
    assert simulated.get("user/info", openid=user.openid)["subscribe"] == 1
    assert simulated.get("user/info", openid=other.openid)["subscribe"] == 0
    assert simulated.get("user/info", openid="o" * 28)["errcode"] == 40003


def test_a_menu_is_kept_and_taken_away(simulated):
    menu = {"button": [{"name": "学习", "type": "view", "url": "http://127.0.0.1:8000/learn/"}]}
    assert simulated.get("menu/get")["errcode"] == 46003
    assert simulated.post("menu/create", menu)["errcode"] == 0
    assert simulated.get("menu/get")["menu"] == menu
    assert simulated.get("menu/delete")["errcode"] == 0
    assert simulated.get("menu/get")["errcode"] == 46003


@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        ([], 40016),
        ([{"name": "a", "type": "click", "key": "k"}] * 4, 40016),
        ([{"name": "五个汉字太长啊", "type": "click", "key": "k"}], 40018),
        ([{"name": "a", "type": "click"}], 40019),
        ([{"name": "a", "type": "view", "url": "learn"}], 40054),
        ([{"name": "a", "type": "dance", "key": "k"}], 40017),
        ([{"name": "a", "sub_button": [{"name": "b", "type": "click", "key": "k"}] * 6}], 40023),
    ],
)
def test_a_menu_that_wechat_would_refuse_is_refused(simulated, buttons, code):
    assert simulated.post("menu/create", {"button": buttons})["errcode"] == code


def test_a_parametric_qr_lives_as_long_as_was_asked(simulated):
    asked = {
        "expire_seconds": 120,
        "action_name": "QR_STR_SCENE",
        "action_info": {"scene": {"scene_str": "L7f"}},
    }
    made = simulated.post("qrcode/create", asked)
    assert made["expire_seconds"] == 120 and made["url"].startswith("http://weixin.qq.com/q/")
    user = simulated.follower()
    scan = f"/sim/phones/{user.id}/scan"
    assert simulated.client.post(scan, json={"text": made["url"]}).json == {"do": "chat"}
    simulated.after(120)
    assert simulated.client.post(scan, json={"text": made["url"]}).json["do"] == "say"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("token_refused", 40001),
        ("token_expired", 42001),
        ("quota", 45009),
        ("busy", -1),
        ("address_refused", 40164),
    ],
)
def test_a_fault_strikes_once_and_is_counted(simulated, fault, code):
    simulated.client.post("/sim/faults", json={fault: {"times": 1, "path": "/cgi-bin/user/info"}})
    user = simulated.follower()
    assert simulated.get("user/info", openid=user.openid)["errcode"] == code
    assert simulated.get("user/info", openid=user.openid)["subscribe"] == 1
    state = simulated.client.get("/sim/state").json
    assert state["faults"][fault]["struck"] == 1 and state["calls"]["/cgi-bin/user/info"] == 2


def test_a_fault_that_is_always_on_ends_when_it_is_switched_off(simulated):
    simulated.client.post("/sim/faults", json={"token_refused": -1})
    assert {simulated.get("menu/get")["errcode"] for _ in range(3)} == {40001}
    simulated.client.post("/sim/faults", json={"clear": True})
    assert simulated.get("menu/get")["errcode"] == 46003


def test_answers_that_are_none_come_as_html_and_502(simulated):
    simulated.client.post("/sim/faults", json={"html": 1})
    answer = simulated.client.post("/cgi-bin/stable_token", json={})
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    simulated.client.post("/sim/faults", json={"bad_gateway": 1})
    assert simulated.client.post("/cgi-bin/stable_token", json={}).status_code == 502


@pytest.mark.parametrize(
    "asked", [{"no_such": 1}, {"quota": "often"}, {"quota": -2}, {"quota": {"times": True}}]
)
def test_a_fault_nobody_knows_is_refused(simulated, asked):
    assert simulated.client.post("/sim/faults", json=asked).status_code == 422


def test_another_sites_page_can_switch_nothing(simulated):
    sent_by = {"Sec-Fetch-Site": "cross-site"}
    assert simulated.client.post("/sim/faults", json={"quota": -1}, headers=sent_by).status_code == 403
