"""Two ways to start a process that ends with this one: another program, or this one going on elsewhere.

Who goes on from here has everything loaded already, shares its memory with us and answers within a moment.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import wait
from typing import Protocol

from yanglao.outside.processes import be_called, die_with_parent
from yanglao.settings import ROOT

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_FORK = multiprocessing.get_context("fork")


class Running(Protocol):
    """What we need of a process; ``subprocess.Popen`` has it."""

    pid: int

    @property
    def returncode(self) -> int | None:
        """Return the exit code, negative for a signal, None while it runs."""

    def poll(self) -> int | None:
        """Look whether it has ended and return the exit code."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end. Raises ``subprocess.TimeoutExpired``."""

    def terminate(self) -> None:
        """Send SIGTERM."""

    def kill(self) -> None:
        """Send SIGKILL."""


def program(command: Sequence[str], environ: Mapping[str, str], nice: int = 0) -> Running:
    """Start another program, in a group of its own: Ctrl-C reaches us alone, and we stop the others in order.

    ``nice`` (0 to 19): how far it stands back for others when the processor is wanted by all.
    """
    parent = os.getpid()

    def begin() -> None:
        die_with_parent(signal.SIGKILL, parent=parent)
        os.nice(nice)

    return subprocess.Popen(
        command,
        env=environ,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=begin,
    )


class Copy:
    """This very process going on elsewhere with ``work``, in a group of its own; nothing of ours runs there but that.

    ``without`` are open files of ours that must close with us. Only for a process of one thread.
    """

    def __init__(self, name: str, work: Callable[[], None], without: Sequence[int] = ()) -> None:
        self._name, self._work, self._without = name, work, without
        self._parent = os.getpid()
        self._signals = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)  # or our handlers would run there
        try:
            self._process = _FORK.Process(target=self._begin, daemon=True)
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, self._signals)
        self.pid = self._process.pid or 0
        self.ends = self._process.sentinel  # to be waited for

    def _begin(self) -> None:
        for number in STOPPING:
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        die_with_parent(signal.SIGKILL, parent=self._parent)
        signal.pthread_sigmask(signal.SIG_SETMASK, self._signals)
        be_called(self._name)
        for descriptor in self._without:
            os.close(descriptor)
        self._work()

    @property
    def returncode(self) -> int | None:
        """Return the exit code, negative for a signal, None while it runs."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """Look whether it has ended and return the exit code."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end. Raises ``subprocess.TimeoutExpired``."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0.0)
        return self._process.exitcode

    def terminate(self) -> None:
        """Send SIGTERM."""
        self._process.terminate()

    def kill(self) -> None:
        """Send SIGKILL."""
        self._process.kill()


def until_one_ends(copies: Sequence[Copy], seconds: float) -> None:
    """Wait for ``seconds``, or less when a copy ends."""
    if copies:
        wait([one.ends for one in copies], seconds)
    else:
        time.sleep(seconds)
