from __future__ import annotations

import time
from io import BytesIO

import pytest

from tests.outside.wechat_vectors import TENCENT_KEY, V1, V5, seal, sign
from tests.web.wechat.conftest import APP, OLD_KEY, TOKEN, Tencent, event, text
from yanglao.kernel.db import db
from yanglao.messages import effects, queries
from yanglao.outside.wechat_wire import BadPush, elements


def kept():
    db.session.rollback()
    return queries.pushes(db.session)


def test_the_address_is_proven_by_an_echo_of_exactly_what_was_asked(make_app):
    client = make_app(
        WECHAT_APP_ID="wxba5fad812f8e6fb9",
        WECHAT_APP_SECRET="s" * 16,
        WECHAT_TOKEN="AAAAA",
        WECHAT_AES_KEY="A" * 43,
    ).test_client()
    asked = {
        "timestamp": "1714036504",
        "nonce": "1514711492",
        "signature": V5[0][1],
        "echostr": "4375120948345356249",
    }
    for path in ("/wx/callback", "/wx/callback/"):
        answer = client.get(path, query_string=asked)
        assert (answer.status_code, answer.get_data()) == (200, b"4375120948345356249")
        assert answer.content_type == "text/plain; charset=utf-8"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_address_is_not_proven_to_a_stranger_nor_with_markup(tencent):
    stamp = {"timestamp": "1", "nonce": "n"}
    good = sign(TOKEN, "1", "n")
    for asked in (
        {**stamp, "signature": "0" * 40, "echostr": "1"},
        {**stamp, "signature": good, "echostr": "<b>"},
        {},
    ):
        answer = tencent.client.get("/wx/callback", query_string=asked)
        assert (answer.status_code, answer.get_data()) == (403, b"")


def test_a_house_without_a_service_account_has_no_callback(client):
    for answer in (client.get("/wx/callback"), client.post("/wx/callback", data=b"<xml/>")):
        assert answer.status_code == 404
    machine = client.get("/api/v1/wx/js-config?url=https://x/")
    assert (machine.status_code, machine.get_json()["code"]) == (404, "wechat.not_set_up")


def test_a_message_is_answered_in_the_frame_it_came_in(tencent):
    answer = tencent.deliver(text("你好"))
    said = tencent.said(answer)
    assert answer.status_code == 200
    assert (said["ToUserName"], said["FromUserName"]) == ("oyORnuP8q7ou2gfYjqLzSIWZf0rs", "gh_1")
    assert said["MsgType"] == "text" and "菜单" in said["Content"]


def test_the_previous_key_is_still_taken_and_answers_under_itself(tencent):
    answer = tencent.deliver(event("subscribe"), key=OLD_KEY)
    assert "欢迎" in tencent.said(answer, OLD_KEY)["Content"]


def test_four_deliveries_have_one_effect_and_the_same_answer(tencent, monkeypatch):
    seen = []
    monkeypatch.setitem(
        effects.EFFECTS, "SCAN", (lambda session, push, *, appid, now: seen.append(push.scene) or "看到了",)
    )
    message = event("SCAN", "<EventKey>L7f</EventKey><Ticket>t</Ticket>")
    stamp = str(int(time.time()))
    answers = [tencent.deliver(message, timestamp=stamp).get_data() for _ in range(4)]
    assert len(set(answers)) == 1 and seen == ["L7f"]
    assert [(row.name, row.deliveries, row.reply) for row in kept()] == [("SCAN", 4, "看到了")]


def test_a_later_delivery_with_a_new_nonce_says_the_same(tencent):
    first, second = (tencent.deliver(event("subscribe"), nonce=nonce) for nonce in ("a1", "b2"))
    assert first.get_data() != second.get_data() and tencent.said(first) == tencent.said(second)


def test_two_events_of_one_person_in_one_second_are_both_taken(tencent):
    tencent.deliver(event("CLICK", "<EventKey>hours</EventKey>"))
    tencent.deliver(event("CLICK", "<EventKey>card</EventKey>"))
    tencent.deliver(event("scancode_waitmsg", "<EventKey>card</EventKey>"))
    assert sorted(row.name for row in kept()) == ["CLICK", "CLICK", "scancode_waitmsg"]


def test_two_messages_are_told_apart_by_their_number_alone(tencent):
    for number in (1, 2, 2):
        tencent.deliver(text("一样的话", number))
    assert sorted(row.deliveries for row in kept()) == [1, 2]


def test_an_unknown_event_is_acknowledged_and_logged_by_its_name_only(tencent, caplog):
    answer = tencent.deliver(event("debug_demo", openid="oSecretPerson"))
    assert (answer.status_code, answer.get_data()) == (200, b"success")
    assert "debug_demo" in caplog.text and "oSecretPerson" not in caplog.text and kept() == []


@pytest.mark.parametrize(
    "name", ["VIEW", "LOCATION", "scancode_push", "TEMPLATESENDJOBFINISH", "user_info_modified"]
)
def test_an_event_without_effect_is_acknowledged(tencent, name):
    more = "<EventKey>k</EventKey><MsgID>5</MsgID><ScanCodeInfo><ScanType>qrcode</ScanType></ScanCodeInfo>"
    assert tencent.deliver(event(name, more)).get_data() == b"success"


def test_json_from_the_console_is_acknowledged_without_effect(make_app, tmp_path):
    clock = tmp_path / "clock"
    clock.write_text("2024-04-26T06:20:50Z")
    client = make_app(
        WECHAT_APP_ID=V1.app_id, WECHAT_APP_SECRET="s" * 16, WECHAT_TOKEN=V1.token, WECHAT_AES_KEY=V1.aes_key,
        YANGLAO_CLOCK_FILE=str(clock),
    ).test_client()  # fmt: skip
    asked = {
        "timestamp": V1.timestamp,
        "nonce": V1.nonce,
        "encrypt_type": "aes",
        "msg_signature": V1.signature,
    }
    body = f"<xml><Encrypt><![CDATA[{V1.sealed}]]></Encrypt></xml>"
    answer = client.post("/wx/callback", query_string=asked, data=body)
    assert (answer.status_code, answer.get_data()) == (200, b"success")


FORGED = {
    "flipped bit": {"msg_signature": "0" * 40},
    "no signature": {"msg_signature": ""},
    "plaintext": {"encrypt_type": ""},
    "raw": {"encrypt_type": "raw"},
    "old": {"timestamp": str(int(time.time()) - 700)},
    "from the future": {"timestamp": str(int(time.time()) + 4000)},
    "a word as time": {"timestamp": "now"},
    "siblings": {"more": "<FromUserName>somebody</FromUserName><Event>SCAN</Event>"},
    "doubled": {"more": "<Encrypt>x</Encrypt>"},
    "wrong app": {"sealed": seal(text("x").encode(), TENCENT_KEY, "wxother")},
    "overflow": {"sealed": seal(text("x").encode(), TENCENT_KEY, APP, size=10**9)},
    "padding": {"sealed": seal(b"x" * 10, TENCENT_KEY, APP, pad=b"\x00" * 16)},
}


@pytest.mark.parametrize("changed", FORGED.values(), ids=FORGED)
def test_what_is_forged_or_malformed_gets_403_nothing_said_and_no_effect(tencent, changed):
    answer = tencent.deliver(text("x"), **changed)
    assert (answer.status_code, answer.get_data()) == (403, b"") and kept() == []


INSIDE = {
    "two senders": event("subscribe").replace("</xml>", "<FromUserName>o2</FromUserName></xml>"),
    "nested sender": event("subscribe").replace(
        "<CreateTime>", "<FromUserName><a>o</a></FromUserName><CreateTime>"
    ),
    "no sender": "<xml><MsgType>event</MsgType></xml>",
    "time of letters": event("subscribe").replace(">1<", ">one<"),
    "entities": '<!DOCTYPE xml [<!ENTITY a "x">]>' + event("subscribe"),
    "broken": "<xml><a></xml>",
}


@pytest.mark.parametrize("message", INSIDE.values(), ids=INSIDE)
def test_a_message_of_another_form_within_a_good_frame_has_no_effect(tencent, message):
    answer = tencent.deliver(message)
    assert (answer.status_code, answer.get_data()) == (403, b"") and kept() == []


def test_a_body_of_more_than_64_kib_is_refused_by_its_size(tencent):
    for size, status in ((64 * 1024, 403), (64 * 1024 + 1, 413)):
        answer = tencent.client.post("/wx/callback", query_string={"encrypt_type": "aes"}, data=b"x" * size)
        assert answer.status_code == status and answer.get_data() == b""


def test_a_body_in_chunks_that_names_no_length_is_bounded_and_read_to_its_end(tencent):
    body = BytesIO(b"x" * 300_000)
    answer = tencent.client.post(
        "/wx/callback",
        query_string={"encrypt_type": "aes"},
        input_stream=body,
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == 413 and body.read() == b""


def test_an_envelope_of_wide_characters_is_refused(tencent):
    body = '<?xml version="1.0" encoding="utf-16"?><xml><Encrypt>x</Encrypt></xml>'.encode("utf-16")
    with pytest.raises(BadPush):
        elements(body)


def test_the_address_given_in_the_query_is_never_believed(tencent):
    said = tencent.said(tencent.deliver(text("x"), openid="oSomebodyElse"))
    assert said["ToUserName"] == "oyORnuP8q7ou2gfYjqLzSIWZf0rs"


def test_an_effect_that_refuses_is_acknowledged_and_leaves_nothing(tencent, monkeypatch):
    from yanglao.kernel.errors import Refused

    def refuse(session, push, *, appid, now):
        raise Refused("wechat.foreign_page")

    monkeypatch.setitem(effects.EFFECTS, "CLICK", (refuse,))
    answer = tencent.deliver(event("CLICK"))
    assert (answer.status_code, answer.get_data()) == (200, b"success") and kept() == []


def test_words_that_end_character_data_survive_the_answer(tencent, monkeypatch):
    words = "王秀英]]><MsgType>news</MsgType>]]>"
    monkeypatch.setitem(effects.EFFECTS, "CLICK", (lambda session, push, *, appid, now: words,))
    said = tencent.said(tencent.deliver(event("CLICK")))
    assert said["Content"] == words and said["MsgType"] == "text"


def test_links_of_an_answer_lead_to_the_public_address(tencent):
    said = tencent.said(tencent.deliver(event("subscribe")))["Content"]
    assert '<a href="https://learn.example.org/wx/bind">' in said and 'href="/' not in said


@pytest.mark.parametrize("words", ["😀👵🏻", "]]>&amp;</xml>", "学" * 8000, "\u202e\u200b", "&lt;b&gt;"])
def test_whatever_is_written_gets_a_whole_answer(tencent, words):
    safe = words.replace("]]>", "]]]]><![CDATA[>")
    said = tencent.said(tencent.deliver(text(safe)))
    assert "菜单" in said["Content"] and words not in said["Content"]


def test_other_methods_have_no_effect(tencent):
    for answer in (tencent.client.put("/wx/callback"), tencent.client.delete("/wx/callback")):
        assert answer.status_code == 405
    assert tencent.client.head("/wx/callback").status_code == 403 and kept() == []


@pytest.mark.parametrize("name", ["nonce", "timestamp", "msg_signature", "encrypt_type"])
def test_a_push_without_a_part_of_its_address_is_refused(tencent, name):
    answer = tencent.deliver(text("x"), **{name: None})
    assert (answer.status_code, answer.get_data()) == (403, b"") and kept() == []


def test_pushes_are_taken_while_redis_is_away(make_app):
    from tests.web.wechat.conftest import WECHAT

    away = make_app(**WECHAT, REDIS_URL="redis://127.0.0.1:9/0")
    with away.app_context():
        tencent = Tencent(away.test_client())
        began = time.monotonic()
        answers = [tencent.deliver(text("x")).get_data() for _ in range(4)]
        assert time.monotonic() - began < 5 and len(set(answers)) == 1
