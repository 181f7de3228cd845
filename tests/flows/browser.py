"""Real Chromium for the flows: phone-sized and office-sized windows that complain about what a person would see broken."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, Page

PHONE = {"width": 360, "height": 740}
OFFICE = {"width": 1366, "height": 768}


class Window:
    """One person's browser; ``faults`` gathers script errors and answers of 500."""

    def __init__(self, browser: Browser, base: str, size: dict[str, int]) -> None:
        self.base = base
        self.context = browser.new_context(viewport=size, accept_downloads=True)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.faults: list[str] = []
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.on("response", self._answered)

    def _answered(self, response: Any) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} {response.url}")

    def go(self, path: str) -> Page:
        """Open a page; nothing on it may be wider than the window."""
        self.page.goto(self.base + path)
        wide = self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wide, f"{path} scrolls sideways"
        return self.page

    def sign_in(self, phone: str, password: str) -> Page:
        """Sign in as a person would."""
        self.go("/sign-in")
        self.page.fill("[name=phone]", phone)
        self.page.fill("[name=password]", password)
        self.press("登录")
        return self.page

    def press(self, words: str) -> None:
        """Press the first button or link that says so."""
        wanted = self.page.get_by_role("button", name=words).or_(self.page.get_by_role("link", name=words))
        wanted.first.click()
