"""A PC signed in by phone: only the PC that showed the code collects, only who scanned it says yes."""

from __future__ import annotations

import pytest

from tests.web.wechat_sign_in.conftest import PC_UA
from yanglao.kernel.db import db
from yanglao.people import queries
from yanglao.work import queries as work

WANG, LI = "openid-of-wang-0001", "openid-of-li-000002"


def code_on(pc, **fields):
    answer = pc.post("/login/qr", **fields)
    assert answer.status_code == 200
    return answer.get_json()


def state_on(pc):
    return pc.get("/login/qr/status").get_json()["state"]


def test_who_confirms_on_the_phone_is_signed_in_on_the_pc(house):
    wang = house.bound(0, WANG)
    pc, phone = house.browser(PC_UA), house.browser()
    code = code_on(pc, next="/learn/hours")
    asked = phone.get(f"/l/{code['scene']}")
    assert asked.location == f"/wx/oauth/start?next=/l/{code['scene']}"
    assert phone.go(WANG, f"/l/{code['scene']}").location == f"/l/{code['scene']}"
    shown = phone.get(f"/l/{code['scene']}").get_data(as_text=True)
    assert "Windows 电脑 · 谷歌内核浏览器" in shown and "今天 09:00" in shown and "不是我" in shown
    assert phone.post(f"/l/{code['scene']}/scan").status_code == 200 and state_on(pc) == "scanned"
    assert "已确认登录" in phone.post(f"/l/{code['scene']}", answer="yes").get_data(as_text=True)
    assert state_on(pc) == "confirmed" and pc.me() is None
    assert pc.post("/login/qr/collect", next="/learn/hours").get_json()["next"] == "/learn/hours"
    assert pc.me() == wang.name


def test_the_code_is_short_and_drawn_with_its_border(house):
    code = code_on(house.browser(PC_UA))
    assert code["url"].endswith(f"/l/{code['scene']}") and len(code["url"]) <= 40
    assert code["side"] == 37 and code["path"].startswith("M4 4h7") and code["left_s"] == 300


def test_another_browser_never_collects_what_was_confirmed(house):
    house.bound(0, WANG)
    pc, thief, phone = house.browser(PC_UA), house.browser(PC_UA), house.browser()
    code = code_on(pc)
    code_on(thief)
    phone.go(WANG, "/")
    phone.post(f"/l/{code['scene']}", answer="yes")
    assert thief.post("/login/qr/collect").status_code == 409 and thief.me() is None
    assert house.browser(PC_UA).post("/login/qr/collect").status_code == 404
    assert state_on(thief) == "pending" and state_on(house.browser(PC_UA)) == "expired"


def test_only_who_scanned_it_may_say_yes(house):
    house.bound(0, WANG)
    house.bound(1, LI)
    pc, wang, li = house.browser(PC_UA), house.browser(), house.browser()
    code = code_on(pc)
    wang.go(WANG, "/")
    li.go(LI, "/")
    wang.post(f"/l/{code['scene']}/scan")
    assert li.get(f"/l/{code['scene']}").status_code == 403
    assert li.post(f"/l/{code['scene']}/scan").status_code == 403
    refused = li.post(f"/l/{code['scene']}", answer="yes")
    assert refused.status_code == 403 and "别人先扫了" in refused.get_data(as_text=True)
    assert state_on(pc) == "scanned" and pc.post("/login/qr/collect").status_code == 409


def test_a_stranger_is_led_through_sign_in_and_confirms_nothing(house):
    pc, stranger = house.browser(PC_UA), house.browser(PC_UA)
    code = code_on(pc)
    assert stranger.get(f"/l/{code['scene']}").location == f"/sign-in?next=/l/{code['scene']}"
    assert stranger.post(f"/l/{code['scene']}", answer="yes").status_code == 401
    assert state_on(pc) == "pending"


def test_who_is_not_bound_binds_and_then_confirms(house):
    pc, phone = house.browser(PC_UA), house.browser()
    code = code_on(pc)
    assert (
        phone.go("openid-of-new-0001", f"/l/{code['scene']}").location == f"/wx/bind?next=/l/{code['scene']}"
    )
    assert f'name="next" value="/l/{code["scene"]}"' in phone.get(f"/wx/bind?next=/l/{code['scene']}").text


def test_not_me_is_said_on_the_pc_and_the_code_is_over(house):
    house.bound(0, WANG)
    pc, phone = house.browser(PC_UA), house.browser()
    code = code_on(pc)
    phone.go(WANG, "/")
    assert "没有登录" in phone.post(f"/l/{code['scene']}", answer="no").get_data(as_text=True)
    assert state_on(pc) == "refused" and pc.post("/login/qr/collect").status_code == 404
    assert phone.post(f"/l/{code['scene']}", answer="yes").status_code == 404
    assert code_on(pc)["scene"] != code["scene"] and state_on(pc) == "pending"


def test_not_me_after_yes_still_keeps_the_pc_out(house):
    house.bound(0, WANG)
    pc, phone = house.browser(PC_UA), house.browser()
    code = code_on(pc)
    phone.go(WANG, "/")
    phone.post(f"/l/{code['scene']}", answer="yes")
    phone.post(f"/l/{code['scene']}", answer="no")
    assert pc.post("/login/qr/collect").status_code == 404 and pc.me() is None


@pytest.mark.parametrize(("after_s", "status"), [(299, 200), (300, 404)])
def test_a_code_runs_out(house, after_s, status):
    house.bound(0, WANG)
    pc, phone = house.browser(PC_UA), house.browser()
    code = code_on(pc)
    phone.go(WANG, "/")
    house.wait(after_s)
    assert phone.post(f"/l/{code['scene']}", answer="yes").status_code == status


def test_a_code_is_collected_once(house):
    house.bound(0, WANG)
    pc, phone = house.browser(PC_UA), house.browser()
    code = code_on(pc)
    phone.go(WANG, "/")
    phone.post(f"/l/{code['scene']}", answer="yes")
    sid = pc.http.get_cookie("yl_pc").value
    assert pc.post("/login/qr/collect").status_code == 200
    pc.http.set_cookie("yl_pc", sid)
    assert pc.post("/login/qr/collect").status_code == 404
    assert phone.get(f"/l/{code['scene']}").status_code == 404


def test_two_tabs_of_one_pc_show_the_same_code(house):
    pc = house.browser(PC_UA)
    first, second = code_on(pc), code_on(pc)
    assert first["scene"] == second["scene"]
    house.wait(271)
    assert code_on(pc)["scene"] != first["scene"]


def test_the_person_is_told_of_the_new_device(house):
    wang = house.bound(0, WANG)
    pc, phone = house.browser(PC_UA), house.browser()
    code = code_on(pc)
    phone.go(WANG, "/")
    phone.post(f"/l/{code['scene']}", answer="yes")
    pc.post("/login/qr/collect")
    device = queries.sign_ins(db.session, wang.person_id)
    assert {(one.via, one.client) for one in device} >= {("ticket", "pc"), ("wechat", "wechat")}
    waiting = [work.task(db.session, one) for one in work.due(db.session, now=house.now)]
    assert "message.tell" in {task.topic for task in waiting}


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_pc_is_led_nowhere_else(house, path):
    house.bound(0, WANG)
    pc, phone = house.browser(PC_UA), house.browser()
    code = code_on(pc, next=path)
    phone.go(WANG, "/")
    phone.post(f"/l/{code['scene']}", answer="yes")
    assert "evil" not in pc.post("/login/qr/collect", next=path).get_json()["next"]


@pytest.mark.parametrize("scene", ["x", "L", "L" + "a" * 15, "%00", "a" * 500])
def test_a_code_that_nobody_showed_is_over(house, scene):
    house.bound(0, WANG)
    phone = house.browser()
    phone.go(WANG, "/")
    assert phone.get(f"/l/{scene}").status_code == 404
    assert phone.post(f"/l/{scene}/scan").status_code == 404


def test_the_page_of_a_pc_offers_the_code_and_a_page_in_wechat_does_not(house):
    assert 'id="by-phone"' in house.browser(PC_UA).get("/sign-in").text
    inside = house.browser().get("/sign-in?next=/learn/").text
    assert 'id="by-phone"' not in inside and "/wx/oauth/start?next=/learn/" in inside


def test_looking_at_a_code_changes_nothing(house):
    house.bound(0, WANG)
    pc, phone = house.browser(PC_UA), house.browser()
    code = code_on(pc)
    phone.go(WANG, "/")
    phone.get(f"/l/{code['scene']}")
    assert state_on(pc) == "pending"


def test_the_wish_to_be_signed_out_everywhere_ends_every_sign_in(house):
    house.bound(0, WANG)
    phone, other = house.browser(), house.browser()
    phone.go(WANG, "/")
    other.go(WANG, "/")
    answer = phone.post("/account/devices/sign-out-all")
    assert answer.location == "/sign-in" and phone.me() is None and other.me() is None
