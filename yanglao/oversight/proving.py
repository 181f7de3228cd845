"""What must be known of a kind of paper so that one of its pages can be proved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Provable:
    """``rebuilt`` gives a page's content as of today or of then; ``differences`` says in words what is not as it was.

    ``costly``: its content is made anew only where somebody asks for the whole proof; elsewhere its digests and heads must do.
    ``later`` says what came after the heads; None: what attendance sheets say.
    """

    title: str
    rebuilt: Callable[..., dict[str, Any]]
    differences: Callable[..., list[str]]
    costly: bool = False
    later: Callable[..., list[str]] | None = None
