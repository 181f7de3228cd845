"""Binding by hand: the class's code on two phones at 360 px, at 18 and at 30 px; a shared phone; photos."""

from __future__ import annotations

import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from werkzeug.serving import make_server

from tests.browser.conftest import Phone, sideways, small_text, until
from tests.factories import phone_of
from tests.ops.processes import free_port
from tests.web.wechat_sign_in.stub import Wechat
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.people import service as people
from yanglao.people import shares
from yanglao.people.models import Person
from yanglao.people.oauth import Visit

pytestmark = pytest.mark.browser
WECHAT_UA = "Mozilla/5.0 (Linux; Android 12) Chrome/130.0 XWEB/1300473 MicroMessenger/8.0.57"
APP_ID = "wx0123456789abcdef"
LOOK_AT = os.environ.get("LOOK_AT", "")  # a folder for pictures of every page, to be looked at by people


@pytest.fixture
def wechat() -> Any:
    """Give a WeChat that answers codes."""
    stub = Wechat()
    yield stub
    stub.close()


@pytest.fixture
def gate(wechat: Wechat) -> Any:
    """Give the address of WeChat's page that sends a browser back as the user its header names."""

    class Back(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            code = wechat.code_for(self.headers["X-Openid"])
            self.send_response(302)
            self.send_header("Location", f"{query['redirect_uri'][0]}?code={code}&state={query['state'][0]}")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Back)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def port() -> int:
    """Give the port the house is served on."""
    return free_port()


@pytest.fixture
def app(make_app: Any, wechat: Wechat, gate: str, port: int) -> Any:
    """Give a house with a service account that knows its own address."""
    made = make_app(
        WECHAT_APP_ID=APP_ID,
        WECHAT_APP_SECRET="never-said",
        WECHAT_API_BASE=wechat.base,
        WECHAT_AUTHORIZE_BASE=gate,
        PUBLIC_BASE_URL=f"http://127.0.0.1:{port}",
    )
    with made.app_context():
        yield made


@pytest.fixture
def address(app: Any, port: int) -> Any:
    """Serve the house on its own port."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    thread.join(timeout=5)


def in_wechat(phone: Phone, openid: str) -> Any:
    """Make a phone WeChat's own: its way to WeChat comes back at once as ``openid``; return the page."""
    phone.page.context.set_extra_http_headers({"User-Agent": WECHAT_UA, "X-Openid": openid})
    return phone.page


def looked_at(page: Any, name: str, font: int) -> None:
    """Hold a page to what every page must be; keep its picture where somebody wants to look."""
    page.wait_for_timeout(250)
    if LOOK_AT:
        page.screenshot(path=f"{LOOK_AT}/{name}_{font}.png", full_page=True)
    assert sideways(page) <= 0, name
    assert small_text(page, 18) == [], name


def tail_of(trainee: Any) -> str:
    row = db.session.get(Person, trainee.actor.person_id)
    assert row is not None
    tail = row.id_tail4
    db.session.rollback()  # what the test has read must not hold up what the server writes
    return tail


@pytest.mark.parametrize("font", [18, 30])
def test_a_class_binds_by_its_code_on_two_phones(phone, world, font):
    teacher = phone(staff_phone(world.teacher), font=font)
    desk = teacher.open(f"/teach/classes/{world.class_id}/binding")
    looked_at(desk, "desk_shut", font)
    desk.click("#open")
    until(desk, "document.querySelector('#code svg')")
    looked_at(desk, "desk_open", font)
    code = desk.evaluate(
        f"yl.api('GET', '/api/v1/classes/{world.class_id}/binding-window').then((w) => w.url)"
    )
    learner = phone(font=font)
    page = in_wechat(learner, "openid-of-li-000002")
    page.goto(code)
    looked_at(page, "names", font)
    page.click(".names a >> nth=1")
    for key in "0000":
        page.click(f"[data-key='{key}']")
    looked_at(page, "pad", font)
    page.click("#tail-send")
    looked_at(page, "pad_wrong", font)
    for key in tail_of(world.trainees[1]):
        page.click(f"[data-key='{key}']")
    page.click("#tail-send")
    page.wait_for_selector("#waiting")
    looked_at(page, "waiting", font)
    until(desk, "document.querySelector('.ask .big')")
    looked_at(desk, "desk_asked", font)
    assert desk.evaluate("document.querySelector('.ask .big').getBoundingClientRect().height") >= 60
    desk.click(".ask .big >> nth=0")
    page.wait_for_url("**/wx/welcome")
    looked_at(page, "welcome", font)
    until(desk, "document.querySelector('#bound').textContent === '1'")
    # What the browser itself says of a refused form, and of WeChat's script that is not to be had here.
    assert [one for one in learner.said if "422" not in one and "NAME_NOT_RESOLVED" not in one] == []
    assert teacher.said == []


def staff_phone(actor: Any) -> str:
    from yanglao.people import queries

    found = queries.person(db.session, actor.person_id).account_phone
    db.session.rollback()
    assert found
    return found


def shared(world: Any, openid: str) -> None:
    """Let the first two trainees share a WeChat, approved by the base."""
    visit, moment = Visit(openid, None, "", 0), now()
    wang, li = (one.actor for one in world.trainees[:2])

    def make() -> None:
        people.bind_own(db.session, visit=visit, appid=APP_ID, now=moment, actor=wang)
        found = shares.file(
            db.session, li.person_id, "couple", how="form", visit=visit, appid=APP_ID, now=moment
        )
        admin = world.city.staff["admin_a"]
        people.decide_share(db.session, found, accept=True, now=moment, actor=admin)

    run(make)


@pytest.mark.parametrize("font", [18, 30])
def test_two_on_one_phone_say_who_they_are_and_change_over(phone, world, font):
    shared(world, "openid-of-the-couple")
    page = in_wechat(phone(font=font), "openid-of-the-couple")
    page.goto(phone(font=font).address + "/learn/")
    looked_at(page, "choose", font)
    names = page.evaluate(
        "Array.from(document.querySelectorAll('form .big')).map((one) => one.innerText.trim())"
    )
    page.click("form .big >> nth=0")
    page.wait_for_url("**/learn/")
    looked_at(page, "home_of_one", font)
    page.click("text=换人")
    page.wait_for_timeout(500)
    page.goto(phone(font=font).address + "/account")
    assert names[1] in page.inner_text("h2 >> nth=0")
    looked_at(page, "account_shared", font)


@pytest.mark.parametrize("font", [18, 30])
def test_a_photo_is_taken_looked_at_and_sent_and_the_base_decides_by_key(phone, world, font):
    own = phone(phone_of(world.wang), font=font)
    page = own.open("/wx/photo")
    looked_at(page, "photo_none", font)
    out = BytesIO()
    Image.effect_noise((1600, 1200), 80).convert("RGB").save(out, "JPEG")
    page.set_input_files("#photo", {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()})
    until(page, "!document.querySelector('#send-part').hidden")
    looked_at(page, "photo_ready", font)
    page.click("#send")
    page.wait_for_selector("#remove")
    assert "等基地看一看" in page.inner_text("main")
    looked_at(page, "photo_sent", font)
    office = phone(staff_phone(world.city.staff["admin_a"]), size={"width": 1366, "height": 768})
    desk = office.open("/office/photos")
    until(desk, "document.querySelector('[data-photo] img').naturalWidth > 0")
    if LOOK_AT:
        desk.screenshot(path=f"{LOOK_AT}/office_photos_{font}.png")
    desk.keyboard.press("a")
    until(desk, "!document.querySelector('#none').hidden")
    page.reload()
    assert "基地已经看过" in page.inner_text("main")
    assert own.said == [] and office.said == []


def test_the_pages_of_the_first_visit_hold_at_both_sizes(phone, world):
    for font in (18, 30):
        page = in_wechat(phone(font=font), f"openid-of-a-newcomer-{font}")
        page.goto(phone().address + "/wx/bind")
        looked_at(page, "bind", font)
    shared(world, "openid-of-the-couple")
    page = in_wechat(phone(font=30), "openid-of-the-couple")
    slip = run(
        lambda: people.issue_slips(
            db.session,
            [world.trainees[2].actor.person_id],
            now=now(),
            actor=world.city.staff["admin_a"],
        )
    )[0].token
    page.goto(phone().address + f"/b/{slip}")
    looked_at(page, "slip_taken", 30)


def test_a_pc_shows_the_code_large_and_prints_slips(phone, world):
    wide = {"width": 1366, "height": 768}
    office = phone(staff_phone(world.city.staff["admin_a"]), size=wide)
    desk = office.open(f"/teach/classes/{world.class_id}/binding")
    desk.click("#open")
    until(desk, "document.querySelector('#code svg')")
    assert desk.evaluate("document.querySelector('#code svg').getBoundingClientRect().width") > 300
    if LOOK_AT:
        desk.screenshot(path=f"{LOOK_AT}/desk_pc.png")
    office.open(f"/office/classes/{world.class_id}")
    if LOOK_AT:
        desk.screenshot(path=f"{LOOK_AT}/office_class.png", full_page=True)
    desk.click("text=打印 3 人的绑定纸条")
    until(desk, "document.querySelectorAll('.bind-slip').length === 3")
    if LOOK_AT:
        desk.screenshot(path=f"{LOOK_AT}/slips.png")
        desk.pdf(path=f"{LOOK_AT}/slips.pdf", format="A4")
    office.open(f"/office/people/{world.wang.actor.person_id}")
    if LOOK_AT:
        desk.screenshot(path=f"{LOOK_AT}/person.png", full_page=True)
    assert office.said == []
