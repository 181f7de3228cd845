"""学时审核 and 监督 in a real browser: keys, drawer, verdicts, exports, bars."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import sideways, until
from tests.oversight.scene import Scene, records, rows_of
from yanglao.jobs.perform import perform
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.people import queries as people
from yanglao.people import service as people_service
from yanglao.work.queries import due

pytestmark = pytest.mark.browser
PC = {"width": 1366, "height": 768}


def opened(scene: Scene, phone: Any, who: str, path: str, **more: Any) -> Any:
    """Open a page as somebody of the scene, on a PC."""
    held = phone(scene.phone(who), size=PC, **more)
    page = held.open(path)
    page.faults = held.said
    return page


def work() -> None:
    """Do what waits, as the worker would."""
    db.session.rollback()
    for task in due(db.session, now=now()):
        perform(task)
    db.session.rollback()


def test_rows_are_walked_by_arrow_keys_opened_by_enter_and_closed_by_escape(own_scene, phone):
    page = opened(own_scene, phone, "admin_a", "/office/review")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    second = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.drawer .record')")
    assert page.inner_text(".drawer h2 >> nth=0") == second
    page.keyboard.press("Escape")
    assert page.locator(".drawer").count() == 0
    assert page.evaluate("document.activeElement.textContent") == second
    assert page.faults == []


def test_a_verdict_in_the_drawer_is_seen_in_the_drawer_and_in_the_list(own_scene, phone):
    page = opened(own_scene, phone, "admin_a", "/office/review?mode=online")
    page.click(f"a[href='/office/review/{own_scene.there.wang.enrolment_id}']")
    until(page, "document.querySelector('.drawer .verdict')")
    page.click(".drawer [data-verdict=questioned] >> nth=0")
    assert "请先写清有什么疑问" in page.inner_text(".toasts")
    page.fill(".drawer [data-reason] >> nth=0", "时间对不上")
    page.click(".drawer [data-verdict=questioned] >> nth=0")
    until(page, "document.querySelector('.drawer .timeline').textContent.includes('时间对不上')")
    until(page, "document.querySelector('#log').textContent.includes('有疑问')")
    page.check(".drawer [data-technical]")
    assert page.locator(".drawer dl.technical >> nth=0").is_visible()
    assert page.faults == []


def test_an_export_says_how_far_it_is_and_hands_out_the_file(own_scene, phone):
    page = opened(own_scene, phone, "admin_a", "/office/review?mode=offline")
    page.click("[data-export]")
    page.wait_for_selector(".export-panel progress")
    page.wait_for_timeout(300)
    work()
    page.wait_for_selector(".export-panel a")
    with page.expect_download() as coming:
        page.click(".export-panel a")
    content = coming.value.path().read_bytes()
    lines = [one for one in records(rows_of(content)["培训段完成情况"]) if one["报名编号"]]
    assert {one["方式"] for one in lines} == {"线下"}
    assert len(lines) == page.locator("#log .row-link").count()
    assert page.faults == []


def test_an_export_that_failed_says_why_and_can_be_started_again(own_scene, phone):
    page = opened(own_scene, phone, "admin_a", "/office/review")
    page.click("[data-export]")
    page.wait_for_selector(".export-panel progress")
    page.wait_for_timeout(300)
    admin, sysadmin = (own_scene.there.city.staff[key] for key in ("admin_a", "sysadmin"))
    db.session.rollback()
    held = people.grants(db.session, admin.person_id)[0]
    run(lambda: people_service.revoke(db.session, held.id, now=now(), actor=sysadmin))
    work()
    page.wait_for_selector(".export-panel.failed")
    run(lambda: people_service.grant(db.session, admin.person_id, held.grant, now=now(), actor=sysadmin))
    page.click(".export-panel.failed button")
    page.wait_for_selector(".export-panel progress")
    page.wait_for_timeout(300)
    work()
    page.wait_for_selector(".export-panel.done")


@pytest.mark.parametrize("font", [18, 30])
@pytest.mark.parametrize("path", ["/office/review", "/office/plan?year=2022", "/office/ledger"])
def test_a_page_fits_its_window_also_in_large_type(own_scene, phone, path, font):
    page = opened(own_scene, phone, "city_ca", path, font=font)
    page.wait_for_timeout(300)
    assert sideways(page) <= 0
    assert page.faults == []


def test_bars_are_drawn_where_there_is_more_than_one_row(own_scene, phone):
    page = opened(own_scene, phone, "city_ca", "/office/plan?year=2022")
    page.wait_for_selector("[data-chart=caregiver] canvas")
    assert page.locator("[data-chart=leader] canvas").count() == 0
