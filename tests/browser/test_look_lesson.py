"""The lesson page in a real browser: it counts what is seen, and says when it does not and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.browser.conftest import Phone, until
from tests.factories import World, phone_of
from yanglao.kernel.clock import now, rfc3339

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def lesson(world: World) -> str:
    """Give the address of the first lesson of the first trainee."""
    return f"/learn/lessons/{world.wang.enrolment_id}/{world.online.lessons[0].id}"


@pytest.fixture
def wang(phone: Callable[..., Phone], world: World) -> Phone:
    """Give the phone of the first trainee."""
    return phone(phone_of(world.wang))


def seconds(page: Any, name: str) -> int:
    """Return one of the three figures in seconds."""
    minutes, rest = page.inner_text(f"#{name}").split(":")
    return int(minutes) * 60 + int(rest)


def play(page: Any, until_s: float = 3.2) -> None:
    """Touch the cover and let the picture run until a second of the lesson."""
    page.click("#cover")
    until(page, f"document.querySelector('#video').currentTime >= {until_s}")


def hide(page: Any, state: str) -> None:
    page.evaluate(
        "state => { Object.defineProperty(document, 'visibilityState', {value: state, configurable: true});"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        state,
    )


def test_what_was_seen_is_counted_when_the_picture_stops(wang: Phone, lesson: str) -> None:
    page = wang.open(lesson)
    play(page)
    assert "正在计时" in page.inner_text("#status")
    page.click("#toggle")
    until(page, "document.querySelector('#credited').textContent !== '00:00'")
    assert seconds(page, "credited") >= 3 and seconds(page, "waiting") == 0
    assert "暂停" in page.inner_text("#status")
    assert wang.said == []


def test_the_lesson_goes_on_where_it_stopped(wang: Phone, lesson: str) -> None:
    page = wang.open(lesson)
    play(page)
    page.click("#toggle")
    until(page, "document.querySelector('#credited').textContent !== '00:00'")
    before = seconds(page, "credited")
    page.reload()
    page.click("#cover")
    until(page, "document.querySelector('#cover').hidden")
    until(page, f"document.querySelector('#video').currentTime >= {before}")


def test_a_jump_ahead_is_undone_with_a_sentence(wang: Phone, lesson: str) -> None:
    page = wang.open(lesson)
    play(page, 1.5)
    page.evaluate("document.querySelector('#video').currentTime = 80")
    page.wait_for_selector("text=没看过的不能跳过去")
    assert page.evaluate("document.querySelector('#video').currentTime") < 10


def test_a_faster_rate_is_undone(wang: Phone, lesson: str) -> None:
    page = wang.open(lesson)
    play(page, 1)
    page.evaluate("document.querySelector('#video').playbackRate = 2")
    until(page, "document.querySelector('#video').playbackRate === 1")


def test_without_network_what_was_seen_waits_and_is_sent_later(wang: Phone, lesson: str) -> None:
    page = wang.open(lesson)
    play(page, 2)
    until(page, "document.querySelector('#video').buffered.end(0) > 20")
    page.context.set_offline(True)
    until(page, "document.querySelector('#video').currentTime >= 6")
    page.click("#toggle")
    until(page, "document.querySelector('#waiting').textContent !== '00:00'")
    assert page.is_visible("[data-strip=network]")
    page.context.set_offline(False)
    until(page, "document.querySelector('#waiting').textContent === '00:00'")
    assert seconds(page, "credited") >= 5


def test_what_was_unsent_when_the_page_went_is_sent_by_the_next_page(wang: Phone, lesson: str) -> None:
    page = wang.open(lesson)
    play(page, 3.2)
    page.route("**/beats", lambda route: route.abort())
    page.click("#toggle")
    until(page, "document.querySelector('#waiting').textContent !== '00:00'")
    page.unroute("**/beats")
    page.goto(wang.address + "/learn/hours")
    page.goto(wang.address + lesson)
    until(page, "Object.keys(localStorage).every(key => !key.startsWith('yl.beats.'))")
    page.reload()
    assert seconds(page, "credited") >= 3


def test_a_second_device_asks_before_it_takes_over(
    wang: Phone, lesson: str, phone: Any, world: World
) -> None:
    first = wang.open(lesson)
    play(first, 2)
    second = phone(phone_of(world.wang)).open(lesson)
    second.click("#cover")
    second.wait_for_selector("text=这节课正在另一台设备上学")
    second.click("button:has-text('在这台继续')")
    until(second, "document.querySelector('#cover').hidden")
    first.click("#toggle")
    first.wait_for_selector("text=这节课转到另一台设备上了")


def test_a_device_that_had_no_network_when_another_took_over_is_counted_and_told(
    wang: Phone, lesson: str, phone: Any, world: World
) -> None:
    first = wang.open(lesson)
    play(first)
    first.context.set_offline(True)
    first.click("#toggle")
    until(first, "document.querySelector('#waiting').textContent !== '00:00'")
    second = phone(phone_of(world.wang)).open(lesson)
    second.click("#cover")
    second.click("button:has-text('在这台继续')")
    until(second, "document.querySelector('#cover').hidden")
    first.context.set_offline(False)
    first.wait_for_selector("text=这节课转到另一台设备上了")
    assert seconds(first, "credited") >= 3 and seconds(first, "waiting") == 0


def test_a_hidden_page_stops_the_picture_and_sends(wang: Phone, lesson: str) -> None:
    page = wang.open(lesson)
    play(page)
    hide(page, "hidden")
    until(page, "document.querySelector('#video').paused")
    hide(page, "visible")
    assert "离开" in page.inner_text("#status")
    until(page, "document.querySelector('#credited').textContent !== '00:00'")


def test_after_more_than_a_minute_away_the_next_touch_begins_anew(wang: Phone, lesson: str) -> None:
    page, opened = wang.open(lesson), []
    page.on("response", lambda said: opened.append(said.status) if said.url.endswith("/viewings") else None)
    play(page)
    hide(page, "hidden")
    page.evaluate("{ const real = Date.now; Date.now = () => real() + 61000; }")
    hide(page, "visible")
    page.click("#cover")
    until(page, "document.querySelector('#cover').hidden")
    assert opened == [201, 201]
    assert seconds(page, "credited") >= 3


def test_the_page_after_the_lesson_shows_what_was_seen(wang: Phone, lesson: str) -> None:
    page = wang.open(lesson)
    play(page)
    page.click("header a[href='/learn/']")
    page.wait_for_url("**/learn/")
    assert "已计入 0 秒" not in page.inner_text(".account.pine")


def test_a_challenge_fills_the_width_and_holds_the_picture_when_it_is_due(wang: Phone, lesson: str) -> None:
    def ask(route: Any) -> None:
        answer = route.fetch()
        moment = now()
        held = {"id": "x", "kind": "tap", "prompt": "还在学习吗？"}
        times = {name: rfc3339(moment + timedelta(seconds=s)) for name, s in (("show_at", 2), ("due_at", 5))}
        route.fulfill(response=answer, json={**answer.json(), "challenge": {**held, **times}})

    wang.page.route("**/api/v1/viewings", ask)
    wang.page.route("**/beats", lambda route: route.abort())
    page = wang.open(lesson)
    page.click("#cover")
    page.wait_for_selector("#here")
    assert page.locator("#here").bounding_box()["width"] >= 320
    until(page, "document.querySelector('#video').paused")
    assert "我在学" in page.inner_text("#status")
    page.click("#here")
    until(page, "!document.querySelector('#video').paused")
    assert page.locator("#here").count() == 0


def test_the_end_of_the_lesson_says_what_comes_next(wang: Phone, lesson: str, world: World) -> None:
    last = world.online.lessons[0].duration_s - 3

    def near_the_end(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "position_s": last, "covered": [[0, last]]})

    wang.page.route("**/api/v1/viewings", near_the_end)
    page = wang.open(lesson)
    page.click("#cover")
    page.wait_for_selector("#after:not([hidden])")
    assert "这一段已计入" in page.inner_text("#after-line")
    assert page.locator("#after .big").first.get_attribute("href").startswith("/learn/lessons/")
