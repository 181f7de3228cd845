"""The web servers: processes that listen on one port, each alone, so that the death of one is none of the others' business.

They are copies of the process that watches them, which has built the application: a server that was killed is back
within a moment. ``python -m yanglao.supervisor.web`` runs nothing but them, for machines that only serve.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

from granian.constants import Interfaces, RuntimeModes
from granian.log import LogLevels
from granian.server import MPServer

from yanglao.kernel.starting import settle
from yanglao.outside.keyring import BadKeys
from yanglao.outside.processes import die_with_parent, wake_calmly
from yanglao.settings import Settings, WrongSetting, load
from yanglao.supervisor import checks
from yanglao.supervisor.checks import CannotStart
from yanglao.supervisor.children import Child, Stopped, end, obey_signals, watch
from yanglao.supervisor.starting import Copy

NAME = "yanglao-web"


def build(settings: Settings) -> Any:
    """Build the application that servers are started with, in a process that opens no connection itself."""
    from yanglao import create_app

    app = create_app(settings)
    settle()
    return app


def make_app() -> Any:
    """Build the application for a granian of its own; it ends with the process that started it."""
    parent = multiprocessing.parent_process()
    die_with_parent(signal.SIGKILL, parent=parent.pid if parent else None)
    wake_calmly()
    return build(load())


class Alone(MPServer):
    """Granian without a parent process of its own: it serves in the process that calls it."""

    def serve_here(self, app: Any) -> None:
        """Serve until a signal asks for the end."""
        self._init_shared_socket()  # bound by each process to itself, all to one port (SO_REUSEPORT)
        self._spawn_worker(0, self._spawn_wsgi_worker, partial(_same, app)).inner.run()


def _same(app: Any) -> Any:
    return app


def serve(app: Any, settings: Settings) -> None:
    """Be one web server."""
    wake_calmly()
    Alone(
        "",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        runtime_mode=RuntimeModes.mt,
        blocking_threads=settings.web_threads,
        websockets=False,
        log_level=LogLevels.error,
    ).serve_here(app)


def servers(app: Any, settings: Settings, without: Sequence[int] = ()) -> list[Child]:
    """Return the web servers, none of them started; ``without`` are open files of ours that they close."""
    begin = partial(Copy, NAME, partial(serve, app, settings), without)
    return [Child("web", begin) for _ in range(settings.web_workers)]


def main() -> int:
    """Run web servers alone until told to stop; return the exit code."""
    obey_signals()
    children: list[Child] = []
    try:
        settings = load()
        checks.port(settings.host, settings.port)
        children += servers(build(settings), settings)
        for child in children:
            child.start()
        watch(children)
    except (WrongSetting, BadKeys, CannotStart) as fault:
        print(f"yanglao: {fault}", file=sys.stderr)
        return 1
    except Stopped:
        return 0
    finally:
        end(children)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
