"""Scripts of a page: each finds what it calls among the scripts that the page loads, and no form sends what was typed in an address."""

from __future__ import annotations

import re
from functools import cache

from tests.house.test_pages import SCRIPTS, TEMPLATES, bare_js
from tests.house.tree import ROOT, said

SHELL = ("shared/shared.js", "shared/overlay.js", "shared/app.js")
NOT_THERE = {("public/password.html", "symbol")}  # drawn only where the page has a place for it
NAMES = {path.relative_to(ROOT / "static").as_posix(): path for path in SCRIPTS}


@cache
def made(name: str) -> frozenset[str]:
    """Return what a script hangs on ``yl``."""
    return frozenset(re.findall(r"\byl\.(\w+)\s*=(?!=)", bare_js(NAMES[name].read_text("utf-8"))))


@cache
def called(name: str) -> frozenset[str]:
    """Return what a script needs of ``yl``: everything it calls or looks into, but what it first asks for."""
    text = bare_js(NAMES[name].read_text("utf-8"))
    asked = set(re.findall(r"(?:if \(|!|&& |\|\| |\()yl\.(\w+)(?= ?(?:&&|\|\||\)|\?))", text))
    asked |= set(re.findall(r"yl\.(\w+)\s*\?", text))
    return frozenset(re.findall(r"\byl\.(\w+)\s*[(.]", text)) - asked


@cache
def scripts_of(template: str) -> frozenset[str]:
    """Return the scripts of a template, of what it includes and of what it extends."""
    text = (ROOT / "templates" / template).read_text("utf-8")
    found = set(re.findall(r"asset\(['\"]([\w/]+\.js)['\"]\)", text))
    for other in re.findall(r"{%-? *(?:include|extends) ['\"]([\w/.]+\.html)['\"]", text):
        found |= scripts_of(other)
    return frozenset(found)


def test_every_script_finds_what_it_calls_on_its_page() -> None:
    faults = []
    for path in TEMPLATES:
        template = path.relative_to(ROOT / "templates").as_posix()
        loaded = scripts_of(template) | set(SHELL)
        there = frozenset().union(*(made(one) for one in loaded))
        for one in sorted(loaded - {"shared/wx.js"}):
            faults += [
                f"{template}: {one} calls yl.{name}"
                for name in sorted(called(one) - there)
                if (template, name) not in NOT_THERE
            ]
    assert not faults, said(faults)


def test_every_form_says_how_it_is_sent() -> None:
    """Without a method a browser whose script failed would put names and numbers into the address."""
    faults = [
        f"{path.relative_to(ROOT)}: {form[:60]}"
        for path in TEMPLATES
        for form in re.findall(r"<form\b[^>]*>", path.read_text("utf-8"))
        if "method=" not in form
    ]
    assert not faults, said(faults)
