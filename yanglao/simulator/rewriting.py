"""What is changed on a page's way into a phone: who may frame it, WeChat's script, the product's own address. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

BRIDGE = "/__sim/bridge.js"
SDK = "/__sim/jweixin.js"
_SDK = re.compile(rb"https?://res2?\.wx\.qq\.com/open/js/jweixin-[0-9.]+\.js")
_HEAD = re.compile(rb"<head\b[^>]*>", re.IGNORECASE)
FRAMES = frozenset({"x-frame-options"})


def headers(given: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return headers without those that keep a page out of a frame; the rest of the page's own rules stays."""
    kept = []
    for name, value in given:
        if name.lower() in FRAMES:
            continue
        if name.lower() == "content-security-policy":
            rules = [rule.strip() for rule in value.split(";")]
            value = "; ".join(rule for rule in rules if rule and not rule.startswith("frame-ancestors"))
        kept.append((name, value))
    return kept


def page(html: bytes, bases: Iterable[str]) -> bytes:
    """Return a page that loads our stand-in for WeChat's script and whose links stay inside the phone."""
    html = _SDK.sub(SDK.encode(), html)
    for base in bases:
        for name in (b"href", b"action", b"src"):
            old = name + b'="' + base.encode()
            html = html.replace(old + b'"', name + b'="/"').replace(old + b"/", name + b'="/')
    script = f'<script src="{BRIDGE}"></script>'.encode()
    return _HEAD.sub(lambda hit: hit[0] + script, html, count=1)
