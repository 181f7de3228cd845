"""Pages as they stand on a phone of 360 × 740: nothing cut, nothing small, nothing said to the console."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Phone, sideways, small_text
from tests.factories import World, phone_of

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("font", [18, 30])
def test_the_styleguide_fits_a_phone_at_every_size_of_type(phone: Callable[..., Phone], font: int) -> None:
    there = phone(font=font)
    page = there.open("/styleguide")
    assert sideways(page) <= 0
    assert small_text(page, 18) == []
    assert there.said == []


@pytest.mark.parametrize("font", [18, 30])
@pytest.mark.parametrize("path", ["/learn/", "/learn/hours", "lesson"])
def test_a_page_of_the_trainee_fits_a_phone(
    phone: Callable[..., Phone], world: World, font: int, path: str
) -> None:
    there = phone(phone_of(world.wang), font=font)
    address = f"/learn/lessons/{world.wang.enrolment_id}/{world.online.lessons[0].id}"
    page = there.open(address if path == "lesson" else path)
    assert sideways(page) <= 0
    assert small_text(page, 18) == []
    assert there.said == []


def test_long_hours_wrap_at_the_largest_type(phone: Callable[..., Phone], world: World) -> None:
    page = phone(phone_of(world.wang), font=30).open("/learn/hours")
    page.evaluate(
        "document.querySelectorAll('.account .rest span').forEach((one) => {"
        " if (one.children.length === 1) one.append('还差 2.7 学时（1 小时 57 分）'); })"
    )
    assert sideways(page) <= 0


def test_the_first_screen_has_one_big_thing_to_press(phone: Callable[..., Phone], world: World) -> None:
    page = phone(phone_of(world.wang)).open("/learn/")
    box = page.locator("#now-button").bounding_box()
    assert page.locator("main .big").count() == 1
    assert box["height"] >= 60 and box["y"] + box["height"] < 740
    page.click("#now-button")
    assert "/learn/lessons/" in page.url


def test_the_first_view_weighs_less_than_150_kilobytes(phone: Callable[..., Phone], world: World) -> None:
    there, weights = phone(phone_of(world.wang)), []
    there.page.on("requestfinished", lambda asked: weights.append(asked.sizes()["responseBodySize"]))
    there.open("/learn/").wait_for_load_state("networkidle")
    assert 0 < sum(weights) < 150 * 1024


def test_the_size_of_type_chosen_is_kept(phone: Callable[..., Phone], world: World) -> None:
    there = phone(phone_of(world.wang))
    page = there.open("/learn/")
    page.click("[data-act=font]")
    page.click(".sizes button >> nth=1")
    page.click("text=就这样")
    page.reload()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
    assert {"name": "yl_font", "value": "20"}.items() <= _cookie(page).items()


def _cookie(page: Any) -> dict[str, Any]:
    return next(one for one in page.context.cookies() if one["name"] == "yl_font")


def test_what_is_refused_is_said_in_plain_chinese(phone: Callable[..., Phone], world: World) -> None:
    page = phone(phone_of(world.wang)).open("/learn/lessons/nobody/nothing")
    assert page.locator("h1").inner_text() and "404" not in page.locator("main").inner_text()
    assert page.locator(".big").count() == 1


def test_the_engine_of_internet_explorer_gets_a_plain_page(client: Any) -> None:
    answer = client.get(
        "/sign-in", headers={"User-Agent": "Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0)"}
    )
    assert "极速模式" in answer.text
