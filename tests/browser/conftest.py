"""A real Chromium before a served house: phones of 360 × 740, signed in as whom a test names."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Error
from werkzeug.serving import make_server

from tests import factories
from tests.oversight.conftest import own_scene  # noqa: F401
from yanglao.demo.cast import PASSWORD
from yanglao.kernel.clock import now
from yanglao.kernel.db import db

PHONE = {"width": 360, "height": 740}
LEAVING = ("Execution context was destroyed", "Cannot find context")


@dataclass
class Phone:
    """A page in a browser of its own, and what its console said."""

    page: Any
    address: str
    said: list[str] = field(default_factory=list)

    def open(self, path: str) -> Any:
        """Go to a path of the served house and return the page."""
        self.page.goto(self.address + path)
        return self.page


@pytest.fixture
def world(app: Any) -> factories.World:
    """Give a small world whose session begins now."""
    return factories.world(now=now())


@pytest.fixture
def address(app: Any) -> Iterator[str]:
    """Serve the house on a free port for one test."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=5)


@pytest.fixture
def phone(chromium: Any, address: str) -> Iterator[Callable[..., Phone]]:
    """Give a maker of phones: ``phone(number, font=18)``; without a number nobody is signed in."""
    contexts = []

    def make(number: str = "", *, font: int = 18, size: dict[str, int] = PHONE) -> Phone:
        db.session.rollback()  # what the test has read must not hold up what the server writes
        context = chromium.new_context(viewport=size, locale="zh-CN")
        contexts.append(context)
        context.set_default_timeout(60_000)
        context.add_cookies([{"name": "yl_font", "value": str(font), "url": address}])
        made = Phone(context.new_page(), address)
        made.page.on("pageerror", lambda fault: made.said.append(str(fault)))
        made.page.on("console", lambda line: made.said.append(line.text) if line.type == "error" else None)
        if number:
            answer = context.request.post(
                address + "/api/v1/sign-in", data={"phone": number, "password": PASSWORD}
            )
            token = answer.json()["token"]
            context.add_cookies([{"name": "yl_session", "value": token, "url": address}])
        return made

    yield make
    for context in contexts:
        context.close()


def until(page: Any, expression: str, *, seconds: float = 60) -> None:
    """Wait until an expression holds in the page; the page's own rules forbid Playwright's way of doing this."""
    end = time.monotonic() + seconds
    while not _holds(page, expression):
        assert time.monotonic() < end, f"never held: {expression}"
        page.wait_for_timeout(100)


def _holds(page: Any, expression: str) -> bool:
    """Tell whether an expression holds now; in a page that is just being left, nothing does."""
    try:
        return bool(page.evaluate(f"!!({expression})"))
    except Error as refused:
        if any(word in refused.message for word in LEAVING):
            return False
        raise


def sideways(page: Any) -> int:
    """Return by how many pixels a page is wider than its window, once it stands whole."""
    page.wait_for_load_state("load")
    until(page, "document.readyState === 'complete' && document.body")
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def height_of(page: Any, selector: str) -> float:
    """Return the height in pixels of what stands at ``selector`` now, also where it is drawn anew every few seconds."""
    return float(page.evaluate(f"document.querySelector({selector!r}).getBoundingClientRect().height"))


def small_text(page: Any, least_px: int) -> list[str]:
    """Return the visible texts of a page that are smaller than ``least_px``."""
    found: list[str] = page.evaluate(
        """(least) => {
            const small = [];
            const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walk.nextNode()) {
                const text = walk.currentNode.textContent.trim(), box = walk.currentNode.parentElement;
                if (!text || box.closest("script, .unseen, [hidden]") || !box.getClientRects().length) continue;
                if (parseFloat(getComputedStyle(box).fontSize) < least - 0.01) small.push(text.slice(0, 40));
            }
            return small;
        }""",
        least_px,
    )
    return found
