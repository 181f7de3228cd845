"""A hall whose network is really cut: the instructor's page goes on, nothing is lost, and the phone holds no secret."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from tests.browser.conftest import Phone, until
from tests.browser.test_scan_pages import open_session, teacher_phone
from tests.factories import World
from tests.web.attendance.test_mark_photos import picture
from yanglao.capture.attendance import cards, codes, queries, roll_call_queries, walk_in_photos, walk_ins
from yanglao.evidence import queries as evidence
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of, now, to_ms
from yanglao.kernel.db import db
from yanglao.outside.ciphers import ciphers
from yanglao.people import first_photos
from yanglao.people import queries as people

pytestmark = pytest.mark.browser

# Everything a thief of the phone could read: what is stored, what is cached, what stands in the page and in its scripts' reach.
HOLDINGS = """async () => {
    const found = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.documentElement.outerHTML];
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const one of await cache.keys()) {
            found.push(one.url);
            if (!one.url.includes('/static/')) found.push(await (await cache.match(one)).text());
        }
    }
    for (const base of await indexedDB.databases()) {
        const open = await new Promise((done) => { const ask = indexedDB.open(base.name); ask.onsuccess = () => done(ask.result); });
        for (const store of open.objectStoreNames) {
            const rows = await new Promise((done) => {
                const ask = open.transaction(store).objectStore(store).getAll(); ask.onsuccess = () => done(ask.result);
            });
            found.push(JSON.stringify(rows));
        }
    }
    const seen = new Set();
    (function walk(thing) {
        if (!thing || typeof thing !== 'object' || seen.has(thing) || thing instanceof Node) return;
        seen.add(thing);
        for (const key of Object.keys(thing)) {
            if (typeof thing[key] === 'string') found.push(thing[key]); else walk(thing[key]);
        }
    })(window.yl);
    return found.join('\\n');
}"""


ID_NUMBER = "11010519491231002X"
HELD = {
    "enrolment_id", "roster_no", "name", "card", "state", "in_at", "out_at", "method", "on_leave", "first_photo",
}  # fmt: skip


def card_now(person_id: str) -> str:
    code = cards.card(db.session, person_id, now=now()).now.payload
    db.session.rollback()  # what the test has read must not hold up what the server writes
    return code


def type_card(page: Any, payload: str) -> None:
    page.evaluate("document.querySelector('#typed').closest('details').open = true")
    page.fill("#typed-code", payload)
    page.press("#typed-code", "Enter")


def photographed(page: Any, photo: bytes) -> None:
    """Take the photo that is offered with the phone's own camera, and wait until it lies in the phone."""
    assert "还没有照片" in page.locator("#seen").inner_text()
    page.evaluate("document.querySelector('#face-field').click = function () { return null; }")
    page.click("#face-take")
    page.set_input_files("#face-field", {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": photo})
    until(page, "Object.keys(localStorage).some(name => name.startsWith('yl.faces.'))")


def mark_by_hand(page: Any, name: str) -> None:
    page.click(f".seat:has-text('{name}') .acts button")
    page.click(".dialog >> text=没有带手机")
    page.click(".dialog .acts >> text=签到")


def write_down(page: Any, name: str, number: str, photo: bytes) -> None:
    """Write down who is not on the roster, with a photo, and wait until it lies in the queue."""
    page.evaluate("document.querySelector('#walk-in').closest('details').open = true")
    for field, text in (("name", name), ("phone", number), ("id_number", ID_NUMBER)):
        page.fill(f"#walk-in [name={field}]", text)
    page.set_input_files(
        "#walk-in [name=photo]", {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    page.click("#walk-in button[type=submit]")
    until(page, "document.querySelector('#queue-list').textContent.includes('登记')")


def call_the_roll(page: Any, one: Any) -> None:
    """Hold a roll call without network and let the one who is known to be there answer with a card."""
    page.click("#roll-held-go")
    until(page, "document.querySelector('#roll-held-people').textContent.includes('等应答')")
    assert one.actor.name in page.inner_text("#roll-held-people")
    page.click("[data-tab=scan]")
    type_card(page, card_now(one.actor.person_id))
    page.click("[data-tab=roster]")
    until(page, "document.querySelector('#roll-held-people').textContent.includes('在，待上传')")


def sign(page: Any) -> None:
    glass = page.locator("#glass")
    glass.scroll_into_view_if_needed()
    box = glass.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 120, steps=4)
    page.mouse.up()


def close_without_network(page: Any) -> None:
    """Sign and count, reload in between, and ask for the close; nothing of it is lost."""
    page.click("#panel-roster [data-close]")
    page.fill("#closing-counted", "5")
    assert "要有网才能结束" in page.inner_text("#report")
    sign(page)
    until(page, "yl.closings.read(yl.meeting.id).signed")
    page.reload()  # the network is still cut
    until(page, "document.querySelector('[data-shell]')")
    page.click("#panel-roster [data-close]")
    assert page.input_value("#closing-counted") == "5"
    until(
        page,
        "document.querySelector('#glass').getContext('2d').getImageData(0, 0, 400, 200).data.some(one => one < 99)",
    )
    page.click("#closing-go")
    until(page, "!document.querySelector('#closing-kept').hidden")
    assert "有网自动结束" in page.inner_text("#closing-kept")


def tick_off(held: Phone, page: Any, session_id: str) -> None:
    """Find what was refused on the closed session's page and on the first page too, and tick it off there."""
    page.click("[data-tab=scan]")
    assert page.locator("#refused-list li").count() == 1
    page = held.open("/teach/")
    until(page, "document.querySelector('#held').textContent.includes('没有算上的 1 条')")
    page.click("#held >> text=处理好了")
    assert page.evaluate(f"localStorage.getItem('yl.refused.{session_id}')") is None
    until(page, "document.querySelector('#held').hidden")


def all_arrived(session_id: str, person_id: str) -> None:
    """Hold that what waited is there, in its order: presences, a first photo, who was not on the roster and went, the roll call, the close."""
    there = queries.presences_of_session(db.session, session_id)
    assert sorted(one.method for one in there) == ["card", "card", "manual"]
    (call,) = roll_call_queries.of_session(db.session, session_id)
    assert [one.state for one in call.seats] == ["here"]
    chain = evidence.chain(db.session, "session", session_id)
    assert (chain[-1].kind, chain[-1].body["counted"]) == ("session.closed", 5)
    assert chain[-1].body["signature"]["file"]
    assert first_photos.standing(db.session, [person_id]) == {person_id: "waiting"}
    (came,) = walk_ins.of_sessions(db.session, [session_id])
    assert (came.name, came.state, came.id_told, came.out_ms is None) == ("孙梅", "pending", False, False)
    assert walk_in_photos.having(db.session, [session_id], now=now()) == {came.id: True}


def forged(
    numbers: dict[str, int], known: str, other: str, step: int, session_id: str
) -> list[dict[str, str]]:
    """Return scans of cards put together from a known number, the steps around now, and digests seen or made up."""
    captured = base64.b32decode(card_now(known)[4:] + "======")
    made = [
        numbers[other].to_bytes(4, "big") + moment.to_bytes(4, "big") + end
        for moment in (step - 1, step, step + 1)
        for end in (captured[8:], bytes(8), captured[:8])
    ]
    made.append(captured[:4] + (step + 3).to_bytes(4, "big") + captured[8:])
    return [
        {
            "scan_uuid": f"forged-{place:04}", "kind": "card", "payload": "YL1." + base64.b32encode(raw).decode().rstrip("="),
            "session_id": session_id, "direction": "in", "captured_at": now().isoformat(), "sent_at": now().isoformat(),
        }
        for place, raw in enumerate(made)
    ]  # fmt: skip


def kept_by_the_worker(held: Phone, session_id: str) -> Any:
    """Open a session so that its empty page is in the worker's cache, and return the page."""
    page = held.open("/teach/")
    until(page, "navigator.serviceWorker.controller")
    page = held.open(f"/teach/sessions/{session_id}#scan")
    until(page, "document.documentElement.hasAttribute('data-kept')")
    until(page, f"localStorage.getItem('yl.hall.{session_id}')")
    return page


def test_a_session_goes_on_without_a_network_through_a_reload_and_is_sent_in_order_afterwards(
    phone: Callable[..., Phone], world: World
) -> None:
    open_session(world)
    held = phone(teacher_phone(world))
    page = kept_by_the_worker(held, world.session_id)
    wang, there, third = world.trainees[:3]
    type_card(page, card_now(there.actor.person_id))
    until(page, "yl.meeting.room.people.some(one => one.state === 'present')")
    page.context.set_offline(True)
    type_card(page, card_now(wang.actor.person_id))
    until(
        page,
        "document.querySelector('#queue-count').textContent === '1' && !document.querySelector('#queue').hidden",
    )
    assert wang.actor.name in page.locator("#seen").inner_text()
    photographed(page, picture())
    page.reload()  # the network is still cut
    until(page, "document.querySelector('[data-shell]')")
    assert "没有网络" in page.locator(".session-head").inner_text()
    type_card(page, "YL1." + "A" * 26)
    until(page, "document.querySelector('#queue-count').textContent === '2'")
    page.click("[data-tab=roster]")
    assert page.locator("#seats").inner_text().count("签到待上传") == 1
    mark_by_hand(page, third.actor.name)
    write_down(page, "孙梅", "13900000009", picture())
    page.click("#walk-ins-rows >> text=签退")
    call_the_roll(page, there)
    waits = f"JSON.parse(localStorage.getItem('yl.scans.{world.session_id}'))"
    kinds = ["card", "card", "manual", "walk_in", "walk_in_out", "roll_call", "card"]
    assert page.evaluate(waits + ".map(one => one.kind)") == kinds
    close_without_network(page)
    assert ID_NUMBER not in page.evaluate(HOLDINGS), "an ID number is not kept in the phone"
    page.context.set_offline(False)
    page.wait_for_selector("#session[data-state=closed]")  # by itself, as soon as the server answers
    until(page, "!Object.keys(localStorage).some(name => /^yl.(scans|faces|closing)/.test(name))")
    db.session.rollback()
    all_arrived(world.session_id, wang.actor.person_id)
    tick_off(held, page, world.session_id)


def test_from_all_that_the_phone_holds_nobody_makes_a_valid_card(
    phone: Callable[..., Phone], world: World, address: str
) -> None:
    open_session(world)
    held = phone(teacher_phone(world))
    page = kept_by_the_worker(held, world.session_id)
    page.context.set_offline(True)
    type_card(page, card_now(world.wang.actor.person_id))
    until(page, "document.querySelector('#queue-count').textContent === '1'")
    found = page.evaluate(HOLDINGS)
    stored = page.evaluate("JSON.stringify(localStorage)")
    for one in world.trainees:
        known = people.person(db.session, one.actor.person_id)
        assert known.name in stored
        assert (known.account_phone or "?") not in found.split("\n")[0] and (known.phone or "?") not in stored
    assert not re.search(r"\d{17}[\dX]|/photo", stored)
    # No code of anybody else, of now or to come.
    step = codes.step_of(to_ms(now()), policy.on(day_of(now())).attendance.card_step_s)
    numbers = cards.numbers(db.session, [one.actor.person_id for one in world.trainees])
    for (person_id, number), ahead, stock in product(numbers.items(), range(-1, 40), (False, True)):
        code = codes.card_payload(number, person_id, step + ahead, ciphers().mac, stock=stock)
        captured = person_id == world.wang.actor.person_id and ahead in (-1, 0)
        assert captured or code[4:] not in found.upper()
    room = json.loads(page.evaluate(f"localStorage.getItem('yl.hall.{world.session_id}')"))
    assert all(set(one) <= HELD for one in room["people"])
    other = world.trainees[1].actor.person_id
    scans = forged(numbers, world.wang.actor.person_id, other, step, world.session_id)
    db.session.rollback()
    page.context.set_offline(False)
    sent = page.evaluate("(scans) => yl.api('POST', '/api/v1/scans', {scans: scans})", scans)
    assert {one["code"] for one in sent["items"]} == {"code.forged"}


def test_the_roster_goes_with_the_close_and_at_sign_out_and_the_queue_stays(
    phone: Callable[..., Phone], world: World
) -> None:
    open_session(world)
    held = phone(teacher_phone(world))
    page = kept_by_the_worker(held, world.session_id)
    kept = json.dumps([{"scan_uuid": "of-another-00", "by": "somebody else", "kind": "card", "payload": "x"}])
    page.evaluate(f"text => localStorage.setItem('yl.scans.{world.session_id}', text)", kept)
    page.evaluate("localStorage.setItem('yl.hall.old', JSON.stringify({ends_at: '2020-01-01T00:00:00Z'}))")
    held.open("/teach/")
    until(page, "document.querySelector('#held').textContent.includes('别的老师')")
    assert page.evaluate("yl.keptNames('hall.')") == [f"hall.{world.session_id}"]
    held.open("/account")
    page.click("text=退出登录")
    page.wait_for_load_state()
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('yl.hall.')).length") == 0
    assert page.evaluate(f"localStorage.getItem('yl.scans.{world.session_id}')") == kept
