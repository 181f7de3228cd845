"""Serve an application on one core and load it from the other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from tests.ops.processes import ROOT, environ, free_port, until

SECONDS = float(os.environ.get("YL_BEATS_SECONDS", "5"))
CORES = sorted(os.sched_getaffinity(0))
SERVER, OTHER = CORES[0], CORES[-1]
LINES, THREADS = 64, 32


class Served:
    """A granian on the server's core."""

    def __init__(self, code: str, folder: Path, **more: str) -> None:
        self.port = free_port()
        wanted = environ(folder, PORT=str(self.port), YANGLAO_ENV="test", SECRET_KEY="t" * 40, **more)
        self.process = subprocess.Popen(
            ["taskset", "-c", str(SERVER), sys.executable, "-c", code.format(port=self.port, threads=THREADS)],
            cwd=ROOT, env=wanted, start_new_session=True,
        )  # fmt: skip
        until(self._answers)

    def _answers(self) -> bool:
        assert self.process.poll() is None
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def used_s(self) -> float:
        """Return the CPU seconds it has used, which other programs on the machine cannot take away."""
        family = [
            psutil.Process(self.process.pid),
            *psutil.Process(self.process.pid).children(recursive=True),
        ]
        return sum(one.cpu_times().user + one.cpu_times().system for one in family)

    def end(self) -> None:
        """Stop it and its worker."""
        family = [self.process, *psutil.Process(self.process.pid).children(recursive=True)]
        for one in family:
            one.terminate()
        self.process.wait(20)


CODE = """
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
Server("{target}", address="127.0.0.1", port={{port}}, interface=Interfaces.WSGI, factory=True, workers=1,
       blocking_threads={{threads}}, websockets=False, log_level=LogLevels.error).serve()
"""


def load(served: Served, **asked: Any) -> dict[str, Any]:
    """Load a server from the other core; ``cpu_us`` is what one answer cost the server."""
    before_s = served.used_s()
    wanted = {"port": served.port, "lines": LINES, "seconds": SECONDS, **asked}
    done = subprocess.run(
        ["taskset", "-c", str(OTHER), sys.executable, "-m", "tests.bench.load"],
        cwd=ROOT, input=json.dumps(wanted), capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert not found["bad"], done.stderr
    cpu_us = (served.used_s() - before_s) / max(1, found["answered"]) * 1e6
    return {**found, "rate": found["answered"] / found["seconds"], "cpu_us": cpu_us}


def used_s(postgres: Any) -> float:
    """Return the CPU seconds that PostgreSQL has used."""
    found = 0.0
    for process in psutil.process_iter(["cmdline"]):
        if str(postgres.pgdata) in " ".join(process.info["cmdline"] or ()):
            for one in (process, *process.children(recursive=True)):
                times = one.cpu_times()
                found += times.user + times.system
    return found


def keep_on_core(postgres: Any, cores: Sequence[int] = (SERVER,)) -> None:
    """Keep a PostgreSQL server on the core of the application (or on ``cores``), and let it wait for the disk."""
    postgres.psql("ALTER SYSTEM RESET fsync;")
    postgres.psql("SELECT pg_reload_conf();")
    for process in psutil.process_iter(["cmdline", "name"]):
        if str(postgres.pgdata) in " ".join(process.info["cmdline"] or ()):
            for one in (process, *process.children(recursive=True)):
                one.cpu_affinity(list(cores))
