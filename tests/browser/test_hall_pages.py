"""The hall's screens and the end of a session: sizes, names, the glass, a barcode gun, and a network that is cut."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Phone, height_of, sideways, small_text, until
from tests.browser.test_hall_offline import card_now, mark_by_hand
from tests.browser.test_scan_pages import open_session, teacher_phone
from tests.factories import World, phone_of
from yanglao.capture.attendance import meetings, queries
from yanglao.classes import queries as classes
from yanglao.kernel.clock import now
from yanglao.kernel.db import db
from yanglao.people import queries as people

pytestmark = pytest.mark.browser
SIZES = ((1366, 768), (1920, 1080), (1024, 768), (800, 600))


def shoot(page: Any, text: str) -> None:
    """Type as a barcode gun does, faster than a test can press: key after key, then Enter, wherever the focus is."""
    page.evaluate(
        """(text) => [...text, 'Enter'].forEach((key) => {
            const code = /[a-z]/i.test(key) && key !== 'Enter' ? 'Key' + key.toUpperCase() : /[0-9]/.test(key) ? 'Digit' + key : '';
            const press = { key: key, code: key === '.' ? 'Period' : code || key, bubbles: true, cancelable: true };
            document.activeElement.dispatchEvent(new KeyboardEvent('keydown', press));
        })""",
        text,
    )


def test_the_hall_s_screen_is_large_at_every_size_and_never_shows_a_stale_code(
    phone: Callable[..., Phone], world: World
) -> None:
    open_session(world)
    teacher = phone(teacher_phone(world)).open(f"/teach/sessions/{world.session_id}")
    shown = []
    for _ in range(2):
        page = phone(size={"width": 1366, "height": 768}).open("/screen")
        until(page, "document.querySelector('#code svg') && localStorage.getItem('yl.screen')")
        pairing = json.loads(page.evaluate("localStorage.getItem('yl.screen')"))["pairing"]
        teacher.evaluate(
            "([code, session]) => yl.api('POST', '/api/v1/screens/' + code + '/bind', {session_id: session})",
            [pairing, world.session_id],
        )
        until(page, "!document.querySelector('#spoken-place').hidden")
        shown.append(page)
    for wide, high in SIZES:
        shown[1].set_viewport_size({"width": wide, "height": high})
        shown[1].wait_for_timeout(100)
        assert height_of(shown[1], "#code svg") >= 0.4 * high
        assert height_of(shown[1], "#spoken") >= 0.06 * high
        assert sideways(shown[1]) <= 0 and shown[1].evaluate("document.body.scrollHeight - innerHeight") <= 0
    first, second = shown[0], shown[1]
    until(first, f"document.querySelector('#spoken').textContent === {second.inner_text('#spoken')!r}")
    until(first, "document.documentElement.hasAttribute('data-kept')")
    first.context.set_offline(True)
    first.reload()
    until(first, "!document.querySelector('#trouble').hidden")
    assert first.locator("#code svg").count() == 0
    first.context.set_offline(False)
    until(first, "document.querySelector('#code svg') && document.querySelector('#trouble').hidden")
    teacher.evaluate("document.querySelector('#screens').open = true")
    until(teacher, "document.querySelector('#screens-words').textContent.includes('2 块')")
    teacher.click("#screens-release")
    until(first, "document.querySelector('#title').textContent.includes('请老师用手机扫')")


def test_a_gun_signs_in_whatever_has_the_focus_and_the_session_ends_with_a_signature(
    phone: Callable[..., Phone], world: World
) -> None:
    open_session(world)
    held = phone(teacher_phone(world), font=30)
    page = held.open(f"/teach/sessions/{world.session_id}#roster")
    until(page, "document.querySelector('.seat')")
    shoot(page, card_now(world.wang.actor.person_id))
    until(page, "document.querySelector('#seen').textContent.includes('已签到')")
    page.focus("#way-out")
    shoot(page, card_now(world.trainees[1].actor.person_id).lower())
    until(page, f"document.querySelector('#seen').textContent.includes('{world.trainees[1].actor.name}')")
    until(page, "document.querySelectorAll('#log li').length === 2 && !yl.meeting.queued.length")
    assert page.get_attribute("#way-in", "aria-pressed") == "true"
    page.click("[data-tab=screen]")
    page.click("#panel-screen [data-close]")
    until(page, "document.querySelectorAll('#report dd').length === 7")
    assert sideways(page) <= 0 and small_text(page, 18) == []
    page.click("#closing-go")
    assert "还没有签名" in page.inner_text("#closing-fault")
    glass = page.locator("#glass")
    glass.scroll_into_view_if_needed()
    box = glass.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 120, steps=4)
    page.mouse.up()
    page.click("#closing-go")
    page.wait_for_selector("#session[data-state=closed]")
    until(page, "document.querySelector('.signed') && document.querySelector('.signed').naturalWidth > 100")
    assert "来了" in page.inner_text("#report") and "2 / " in page.inner_text("#report")
    assert page.evaluate("yl.keptNames('hall.')") == []
    db.session.rollback()
    assert len(queries.presences_of_session(db.session, world.session_id)) == 2
    assert held.said == []


# What would be heard, where a browser in a test has no voice.
LISTENING = """
    window.heard = [];
    window.SpeechSynthesisUtterance = function (text) { this.text = text; };
    Object.defineProperty(window, 'speechSynthesis', { value: { cancel() {}, speak(one) { window.heard.push(one.text); } } });
"""


def test_a_trainee_hears_until_when_to_stay_and_a_second_instructor_confirms_marks_above_the_cap(
    phone: Callable[..., Phone], world: World
) -> None:
    open_session(world)
    meeting = classes.session_(db.session, world.session_id)
    path = meetings.room_now(meeting, base_url="", now=now()).url
    there = phone(phone_of(world.wang), font=30)
    there.page.add_init_script(LISTENING)
    page = there.open(path)
    page.click("[data-way=in]")
    page.wait_for_selector(".result")
    (heard,) = page.evaluate("window.heard")
    assert heard == f"签到成功，{page.evaluate(f'yl.spokenClock({meeting.ends_ms})')}记得签退"
    assert "下课，记得签退" in page.inner_text(".result") and sideways(page) <= 0
    spoken = page.evaluate(
        "['00:00', '14:30', '10:05', '12:45'].map(at => yl.spokenClock(`2026-03-08T${at}:00+08:00`))"
    )
    assert spoken == ["十二点", "两点半", "十点零五分", "十二点四十五分"]
    shown = "yl.scanResult({outcome: 'refused', code: 'code.expired', title: '码过期了', sentence: '', todo: ''}, {again: () => {}})"
    page.evaluate(f"void {shown}")
    assert page.locator(".result >> text=再扫一次").is_visible()
    teacher = phone(teacher_phone(world)).open(f"/teach/sessions/{world.session_id}#roster")
    for one in world.trainees[1:3]:
        teacher.wait_for_selector(f".seat:has-text('{one.actor.name}') .acts button")
        mark_by_hand(teacher, one.actor.name)
    until(teacher, "document.querySelector('#odd').textContent.includes('要另一个人')")
    colleague = world.city.staff["teacher_a2"].person_id
    second = phone(people.person(db.session, colleague).account_phone or "", font=30).open("/teach/")
    until(second, "document.querySelectorAll('#confirming li').length === 1")
    assert sideways(second) <= 0 and small_text(second, 18) == []
    second.click("#confirming button:has-text('确认')")
    until(second, "document.querySelector('#confirming').hidden")
    db.session.rollback()
    assert len(queries.presences_of_session(db.session, world.session_id)) == 3
