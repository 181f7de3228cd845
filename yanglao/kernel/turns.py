"""Take turns at writing over threads and processes of one machine.

SQLite lets one write at a time and makes the others sleep up to 100 ms between their tries; in a flood some sleep
again and again. Who waits for a file lock is woken at once, so the slowest answer stays near the others.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Turns:
    """Let one thread of one process in at a time. The system ends the turn of a process that was killed.

    Who waits longer than ``most_s`` for another thread goes on without: the database then says itself that it is busy.
    """

    def __init__(self, path: Path, *, most_s: float) -> None:
        self._path, self._most_s = path, most_s
        self._lock = threading.Lock()

    @contextmanager
    def mine(self) -> Iterator[None]:
        """Wait for the turn and keep it within a ``with`` block."""
        if not self._lock.acquire(timeout=self._most_s):
            yield
            return
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                yield
            finally:
                os.close(descriptor)
        finally:
            self._lock.release()
