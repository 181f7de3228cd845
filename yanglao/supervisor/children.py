"""A child process: started so that it ends with us, restarted with a growing pause when it ends by itself."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field

from yanglao.outside.processes import die_with_parent
from yanglao.settings import ROOT

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_S = 60.0


@dataclass
class Child:
    """One kind of process and its present instance."""

    name: str
    command: list[str]
    environ: dict[str, str]
    with_redis: bool = False  # restarted when Redis was
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause_s: float = FIRST_PAUSE_S
    start_at: float = 0.0
    deaths: int = field(default=0)

    def start(self) -> None:
        """Start the process in a group of its own: Ctrl-C reaches us alone, and we stop the others in order."""
        parent = os.getpid()
        self.process = subprocess.Popen(
            self.command,
            env=self.environ,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(signal.SIGKILL, parent=parent),
        )
        self.started_at = time.monotonic()

    def look(self, now: float) -> bool:
        """Restart the process when it has ended and its pause is over; return whether it died just now."""
        if self.process is None:
            if now >= self.start_at:
                self.start()
            return False
        if self.process.poll() is None:
            return False
        if now - self.started_at >= STEADY_S:
            self.pause_s = FIRST_PAUSE_S
        self.end_group()
        print(
            f"yanglao: {self.name} ended ({self.process.returncode}); again in {self.pause_s:g} s",
            file=sys.stderr,
        )
        self.process, self.start_at, self.deaths = None, now + self.pause_s, self.deaths + 1
        self.pause_s = min(self.pause_s * 2, LONGEST_PAUSE_S)
        return True

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
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
