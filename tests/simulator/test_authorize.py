from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.simulator.conftest import APP


def link(simulated, **changed):
    back = quote(
        changed.get("back", simulated.place.bases[0] + "/wx/oauth/callback"), safe=changed.get("safe", "")
    )
    app_id, state = changed.get("app_id", APP.app_id), changed.get("state", "abc123")
    return f"appid={app_id}&redirect_uri={back}&response_type=code&scope=snsapi_base&state={state}"


def code_of(simulated, user):
    went = simulated.client.get(f"/connect/oauth2/as/{user.id}?{link(simulated)}")
    assert went.status_code == 302 and went.location.startswith(simulated.place.bases[0])
    query = parse_qs(urlsplit(went.location).query)
    assert query["state"] == ["abc123"]
    return query["code"][0]


def exchange(simulated, given, **changed):
    asked = {"appid": APP.app_id, "secret": APP.secret, "code": given, "grant_type": "authorization_code"}
    return simulated.client.get("/sns/oauth2/access_token", query_string={**asked, **changed}).json


def test_a_code_says_once_who_came(simulated):
    user = simulated.follower()
    code = code_of(simulated, user)
    answer = exchange(simulated, code)
    assert (answer["openid"], answer["scope"]) == (user.openid, "snsapi_base")
    assert exchange(simulated, code)["errcode"] == 40163


def test_a_code_lives_five_minutes(simulated):
    user = simulated.follower()
    young, old = code_of(simulated, user), code_of(simulated, user)
    simulated.after(299)
    assert exchange(simulated, young)["openid"] == user.openid
    simulated.after(1)
    assert exchange(simulated, old)["errcode"] == 42003


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"appid": "wx1"}, 40013), ({"secret": "x"}, 40125), ({"code": ""}, 41008), ({"code": "never"}, 40029)],
)
def test_a_wrong_exchange_gets_its_own_code(simulated, changed, code):
    assert exchange(simulated, code_of(simulated, simulated.follower()), **changed)["errcode"] == code


@pytest.mark.parametrize(
    "changed",
    [
        {"back": "http://elsewhere.example.org/wx/oauth/callback"},
        {"app_id": "wx1"},
        {"state": "with-dash"},
        {"state": "a" * 129},
        {"safe": "/:"},
    ],
)
def test_a_link_that_wechat_would_not_open_is_not_opened(simulated, changed):
    assert simulated.client.get(f"/connect/oauth2/authorize?{link(simulated, **changed)}").status_code == 400


def test_the_parameters_stand_in_wechats_order(simulated):
    parts = link(simulated).split("&")
    assert simulated.client.get("/connect/oauth2/authorize?" + "&".join(parts)).status_code == 200
    assert simulated.client.get("/connect/oauth2/authorize?" + "&".join(reversed(parts))).status_code == 400


def test_a_snapshot_page_names_somebody_made_up(simulated):
    user = simulated.follower()
    simulated.client.post("/sim/faults", json={"snapshot": 1})
    answer = exchange(simulated, code_of(simulated, user))
    assert answer["is_snapshotuser"] == 1 and answer["openid"] != user.openid


@pytest.mark.parametrize(("fault", "code"), [("code_used", 40163), ("code_invalid", 40029)])
def test_faults_of_codes_can_be_switched_on(simulated, fault, code):
    simulated.client.post("/sim/faults", json={fault: 1})
    given = code_of(simulated, simulated.follower())
    assert exchange(simulated, given)["errcode"] == code
    assert "openid" in exchange(simulated, given)
