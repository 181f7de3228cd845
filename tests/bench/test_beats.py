"""Durable beats on one core that carries the server and its database, as shares of an empty Flask view (`make bench`).

A thousand viewers with a long past send one beat a request over real HTTP from the other core; each is answered after
its COMMIT (SQLite ``synchronous=FULL``, PostgreSQL ``synchronous_commit=on``). Prints ratios, asserts that nothing was lost.
``YL_BEATS_SECONDS`` (5) is how long each load lasts; ``YL_BEATS_ENTRIES`` (200000) how long the ledger is that is compared
with one of ten thousand entries: 5000000 is the real question, and takes minutes to fill.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.bench.crowd import crowd
from tests.conftest import build, settings_for
from tests.ops.processes import ROOT, environ, free_port, until
from yanglao.capture.viewing.models import Viewing
from yanglao.kernel.db import db

SECONDS = float(os.environ.get("YL_BEATS_SECONDS", "5"))
ENTRIES = int(os.environ.get("YL_BEATS_ENTRIES", "200000"))
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


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Give the load of an empty Flask view."""
    served = Served(CODE.format(target="tests.bench.empty:make_app"), tmp_path_factory.mktemp("empty"))
    try:
        load(served, seconds=1)
        return load(served)
    finally:
        served.end()


def beats(folder: Path, entries: int, capsys: Any, empty: dict[str, Any], **more: str) -> float:
    """Measure a house with ``entries`` entries; return its beats per second."""
    house = build(settings_for(folder, **more))
    with house.app_context():
        name = db.engine.dialect.name
        viewers = crowd(entries=entries)
        if name == "postgresql":
            db.session.connection().exec_driver_sql("ANALYZE")
            db.session.commit()
        db.session.remove()
        db.engine.dispose()
    served = Served(CODE.format(target="yanglao.supervisor.web:make_app"), folder, **more)
    try:
        _beats(served, viewers, 120, most=2 * len(viewers))
        whole = _beats(served, viewers, SECONDS)
        calm = _beats(served, viewers, SECONDS, rate=whole["rate"] * 0.7)
    finally:
        served.end()
    with house.app_context():
        kept = {row.id: row.next_seq for row in db.session.execute(db.select(Viewing.id, Viewing.next_seq))}
        assert all(kept[viewing] == seq + 1 for viewing, _, _, seq in viewers)
        db.session.remove()
        db.engine.dispose()
    with capsys.disabled():
        print(
            f"\n{name}, {entries} entries: {whole['rate']:.0f} beats/s of {empty['rate']:.0f} empty views/s, ratio"
            f" {whole['rate'] / empty['rate']:.3f}; CPU {whole['cpu_us']:.0f} us of {empty['cpu_us']:.0f}, ratio"
            f" {empty['cpu_us'] / whole['cpu_us']:.3f}; at 70 %: p50 {calm['p50_ms']:.1f} p99 {calm['p99_ms']:.1f} ms"
        )
    return float(whole["rate"])


def _beats(served: Served, viewers: list[list[Any]], seconds: float, **asked: Any) -> dict[str, Any]:
    found = load(served, viewers=viewers, seconds=seconds, **asked)
    for viewer in viewers:
        viewer[3] = found["acked"].get(viewer[0], viewer[3])
    return found


def test_durable_beats_on_sqlite(tmp_path, empty, capsys):
    short = beats(tmp_path / "short", 10_000, capsys, empty)
    long = beats(tmp_path / "long", ENTRIES, capsys, empty)
    with capsys.disabled():
        print(f"a beat with {ENTRIES} entries costs {short / long:.2f} times one with 10000")


def test_durable_beats_on_postgresql(tmp_path, empty, capsys, postgres, pg_built_url):
    for process in psutil.process_iter(["cmdline", "name"]):
        if str(postgres.pgdata) in " ".join(process.info["cmdline"] or ()):
            for one in (process, *process.children(recursive=True)):
                one.cpu_affinity([SERVER])
    beats(tmp_path, 10_000, capsys, empty, DATABASE_URL=pg_built_url)
