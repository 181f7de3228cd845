"""Commit in one transaction what several threads bring at the same moment; each goes on only after the COMMIT.

No thread of its own: the first who comes leads, waits a moment for others when there were others lately, and performs
for all who wait; then the first who came meanwhile leads. A disk that takes five milliseconds to keep a transaction
keeps many beats in them, and what a transaction costs is shared.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from yanglao.kernel.db import run

P = TypeVar("P")
R = TypeVar("R")
MOST = 64
GATHER_S = 0.002


class _Ticket(Generic[P, R]):
    """One who waits: what was brought, and in the end ``done`` with the result, or without for who must go alone."""

    __slots__ = ("brought", "called", "done", "result")

    def __init__(self, brought: P) -> None:
        self.brought = brought
        self.called = threading.Lock()
        self.called.acquire()
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
        self._guard, self._led, self._crowded = threading.Lock(), False, False

    def __call__(self, brought: P) -> R:
        """Return the result for what is brought, after its COMMIT. Raises what ``alone`` raises."""
        ticket: _Ticket[P, R] = _Ticket(brought)
        with self._guard:
            self._waiting.append(ticket)
            leads, self._led = not self._led, True
        if not leads:
            ticket.called.acquire()
        if not ticket.done:
            self._lead()
        return self._alone(brought) if ticket.result is None else ticket.result

    def _lead(self) -> None:
        if self._crowded:
            time.sleep(GATHER_S)
        with self._guard:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        try:
            self._perform(batch)
        finally:
            with self._guard:
                self._crowded = len(batch) + len(self._waiting) > 1
                self._led = bool(self._waiting)
                if self._led:
                    self._waiting[0].called.release()
            for one in batch:
                one.done = True
                one.called.release()

    def _perform(self, batch: Sequence[_Ticket[P, R]]) -> None:
        try:
            results = run(lambda: self._together([one.brought for one in batch]))
        except Exception:  # each goes alone and meets its own fault
            return
        for one, result in zip(batch, results, strict=True):
            one.result = result
