"""考勤表 in a real browser: printed, handed in, entered from the signed sheet, decided by another, and read by whoever scans it."""

from __future__ import annotations

import pypdfium2
import pytest

from tests.browser.conftest import sideways, small_text, until
from tests.browser.test_review_pages import opened, work
from yanglao.kernel.clock import now
from yanglao.kernel.db import db
from yanglao.oversight import printing
from yanglao.papers import queries

pytestmark = pytest.mark.browser
TYPED = "document.querySelectorAll('tr[data-own]')[2].querySelector('[name={name}]').value"


def filed(page, class_id, folder):
    """Print a blank sheet, hand its photo in, open its page and return its code."""
    with page.expect_response("**/api/v1/papers"):
        page.click("[data-print=attendance_blank]")
    work()
    page.wait_for_selector(".leaf.lacks")
    page.wait_for_load_state()
    paper = queries.papers_of_class(db.session, class_id)[0]
    signed = folder / "signed.jpg"
    with pypdfium2.PdfDocument(printing.opened(db.session, paper, now=now()).path.read_bytes()) as document:
        document[0].render(scale=2.5).to_pil().convert("RGB").save(signed)
    db.session.rollback()
    page.set_input_files("#upload input[type=file]", str(signed))
    with page.expect_response("**/paper-scans"):
        page.click("#upload button[type=submit]")
    work()
    page.wait_for_selector(".leaf:not(.lacks)")
    page.click(".leaf")
    page.wait_for_selector(".sheets img")
    page.wait_for_load_state()
    return str(page.url.rsplit("/", 1)[-1])


def test_a_sheet_goes_out_comes_back_signed_and_is_entered_by_two_people(own_scene, phone, tmp_path):
    from yanglao.classes import queries as classes

    class_id = classes.session_(db.session, own_scene.there.session_id).class_id
    db.session.rollback()
    page = opened(own_scene, phone, "admin_a", f"/office/classes/{class_id}/papers")
    code = filed(page, class_id, tmp_path)
    row = page.locator("tr[data-own]").nth(2)
    row.locator("[name=came]").fill("0905")
    row.locator("[name=left]").fill("0900")
    page.fill("form[data-entry] [name=reason]", "停电")
    page.click("form[data-entry] button[type=submit]")
    page.get_by_role("button", name="知道了").click()
    assert "走的时间要在到的时间后面" in row.inner_text()
    page.reload()
    until(page, f"{TYPED.format(name='came')} === '0905' && {TYPED.format(name='left')} === '0900'")
    row.locator("[name=left]").fill("11:50")
    page.fill("form[data-entry] [name=reason]", "停电")
    page.click("form[data-entry] button[type=submit]")
    page.wait_for_selector("#waiting")
    assert page.locator("#waiting tbody tr").count() == 2
    assert page.locator("[data-decide]").count() == 0 and sideways(page) <= 0

    other = opened(own_scene, phone, "ca_302", f"/office/papers/{code}")
    other.click("[data-decide=yes]")
    other.get_by_role("button", name="计入", exact=True).click()
    other.wait_for_selector("#waiting", state="detached")
    shown = phone(font=30).open(f"/p/{code}")
    assert "内容没有改变" in shown.inner_text("main") and sideways(shown) <= 0 and small_text(shown, 18) == []
    assert other.faults == []
