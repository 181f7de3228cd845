"""The web server: granian with several processes, each with its own application."""

from __future__ import annotations

import multiprocessing
import signal
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from yanglao.kernel.starting import settle
from yanglao.outside.processes import die_with_parent, wake_calmly
from yanglao.settings import load


def make_app() -> Any:
    """Build the application of one web process; the process ends with the one that started it."""
    from yanglao import create_app

    parent = multiprocessing.parent_process()
    die_with_parent(signal.SIGKILL, parent=parent.pid if parent else None)
    app = create_app()
    settle()
    wake_calmly()
    return app


def main() -> None:
    """Serve until told to stop."""
    settings = load()
    Server(
        "yanglao.supervisor.web:make_app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=settings.web_workers,
        blocking_threads=settings.web_threads,
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=8,
        log_level=LogLevels.error,
    ).serve()


if __name__ == "__main__":
    main()
