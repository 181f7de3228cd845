"""Pushes, opened by the product's own reader: the simulator's writer was written apart from it."""

from __future__ import annotations

import time

import pytest
from werkzeug.wrappers import Response

from tests.simulator.conftest import APP, NOON_S
from yanglao.outside import wechat_events
from yanglao.outside.wechat_wire import Frames, Query, text_reply
from yanglao.simulator.events import EVENTS

FRAMES = Frames(APP.token, APP.app_id, (APP.aes_key,))


def opened(product, number=-1):
    """Return the push that a product was given."""
    asked = product.asked[number].args
    assert asked["encrypt_type"] == "aes"
    query = Query(asked["timestamp"], asked["nonce"], asked["msg_signature"])
    push = wechat_events.read(FRAMES.open(query, product.bodies[number]).text)
    assert push is not None
    return push


def replying(words, *, sender=APP.origin, token=APP.token):
    """Return a product that answers ``words`` to whoever pushed."""
    frames = Frames(token, APP.app_id, (APP.aes_key,))

    def says(request):
        asked = request.args
        key = FRAMES.open(
            Query(asked["timestamp"], asked["nonce"], asked["msg_signature"]), request.get_data()
        ).key
        plain = text_reply(words, to=asked["openid"], sender=sender, created_s=NOON_S)
        return Response(frames.seal(plain, key, timestamp=NOON_S, nonce=asked["nonce"]))

    return says


def push(simulated, user, event="CLICK", **fields):
    return simulated.client.post(
        "/sim/push", json={"user": user.id, "event": event, "fields": fields or {"EventKey": "help"}}
    ).json


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_is_read_by_the_product(simulated, product, name):
    user = simulated.follower()
    push(simulated, user, name, EventKey="qrscene_L7f")
    got = opened(product)
    assert (got.event, got.openid, got.account, got.created_s) == (name, user.openid, APP.origin, NOON_S)


def test_a_typed_text_and_a_scanned_code_arrive_whole(simulated, product):
    user = simulated.follower()
    simulated.client.post(f"/sim/phones/{user.id}/say", json={"text": "学时 ]]> 还差多少"})
    assert opened(product).fields["Content"] == "学时 ]]> 还差多少"
    push(simulated, user, "scancode_push", ScanCodeInfo={"ScanType": "qrcode", "ScanResult": "http://x/c/1"})
    assert opened(product).scanned == "http://x/c/1"


def test_the_reply_is_shown_in_the_chat(simulated, product):
    user, product.says = simulated.follower(), replying("您好 ]]> <a href='x'>点这里</a>")
    told = push(simulated, user)
    assert told["reply"]["Content"] == "您好 ]]> <a href='x'>点这里</a>"
    assert [(one["kind"], one["text"]) for one in user.chat] == [("reply", told["reply"]["Content"])]


@pytest.mark.parametrize(
    "says",
    [
        lambda request: Response("<html>系统维护</html>"),
        lambda request: Response('{"errcode":0}'),
        lambda request: Response("no", 403),
        replying("您好", token="another"),
        replying("您好", sender="gh_another"),
    ],
)
def test_a_bad_answer_is_shown_as_wechat_shows_it(simulated, product, says):
    user, product.says = simulated.follower(), says
    assert len(push(simulated, user)["deliveries"]) == 1
    assert [one["kind"] for one in user.chat] == ["fault"]


def test_success_and_silence_show_nothing(simulated, product):
    user = simulated.follower()
    push(simulated, user)
    product.says = lambda request: Response("")
    push(simulated, user)
    assert user.chat == []


def test_a_product_that_does_not_answer_is_asked_four_times(simulated, product):
    user, product.says = simulated.follower(), lambda request: time.sleep(0.6) or Response("success")
    simulated.world.faults.set("push_unanswered", 0)
    told = push(simulated, user)
    assert [one["status"] for one in told["deliveries"]] == [0, 0, 0, 0]
    assert len({body for body in product.bodies}) == 1 and user.chat[-1]["kind"] == "fault"


def test_an_answer_that_is_lost_leads_to_the_same_push_again(simulated, product):
    user, product.says = simulated.follower(), replying("您好")
    simulated.client.post("/sim/faults", json={"push_unanswered": 2})
    assert len(push(simulated, user)["deliveries"]) == 3
    assert len(set(product.bodies)) == 1 and [one["kind"] for one in user.chat] == ["reply"]


def test_a_push_can_come_twice(simulated, product):
    simulated.client.post("/sim/faults", json={"push_twice": 1})
    push(simulated, simulated.follower())
    assert product.bodies[0] == product.bodies[1] and len(product.bodies) == 2


def test_two_pushes_can_change_places(simulated, product):
    user = simulated.follower()
    simulated.client.post("/sim/faults", json={"push_reversed": 1})
    assert push(simulated, user, EventKey="first")["deliveries"] == []
    push(simulated, user, EventKey="second")
    assert [opened(product, number).fields["EventKey"] for number in (0, 1)] == ["second", "first"]


def test_following_by_a_code_carries_its_scene(simulated, product):
    user = simulated.world.add_user("王秀英")
    asked = {
        "expire_seconds": 60,
        "action_name": "QR_STR_SCENE",
        "action_info": {"scene": {"scene_str": "L7f"}},
    }
    url = simulated.post("qrcode/create", asked)["url"]
    here = f"/sim/phones/{user.id}"
    assert simulated.client.post(f"{here}/scan", json={"text": url}).json == {"do": "follow", "qr": url}
    simulated.client.post(f"{here}/follow", json={"qr": url})
    assert opened(product).scene == "L7f" and user.follows
    simulated.client.post(f"{here}/unfollow", json={})
    assert opened(product).event == "unsubscribe" and not user.follows


def test_a_sent_template_is_reported_as_arrived(simulated, product):
    user = simulated.follower()
    number = simulated.post("message/template/send", simulated.card(user))["msgid"]
    end = time.monotonic() + 60
    while not product.asked and time.monotonic() < end:
        time.sleep(0.01)
    got = opened(product)
    assert (got.event, got.fields["MsgID"], got.fields["Status"]) == (
        "TEMPLATESENDJOBFINISH",
        str(number),
        "success",
    )
