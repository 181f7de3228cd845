"""The installed app in a real browser: it says it is one, works without a network as far as that goes, and forgets."""

from __future__ import annotations

from tests.browser.conftest import until
from tests.factories import phone_of

NAMES = "caches.keys().then(names => names.join())"


def test_an_installed_app_says_so_and_its_worker_keeps_no_page_of_anybody(phone, world):
    held = phone(phone_of(world.wang))
    page = held.page
    # As iOS says it; no browser without a window can be put on a home screen.
    page.add_init_script("Object.defineProperty(navigator, 'standalone', { value: true })")
    held.open("/learn/")
    assert page.evaluate("yl.client") == "app"
    assert page.evaluate("yl.api('GET', '/api/v1/me')")["client"] == "app"
    until(page, "navigator.serviceWorker.controller")
    kept = page.evaluate(
        "caches.keys().then(names => caches.open(names[0])).then(cache => cache.keys())"
        ".then(all => all.map(one => new URL(one.url).pathname))"
    )
    assert "/offline" in kept and all(one == "/offline" or one.startswith("/static/") for one in kept)
    person = page.inner_text(".now .muted").split("，")[0]
    cached = "caches.match('/offline').then(page => page.text())"
    assert person not in page.evaluate(cached) and "退出" not in page.evaluate(cached)
    page.context.set_offline(True)
    held.open("/learn/hours")
    assert "现在没有网络" in page.inner_text("main") and page.url.endswith("/learn/hours")
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 1
    page.context.set_offline(False)
    page.click("text=再试一次")
    page.wait_for_selector("h1:has-text('我的学时')")
    held.open("/account")
    page.click("text=退出登录")
    page.wait_for_load_state()
    held.open("/sign-in")
    page.wait_for_timeout(300)
    assert page.evaluate(NAMES) == ""
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0
