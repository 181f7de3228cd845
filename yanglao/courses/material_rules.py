"""Judge material: which films phones can play, how long a page is read. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yanglao.kernel.errors import Refused
from yanglao.kernel.policy import Material

FILM_CODECS = frozenset({"h264"})
FILM_PIXELS = frozenset({"yuv420p", "yuvj420p"})
FILM_FORMS = frozenset({"mov"})
NAMES = {"hevc": "H.265", "av1": "AV1", "vp9": "VP9", "vp8": "VP8", "mpeg4": "MPEG-4"}
HEADING, PICTURE, BREAK = "# ", "![", "---"
LONGEST_TEXT = 60_000


class MaterialRefused(Refused):
    """Say why a file cannot become a lesson; the code says which rule."""

    code = "material.unreadable"


@dataclass(frozen=True)
class Block:
    """One piece of a text page: ``heading`` or ``paragraph`` with words, ``picture`` by number with words for who cannot see it."""

    kind: str
    text: str
    picture: int = 0


@dataclass(frozen=True)
class Page:
    """One page as it will be shown, before it has its seconds."""

    text: str
    blocks: tuple[Block, ...] = ()

    @property
    def pictures(self) -> int:
        """Return how many pictures stand on it."""
        return sum(block.kind == "picture" for block in self.blocks)


def check_film(probe: dict[str, Any], figures: Material) -> None:
    """Refuse a film that some phone inside WeChat cannot play, or that is too short, too long or too large."""
    if (
        probe["form"] not in FILM_FORMS
        or probe["codec"] not in FILM_CODECS
        or probe["pixels"] not in FILM_PIXELS
    ):
        raise MaterialRefused("material.codec", codec=NAMES.get(probe["codec"], probe["codec"].upper()))
    if max(probe["width"], probe["height"]) > figures.film_side_max_px:
        raise MaterialRefused("material.too_wide", width=probe["width"], height=probe["height"])
    check_length(probe["duration_s"], figures, most_s=figures.film_max_s)


def check_length(duration_s: int, figures: Material, *, most_s: int, least_s: int | None = None) -> None:
    """Refuse what lasts less than ``least_s`` (default the least of a film) or longer than ``most_s``."""
    if duration_s < (figures.film_min_s if least_s is None else least_s):
        raise MaterialRefused("material.too_short", seconds=duration_s, least_s=figures.film_min_s)
    if duration_s > most_s:
        raise MaterialRefused("material.too_long", seconds=duration_s, most_s=most_s)


def read_text(source: str, *, pictures: int) -> list[Page]:
    """Read an author's text: blank lines part paragraphs, ``# `` begins a heading, ``![words](n)`` alone on a line is the n-th picture,
    ``---`` alone on a line begins a page.

    Raises MaterialRefused: empty, too long, or a picture that is not there.
    """
    if len(source) > LONGEST_TEXT:
        raise MaterialRefused("material.text_too_long", most=LONGEST_TEXT)
    pages: list[Page] = []
    blocks: list[Block] = []
    lines: list[str] = []

    def paragraph() -> None:
        if lines:
            blocks.append(Block("paragraph", "\n".join(lines)))
            lines.clear()

    def page() -> None:
        paragraph()
        if blocks:
            pages.append(Page("\n".join(one.text for one in blocks if one.text), tuple(blocks)))
            blocks.clear()

    for raw in source.replace("\r\n", "\n").split("\n"):
        line = raw.strip()
        if line == BREAK:
            page()
        elif not line:
            paragraph()
        elif line.startswith(HEADING):
            paragraph()
            blocks.append(Block("heading", line[2:].strip()))
        elif line.startswith(PICTURE) and line.endswith(")"):
            paragraph()
            blocks.append(_picture(line, pictures))
        else:
            lines.append(line)
    page()
    if not pages:
        raise MaterialRefused("material.text_empty")
    return pages


def _picture(line: str, pictures: int) -> Block:
    words, _, number = line[2:-1].rpartition("](")
    if not number.isascii() or not number.isdigit() or not 1 <= int(number[:4]) <= pictures:
        raise MaterialRefused("material.picture_missing", number=number[:8], held=pictures)
    return Block("picture", words.strip(), int(number))


def seconds_of(page: Page, figures: Material, *, drawn: bool = False) -> int:
    """Return how long a page is read: its characters at the configured speed, its pictures on top, within the least and the most.

    ``drawn``: a page of a PDF; without text of its own it gets the default.
    """
    characters = sum(not sign.isspace() for sign in page.text)
    if drawn and characters == 0:
        return figures.page_default_s
    wanted = -(-characters * 60 // figures.chars_per_minute) + page.pictures * figures.picture_s
    return max(figures.page_min_s, min(figures.page_max_s, wanted))


def intervals(seconds: list[int]) -> list[tuple[int, int]]:
    """Return the half-open ``(from_s, to_s)`` of pages that follow each other."""
    found, at = [], 0
    for one in seconds:
        found.append((at, at + one))
        at += one
    return found
