"""Processes that end with their parent, whatever way the parent ends, and whose threads wake one after the other."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

LOCK_NAME = "supervisor.lock"  # under DATA_DIR, held while everything runs
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(number: int = signal.SIGKILL, *, parent: int | None = None) -> None:
    """Ask the kernel for signal ``number`` when the parent dies; end at once when it is dead already.

    ``parent`` is the process id the parent had when this one was started. Only Linux knows this; elsewhere it
    does nothing.
    """
    if _libc is None:
        return
    _libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os._exit(1)


def wake_calmly() -> None:
    """Let no thread of this process push another one off its core at the moment it wakes.

    It would find the interpreter's lock held by whom it pushed away and go back to sleep: two changes of thread for
    nothing, several times per request. Only Linux knows this; elsewhere, or where it is forbidden, it does nothing.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def be_called(name: str) -> None:
    """Give this process a name of up to 15 characters, which ``ps -e``, ``top`` and ``pgrep`` show (on Linux)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_NAME, name.encode(), 0, 0, 0)


def hold(lock_file: Path) -> int | None:
    """Take ``lock_file`` for this process and return it open, ``None`` when another holds it.

    The system lets go of it however the process ends.
    """
    lock = os.open(lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return lock
