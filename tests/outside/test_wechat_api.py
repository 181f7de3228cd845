from __future__ import annotations

import json
import logging
import time
import traceback
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.outside.wechat_stub import Stub
from yanglao.kernel import clock
from yanglao.outside.ciphers import Ciphers
from yanglao.outside.wechat_api import WeChatApi
from yanglao.outside.wechat_errors import ALERT, ERRORS, MIDNIGHT, OTHER_WAY, WeChatFault
from yanglao.outside.wechat_http import Line
from yanglao.outside.wechat_oauth import Visitor
from yanglao.outside.wechat_tokens import TokenStore

SECRET = "APPSECRET-never-shown"
SEND = "/cgi-bin/message/template/send"
TOKEN = "/cgi-bin/stable_token"


@pytest.fixture
def stub():
    """Give a stand-in for WeChat's API."""
    running = Stub()
    yield running
    running.close()


class Time:
    def __init__(self):
        self.later = timedelta()

    def __call__(self):
        return clock.now() + self.later


@pytest.fixture
def make_api(stub, tmp_path):
    """Give a maker of clients, each as if in a process of its own; one machine, no Redis."""
    seals = Ciphers.from_keys_file(tmp_path / "keys.toml", "test")

    def make(time_=clock.now, base=""):
        tokens, tickets = (
            TokenStore(f"wx1.{kind}", tmp_path / "wechat", seals=seals, redis=None, clock=time_)
            for kind in ("token", "ticket")
        )
        line = Line(base or stub.base, silence_s=0.5, longest_s=1.0)
        return WeChatApi(line, "wx1", SECRET, tokens=tokens, tickets=tickets)

    return make


def send(api):
    return api.send_template("o1", "T1", {"thing1": "翻身与拍背"}, url="https://x/", once="task-1")


def test_a_template_message_carries_its_fields_unescaped_and_its_own_key(make_api, stub):
    assert send(make_api()) == "200228332"
    path, raw = stub.bodies[-1]
    assert path == f"{SEND}?access_token=TOKEN-1-very-secret" and "翻身与拍背" in raw.decode()
    assert json.loads(raw)["client_msg_id"] == "task-1"
    assert json.loads(raw)["data"] == {"thing1": {"value": "翻身与拍背"}}


def test_the_token_is_asked_for_as_the_contract_says(make_api, stub):
    send(make_api())
    path, raw = stub.bodies[0]
    assert path == TOKEN
    assert json.loads(raw) == {
        "grant_type": "client_credential", "appid": "wx1", "secret": SECRET, "force_refresh": False
    }  # fmt: skip


def test_every_other_call_speaks_the_wire_protocol(make_api, stub):
    api = make_api()
    api.send_notice("o1", "T1", {"thing1": "x"}, page="https://x/")
    api.send_text("o1", "好")
    api.publish_menu({"button": []})
    assert api.follows("o1") and api.make_qr("L7f", seconds=120).url == "http://weixin.qq.com/q/1"
    assert json.loads(stub.bodies[-1][1])["action_info"] == {"scene": {"scene_str": "L7f"}}
    assert stub.calls[TOKEN] == 1 and {path.split("?")[0].rsplit("/", 1)[-1] for path, _ in stub.bodies} == {
        *("stable_token", "bizsend", "send", "create", "info")
    }


def test_an_oauth_code_is_exchanged_for_who_came_and_nothing_else(make_api, stub):
    assert make_api().exchange("c") == Visitor("o1-openid")
    stub.answers["/sns/oauth2/access_token"] = [
        {"errcode": 40163, "errmsg": "code been used, rid: 1a2b3c4d-0"}
    ]
    with pytest.raises(WeChatFault) as fault:
        make_api().exchange("c")
    assert (fault.value.code, fault.value.rid) == (40163, "1a2b3c4d-0")


def test_what_cannot_be_a_code_is_not_sent(make_api, stub):
    with pytest.raises(WeChatFault) as fault:
        make_api().exchange("a b&secret=1")
    assert fault.value.code == 40029 and not stub.calls["/sns/oauth2/access_token"]


@pytest.mark.parametrize("answer", [{}, {"openid": 7}, {"openid": "x y"}, {"openid": "o" * 65}])
def test_an_answer_that_names_nobody_is_a_fault_without_code(make_api, stub, answer):
    stub.answers["/sns/oauth2/access_token"] = [answer]
    with pytest.raises(WeChatFault) as fault:
        make_api().exchange("c")
    assert fault.value.code is None


def test_a_snapshot_page_is_told_apart(make_api, stub):
    stub.answers["/sns/oauth2/access_token"] = [{"openid": "o1-openid", "is_snapshotuser": 1}]
    assert make_api().exchange("c").snapshot


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_refused_token_is_replaced_once_and_the_call_repeated_once(make_api, stub, code):
    stub.stable_token = False
    stub.answers[SEND] = [{"errcode": code}, {"errcode": 0, "msgid": 7}]
    assert send(make_api()) == "7"
    assert stub.calls[TOKEN] == 2 and stub.calls[SEND] == 2
    assert "TOKEN-2" in stub.bodies[-1][0]


@pytest.mark.parametrize("stable", [True, False])
def test_a_token_refused_for_ever_costs_two_calls_and_two_tokens(make_api, stub, stable):
    stub.stable_token = stable
    stub.answers[SEND] = [{"errcode": 40001}]
    api = make_api()
    with pytest.raises(WeChatFault):
        send(api)
    assert (stub.calls[SEND], stub.calls[TOKEN]) == (2, 2)
    for _ in range(5):
        with pytest.raises(WeChatFault):
            send(api)
    assert stub.calls[TOKEN] == 2 and stub.calls[SEND] <= 12


def test_another_process_takes_the_token_that_was_replaced_already(make_api, stub):
    stub.stable_token = False
    one, other = make_api(), make_api()
    send(one), send(other)
    stub.answers[SEND] = [{"errcode": 40001}, {"errcode": 0}, {"errcode": 40001}, {"errcode": 0}]
    send(one), send(other)
    assert stub.calls[TOKEN] == 2


def test_a_token_is_renewed_five_minutes_before_its_end(make_api, stub):
    moment = Time()
    api = make_api(moment)
    for later, fetched in ((0, 1), (6899, 1), (6901, 2)):
        moment.later = timedelta(seconds=later)
        send(api)
        assert stub.calls[TOKEN] == fetched


FAULTY = {
    "html": ("<html>busy</html>", None),
    "list": ((200, "[]"), None),
    "502": ((502, "bad gateway"), None),
    "redirect": ((302, ""), None),
    "45009": ({"errcode": 45009, "errmsg": "reach max api daily quota limit rid: 65aa-11bb"}, 45009),
    "43004": ({"errcode": 43004}, 43004),
    "unknown": ({"errcode": 99999}, 99999),
    "no number": ({"errcode": "x"}, None),
    "list as code": ({"errcode": [1]}, None),
}


@pytest.mark.parametrize(("answer", "code"), FAULTY.values(), ids=FAULTY)
def test_whatever_goes_wrong_is_one_fault_with_its_code(make_api, stub, answer, code):
    stub.answers[SEND] = [answer]
    with pytest.raises(WeChatFault) as fault:
        send(make_api())
    assert fault.value.code == code and stub.calls[SEND] == 1


def test_silence_and_a_dead_line_end_in_time(make_api, stub):
    began = time.monotonic()
    with pytest.raises(WeChatFault):
        send(make_api(base="http://127.0.0.1:9"))
    stub.slow_s = 6
    with pytest.raises(WeChatFault):
        send(make_api())
    assert time.monotonic() - began < 6


def test_a_fault_at_the_token_is_not_asked_for_again_at_once(make_api, stub):
    stub.answers[TOKEN] = [{"errcode": 40164, "errmsg": "invalid ip"}]
    api = make_api()
    for _ in range(5):
        with pytest.raises(WeChatFault) as fault:
            send(api)
        assert (fault.value.code, fault.value.reaction) == (40164, ALERT)
    assert stub.calls[TOKEN] == 1


@given(
    code=st.sampled_from([-1, 40001, 40125, 45009, 99999]),
    said=st.text(max_size=30),
    status=st.sampled_from([200, 502]),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_fault_shows_a_secret_or_a_token(make_api, stub, tmp_path, caplog, code, said, status):
    caplog.set_level(logging.DEBUG)
    stub.answers[SEND] = [(status, {"errcode": code, "errmsg": f"{said} TOKEN-1-very-secret {SECRET}"})]
    api = make_api()
    with pytest.raises(WeChatFault) as fault:
        send(api)
    raised = fault.value
    shown = (
        "".join(traceback.format_exception(raised))
        + repr(raised)
        + repr(vars(raised))
        + repr(api)
        + caplog.text
    )
    assert raised.__context__ is None and raised.__cause__ is None
    assert "very-secret" not in shown and SECRET not in shown
    kept = b"".join(path.read_bytes() for path in (tmp_path / "wechat").iterdir())
    assert b"very-secret" not in kept


def test_every_reaction_of_the_contract_stands_in_the_table():
    assert ERRORS[45009].reaction == MIDNIGHT and ERRORS[43004].reaction == OTHER_WAY
    listed = {-1, 40001, 40014, 42001, 40003, 40033, 40037, 43004, 43019, 43101, 45009, 45011, 45015, 45047}
    assert listed | {47001, 47003, 48001, 40164, 40125, 40243} <= set(ERRORS)
