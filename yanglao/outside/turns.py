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
    """Let one thread of one process in at a time. The system ends the turn of a process that was killed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    @contextmanager
    def mine(self) -> Iterator[None]:
        """Wait for the turn and keep it within a ``with`` block."""
        with self._lock:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                yield
            finally:
                os.close(descriptor)


class NoTurns:
    """Stand in where the database takes many writers at once: nobody waits."""

    @contextmanager
    def mine(self) -> Iterator[None]:
        """Go on at once."""
        yield
