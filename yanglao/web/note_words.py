"""Say what is worth knowing of a session or a day in the words of the house."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from yanglao.classes.rules import Gap
from yanglao.kernel.wording import sentence, words


@dataclass(frozen=True)
class Said:
    """A note in words: a few, and a sentence; ``name`` of the holiday or season, or empty."""

    code: str
    title: str
    sentence: str
    name: str


def said(gaps: Iterable[Gap]) -> list[Said]:
    """Return notes in words, in their order."""
    return [
        Said(one.code, words(one.code).title, sentence(one.code, one.facts), one.facts.get("name", ""))
        for one in gaps
    ]
