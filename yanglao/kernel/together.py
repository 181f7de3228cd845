"""Commit in one transaction what several threads bring at the same moment; each goes on only after the COMMIT.

No thread of its own: whoever comes while another transaction runs waits for its turn, and the first to get it takes
along all who wait. A disk that takes five milliseconds to keep a transaction then keeps many beats in them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from yanglao.kernel.db import run

P = TypeVar("P")
R = TypeVar("R")
MOST = 64


class _Ticket(Generic[P, R]):
    """One who waits: what was brought, and in the end ``done`` with the result, or without for who must go alone."""

    __slots__ = ("brought", "done", "result")

    def __init__(self, brought: P) -> None:
        self.brought = brought
        self.done = False
        self.result: R | None = None


class Together(Generic[P, R]):
    """A queue of one application in one process.

    ``together`` performs many and may answer None for one that must go ``alone``; when it raises, all go alone, so
    that nobody's fault costs another one anything.
    """

    def __init__(
        self, together: Callable[[Sequence[P]], Sequence[R | None]], alone: Callable[[P], R]
    ) -> None:
        self._together, self._alone = together, alone
        self._waiting: list[_Ticket[P, R]] = []
        self._guard, self._turn = threading.Lock(), threading.Lock()

    def __call__(self, brought: P) -> R:
        """Return the result for what is brought, after its COMMIT. Raises what ``alone`` raises."""
        ticket: _Ticket[P, R] = _Ticket(brought)
        with self._guard:
            self._waiting.append(ticket)
        with self._turn:
            if not ticket.done:
                self._perform()
        return self._alone(brought) if ticket.result is None else ticket.result

    def _perform(self) -> None:
        with self._guard:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        try:
            results = run(lambda: self._together([one.brought for one in batch]))
            for one, result in zip(batch, results, strict=True):
                one.result = result
        except Exception:  # each goes alone and meets its own fault
            for one in batch:
                one.result = None
        finally:
            for one in batch:
                one.done = True
