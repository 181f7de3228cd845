"""Pages inside WeChat with its script, without it, and with a signature it refuses; a PC signed in by phone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Phone, sideways, small_text, until
from tests.factories import World, phone_of
from yanglao.capture.attendance import cards, codes, meetings
from yanglao.classes import queries as classes
from yanglao.kernel.clock import now, to_ms
from yanglao.kernel.db import db, run
from yanglao.outside.ciphers import ciphers
from yanglao.people import queries as people

pytestmark = pytest.mark.browser
WECHAT_UA = "Mozilla/5.0 (Linux; Android 12) Chrome/130.0 XWEB/1300473 MicroMessenger/8.0.57"
PC = {"width": 1366, "height": 768}
JWEIXIN = """
window.wx = {
  config: function () {
    var own = this;
    window.configured = (window.configured || 0) + 1;
    setTimeout(function () {
      if (window.configured <= (window.wrongTimes || 0)) own.fail({ errMsg: "config:invalid signature" });
      else own.done();
    }, 5);
  },
  ready: function (act) { this.done = act; },
  error: function (act) { this.fail = act; },
  hideOptionMenu: function () { window.menuHidden = true; },
  scanQRCode: function (asked) {
    var code = window.seen;
    if (code) asked.success({ resultStr: code }); else asked.cancel({});
  },
  getLocation: function (asked) { asked.success({ latitude: 32.9, longitude: 117.4, accuracy: 30 }); }
};
"""


@pytest.fixture
def app(make_app: Any) -> Any:
    """Give a house with a service account."""
    made = make_app(WECHAT_APP_ID="wx0123456789abcdef", WECHAT_APP_SECRET="never-said")
    with made.app_context():
        yield made


def inside(phone: Phone, *, script: str | None = JWEIXIN) -> Any:
    """Put a phone inside WeChat; without ``script`` WeChat's hosts answer nothing."""
    context = phone.page.context
    context.set_extra_http_headers({"User-Agent": WECHAT_UA})
    signed = {"appId": "wx0", "timestamp": 1, "nonceStr": "n", "signature": "s"}
    context.route(
        "**/api/v1/wx/js-config*",
        lambda asked: asked.fulfill(status=200, content_type="application/json", body=json.dumps(signed)),
    )
    if script is None:
        context.route(re.compile("https://res2?.wx.qq.com/"), lambda asked: asked.abort())
    else:
        context.route(
            "https://res.wx.qq.com/**",
            lambda asked: asked.fulfill(status=200, content_type="text/javascript", body=script),
        )
    return phone.page


def room_address(world: World) -> str:
    run(lambda: meetings.open_session(db.session, world.session_id, now=now(), actor=world.teacher))
    meeting = classes.sessions(db.session, [world.session_id])[world.session_id]
    return "https://s.example/c/" + codes.room_payload(
        meeting.code_no, codes.step_of(to_ms(now()), 15), ciphers().mac
    )


def test_wechats_own_scanner_reads_the_screen_and_the_place_goes_along(
    phone: Callable[..., Phone], world: World
) -> None:
    address = room_address(world)
    made = phone(phone_of(world.wang))
    page = inside(made)
    page.add_init_script(f"window.seen = '{address}'; localStorage.setItem('yl.place', 'true');")
    made.open("/learn/card")
    until(page, "window.menuHidden")
    with page.expect_request("**/api/v1/scans") as asked:
        page.click("#scan")
    assert asked.value.post_data_json["location"]["accuracy_m"] == 30
    page.locator(".result .word", has_text="签到成功").wait_for()


def test_a_signature_that_is_refused_is_asked_for_once_more(
    phone: Callable[..., Phone], world: World
) -> None:
    made = phone(phone_of(world.wang))
    page = inside(made)
    page.add_init_script("window.wrongTimes = 1;")
    made.open("/learn/card")
    until(page, "window.menuHidden")
    assert page.evaluate("window.configured") == 2


@pytest.mark.parametrize("wrong_times", [None, 9])
def test_where_wechat_does_not_work_the_camera_is_opened(
    phone: Callable[..., Phone], world: World, wrong_times: int | None
) -> None:
    made = phone(phone_of(world.wang))
    page = inside(made, script=JWEIXIN if wrong_times else None)
    page.add_init_script(f"window.wrongTimes = {wrong_times or 0};")
    made.open("/learn/card")
    page.click("#scan")
    page.get_by_text("相机用不了").or_(page.locator("#reader:not([hidden])")).first.wait_for(timeout=60_000)
    assert page.evaluate("window.configured || 0") == (2 if wrong_times else 0)


def test_who_puts_the_scanner_away_is_left_in_peace(phone: Callable[..., Phone], world: World) -> None:
    made = phone(phone_of(world.wang))
    page = inside(made)
    made.open("/learn/card")
    until(page, "window.menuHidden")
    page.click("#scan")
    page.wait_for_timeout(300)
    assert page.locator("#reader").is_hidden() and page.locator(".dialog").count() == 0


def test_the_instructor_scans_one_after_the_other_until_the_scanner_is_put_away(
    phone: Callable[..., Phone], world: World
) -> None:
    room_address(world)
    run(lambda: cards.keep(db.session, [one.actor.person_id for one in world.trainees], now=now()))
    shown = [cards.card(db.session, one.actor.person_id, now=now()).now.payload for one in world.trainees[:2]]
    made = phone(people.person(db.session, world.teacher.person_id).account_phone or "")
    page = inside(made)
    page.add_init_script(f"window.codes = {json.dumps(shown)};")
    made.open(f"/teach/sessions/{world.session_id}")
    page.evaluate(
        "Object.defineProperty(window, 'seen', { get: function () { return window.codes.shift(); } })"
    )
    page.click("[data-tab=scan]")
    page.click("#wechat-go")
    until(page, "document.querySelectorAll('#log .chip.indigo').length === 2")
    assert page.locator(".viewer").is_hidden() and page.evaluate("window.codes.length") == 0


SPEAKER = """
window.spoken = [];
window.SpeechSynthesisUtterance = function (text) { this.text = text; };
Object.defineProperty(window, "speechSynthesis", { value: {
  cancel: function () {},
  speak: function (one) { window.spoken.push(one); one.onstart(); setTimeout(one.onend, 1); }
} });
"""


def test_the_notice_is_read_aloud_from_its_button_and_never_by_itself(phone: Callable[..., Phone]) -> None:
    made = phone()
    made.page.add_init_script(SPEAKER)
    page = made.open("/privacy")
    assert page.evaluate("window.spoken.length") == 0
    page.get_by_role("button", name="念给我听").click()
    until(page, "document.querySelector('#listen').getAttribute('aria-pressed') === 'false'")
    said = page.evaluate("window.spoken.map(function (one) { return one.lang + one.text; })")
    assert said[0] == "zh-CN我们记什么" and len(said) > 20


def test_a_pc_is_signed_in_by_phone(phone: Callable[..., Phone], world: World) -> None:
    pc, hand = phone(size=PC), phone(phone_of(world.wang))
    pc.open("/sign-in?next=/learn/hours")
    with pc.page.expect_response("**/login/qr/status") as told:
        pc.page.locator("#phone-code svg").wait_for()
    hand.open(f"/l/{told.value.json()['scene']}")
    pc.page.locator("#phone-cover", has_text="已扫到").wait_for()
    hand.page.get_by_role("button", name="确认登录").click()
    pc.page.wait_for_url("**/learn/hours", timeout=60_000)
    assert not pc.said and not hand.said


def test_not_me_is_said_on_the_pc(phone: Callable[..., Phone], world: World) -> None:
    pc, hand = phone(size=PC), phone(phone_of(world.wang))
    pc.open("/sign-in")
    with pc.page.expect_response("**/login/qr/status") as told:
        pc.page.locator("#phone-code svg").wait_for()
    hand.open(f"/l/{told.value.json()['scene']}")
    hand.page.get_by_role("button", name="不是我").click()
    pc.page.locator("#phone-words", has_text="手机上点了“不是我”").wait_for()
    pc.page.click("#phone-again")
    pc.page.locator("#phone-words", has_text="打开微信").wait_for()


@pytest.mark.parametrize("font", [18, 30])
def test_the_pages_fit_a_phone_at_every_size_of_type(
    phone: Callable[..., Phone], world: World, font: int
) -> None:
    pc, hand = phone(size=PC), phone(phone_of(world.wang), font=font)
    pc.open("/sign-in")
    with pc.page.expect_response("**/login/qr/status") as told:
        pc.page.locator("#phone-code svg").wait_for()
    for path in (f"/l/{told.value.json()['scene']}", "/l/nothing", "/learn/card", "/account", "/privacy"):
        page = hand.open(path)
        assert sideways(page) <= 0 and not small_text(page, 18), path
