"""Where phones listen: each opened phone has a port of its own, so that pages of two phones share no storage."""

from __future__ import annotations

import socket
import threading
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from yanglao.simulator.place import MOST_PORTS, Place
from yanglao.simulator.proxy import PhoneBrowser
from yanglao.simulator.world import User, World

APART = 20  # the first phone's port stands so far above the simulator's


class Quiet(WSGIRequestHandler):
    """Serve without a line in the terminal for every request."""

    def log_request(self, *_: Any) -> None:
        """Say nothing."""


def listen(host: str, first: int, count: int) -> socket.socket | None:
    """Return a socket listening on the first free port from ``first`` on, None when all are busy."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in range(first, min(first + count, 65_536)):
        ear = socket.socket(family, socket.SOCK_STREAM)
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            ear.bind((host, port))
            ear.listen(128)
        except OSError:
            ear.close()
            continue
        return ear
    return None


def serve(ear: socket.socket, app: Any) -> BaseWSGIServer:
    """Serve ``app`` at a listening socket from a thread of its own."""
    host, port = ear.getsockname()[:2]
    server = make_server(host, port, app, threaded=True, request_handler=Quiet, fd=ear.fileno())
    threading.Thread(target=server.serve_forever, args=(0.5,), name=f"port {port}", daemon=True).start()
    return server


class Phones:
    """The phones that listen now."""

    def __init__(self, world: World, place: Place) -> None:
        self._world = world
        self._place = place
        self._servers: dict[str, tuple[socket.socket, BaseWSGIServer]] = {}
        self._lock = threading.Lock()

    def open(self, user: User) -> int:
        """Return the port of a phone, the one it had before when that is free. Raises OSError: none is free."""
        with self._lock:
            if user.id not in self._servers:
                ear = self._ear(user)
                self._servers[user.id] = (ear, serve(ear, PhoneBrowser(self._world, self._place, user)))
                with self._world.change():
                    user.port = ear.getsockname()[1]
            return user.port

    def reopen(self) -> None:
        """Open the phones that were open before the simulator ended: their pages may still stand in a browser."""
        for user in [one for one in self._world.users.values() if one.port]:
            try:
                self.open(user)
            except OSError:
                with self._world.change():
                    user.port = 0

    def close(self) -> None:
        """Stop listening."""
        with self._lock:
            for ear, server in self._servers.values():
                server.shutdown()
                server.server_close()
                ear.close()
            self._servers.clear()

    def _ear(self, user: User) -> socket.socket:
        host = self._place.host
        ear = listen(host, user.port, 1) if user.port else None
        ear = ear or listen(host, self._place.port + APART, MOST_PORTS + len(self._world.users))
        if ear is None:
            raise OSError("no port is free for a phone")
        return ear
