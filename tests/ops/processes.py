"""Start the real supervisor in a folder of its own and look at what it started; every wait is bounded."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
WEB = "yanglao-web"  # what each web server is called
LONGEST_S = 300.0


def free_port() -> int:
    """Return a port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(holds: Callable[[], object], seconds: float = LONGEST_S) -> object:
    """Ask ``holds`` again and again until it says something true; fail after ``seconds``."""
    end = time.monotonic() + seconds
    while True:
        found = holds()
        if found:
            return found
        assert time.monotonic() < end, f"did not come true within {seconds:g} s"
        time.sleep(0.05)


def lives(process: psutil.Process) -> bool:
    """Tell whether a process still works; it may go away, or be reaped by its parent, while it is being asked."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def environ(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of a house in ``folder`` without a demo city."""
    plain = {
        name: value for name, value in os.environ.items() if not name.startswith(("YANGLAO_", "WECHAT_"))
    }
    return {**plain, "DATA_DIR": str(folder), "YANGLAO_ENV": "development", **more}


def command(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run ``flask --app app <words>`` and return what it said."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", *words],
        cwd=ROOT, env=environ(folder, **more), capture_output=True, text=True, timeout=LONGEST_S, check=False,
    )  # fmt: skip


class House:
    """One running supervisor with everything it started."""

    def __init__(self, folder: Path, **more: str) -> None:
        self.port = free_port()
        self.said = folder / f"said-{self.port}.txt"
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "app.py"],
                cwd=ROOT,
                env=environ(folder, PORT=str(self.port), **more),
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.known: list[psutil.Process] = []

    def ready(self) -> House:
        """Wait until the address is printed; return the house."""
        until(lambda: "Ctrl-C" in self.said.read_text() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said.read_text()
        self.known = psutil.Process(self.process.pid).children(recursive=True)
        return self

    def ask(self, path: str) -> tuple[int, dict[str, str]]:
        """Return status and JSON of a page; status 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as fault:
            return fault.code, json.loads(fault.read())
        except OSError:
            return 0, {}

    def children(self, word: str) -> list[psutil.Process]:
        """Return the living processes of the house that are called ``word`` or whose command names it."""
        found = []
        for process in psutil.Process(self.process.pid).children(recursive=True):
            try:
                if lives(process) and (word == process.name() or word in " ".join(process.cmdline())):
                    found.append(process)
            except psutil.NoSuchProcess:
                continue
        return found

    def child(self, word: str) -> psutil.Process | None:
        """Return the first of those, None when there is none."""
        return next(iter(self.children(word)), None)

    def left(self) -> list[psutil.Process]:
        """Return what still lives of everything the house had started."""
        return [one for one in self.known if lives(one)]

    def end(self) -> None:
        """End it whatever happened."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait(5)
