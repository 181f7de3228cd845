"""Have strange media opened by a process of its own, with limits of memory and time; never in the web server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from yanglao.kernel.errors import Refused

PACKAGE = Path(__file__).resolve().parents[1]
# The package without create_app: the child needs neither the web nor our settings.
START = (
    "import sys, types; top = types.ModuleType('yanglao'); top.__path__ = [sys.argv[1]]; sys.modules['yanglao'] = top;"
    " from yanglao.outside.media_child import main; main(sys.argv[2:])"
)
MEMORY = 2 * 1024**3
LARGEST = 4 * 1024**3
PROBE_S, MAKE_S = 120, 4 * 3600


def probe(path: Path, kind: str, *, seconds: int = PROBE_S) -> dict[str, Any]:
    """Return what ``media_probe.probe`` measures of a film or sound. Raises Refused with the code of what is wrong."""
    return _ask("probe", path, path.parent, {"kind": kind}, seconds=seconds)


def make(
    what: str,
    path: Path,
    folder: Path,
    facts: dict[str, Any],
    *,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Any:
    """Make the files of a film (``what`` video, facts ``duration_s``), sound (audio, the same) or PDF (pdf, ``most``);
    or read the QR symbols of a PDF's pages or of a picture (codes, ``most`` and perhaps ``cover``: what is returned is a list, see qr_reading);
    or set and bind a document in parts (book, see bookbinding).

    They lie in ``folder``; what is returned names them (see media_making). ``report`` is called about every two seconds.

    Raises:
        Refused: with the code of what is wrong.
    """
    return _ask(what, path, folder, facts, seconds=MAKE_S, report=report)


def _ask(
    what: str,
    path: Path,
    folder: Path,
    facts: dict[str, Any],
    *,
    seconds: int,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Any:
    given = {**facts, "parent": os.getpid(), "memory": MEMORY, "seconds": seconds, "largest": LARGEST}
    child = subprocess.Popen(
        [sys.executable, "-I", "-c", START, str(PACKAGE), what, str(path), str(folder), json.dumps(given)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
        text=True,
    )
    # The processor's seconds are limited in the child; the clock's here, for a child that waits for nothing.
    watch = threading.Timer(2 * seconds, child.kill)
    watch.start()
    try:
        return _heard(child, report)
    finally:
        watch.cancel()
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()


def _heard(child: subprocess.Popen[str], report: Callable[[int, int], None]) -> Any:
    assert child.stdout is not None
    for line in child.stdout:
        said: dict[str, Any] = json.loads(line)
        if "fault" in said:
            raise Refused(said["fault"], **said["facts"])
        if "made" in said:
            return said["made"]
        report(said["done"], said["total"])
    raise Refused("material.too_heavy")
