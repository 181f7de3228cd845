"""The quiz in a real browser: one question per screen, nothing lost without a network or by closing the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Phone, sideways, small_text
from tests.factories import World, phone_of
from yanglao.courses.question_models import Option
from yanglao.kernel.db import db, reading

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def before(world: World) -> str:
    """Give the address of the page before the first trainee's quiz."""
    return f"/learn/quiz/{world.wang.enrolment_id}/{world.online.id}"


@pytest.fixture
def wang(phone: Callable[..., Phone], world: World) -> Phone:
    """Give the phone of the first trainee."""
    return phone(phone_of(world.wang))


def begin(wang: Phone, before: str) -> Any:
    page = wang.open(before)
    page.click("#start")
    page.wait_for_selector(".quiz-option")
    return page


def saved(page: Any, words: str = "已保存") -> None:
    """Wait until the page says ``words`` about what is ticked."""
    page.locator("#saved", has_text=words).wait_for(timeout=15_000)


def key() -> set[str]:
    """Return the ids of all right options."""
    with reading():
        return {one.id for one in db.session.query(Option).filter(Option.correct)}


def answer_all(page: Any, wanted: set[str]) -> None:
    """Tick what is ``wanted`` on every screen, up to the overview."""
    while "题，共" in page.inner_text("#count"):
        for option in page.query_selector_all(".quiz-option"):
            if option.get_attribute("data-option") in wanted:
                option.click()
        page.click("#next")


def test_a_paper_is_answered_handed_in_and_explained(wang: Phone, before: str) -> None:
    page = begin(wang, before)
    answer_all(page, key())
    assert "全部答完了" in page.inner_text("#sheet")
    saved(page)
    page.click("#next")
    page.wait_for_selector(".result")
    assert "合格" in page.inner_text(".result .word") and "100 分" in page.inner_text(".result .line")
    page.click("[data-act=look-behind]")
    assert page.locator(".quiz-review > li").count() == 10
    assert wang.said == []


def test_without_a_network_answers_wait_on_the_phone_and_survive_a_reload(wang: Phone, before: str) -> None:
    page = begin(wang, before)
    page.context.set_offline(True)
    page.click(".quiz-option >> nth=0")
    saved(page, "没网，已存在手机里（1 题）")
    page.context.set_offline(False)
    page.reload()
    saved(page)
    assert page.get_attribute(".quiz-option >> nth=0", "aria-checked") == "true"


def test_handing_in_without_a_network_happens_by_itself_when_it_is_back(wang: Phone, before: str) -> None:
    page = begin(wang, before)
    answer_all(page, key())
    saved(page)
    page.context.set_offline(True)
    page.click("#next")
    saved(page, "有网后自动交卷")
    page.context.set_offline(False)
    page.wait_for_selector(".result", timeout=20_000)


def test_an_unanswered_question_is_named_before_handing_in(wang: Phone, before: str) -> None:
    page = begin(wang, before)
    for _ in range(10):
        page.click("#next")
    assert "还有 10 题没答" in page.inner_text("#sheet")
    page.click("#next")
    page.click(".dialog .big >> nth=0")
    assert "第 1 题" in page.inner_text("#count")
    for _ in range(11):
        page.click("#next")
    page.click(".dialog >> text=就这样交卷")
    page.wait_for_selector(".result")
    assert page.is_disabled("#start") and "再过" in page.inner_text("#start")


@pytest.mark.parametrize("font", [18, 30])
def test_the_largest_type_fits_and_options_are_as_large_as_a_thumb(
    phone: Callable[..., Phone], world: World, before: str, font: int
) -> None:
    page = begin(phone(phone_of(world.wang), font=font), before)
    assert sideways(page) <= 0 and small_text(page, 18) == []
    for box in (
        one.bounding_box() for one in page.query_selector_all(".quiz-option, .quiz-foot .big:visible")
    ):
        assert box["height"] >= 60
