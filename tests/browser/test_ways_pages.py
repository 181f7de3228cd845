"""A barcode gun, a printed card and a phone that helps, on the pages as people hold them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Phone, sideways, small_text, until
from tests.factories import World
from yanglao.capture.attendance import cards, meetings, printed, queries
from yanglao.capture.attendance.card_models import PrintedCard
from yanglao.kernel.clock import now, to_ms
from yanglao.kernel.db import db, run
from yanglao.people import queries as people

pytestmark = pytest.mark.browser


def gun(page: Any, text: str) -> None:
    """Type as a gun does: key after key without a pause, then Enter."""
    shoot = """(text) => {
        const at = document.activeElement || document.body;
        const send = (code, key) => at.dispatchEvent(new KeyboardEvent("keydown", {code, key, bubbles: true, cancelable: true}));
        for (const sign of text) send(sign === "." ? "Period" : /[0-9]/.test(sign) ? "Digit" + sign : "Key" + sign, "Process");
        send("Enter", "Enter");
    }"""
    page.evaluate(shoot, text)


def card_of(world: World, person_id: str) -> str:
    row = PrintedCard(
        number=7, person_id=person_id, issued_ms=to_ms(now()), issued_by=world.teacher.person_id
    )
    run(lambda: db.session.add(row))
    return printed.of_persons(db.session, [person_id])[person_id].payload


def joining(page: Any, helper: Phone) -> Any:
    """Ask for a fresh code and open it on the phone that is to help."""
    with page.expect_response(
        lambda one: one.url.endswith("/helpers") and one.request.method == "POST"
    ) as made:
        page.click("#helper-add")
    until(page, "document.querySelector('#helper-code svg')")
    assert sideways(page) <= 0
    there = helper.open("/teach/help/" + made.value.json()["url"].rpartition("/")[2])
    until(there, "!document.querySelector('#help-join').hidden")
    assert sideways(there) <= 0 and small_text(there, 18) == []
    return there


def test_a_gun_a_printed_card_and_a_helping_phone(phone: Callable[..., Phone], world: World) -> None:
    run(lambda: meetings.open_session(db.session, world.session_id, now=now(), actor=world.teacher))
    wang, other = (one.actor for one in world.trainees[:2])
    paper = card_of(world, wang.person_id)
    number = people.person(db.session, world.teacher.person_id).account_phone or ""
    teacher, helper = phone(number, font=30), phone(font=30)
    page = teacher.open(f"/teach/sessions/{world.session_id}#roster")
    until(page, "window.yl && window.yl.meeting && window.yl.meeting.room")
    gun(page, paper)
    until(
        page,
        f"document.querySelector('.dialog') && document.querySelector('.dialog').textContent.includes('{wang.name}')",
    )
    assert "核对身份证" in page.locator(".dialog").inner_text()
    assert sideways(page) <= 0 and small_text(page, 18) == []
    page.click(".dialog >> text=核对过，是本人")
    until(page, "document.querySelector('#seen').textContent.includes('已签到')")

    page.click("#helpers summary")
    there = joining(page, helper)
    there.fill("#help-name", "李班长")
    there.click("#help-form button")
    until(there, "window.yl.meeting && window.yl.meeting.read")
    db.session.rollback()
    gun(there, cards.card(db.session, other.person_id, now=now()).now.payload)  # good for half a minute
    db.session.rollback()
    until(there, f"document.querySelector('#seen').textContent.includes('{other.name}')")
    assert sideways(there) <= 0
    until(page, "document.querySelector('#helper-list').textContent.includes('李班长')")
    page.click("#helper-list button")
    page.click(".dialog .big >> nth=0")
    until(there, "!document.querySelector('#help-over').hidden")
    db.session.rollback()
    held = queries.presences_of_session(db.session, world.session_id)
    assert {one.person_id: one.grade for one in held} == {wang.person_id: "fair", other.person_id: "strong"}
    # The join page asks first whether this phone helps already: that answer is a 401, and the console says so.
    assert [line for line in teacher.said + helper.said if "401" not in line and "403" not in line] == []
