"""Type on pages held in one hand: never below 18 px, measured in rem so that the reader's own size takes hold."""

from __future__ import annotations

import re

from tests.house.test_pages import STYLES, bare_css
from tests.house.tree import ROOT, at, said

OFFICE = {"office.css", "print.css", "ie.css", "tokens.css"}
HAND = tuple(
    path
    for path in STYLES
    if path.relative_to(ROOT / "static").parts[0] in ("shared", "learn", "teach", "public")
    and path.name not in OFFICE
)
SIZE = re.compile(r"font-size\s*:\s*([^;}]+)")
LEAST_PX = 18


def too_small(value: str) -> bool:
    """Tell whether a font-size can fall below 18 px: any length in it in px, rem or em, the first one decides."""
    pixels = [float(n) for n in re.findall(r"(\d*\.?\d+)px", value)]
    relative = [float(n) for n in re.findall(r"(\d*\.?\d+)r?em", value)]
    return any(n < LEAST_PX for n in pixels) or any(n < 1 for n in relative)


def test_type_on_pages_held_in_one_hand_is_18_px_and_more() -> None:
    faults = [
        f"{at(path, text.count(chr(10), 0, hit.start()) + 1)} {hit.group()}"
        for path in HAND
        for text in [bare_css(path.read_text("utf-8"))]
        for hit in SIZE.finditer(text)
        if too_small(hit.group(1))
    ]
    assert not faults, said(faults)


def test_the_check_of_type_finds_what_it_forbids() -> None:
    assert too_small("17px") and too_small("0.9rem") and too_small("min(1rem, 16px)")
    assert not too_small("18px") and not too_small("min(1.333rem, 34px)") and not too_small("1rem")
