"""The office's pages of classes and rosters in a real browser: paste, columns, keyboard, no network, large type."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.browser.conftest import sideways
from tests.classes import sheets
from tests.classes.makers import id_number
from tests.factories import World
from yanglao.classes import service
from yanglao.kernel.clock import day_of, now
from yanglao.kernel.db import db, run
from yanglao.people import queries as people

pytestmark = pytest.mark.browser
PC = {"width": 1366, "height": 768}
NOTEBOOK = {"width": 1024, "height": 768}


@pytest.fixture
def draft(world: World) -> tuple[str, str]:
    """Give the id of a draft class and the phone number of its base's administrator."""
    admin = next(
        one for key, one in world.city.staff.items() if "base_admin" in one.roles() and key.endswith("_a")
    )
    today = day_of(now())
    base = next(grant.base for grant in admin.grants if grant.role == "base_admin")
    facts = service.ClassDraft(base or "", world.online.programme_id, today, today + timedelta(days=20), 20)
    own = run(lambda: service.create_class(db.session, facts, now=now(), actor=admin))
    return own.id, people.person(db.session, admin.person_id).account_phone or ""


def paste(page: Any, rows: list[list[str]]) -> None:
    page.fill("#text", sheets.lines(rows))
    page.click("#paste button")
    page.wait_for_url("**import=*")
    page.wait_for_selector("#rows")


def test_a_pasted_roster_is_judged_a_row_left_out_by_keyboard_and_the_rest_entered(phone, draft):
    class_id, number = draft
    page = phone(number, size=PC).open(f"/office/classes/{class_id}/roster")
    paste(page, [["姓名", "身份证号"], ["陈秀英", id_number(1)], ["王桂兰", "3.71321E+17"], ["合计", "2人"]])
    assert "将加入" in page.inner_text("#rows") and "合计行" in page.inner_text("#rows")
    assert page.locator("#commit").is_disabled()
    page.focus("[data-bad]")
    page.keyboard.press("Space")
    assert "可以加入 1 人。不加 1 行。" in page.inner_text("#summary")
    page.click("#commit")
    page.wait_for_selector("#done")
    assert "加入好了：1 人" in page.inner_text("#done")


def test_columns_nobody_knows_are_named_by_the_person_and_the_rows_judged_anew(phone, draft):
    class_id, number = draft
    page = phone(number, size=PC).open(f"/office/classes/{class_id}/roster")
    paste(page, [["人", "号", "院"], ["陈秀英", id_number(1), "仁和"], ["王桂兰", id_number(2), "仁和"]])
    page.click("details summary")
    page.locator("[data-column]").nth(2).select_option("employer")
    page.click("#columns button")
    page.wait_for_load_state("networkidle")
    assert page.locator("[data-column]").nth(2).input_value() == "employer"


def test_without_network_nothing_is_lost_and_the_page_says_so(phone, draft):
    class_id, number = draft
    page = phone(number, size=PC).open(f"/office/classes/{class_id}/roster")
    page.fill("#text", sheets.lines(sheets.people_rows(2)))
    page.context.set_offline(True)
    page.click("#paste button")
    page.wait_for_selector(".dialog")
    assert "网络断了" in page.inner_text(".dialog")
    page.context.set_offline(False)
    page.click(".dialog button")
    page.click("#paste button")
    page.wait_for_url("**import=*")


@pytest.mark.parametrize("font", [18, 30])
def test_no_page_of_a_class_is_wider_than_its_window(phone, draft, font):
    class_id, number = draft
    held = phone(number, font=font, size=NOTEBOOK)
    for path in (
        "",
        f"/{class_id}",
        f"/{class_id}/roster",
        f"/{class_id}/sessions",
        f"/{class_id}/approval",
        "/new",
    ):
        page = held.open(f"/office/classes{path}")
        assert sideways(page) <= 0, path
    assert not held.said
