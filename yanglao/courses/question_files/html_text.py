"""Turn HTML into text: nothing of it is run or kept, pictures leave their names. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote

from yanglao.courses.question_files.folding import RAISED

_BLOCKS = frozenset("p div br li ul ol tr table h1 h2 h3 h4 h5 h6 hr blockquote pre section".split())
_EMBEDDED = re.compile(r"\s*data:image/(png|jpe?g|gif|webp)(?:;[^,;]*)*;base64,", re.IGNORECASE)
_RAISING = {"sup": "superscript", "sub": "subscript"}
_DROPPED = frozenset("script style template noscript object iframe svg math head".split())


@dataclass(frozen=True)
class Plain:
    """The text of HTML, and the names of its pictures and sounds as the HTML refers to them.

    ``embedded``: name -> base64 of the pictures that stand in the HTML itself.
    """

    text: str
    pictures: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()
    embedded: Mapping[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.pictures: list[str] = []
        self.sounds: list[str] = []
        self.embedded: dict[str, str] = {}
        self._dropping: list[str] = []
        self._raised = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            self._dropping.append(tag)
        self._raised = _RAISING.get(tag, self._raised)
        source = dict(attrs).get("src") or ""
        inside = _EMBEDDED.match(source) if tag == "img" else None
        if inside:
            name = f"picture{len(self.embedded) + 1}.{inside[1]}"
            self.embedded[name] = unquote(source[inside.end() :])
            self.pictures.append(name)
        elif tag == "img" and source:
            self.pictures.append(unquote(source.rpartition("/")[2]))
        if tag in ("audio", "source", "video") and source:
            self.sounds.append(unquote(source.rpartition("/")[2]))
        if tag in _BLOCKS:
            self.out.append("\n")
        if tag in ("td", "th"):
            self.out.append("\t")

    def handle_endtag(self, tag: str) -> None:
        self._raised = "" if tag in _RAISING else self._raised
        if self._dropping and tag in self._dropping:
            while self._dropping and self._dropping.pop() != tag:
                pass
        if tag in _BLOCKS:
            self.out.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            said = re.sub(r"[ \t\r\n]+", " ", data)
            self.out.append(said.translate(RAISED[self._raised]) if self._raised else said)


def from_html(text: str) -> Plain:
    """Return what a reader would see of ``text``: a line for each block, no tags."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    lines = [re.sub(r"[ \u00a0]+", " ", line).strip() for line in "".join(reader.out).split("\n")]
    return Plain(
        "\n".join(line for line in lines if line),
        tuple(reader.pictures),
        tuple(reader.sounds),
        reader.embedded,
    )
