"""Build the blocks that a dossier is set from, and keep its parts on disk as they are made, so that no chapter is held whole. Pure but for the files.

A block is what ``templates/papers/dossier.typ`` sets: a chapter, a head, a text, pairs of label and value, rows of a table.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yanglao.outside.typesetting import check_glyphs

Block = dict[str, Any]
Column = tuple[str, int, str]  # head, millimetres (below zero: shares of what is left), l, c or r
TEMPLATE = "dossier"


def chapter(words: str) -> Block:
    """Begin a chapter."""
    return {"k": "chapter", "text": words}


def head(words: str) -> Block:
    """Begin a section."""
    return {"k": "head", "text": words}


def text(words: str) -> Block:
    """Say a sentence."""
    return {"k": "text", "text": words}


def note(words: str) -> Block:
    """Say something small."""
    return {"k": "note", "text": words}


def pairs(rows: Sequence[tuple[str, str]]) -> Block:
    """Set labels and values; a value that is empty is left out."""
    return {"k": "pairs", "rows": [list(row) for row in rows if row[1]]}


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]], *, size: float = 8.5) -> Block:
    """Set a table whose head comes back on every page."""
    return {
        "k": "rows",
        "cols": [list(one) for one in columns],
        "rows": [list(row) for row in rows],
        "size": size,
    }


def table_or(columns: Sequence[Column], rows: Sequence[Sequence[str]], nothing: str) -> Block:
    """Set a table, or say in a sentence that there is nothing."""
    return table(columns, rows) if rows else text(nothing)


@dataclass
class Shelf:
    """The parts of a document on disk: ``parts`` are (order, file name, title in the contents, level)."""

    folder: Path
    parts: list[tuple[tuple[int, ...], str, str, int]] = field(default_factory=list)

    def put(self, blocks: Sequence[Block], *, name: str = "", **facts: Any) -> str:
        """Write a part and return its file name. Raises GlyphMissing."""
        written = {"blocks": list(blocks), **facts}
        check_glyphs(written)
        name = name or f"part{len(self.parts):05}.json"
        (self.folder / name).write_text(json.dumps(written, ensure_ascii=False), encoding="utf-8")
        return name

    def add(
        self, order: tuple[int, ...], title: str, blocks: Sequence[Block], *, level: int = 1, **facts: Any
    ) -> None:
        """Write a part of a bound document; ``order`` says where it stands."""
        self.parts.append((order, self.put(blocks, **facts), title, level))

    def in_order(self) -> list[tuple[str, str, int]]:
        """Return (file name, title, level) of the parts as they are bound."""
        return [(name, title, level) for _, name, title, level in sorted(self.parts)]


@dataclass
class Chapter:
    """A chapter of one long table, written in parts of ``most`` rows as they come. ``nothing`` is said when none came.

    ``also``: blocks that follow the title on its first page. A row may carry the number of whom it is about: parts are named by it.
    """

    shelf: Shelf
    order: tuple[int, ...]
    title: str
    columns: Sequence[Column]
    nothing: str
    most: int = 180
    also: Sequence[Block] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    held: list[Sequence[str]] = field(default_factory=list)
    written: int = 0
    level: int = 1

    def add(self, rows: Sequence[Sequence[str]]) -> None:
        """Add the rows of one person or thing; they are not pulled apart between parts."""
        if self.held and len(self.held) + len(rows) > self.most:
            self._write()
        self.held += rows

    def close(self) -> None:
        """Write what is left."""
        if self.held or not self.written:
            self._write()

    def _write(self) -> None:
        named = chapter(self.title) if self.level == 1 else head(self.title)
        begins = [named, *self.also] if not self.written else []
        body = table_or(self.columns, self.held, self.nothing)
        title, level = (self.title, self.level) if not self.written else (f"{self.held[0][0]} 号起", 2)
        self.shelf.add((*self.order, self.written), title, [*begins, body], level=level, **self.facts)
        self.written += 1
        self.held = []
