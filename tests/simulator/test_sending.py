from __future__ import annotations

import json

import pytest

from yanglao.messages.kinds import KINDS
from yanglao.simulator import fields

TEMPLATE, NOTICE, TEXT = "message/template/send", "message/subscribe/bizsend", "message/custom/send"


def kinds_in(user):
    return [entry["kind"] for entry in user.chat]


def test_a_template_message_is_a_card_in_the_chat(simulated):
    user = simulated.follower()
    answer = simulated.post(TEMPLATE, simulated.card(user, url=simulated.place.bases[0] + "/learn/"))
    assert answer["errcode"] == 0 and answer["msgid"] > 0
    (entry,) = user.chat
    assert entry["title"] == "上课提醒" and entry["fields"][0] == ("班级", "翻身与拍背")
    shown = simulated.client.get(f"/sim/phones/{user.id}").json["entries"][0]
    assert shown["path"] == "/learn/"


def test_the_same_message_is_sent_once(simulated):
    user, body = simulated.follower(), {}
    body = simulated.card(user, client_msg_id="work-1")
    first, again = simulated.post(TEMPLATE, body), simulated.post(TEMPLATE, body)
    assert again == first and len(user.chat) == 1
    assert simulated.post(TEMPLATE, simulated.card(user, client_msg_id="work-2"))["msgid"] != first["msgid"]


def test_a_template_message_needs_a_follower_whom_wechat_knows(simulated):
    user = simulated.world.add_user("李桂兰")
    assert simulated.post(TEMPLATE, simulated.card(user))["errcode"] == 43004
    assert simulated.post(TEMPLATE, simulated.card(user, touser="o1"))["errcode"] == 40003
    assert simulated.post(TEMPLATE, simulated.card(user, template_id="x!"))["errcode"] == 40037


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("thing1", ""),
        ("thing1", " 空格开头"),
        ("thing1", "二" * 21),
        ("thing1", "两\n行"),
        ("thing1", "笑😀"),
        ("character_string2", "中文"),
        ("number2", "十"),
        ("phrase2", "超过五个汉字"),
        ("name2", "十一个字的名字就太长了呀"),
        ("time2", "今天下午"),
        ("colour2", "red"),
    ],
)
def test_a_field_that_breaks_a_limit_is_named(simulated, name, value):
    answer = simulated.post(TEMPLATE, simulated.card(simulated.follower(), data={name: {"value": value}}))
    assert answer["errcode"] == 47003 and name in answer["errmsg"]


@pytest.mark.parametrize(("name", "value"), [("thing1", "二" * 20), ("name2", "买" * 10), ("time2", "15:01")])
def test_a_field_at_its_border_is_taken(simulated, name, value):
    body = simulated.card(simulated.follower(), data={name: {"value": value}})
    assert simulated.post(TEMPLATE, body)["errcode"] == 0


def test_escaped_characters_and_broken_json_are_refused(simulated):
    body = simulated.card(simulated.follower())
    assert simulated.post(TEMPLATE, json.dumps(body))["errcode"] == 40033
    assert simulated.post(TEMPLATE, "{")["errcode"] == 47001


def test_a_notice_needs_a_right_and_uses_it_up(simulated):
    user = simulated.world.add_user("李桂兰")
    body = simulated.card(user, page=simulated.place.bases[0] + "/learn/")
    assert simulated.post(NOTICE, body)["errcode"] == 43101
    simulated.client.post(f"/sim/phones/{user.id}/allow", json={"answers": {"demo_session_reminder": True}})
    assert simulated.post(NOTICE, body)["errcode"] == 0
    assert simulated.post(NOTICE, body)["errcode"] == 43101
    assert kinds_in(user) == ["notice"]


@pytest.mark.parametrize(("trigger", "count", "seconds"), [("CLICK", 3, 60), ("text", 5, 172_800)])
def test_customer_service_has_a_window_and_a_count(simulated, trigger, count, seconds):
    from yanglao.simulator import sending

    user = simulated.follower()
    body = {"touser": user.openid, "msgtype": "text", "text": {"content": "您好"}}
    assert simulated.post(TEXT, body)["errcode"] == 45015
    sending.open_window(simulated.world, user, trigger)
    assert [simulated.post(TEXT, body)["errcode"] for _ in range(count + 1)] == [0] * count + [45047]
    sending.open_window(simulated.world, user, trigger)
    simulated.after(seconds - 1)
    assert simulated.post(TEXT, body)["errcode"] == 0
    simulated.after(1)
    assert simulated.post(TEXT, body)["errcode"] == 45015


def test_the_simulator_knows_a_card_for_every_kind_of_message():
    assert set(fields.DEMO) == set(KINDS)


def test_a_message_is_new_until_its_phone_is_looked_at(simulated):
    user = simulated.follower()
    simulated.post(TEMPLATE, simulated.card(user))
    assert "1 条新消息" in simulated.client.get("/").text
    simulated.client.get(f"/sim/phones/{user.id}")
    assert "条新消息" not in simulated.client.get("/").text
