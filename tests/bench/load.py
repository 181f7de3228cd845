"""A load of HTTP over many kept connections in one thread, run on a core of its own: ``python -m tests.bench.load``.

Reads one JSON object: port, lines (connections), seconds, rate (null: as fast as answers come), most (end after so many), and either path alone
or viewers ``[[viewing, token, opened_ms]]`` who send beats in turn. Writes one: answered, seconds, p50_ms, p99_ms, bad, acked.
"""

from __future__ import annotations

import heapq
import json
import selectors
import socket
import sys
import time
from collections import deque
from typing import Any


class Senders:
    """Who sends next, and what: viewers in turn, each with one beat of a second under way."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.free = deque(enumerate(asked.get("viewers") or ()))
        self.seq = {number: int(one[3]) for number, one in self.free}
        self.path = asked.get("path", "/")
        self.acked: dict[str, int] = {}

    def next(self) -> tuple[Any, bytes]:
        """Return a viewer and the bytes of their request."""
        if not self.free:
            return None, self._request(self.path, "", b"{}")
        one = self.free.popleft()
        number, (viewing, token, opened_ms, _) = one
        seq = self.seq[number] + 1
        self.seq[number] = seq
        client_ms = int(time.time() * 1000) - opened_ms
        beat = {"seq": seq, "from_s": seq - 1, "to_s": seq, "rate": 1.0, "client_ms": max(0, client_ms)}
        body = json.dumps(beat).encode()
        return one, self._request(f"/api/v1/viewings/{viewing}/beats", token, body)

    @staticmethod
    def _request(path: str, token: str, body: bytes) -> bytes:
        head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        head += f"Authorization: Bearer {token}\r\n" if token else ""
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    def back(self, one: Any, good: bool) -> None:
        """Take note of an answer."""
        if one is not None:
            self.free.append(one)
            if good:
                self.acked[one[1][0]] = self.seq[one[0]]


def load(asked: dict[str, Any]) -> dict[str, Any]:
    """Send for ``seconds`` and return what came of it."""
    senders, poll = Senders(asked), selectors.DefaultSelector()
    idle: list[socket.socket] = []
    for _ in range(asked["lines"]):
        line = socket.create_connection(("127.0.0.1", asked["port"]))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        poll.register(line, selectors.EVENT_READ)
        idle.append(line)
    under_way: dict[socket.socket, tuple[Any, float, bytearray]] = {}
    began, bad, took = time.perf_counter(), 0, list[float]()
    ends, rate = began + asked["seconds"], asked.get("rate")
    due: list[float] = []
    planned = 0
    while True:
        now = time.perf_counter()
        if asked.get("most") and len(took) + len(under_way) >= asked["most"]:
            ends = now
        if now >= ends and not under_way:
            break
        while rate and now < ends and began + planned / rate <= now:
            heapq.heappush(due, began + planned / rate)
            planned += 1
        while idle and now < ends and (due or not rate):
            one, request = senders.next()
            line = idle.pop()
            under_way[line] = (one, heapq.heappop(due) if rate else time.perf_counter(), bytearray())
            line.sendall(request)
        for key, _ in poll.select(0.001 if rate else 0.05):
            line = key.fileobj  # type: ignore[assignment]
            one, since, got = under_way[line]
            got += line.recv(65536)
            head = got.find(b"\r\n\r\n")
            if head < 0:
                continue
            at = got.lower().find(b"content-length:", 0, head)
            if len(got) < head + 4 + int(got[at + 15 : got.find(b"\r\n", at)]):
                continue
            good = got.startswith(b"HTTP/1.1 200")
            bad += not good
            if not good and bad == 1:
                print(bytes(got[:600]), file=sys.stderr)
            took.append(time.perf_counter() - since)
            senders.back(one, good)
            del under_way[line]
            idle.append(line)
    took.sort()
    found = {"answered": len(took) - bad, "bad": bad, "seconds": time.perf_counter() - began}
    found |= {"p50_ms": took[len(took) // 2] * 1000, "p99_ms": took[len(took) * 99 // 100] * 1000}
    return {**found, "acked": senders.acked}


if __name__ == "__main__":
    print(json.dumps(load(json.loads(sys.stdin.read()))))
