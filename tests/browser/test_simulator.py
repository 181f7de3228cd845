"""The WeChat journey by hand: a phone in the simulator, of 390 × 844, before the real house."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from tests import factories
from tests.browser.conftest import sideways, small_text, until
from tests.ops.processes import free_port
from yanglao.demo.cast import invent
from yanglao.kernel.clock import now
from yanglao.kernel.db import db
from yanglao.people import queries
from yanglao.simulator import account, phones, views
from yanglao.simulator.place import Place
from yanglao.simulator.pushing import Pusher
from yanglao.simulator.world import World

SIZE = {"width": 390, "height": 844}
MENU = {"button": [{"name": "学习", "sub_button": [{"name": "继续学", "type": "view", "url": "/learn/"}]}]}


@dataclass
class Walk:
    """A simulator and a browser before it."""

    world: World
    base: str
    page: Any
    said: list[str]
    phone: str

    def open(self, user: Any) -> Any:
        """Open somebody's phone and return the page."""
        self.page.goto(f"{self.base}/phone/{user.id}")
        until(
            self.page, "!document.querySelector('#profile').hidden || !document.querySelector('#foot').hidden"
        )
        return self.page

    def go(self, path: str) -> Any:
        """Type an address into WeChat and return the frame that shows it."""
        self.page.click("#more-open")
        self.page.fill("#url", path)
        self.page.click("#go button")
        return self.inside(path)

    def inside(self, path: str) -> Any:
        """Return the frame of the phone's browser once it shows ``path``."""
        until(self.page, "document.querySelector('#page iframe')")
        for _ in range(100):
            frame = self.page.frames[-1]
            if path in frame.url:
                frame.wait_for_load_state()
                return frame
            self.page.wait_for_timeout(100)
        raise AssertionError(f"never at {path}: {[frame.url for frame in self.page.frames]}")


@pytest.fixture
def walk(make_app: Any, chromium: Any) -> Any:
    """Give a walk before a small world whose session begins now."""
    own, port = account.make(), free_port()
    ear = phones.listen("127.0.0.1", free_port(), 1)
    product, base = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{ear.getsockname()[1]}"
    given = {"ID": own.app_id, "SECRET": own.secret}
    app = make_app(
        PUBLIC_BASE_URL=product,
        WECHAT_TOKEN=own.token,
        WECHAT_AES_KEY=own.aes_key,
        WECHAT_API_BASE=base,
        WECHAT_AUTHORIZE_BASE=base,
        **{f"WECHAT_APP_{name}": value for name, value in given.items()},
    )
    world = World(own, menu=MENU)
    place = Place("127.0.0.1", ear.getsockname()[1], product, (product,), Path("/nowhere"))
    opened = phones.Phones(world, place)
    with app.app_context():
        wang = factories.world(now=now()).wang
        wang_phone = str(queries.person(db.session, wang.actor.person_id).account_phone)
        db.session.rollback()
        house = make_server("127.0.0.1", port, app, threaded=True)
        threading.Thread(target=house.serve_forever, args=(0.05,), daemon=True).start()
        simulator = phones.serve(ear, views.build(world, place, Pusher(world, product), opened))
        context = chromium.new_context(viewport=SIZE, locale="zh-CN")
        page, said = context.new_page(), []
        page.on("pageerror", lambda fault: said.append(str(fault)))
        yield Walk(world, base, page, said, wang_phone)
        context.close()
        for server in (simulator, house):
            server.shutdown()
            server.server_close()
        opened.close()
        ear.close()


def until_bound(walk: Walk) -> None:
    """Wait until the first phone holds a sign-in."""
    for _ in range(100):
        if "yl_session" in {one["name"] for one in walk.world.users["u1"].cookies}:
            return
        walk.page.wait_for_timeout(100)
    raise AssertionError(walk.page.frames[-1].inner_text("body"))


def test_a_newcomer_follows_binds_and_learns_in_the_phone(walk):
    who = invent(int(walk.phone[4:]))
    walk.world.add_user(who.name, role="学员", phone=who.phone, id_end=who.id_number[-6:])
    page = walk.open(walk.world.users["u1"])
    assert "不是真的微信" in page.inner_text(".loud")
    page.click("#follow")
    until(page, "document.querySelector('#entries .reply')")
    page.click("#menu button >> nth=0")
    page.click("text=继续学")
    form = walk.inside("/wx/bind")
    for name, value in (("name", who.name), ("id_end", who.id_number[-6:]), ("phone", who.phone)):
        form.fill(f"[name={name}]", value)
    form.click("form[action='/wx/bind'] [type=submit]")
    until_bound(walk)
    page.click("#close")
    page.click("#menu button >> nth=0")
    page.click("text=继续学")
    learning = walk.inside("/learn/")
    assert (
        learning.evaluate("yl.client") == "wechat" and learning.evaluate("typeof WeixinJSBridge") == "object"
    )
    page.click("#close")
    card = walk.go("/learn/card")
    assert card.evaluate("yl.wx.ready().then(() => 'ready')") == "ready"
    until(page, "document.querySelector('#share').hidden")
    assert sideways(page) <= 0 and walk.said == []


def test_two_phones_in_one_browser_are_two_people(walk):
    one, other = (walk.world.add_user(name) for name in ("王秀英", "李桂兰"))
    for user in (one, other):
        page = walk.open(user)
        walk.go("/wx/bind")
    jars = [{cookie["name"]: cookie["value"] for cookie in user.cookies} for user in (one, other)]
    assert jars[0]["yl_wx"] != jars[1]["yl_wx"]
    assert "yl_wx" not in {cookie["name"] for cookie in page.context.cookies()}


def test_a_pasted_code_is_scanned_and_a_page_is_forwarded(walk):
    one, other = (walk.world.add_user(name) for name in ("王秀英", "李桂兰"))
    page = walk.open(one)
    page.click("#scan-open")
    page.fill("#content", f"{page.locator('.stage').get_attribute('data-base')}/verify")
    page.click("#pasted button")
    walk.inside("/verify")
    page.click("#share")
    page.click(f"[data-to={other.id}]")
    page = walk.open(other)
    page.click(".friend button")
    walk.inside("/verify")
    assert walk.said == []


@pytest.mark.parametrize("path", ["/", "/phone/u1"])
def test_the_simulators_pages_fit_a_phone_of_360_in_big_type(walk, path):
    walk.world.add_user("阿依古丽·买买提艾力", role="基地管理员", phone="19900000000", id_end="130001")
    walk.world.seeded = True
    walk.page.set_viewport_size({"width": 360, "height": 740})
    walk.page.goto(walk.base + path)
    walk.page.wait_for_timeout(300)
    assert sideways(walk.page) <= 0 and small_text(walk.page, 14) == []
