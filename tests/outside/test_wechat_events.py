from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yanglao.outside.wechat_events import EVENTS, read
from yanglao.outside.wechat_fields import KINDS, fit
from yanglao.outside.wechat_wire import BadPush

OPENID = "oyORnuP8q7ou2gfYjqLzSIWZf0rs"


def push(event, more="", created=1408090651):
    return read(
        f"<xml><ToUserName>gh_1</ToUserName><FromUserName>{OPENID}</FromUserName><CreateTime>{created}</CreateTime>"
        f"<MsgType>event</MsgType><Event>{event}</Event>{more}</xml>"
    )


@pytest.mark.parametrize(
    ("event", "given", "scene"),
    [
        ("subscribe", "", ""),
        ("subscribe", "<EventKey/>", ""),
        ("subscribe", "<EventKey>last_trade_no_42</EventKey>", ""),
        ("subscribe", "<EventKey>qrscene_L7f</EventKey><Ticket>t</Ticket>", "L7f"),
        ("SCAN", "<EventKey>L7f</EventKey><Ticket>t</Ticket>", "L7f"),
        ("CLICK", "<EventKey>qrscene_L7f</EventKey>", ""),
    ],
)
def test_only_a_scanned_code_has_a_scene(event, given, scene):
    assert push(event, given).scene == scene


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_every_event_of_the_contract_is_read_by_its_name(event):
    found = push(event)
    assert (found.name, found.kind, found.openid, found.created_s) == (event, "event", OPENID, 1408090651)


def test_one_notice_and_many_are_both_a_list():
    one = "<List><TemplateId>T1</TemplateId><SubscribeStatusString>accept</SubscribeStatusString></List>"
    around = "<SubscribeMsgPopupEvent>{}</SubscribeMsgPopupEvent>"
    assert push("subscribe_msg_popup_event", around.format(one)).notices == (
        {"TemplateId": "T1", "SubscribeStatusString": "accept"},
    )
    assert len(push("subscribe_msg_popup_event", around.format(one * 3)).notices) == 3


@pytest.mark.parametrize(
    ("kind", "result", "scanned"),
    [("qrcode", "https://x/c/a,b", "https://x/c/a,b"), ("barcode", "EAN_13,6901234567892", "6901234567892")],
)
def test_a_scan_by_the_menu_says_what_was_read(kind, result, scanned):
    info = f"<ScanCodeInfo><ScanType>{kind}</ScanType><ScanResult>{result}</ScanResult></ScanCodeInfo>"
    assert push("scancode_waitmsg", info).scanned == scanned


def test_deliveries_share_a_key_and_two_events_of_a_second_do_not():
    sent = "<SubscribeMsgSentEvent><List><TemplateId>T1</TemplateId><MsgID>{}</MsgID></List></SubscribeMsgSentEvent>"
    scan = "<EventKey>k</EventKey><ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>{}</ScanResult></ScanCodeInfo>"
    several = [
        push("SCAN", "<EventKey>a</EventKey>"),
        push("SCAN", "<EventKey>b</EventKey>"),
        push("CLICK", "<EventKey>a</EventKey>"),
        push("SCAN", "<EventKey>a</EventKey>", created=1408090652),
        push("TEMPLATESENDJOBFINISH", "<MsgID>1</MsgID>"),
        push("TEMPLATESENDJOBFINISH", "<MsgID>2</MsgID>"),
        *(push("subscribe_msg_sent_event", sent.format(number)) for number in (1, 2)),
        *(push("scancode_waitmsg", scan.format(number)) for number in (1, 2)),
    ]
    assert len({one.key for one in several}) == len(several)
    assert push("SCAN", "<EventKey>a</EventKey>").key == several[0].key


def test_a_message_number_of_64_bits_stays_whole():
    found = read(
        f"<xml><FromUserName>{OPENID}</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType>"
        "<Content>x</Content><MsgId>18446744073709551615</MsgId></xml>"
    )
    assert found.key == "message|18446744073709551615" and found.name == "message"


def test_what_is_personal_stays_out_of_repr():
    shown = repr(push("SCAN", "<EventKey>scene</EventKey>"))
    assert OPENID not in shown and "scene" not in shown


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_no_text_whatever_raises_anything_but_one_refusal(text):
    for given_text in (text, f"<xml>{text}</xml>", f"<xml><FromUserName>{text}</FromUserName></xml>"):
        try:
            read(given_text)
        except BadPush:
            pass


LENGTHS = {
    "thing": 20,
    "character_string": 32,
    "number": 32,
    "letter": 32,
    "symbol": 5,
    "phrase": 5,
    "name": 20,
}


@given(kind=st.sampled_from(sorted(KINDS)), text=st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_text_fits_any_field(kind, text):
    found = fit(f"{kind}7", text)
    assert found and found == found.strip() and "\n" not in found
    assert len(found) <= (LENGTHS | {"phone_number": 17, "car_number": 8}).get(kind, 32)


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("thing1", "翻" * 20, "翻" * 20),
        ("thing1", "翻" * 21, "翻" * 19 + "…"),
        ("thing1.DATA", " 翻身\n与拍背 ", "翻身 与拍背"),
        ("thing1", "", "—"),
        ("thing1", "好👍", "好"),
        ("character_string2", "编号 YL-2026/001", "YL-2026/001"),
        ("number3", "共 90 分", "90"),
        ("phrase4", "已经通过审核了", "已经通过审"),
        ("phrase4", "ok", "通知"),
        ("name5", "王秀英", "王秀英"),
        ("name5", "买买提·艾合买提江·阿卜杜拉", "买买提·艾合买提江…"),
        ("name5", "Wang Xiuying Elisabeth", "Wang Xiuying Elisab…"),
        ("time6", "2026年3月8日 15:01", "2026年3月8日 15:01"),
        ("date7", "2026年3月8日", "2026年3月8日"),
        ("amount8", "¥1200.50元", "¥1200.50元"),
        ("phone_number9", "0312-1234567 转 8", "0312-12345678"),
        ("letter1", "L5 初级", "L"),
        ("car_number1", "冀A12345", "冀A12345"),
    ],
)  # fmt: skip
def test_a_field_holds_what_its_kind_may(kind, text, found):
    assert fit(kind, text) == found


def test_a_kind_that_nobody_knows_is_a_fault_of_the_sender():
    with pytest.raises(KeyError):
        fit("thin1", "x")
