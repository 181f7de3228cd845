"""A talk is heard on a phone with its captions, and goes on when its link ends; a page's voice can be stopped and ends with the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests import factories
from tests.browser.conftest import Phone, sideways, until
from yanglao.courses import service as loading
from yanglao.demo import city, lessons
from yanglao.kernel.clock import held, now
from yanglao.kernel.db import db, run
from yanglao.places import service as places

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PIECE = 40_000


@pytest.fixture
def world(app: Any) -> factories.World:
    """Give a world whose class has the demo city's talk, text and PDF."""
    began = now() - timedelta(days=2)
    with held(began):
        run(lambda: (places.load_notice(db.session), loading.load_courses(db.session, began)))
        where = run(lambda: city.build(db.session, now=began))
        run(lambda: lessons.publish(db.session, where, now=began))
    return run(lambda: factories._world(now(), 1, True))


class Ending:
    """Answers for the link of a sound: it breaks off behind the first piece until the page has asked for a new one."""

    def __init__(self, page: Any) -> None:
        self.renewed = False
        page.route("**/media/*", self.send)
        page.route("**/material", self.renew)

    def renew(self, route: Any) -> None:
        self.renewed = True
        route.continue_()

    def send(self, route: Any) -> None:
        asked = route.request
        if asked.resource_type != "media" or self.renewed:
            route.continue_()
            return
        start = int(asked.headers.get("range", "bytes=0-").removeprefix("bytes=").split("-")[0])
        if start:
            route.fulfill(status=404, body="")
            return
        whole = route.fetch(headers={**asked.headers, "range": "bytes=0-"}).body()
        shape = {"content-type": "audio/mp4", "content-range": f"bytes 0-{PIECE - 1}/{len(whole)}"}
        route.fulfill(status=206, body=whole[:PIECE], headers=shape | {"accept-ranges": "bytes"})


def test_a_talk_goes_on_when_its_link_ends_and_a_voice_ends_with_its_page(
    phone: Callable[..., Phone], world: factories.World
) -> None:
    own = {one.kind: one.id for one in world.online.lessons}
    held_phone = phone(factories.phone_of(world.wang))
    link = Ending(held_phone.page)
    page = held_phone.open(f"/learn/lessons/{world.wang.enrolment_id}/{own['audio']}")
    assert sideways(page) <= 0 and "0.2 兆" in page.inner_text("#cover")
    page.click("#cover")
    until(page, "document.querySelector('#caption').textContent.length > 5")
    until(page, "document.querySelector('#video').currentTime > 8")
    assert link.renewed and not page.evaluate("document.querySelector('#video').paused")
    page.click("#toggle")
    until(page, "document.querySelector('#waiting').textContent === '00:00'")
    assert page.inner_text("#credited") >= "00:07" and "404" in held_phone.said.pop()

    page = held_phone.open(f"/learn/lessons/{world.wang.enrolment_id}/{own['text']}")
    page.click("#cover")
    voice = page.locator(".leaf:not([hidden]) .hear")
    voice.click()
    assert voice.inner_text() == "停一停" and voice.get_attribute("aria-pressed") == "true"
    voice.click()
    assert voice.inner_text() == "听一听" and "合成普通话" in page.inner_text(".leaf:not([hidden]) .voice")
    assert held_phone.said == [] or all("409" in line for line in held_phone.said)
