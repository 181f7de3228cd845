"""Codes shown and codes read, in a real browser with a camera that sees what the test holds before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.browser.conftest import PHONE, Phone, height_of, sideways, small_text, until
from tests.conftest import CHROMIUM_ARGS, chromium_program
from tests.factories import PASSWORD, World, phone_of
from yanglao.capture.attendance import cards, meetings, queries
from yanglao.classes import queries as classes
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.outside import drawing
from yanglao.outside.qr_image import encode
from yanglao.people import first_photos
from yanglao.people import queries as people

pytestmark = pytest.mark.browser
WIDTH, HEIGHT = 640, 480


def teacher_phone(world: World) -> str:
    return people.person(db.session, world.teacher.person_id).account_phone or ""


def open_session(world: World) -> None:
    run(lambda: meetings.open_session(db.session, world.session_id, now=now(), actor=world.teacher))


def film(text: str, path: Path) -> Path:
    """Write a film of one code, as the camera of the test sees it."""
    code = Image.open(BytesIO(drawing.png(encode(text), module_px=9))).convert("L")
    frame = Image.new("L", (WIDTH, HEIGHT), 150)
    frame.paste(code, ((WIDTH - code.width) // 2, (HEIGHT - code.height) // 2))
    picture = frame.tobytes() + bytes([128]) * (WIDTH * HEIGHT // 2)
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + b"FRAME\n" + picture)
    return path


@pytest.fixture
def looking(chromium: Any, address: str, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Give a maker of phones whose camera sees one code: ``looking(number, text)`` -> page, signed in."""
    browsers = []

    def make(number: str, text: str) -> Any:
        db.session.rollback()
        seen = film(text, tmp_path / f"film{len(browsers)}.y4m")
        camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
        program = [*CHROMIUM_ARGS, *camera, f"--use-file-for-fake-video-capture={seen}"]
        kind = chromium.browser_type
        browser = kind.launch(executable_path=chromium_program(), args=program)
        browsers.append(browser)
        context = browser.new_context(viewport=PHONE, locale="zh-CN", permissions=["camera"])
        given = context.request.post(
            address + "/api/v1/sign-in", data={"phone": number, "password": PASSWORD}
        )
        context.add_cookies([{"name": "yl_session", "value": given.json()["token"], "url": address}])
        return context.new_page()

    yield make
    for browser in browsers:
        browser.close()


@pytest.mark.parametrize("font", [18, 30])
@pytest.mark.parametrize("tab", ["screen", "scan", "roster", "today"])
def test_the_pages_of_the_instructor_fit_a_phone(
    phone: Callable[..., Phone], world: World, font: int, tab: str
) -> None:
    open_session(world)
    there = phone(teacher_phone(world), font=font)
    page = there.open("/teach/" if tab == "today" else f"/teach/sessions/{world.session_id}#{tab}")
    page.wait_for_timeout(1200)
    assert sideways(page) <= 0
    assert small_text(page, 18) == []


@pytest.mark.parametrize("font", [18, 30])
def test_the_personal_code_fits_a_phone_and_is_large(
    phone: Callable[..., Phone], world: World, font: int
) -> None:
    there = phone(phone_of(world.wang), font=font)
    page = there.open("/learn/card")
    until(page, "document.querySelector('#symbol svg')")
    assert sideways(page) <= 0
    assert small_text(page, 18) == []
    until(page, "document.querySelector('#symbol svg').getBoundingClientRect().width >= 240")
    assert there.said == []


def test_the_instructors_camera_reads_a_personal_code_and_takes_the_missing_photo_with_one_tap(
    looking: Callable[..., Any], address: str, world: World
) -> None:
    open_session(world)
    code = cards.card(db.session, world.wang.actor.person_id, now=now()).now.payload
    name = world.wang.actor.name
    page = looking(teacher_phone(world), code)
    page.goto(f"{address}/teach/sessions/{world.session_id}#scan")
    until(page, f"document.querySelector('#seen').textContent.includes('{name}')")
    until(page, "document.querySelector('#seen').textContent.includes('已签到')")
    until(page, "document.querySelector('.viewer .no-face').textContent.includes('还没有照片')")
    assert height_of(page, "#face-take") >= 60
    with page.expect_response(lambda one: one.url.endswith("/first-photo")):
        page.click("#face-take")
    until(page, "document.querySelector('.viewer .no-face img')")
    until(page, f"localStorage.getItem('yl.faces.{world.session_id}') === null")
    db.session.rollback()
    assert [one.method for one in queries.presences_of_session(db.session, world.session_id)] == ["card"]
    person_id = world.wang.actor.person_id
    assert first_photos.standing(db.session, [person_id]) == {person_id: "waiting"}


def test_a_trainees_camera_reads_the_room_code(
    looking: Callable[..., Any], address: str, world: World
) -> None:
    open_session(world)
    page = seeing_the_room_code(looking, address, world)
    assert "签到成功" in page.locator(".result").inner_text()


def seeing_the_room_code(looking: Callable[..., Any], address: str, world: World) -> Any:
    """Return a page that was answered. A film shows one code, good for seconds; who came too late is shown the next one."""
    for _ in range(3):
        meeting = classes.session_(db.session, world.session_id)
        page = looking(phone_of(world.wang), meetings.room_now(meeting, base_url=address, now=now()).url)
        page.goto(f"{address}/learn/card")
        page.click("#scan")
        with suppress(AssertionError):
            until(page, "document.querySelector('.result')", seconds=30)
            return page
    raise AssertionError("no code was ever answered")


def test_a_pc_that_the_instructor_scans_shows_the_code_and_still_does_after_a_reload(
    looking: Callable[..., Any], phone: Callable[..., Phone], address: str, world: World
) -> None:
    open_session(world)
    hall = phone(size={"width": 1280, "height": 720})
    screen = hall.open("/screen")
    until(screen, "document.querySelector('#code svg') && localStorage.getItem('yl.screen')")
    pairing = screen.evaluate("JSON.parse(localStorage.getItem('yl.screen')).url")
    page = looking(teacher_phone(world), pairing)
    page.goto(f"{address}/teach/sessions/{world.session_id}#scan")
    until(page, "document.querySelector('#seen').textContent.includes('大屏已配上')")
    until(screen, "!document.querySelector('#count').hidden && document.querySelector('#code svg')")
    screen.reload()
    until(screen, "!document.querySelector('#count').hidden && document.querySelector('#code svg')")
    assert height_of(screen, "#code svg") >= 0.4 * 720
    assert hall.said == []


def test_what_is_scanned_without_a_network_waits_in_the_phone(
    looking: Callable[..., Any], address: str, world: World
) -> None:
    open_session(world)
    code = cards.card(db.session, world.wang.actor.person_id, now=now()).now.payload
    page = looking(teacher_phone(world), code)
    page.goto(f"{address}/teach/sessions/{world.session_id}")
    until(page, "typeof jsQR === 'function' || 'BarcodeDetector' in window")
    page.context.set_offline(True)
    page.click("[data-tab=scan]")
    until(page, "!document.querySelector('#queue').hidden")
    assert "待上传 1 条" in page.locator("#queue").inner_text()
    page.context.set_offline(False)
    page.reload()
    until(page, f"localStorage.getItem('yl.scans.{world.session_id}') === null")
    db.session.rollback()
    assert len(queries.presences_of_session(db.session, world.session_id)) == 1


def test_a_room_code_that_changed_behind_another_tab_is_drawn_whole(
    phone: Callable[..., Phone], world: World
) -> None:
    open_session(world)
    page = phone(teacher_phone(world)).open(f"/teach/sessions/{world.session_id}")
    until(page, "document.querySelector('#code svg')")
    page.click("[data-tab=roster]")
    page.evaluate("window.yl.symbol(document.querySelector('#code'), {side: 29, path: ''})")
    page.click("[data-tab=screen]")
    until(page, "document.querySelector('#code svg').getBoundingClientRect().width >= 200")


def test_a_sign_out_right_after_the_sign_in_is_asked_again(phone: Callable[..., Phone], world: World) -> None:
    open_session(world)
    meeting = classes.session_(db.session, world.session_id)
    address = meetings.room_now(meeting, base_url="http://x", now=now()).url.replace("http://x", "")
    page = phone(phone_of(world.wang)).open(address)
    page.click("[data-way=in]")
    page.click(".result .big")
    page.go_back()
    page.click("[data-way=out]")
    page.click(".dialog >> text=先不签退")
    db.session.rollback()
    assert [one.out_ms for one in queries.presences_of_session(db.session, world.session_id)] == [None]
    db.session.rollback()
    page.click("[data-way=out]")
    page.click(".dialog .big >> nth=1")
    until(page, "document.querySelector('.result')")
    assert "签退成功" in page.locator(".result").inner_text()
