"""Contrast, computed from the tokens: whatever text stands on whatever ground reaches AA (4.5 to 1; edges 3 to 1)."""

from __future__ import annotations

import re
from functools import cache

import pytest

from tests.house.test_pages import STYLES, bare_css
from tests.house.tree import ROOT, at, said

TEXT, EDGE = 4.5, 3.0
GROUNDS = ("paper", "card", "hush")
TINTS = ("pine-tint", "indigo-tint", "amber-tint", "red-tint")
# Text token -> the grounds it stands on somewhere; white stands on what is full colour.
STANDS_ON = {
    "ink": (*GROUNDS, *TINTS),
    "muted": (*GROUNDS, *TINTS),
    "pine": (*GROUNDS, "pine-tint"),
    "indigo": (*GROUNDS, "indigo-tint"),
    "amber": (*GROUNDS, "amber-tint"),
    "red": (*GROUNDS, "red-tint"),
    "white": ("pine", "indigo", "amber", "red", "ink"),
}
# What is no text and must be seen: the ring of focus, the edges of fields, bars and chosen places.
EDGES = {
    "indigo": (*GROUNDS, *TINTS),
    "muted": GROUNDS,
    "pine": GROUNDS,
    "ink": GROUNDS,
    "white": ("pine", "indigo", "amber", "red"),
}
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


@cache
def tokens() -> dict[str, str]:
    """Return name -> #RRGGBB of every colour."""
    text = bare_css((ROOT / "static" / "shared" / "tokens.css").read_text("utf-8"))
    return {"white": "#FFFFFF", **dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})\b", text))}


def luminance(colour: str) -> float:
    """Return the relative luminance of #RRGGBB, as WCAG 2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_arithmetic_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)
    assert contrast("#1E6B52", "#1E6B52") == 1


@pytest.mark.parametrize(("table", "least"), [(STANDS_ON, TEXT), (EDGES, EDGE)], ids=["text", "edges"])
def test_every_token_reaches_aa_on_every_ground_it_stands_on(
    table: dict[str, tuple[str, ...]], least: float
) -> None:
    faults = [
        f"{front} on {ground}: {found:.2f}"
        for front, grounds in table.items()
        for ground in grounds
        if (found := contrast(tokens()[front], tokens()[ground])) < least
    ]
    assert not faults, said(faults)


def colour_of(value: str) -> str | None:
    """Return #RRGGBB of a CSS value that is one plain colour, else None."""
    named = re.fullmatch(r"var\(--([\w-]+)\)", value.strip())
    if named:
        return tokens().get(named.group(1))
    plain = re.fullmatch(r"#([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})", value.strip())
    if plain is None:
        return None
    digits = plain.group(1)
    return "#" + (digits if len(digits) == 6 else "".join(one * 2 for one in digits))


def pairs_of(body: str) -> tuple[str, str] | None:
    """Return (text, ground) of a rule that sets both as plain colours, else None."""
    front = re.search(r"(?<![\w-])color\s*:\s*([^;]+)", body)
    ground = re.search(r"(?<![\w-])background(?:-color)?\s*:\s*([^;]+)", body)
    found = [colour_of(hit.group(1)) if hit else None for hit in (front, ground)]
    if not all(found) or found[0] == found[1]:  # the same colour twice: a mark that is not shown yet
        return None
    return str(found[0]), str(found[1])


def test_every_rule_that_sets_text_and_ground_reaches_aa() -> None:
    faults, seen = [], 0
    for path in STYLES:
        text = bare_css(path.read_text("utf-8"))
        for hit in RULE.finditer(text):
            pair = pairs_of(hit.group(2))
            if pair is None:
                continue
            seen += 1
            if contrast(*pair) < TEXT:
                line = text.count("\n", 0, hit.start(2)) + 1
                faults.append(f"{at(path, line)} {hit.group(1).strip()}: {contrast(*pair):.2f}")
    assert seen > 40 and not faults, said(faults)
