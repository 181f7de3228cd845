from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.outside.wechat_vectors import (
    JS,
    JS_SIGNATURE,
    TENCENT_KEY,
    V1,
    V2,
    V3,
    V4,
    V5,
    V6,
    seal,
    sign,
    unseal,
)
from yanglao.outside import wechat_wire as wire
from yanglao.outside.wechat_wire import BadPush, Frames, Query

KEY, OTHER, APP = TENCENT_KEY, "Z" * 43, "wx2c2769f8efd9abc2"
FRAMES = Frames("spamtest", APP, (KEY,))


def envelope(sealed, more=""):
    return f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName>{more}<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()


def query(sealed, token="spamtest"):
    return Query("1409735669", "1320562132", sign(token, "1409735669", "1320562132", sealed))


@pytest.mark.parametrize("vector", [V1, V2, V3, V6], ids=["V1", "V2", "V3", "V6"])
def test_a_published_frame_opens_to_its_published_text(vector):
    frames = Frames(vector.token, vector.app_id, (vector.aes_key,))
    asked = Query(vector.timestamp, vector.nonce, vector.signature)
    assert frames.open(asked, envelope(vector.sealed)).text == vector.text


@pytest.mark.parametrize("vector", [V1, V2, V3], ids=["V1", "V2", "V3"])
def test_sealing_a_published_text_gives_the_published_frame(vector):
    key = wire.aes_key(vector.aes_key)
    assert wire.encrypt(vector.text, key, vector.app_id, start=vector.start) == vector.sealed
    assert wire.signature(vector.token, vector.timestamp, vector.nonce, vector.sealed) == vector.signature


def test_the_length_in_a_frame_counts_bytes_and_not_characters():
    app_id, start, text, sealed = V4
    assert wire.encrypt(text, wire.aes_key(TENCENT_KEY), app_id, start=start) == sealed
    assert wire.decrypt(sealed, wire.aes_key(TENCENT_KEY), app_id) == text


@pytest.mark.parametrize(("parts", "wanted"), V5)
def test_plain_signatures_are_the_published_ones(parts, wanted):
    assert wire.signature(*parts) == wanted


def test_a_page_is_signed_as_published():
    assert wire.js_signature(**JS) == JS_SIGNATURE


def test_a_frame_under_the_previous_key_opens_and_is_answered_under_it():
    frames = Frames("spamtest", APP, (OTHER, KEY))
    sealed = seal(b"<xml/>", KEY, APP)
    opened = frames.open(query(sealed), envelope(sealed))
    answer = wire.elements(frames.seal("好", opened.key, timestamp=1, nonce="n").encode())
    assert unseal(answer["Encrypt"], KEY) == ("好", APP)
    assert answer["MsgSignature"] == sign("spamtest", "1", "n", answer["Encrypt"])


def test_a_key_that_is_neither_opens_nothing():
    sealed = seal(b"<xml/>", "Y" * 43, APP)
    with pytest.raises(BadPush):
        Frames("spamtest", APP, (OTHER, KEY)).open(query(sealed), envelope(sealed))


@pytest.mark.parametrize("position", [0, 20, 39])
def test_one_wrong_character_of_the_signature_is_enough(position):
    sealed = seal(b"<xml/>", KEY, APP)
    good = query(sealed).signature
    bad = good[:position] + ("0" if good[position] != "0" else "1") + good[position + 1 :]
    with pytest.raises(BadPush):
        FRAMES.open(Query("1409735669", "1320562132", bad), envelope(sealed))


@pytest.mark.parametrize(
    "sealed",
    [
        seal(b"<xml/>", KEY, "wxsomebodyelse"),
        seal(b"<xml/>", KEY, APP, size=4_000_000_000),
        seal(b"<xml/>", KEY, APP, size=7),
        seal(b"x" * 10, KEY, APP, pad=b"\x00" * 16),
        seal(b"x" * 10, KEY, APP, pad=b"\x21" * 16),
        seal(b"x" * 10, KEY, APP, pad=b"\x01" * 15 + b"\x02"),
        seal(b"\xff\xfe", KEY, APP),
        base64.b64encode(b"x" * 15).decode(),
        "",
        "not base64 !",
        "秘密",
    ],
    ids=["app", "huge", "longer", "pad 0", "pad 33", "pad unequal", "utf-8", "15 bytes", "empty", "base64", "hanzi"],
)  # fmt: skip
def test_a_signed_frame_that_is_malformed_opens_nothing(sealed):
    with pytest.raises(BadPush):
        FRAMES.open(query(sealed), envelope(sealed))


GOOD = seal(b"<xml/>", KEY, APP)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<xml>",
        b"<xml></xml>",
        b"<html><Encrypt>x</Encrypt></html>",
        envelope(GOOD, f"<Encrypt>{GOOD}</Encrypt>"),
        envelope(GOOD, "<ToUserName>x</ToUserName>"),
        envelope(GOOD, "<FromUserName>x</FromUserName>"),
        f"<xml><Encrypt><b>{GOOD}</b></Encrypt></xml>".encode(),
        b"<xml><FromUserName>x</FromUserName><MsgType>event</MsgType></xml>",
        b'<!DOCTYPE xml [<!ENTITY a "b">]>' + envelope(GOOD),
        b'<!DOCTYPE xml [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>',
        b'<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/hostname">]><xml><Encrypt>&a;</Encrypt></xml>',
        b"<a>" * 20_000,
        b"<xml><Encrypt>" + b"x" * 65_536 + b"</Encrypt></xml>",
    ],
    ids=range(15),
)  # fmt: skip
def test_an_envelope_of_another_form_is_refused_at_once(body):
    began = time.perf_counter()
    with pytest.raises(BadPush):
        FRAMES.open(query(GOOD), body)
    assert time.perf_counter() - began < 0.05


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_no_body_whatever_raises_anything_but_one_neutral_refusal(body):
    with pytest.raises(BadPush):
        FRAMES.open(query(GOOD), body)


@given(st.binary(min_size=1, max_size=200))
@settings(max_examples=150, deadline=None)
def test_no_frame_whatever_raises_anything_but_one_neutral_refusal(raw):
    sealed = base64.b64encode(raw).decode()
    with pytest.raises(BadPush) as refusal:
        FRAMES.open(query(sealed), envelope(sealed))
    assert str(refusal.value) == "not a push of WeChat's"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_survives_a_sealed_reply(text):
    text = f"{text}]]>{text}"
    key = wire.aes_key(KEY)
    plain = wire.text_reply(text, to="o1", sender="gh", created_s=5)
    sealed = wire.elements(FRAMES.seal(plain, key, timestamp=5, nonce="n").encode())["Encrypt"]
    inside = wire.elements(unseal(sealed, KEY)[0].encode())
    assert (inside["Content"] or "") == text.strip() and inside["ToUserName"] == "o1"


def test_the_echo_is_given_back_only_when_signed_and_harmless():
    asked = Query("1714036504", "1514711492", V5[0][1])
    frames = Frames("AAAAA", "wx", ("A" * 43,))
    assert frames.echo(asked, "4375120948345356249") == "4375120948345356249"
    for text in ("<b>", "", "a" * 129, "a b"):
        with pytest.raises(BadPush):
            frames.echo(asked, text)


def test_neither_frames_nor_what_was_opened_show_their_secrets():
    opened = FRAMES.open(query(GOOD), envelope(GOOD))
    shown = repr(FRAMES) + repr(opened) + str(FRAMES)
    assert KEY not in shown and "spamtest" not in shown
