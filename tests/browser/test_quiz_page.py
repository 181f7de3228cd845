"""The quiz in a real browser: one question per screen, nothing lost without a network or by closing the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.browser.conftest import Phone, sideways, small_text
from tests.capture.quiz.school import plan_before
from tests.courses.test_question_drafts import CASE, FILL, SINGLE
from tests.factories import World, phone_of
from yanglao.courses import questions
from yanglao.courses.question_models import Option
from yanglao.kernel.actor import SYSTEM
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, reading, run

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def before(world: World) -> str:
    """Give the address of the page before the first trainee's quiz."""
    return f"/learn/quiz/{world.wang.enrolment_id}/{world.online.id}"


@pytest.fixture
def every_kind(world: World, before: str) -> str:
    """Give the address of a quiz that asks every kind: single, gap, and a case of two parts."""

    def act() -> None:
        bank = questions.make_bank(db.session, "小测", None, now=now(), actor=SYSTEM)
        story = "王奶奶，82 岁，一个人住。夜里起床上厕所时头晕，扶着床边坐下，没有摔倒。" * 3
        drafts = [replace(SINGLE, explanation="防误吸"), FILL, replace(CASE, text=story)]
        questions.save_questions(db.session, bank.key, drafts, now=now(), actor=SYSTEM)
        place = {"segment_id": world.online.id, "module_id": "01m", "bank_key": bank.key}
        plan_before(**place, feedback="explanations_after_passing")

    run(act)
    return f"{before}?module=01m"


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
    page.locator("#saved", has_text=words).wait_for(timeout=60_000)


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


def test_every_kind_is_answered_through_a_cut_network_and_by_the_back_button(
    wang: Phone, every_kind: str
) -> None:
    page = begin(wang, every_kind)
    page.context.set_offline(True)
    page.click(f".quiz-option >> text={SINGLE.options[0].text}")
    saved(page, "没网，已存在手机里（1 题）")
    page.click("#next")
    page.fill(".quiz-blank input", "二十")
    saved(page, "没网，已存在手机里（2 题）")
    page.go_back()
    assert "第 1 题" in page.inner_text("#count")
    assert page.get_attribute(".quiz-option[aria-checked=true]", "role") == "radio"
    page.context.set_offline(False)
    page.reload()
    saved(page)
    page.click("#all")
    assert "还有 2 题没答" in page.inner_text("#sheet")
    page.click("#next")
    page.click(".dialog .big >> nth=0")
    assert "第 3 题" in page.inner_text("#count") and "王奶奶" in page.inner_text(".quiz-case")
    page.keyboard.press("Tab")
    page.click(f".quiz-option >> text={SINGLE.options[0].text}")
    page.click("#next")
    assert page.locator(".quiz-case[open]").count() == 0
    page.fill(".quiz-blank input", "２０ ")
    page.click("#next")
    assert "全部答完了" in page.inner_text("#sheet")
    saved(page)
    page.click("#next")
    page.wait_for_selector(".result")
    assert "100 分" in page.inner_text(".result .line")
    page.click("[data-act=look-behind]")
    assert page.locator(".quiz-review > li").count() == 4 and page.locator(".quiz-case-text").count() == 1
    assert [line for line in wang.said if "ERR_INTERNET_DISCONNECTED" not in line] == []


def test_handing_in_without_a_network_happens_by_itself_when_it_is_back(wang: Phone, before: str) -> None:
    page = begin(wang, before)
    answer_all(page, key())
    saved(page)
    page.context.set_offline(True)
    page.click("#next")
    saved(page, "有网后自动交卷")
    page.context.set_offline(False)
    page.wait_for_selector(".result", timeout=60_000)
    assert "合格" in page.inner_text(".result .word") and page.locator(".quiz-review > li").count() == 10


def test_the_largest_type_fits_and_answers_are_as_large_as_a_thumb(
    phone: Callable[..., Phone], world: World, every_kind: str
) -> None:
    for font, who in ((18, world.wang), (30, world.trainees[1])):
        address = every_kind.replace(world.wang.enrolment_id, who.enrolment_id)
        page = begin(phone(phone_of(who), font=font), address)
        for screen in range(5):
            assert sideways(page) <= 0 and small_text(page, 18) == [], f"screen {screen} at {font} px"
            touched = ".quiz-option, .quiz-blank input, .quiz-grid button, .quiz-foot .big:visible"
            assert all(one.bounding_box()["height"] >= 60 for one in page.query_selector_all(touched))
            page.click("#next")
