"""Say a message in words: title, sentence, what to do, and where that is done."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import Any

from yanglao.kernel.wording import sentence, todo, words
from yanglao.messages.kinds import KINDS


@dataclass(frozen=True)
class Said:
    """A message in words; ``link`` is a path on our own pages."""

    title: str
    sentence: str
    todo: str
    link: str


def say(kind: str, facts: dict[str, Any]) -> Said:
    """Return the words of a message; a kind that is no longer in the table leads to the list of messages."""
    variant = facts.get("variant", "")
    code = f"message.{kind}" + (f".{variant}" if variant else "")
    return Said(words(code).title, sentence(code, facts), todo(code, facts), link_of(kind, facts))


def link_of(kind: str, facts: dict[str, Any]) -> str:
    """Return the path where the next step of a message is done; ``link`` among the facts is a nearer one."""
    row = KINDS.get(kind)
    if row is None:
        return "/learn/messages"
    nearer = str(facts.get("link") or "")
    if nearer.startswith("/") and not nearer.startswith(("//", "/\\")):
        return nearer
    path = row.links.get(facts.get("variant", ""), "/learn/messages")
    return string.Formatter().vformat(path, (), facts)
