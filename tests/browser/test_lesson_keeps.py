"""Whatever happens to the page, the network or the sign-in: what was watched is kept, sent once, and never credited twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Phone, until
from tests.factories import World, phone_of
from yanglao.completion import queries
from yanglao.kernel.clock import now
from yanglao.kernel.db import db

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PLAYS = "document.querySelector('#cover').hidden && !document.querySelector('#video').paused"
WAITS = "document.querySelector('#waiting').textContent !== '00:00'"
SENT = "document.querySelector('#waiting').textContent === '00:00'"


@pytest.fixture
def lesson(world: World) -> str:
    return f"/learn/lessons/{world.wang.enrolment_id}/{world.online.lessons[0].id}"


def credited_s(world: World) -> int:
    """Return what the database holds of the online segment."""
    db.session.rollback()
    standing = queries.enrolment_page(db.session, world.wang.enrolment_id, now=now())
    db.session.rollback()  # what is read must not hold up what the server writes
    return next(one.credited_s for one in standing.segments if one.id == world.online.id)


def watched(page: Any, second: float) -> None:
    until(page, f"document.querySelector('#video').currentTime >= {second}")


def at_s(page: Any) -> int:
    return int(page.evaluate("Math.floor(document.querySelector('#video').currentTime)"))


def signed_out(page: Any) -> int:
    """Pause without a cookie until the beat is refused; return where. An answer on its way may bring the cookie back."""
    for _ in range(4):
        page.context.clear_cookies()
        with page.expect_response("**/beats") as refused:
            page.click("#toggle")
        if refused.value.status == 401:
            return at_s(page)
        page.click("#toggle")
        watched(page, at_s(page) + 1.5)
    raise AssertionError("the cookie came back every time")


def taken_over(held: Phone, first: Any, lesson: str) -> Any:
    """Open the lesson in a second page of the same browser, which asks, and let it go on there."""
    second = held.page.context.new_page()
    second.goto(held.address + lesson)
    second.click("#cover")
    second.wait_for_selector("text=另一个页面正在放")
    second.click("button:has-text('在这里接着看')")
    until(second, PLAYS)
    first.wait_for_selector("text=另一个页面正在放")
    assert first.evaluate("document.querySelector('#video').paused")
    first.close()
    return second


def test_another_page_asks_signing_out_keeps_and_a_wiped_phone_still_sends(
    phone: Callable[..., Phone], world: World, lesson: str
) -> None:
    held = phone(phone_of(world.wang))
    cookies = held.page.context.cookies()
    first = held.open(lesson)
    first.click("#cover")
    watched(first, 2)

    second = taken_over(held, first, lesson)
    watched(second, 4)
    truth = signed_out(second)
    second.wait_for_selector("text=请重新登录")
    second.context.add_cookies(cookies)
    second.reload()
    until(second, f"document.querySelector('#credited').textContent >= '00:{truth:02d}'")
    before = credited_s(world)
    assert 4 <= truth <= before <= truth + 2

    second.click("#cover")
    until(second, PLAYS)
    second.route("**/beats", lambda route: route.abort())
    watched(second, before + 3)
    second.click("#toggle")
    until(second, WAITS)
    truth = at_s(second)
    second.evaluate("Object.keys(localStorage).forEach(key => localStorage.removeItem(key))")
    second.close()
    third = held.page.context.new_page()
    third.goto(held.address + lesson)
    until(third, f"document.querySelector('#credited').textContent >= '00:{truth - 1:02d}'")
    assert truth - 1 <= credited_s(world) <= truth
    until(third, SENT)
