"""Set pages as PDF, or one page as a picture. The only door to ``typst``; one weight of Noto Sans CJK SC is embedded, nothing of the machine is used.

A template is a file of ``templates/papers``; its facts arrive as JSON. A character without a glyph is a named error, never a box.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import typst

from yanglao.kernel.errors import Refused

FONTS = Path(__file__).parent / "fonts"
FACE = FONTS / "NotoSansCJKsc-Regular.otf"
TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "papers"
FORMAT_12 = 12
PICTURE_PPI = 254.0
UNSEEN = frozenset("\n\r\t ")


class GlyphMissing(Refused):
    """Say which characters (``signs``, with their code points in ``points``) cannot be printed."""

    code = "paper.glyph_missing"


def pdf(template: str, facts: dict[str, Any], *, tagged: bool = True) -> bytes:
    """Return the PDF of ``template`` filled with ``facts`` (JSON values). Raises GlyphMissing.

    Not ``tagged`` it is a sixth of the size: for parts of a bound document, in which tags are lost anyway.
    """
    return _set(template, facts, format="pdf", pdf_tags=tagged)


def png(template: str, facts: dict[str, Any]) -> bytes:
    """Return a template of one page as a PNG, ten pixels to the millimetre. Raises GlyphMissing."""
    return _set(template, facts, format="png", ppi=PICTURE_PPI)


def _set(template: str, facts: dict[str, Any], **how: Any) -> bytes:
    check_glyphs(facts)
    made = typst.compile(
        str(TEMPLATES / f"{template}.typ"),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        sys_inputs={"facts": json.dumps(facts, ensure_ascii=False)},
        **how,
    )
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> typst.Fonts:
    """Return the fonts beside us, looked at once per process."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])


def check_glyphs(facts: Any) -> None:
    """Raise GlyphMissing when any text within ``facts`` holds a character that the embedded face lacks."""
    used = set().union(*(set(text) for text in _texts(facts))) - UNSEEN
    missing = sorted(sign for sign in used if not _drawn(ord(sign)))
    if missing:
        raise GlyphMissing(signs="".join(missing), points=[f"U+{ord(sign):04X}" for sign in missing])


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner)


def _drawn(point: int) -> bool:
    return any(first <= point <= last for first, last in _ranges())


@cache
def _ranges() -> tuple[tuple[int, int], ...]:
    """Return the code points that the face draws, as (first, last): the groups of its character map of format 12."""
    raw = FACE.read_bytes()
    count = struct.unpack(">H", raw[4:6])[0]
    places = {raw[12 + 16 * at : 16 + 16 * at]: 12 + 16 * at for at in range(count)}
    table = struct.unpack(">I", raw[places[b"cmap"] + 8 : places[b"cmap"] + 12])[0]
    for at in range(struct.unpack(">H", raw[table + 2 : table + 4])[0]):
        offset = table + struct.unpack(">I", raw[table + 8 + 8 * at : table + 12 + 8 * at])[0]
        if struct.unpack(">H", raw[offset : offset + 2])[0] == FORMAT_12:
            groups = struct.unpack(">I", raw[offset + 12 : offset + 16])[0]
            return _joined(struct.iter_unpack(">III", raw[offset + 16 : offset + 16 + 12 * groups]))
    raise ValueError("the face has no character map of format 12")


def _joined(groups: Any) -> tuple[tuple[int, int], ...]:
    """Return groups of code points, those that touch made one."""
    found: list[tuple[int, int]] = []
    for first, last, _glyph in groups:
        if found and found[-1][1] + 1 == first:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return tuple(found)
