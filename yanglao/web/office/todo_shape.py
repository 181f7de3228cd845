"""What stands in the list of what waits for a person, and who gathers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from yanglao.kernel.actor import Actor


@dataclass(frozen=True)
class Todo:
    """One thing that waits: words, where to do it, how many of it."""

    text: str
    href: str
    count: int | None = None
    more: str = ""
    symbol: str = "todo"


Source = Callable[[Session, Actor], list[Todo]]
