"""Every page held in one hand, at the largest type: heard, pressed, read and reached by keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories import phone_of
from yanglao.kernel.db import db
from yanglao.people import queries as people

pytestmark = pytest.mark.browser
AUDIT = (Path(__file__).parent / "audit.js").read_text("utf-8")
PUBLIC = ("/", "/sign-in", "/privacy", "/verify/X1", "/screen", "/offline", "/styleguide")
LEARN = (
    "/learn/",
    "/learn/hours",
    "/learn/card",
    "/learn/messages",
    "/learn/messages/choices",
    "/account",
    "/account/password",
)


def addresses(world):
    """Return {who: pages}; nobody, the trainee, the instructor."""
    own, lesson = world.wang.enrolment_id, world.online.lessons[0].id
    learn = (*LEARN, f"/learn/lessons/{own}/{lesson}", f"/learn/quiz/{own}/{world.online.id}", "/nowhere")
    teach = (
        "/teach/",
        f"/teach/sessions/{world.session_id}",
        f"/teach/classes/{world.class_id}/notice",
        f"/teach/practical/{world.class_id}/{world.offline.id}",
    )
    return {"": PUBLIC, phone_of(world.wang): learn, _teacher(world): teach}


def _teacher(world):
    return people.person(db.session, world.teacher.person_id).account_phone


def test_pages_are_heard_pressed_and_read_at_the_largest_type(phone, world):
    faults = {}
    for who, pages in addresses(world).items():
        held = phone(who, font=30)
        for path in pages:
            found = held.open(path).evaluate(AUDIT)
            if found:
                faults[path] = found
    assert faults == {}


# Tabs through a page: each stop, whether it shows that it is focused, and whether it can be seen.
STOP = """() => {
    const node = document.activeElement;
    if (!node || node === document.body) return null;
    const box = node.getBoundingClientRect(), style = getComputedStyle(node);
    const hit = document.elementFromPoint(box.x + box.width / 2, Math.min(box.y + 8, innerHeight - 1));
    return {
        what: node.id || node.textContent.trim().slice(0, 20),
        ring: parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== "none",
        seen: box.bottom > 0 && box.top < innerHeight && !!hit && (node.contains(hit) || hit.contains(node)),
    };
}"""


def test_everything_is_reached_by_keyboard_and_shows_that_it_is(phone, world):
    held = phone(phone_of(world.wang))
    for path, main in (("/learn/", "now-button"), ("/learn/card", "scan")):
        page, stops = held.open(path), []
        for _ in range(40):
            page.keyboard.press("Tab")
            stop = page.evaluate(STOP)
            if stop is None or stop in stops:
                break
            stops.append(stop)
        assert main in [stop["what"] for stop in stops]
        assert [stop["what"] for stop in stops if not stop["ring"] or not stop["seen"]] == []
    page = held.open("/learn/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
