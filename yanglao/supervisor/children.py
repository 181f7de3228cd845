"""Child processes: restarted when they end by themselves, with a growing pause for one that does not stay; stopped in order."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from yanglao.supervisor.starting import STOPPING, Copy, Running, until_one_ends

# Before each start after a death. Whoever ran steadily before starts again at once.
PAUSES_S = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
STEADY_S = 10.0
LOOK_S = 0.1
STOP_S = 12.0


class Stopped(Exception):
    """Says that a signal asked for the end."""


def obey_signals() -> None:
    """Raise ``Stopped`` at the first signal that asks for the end; further ones change nothing."""
    for number in STOPPING:
        signal.signal(number, _stop)


def _stop(*_: Any) -> None:
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


@dataclass
class Child:
    """One process that shall run, how it begins, and its present instance."""

    name: str
    begin: Callable[[], Running]
    with_redis: bool = False  # restarted when Redis was
    process: Running | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    deaths: int = 0
    in_a_row: int = 0  # deaths without a steady run between them

    def start(self) -> None:
        """Begin."""
        self.process = self.begin()
        self.started_at = time.monotonic()

    def look(self, now: float) -> bool:
        """Restart the process when it has ended and its pause is over; return whether it died just now."""
        died = self.process is not None and self.process.poll() is not None
        if died:
            self._bury(now)
        if self.process is None and now >= self.start_at:
            self.start()
        return died

    def _bury(self, now: float) -> None:
        assert self.process is not None
        if now - self.started_at >= STEADY_S:
            self.in_a_row = 0
        pause_s = PAUSES_S[min(self.in_a_row, len(PAUSES_S) - 1)]
        self.end_group()
        again = f"in {pause_s:g} s" if pause_s else "at once"
        print(f"yanglao: {self.name} ended ({self.process.returncode}); again {again}", file=sys.stderr)
        self.process, self.start_at = None, now + pause_s
        self.deaths, self.in_a_row = self.deaths + 1, self.in_a_row + 1

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, seconds: float) -> None:
        """Wait up to ``seconds`` for the end, then end the whole group."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(seconds, 0.0))
        self.end_group()
        self.process.wait()
        self.process = None

    def end_group(self) -> None:
        """Kill whatever is left of the process and those it started."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        if self.process.poll() is None:  # killed before it had a group of its own
            self.process.kill()


def watch(children: Sequence[Child]) -> None:
    """Keep all going, until ``Stopped``."""
    while True:
        look(children)


def look(children: Sequence[Child]) -> None:
    """Wait a moment and restart what ended; when Redis was away, those that hold a place in it start anew as well."""
    until_one_ends([one.process for one in children if isinstance(one.process, Copy)], LOOK_S)
    for child in children:
        if child.look(time.monotonic()) and child.name == "redis":
            for other in children:
                if other.with_redis:
                    other.ask_to_stop()


def end(children: Sequence[Child]) -> None:
    """Stop everything: first those that work, last Redis."""
    until = time.monotonic() + STOP_S
    for child in children:
        if child.name != "redis":
            child.ask_to_stop()
    for child in children:
        if child.name != "redis":
            child.wait(until - time.monotonic())
    for child in children:
        child.ask_to_stop()
        child.wait(2.0)
