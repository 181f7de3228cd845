"""A load of HTTP over many kept connections in one thread, run on a core of its own: ``python -m tests.bench.load``.

Reads one JSON object: port, lines (connections), seconds, rate (null: as fast as answers come), most (end after so many), and path alone, or
viewers ``[[viewing, token, opened_ms]]`` who send beats in turn, or scans ``[[uuid, token]]``, each sent once with the room code of the moment
(``codes`` step -> payload, ``step_s``). A request whose connection breaks is sent again until it is answered, as a phone does.
Writes one: answered, seconds, p50_ms, p99_ms, bad, broken, acked, outcomes.
"""

from __future__ import annotations

import heapq
import json
import selectors
import socket
import sys
import time
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any
from uuid import uuid4


class Senders:
    """Who sends next, and what: viewers in turn, each with one beat of a second under way."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.free = deque(enumerate(asked.get("viewers") or ()))
        self.seq = {number: int(one[3]) for number, one in self.free}
        self.path = asked.get("path", "/")
        self.acked: dict[str, int] = {}
        self.outcomes: Counter[str] = Counter()

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

    def left(self) -> bool:
        """Tell whether there is more to send."""
        return True

    def back(self, one: Any, good: bool, answer: bytes) -> None:
        """Take note of an answer's body."""
        if one is not None:
            self.free.append(one)
            if good:
                self.acked[one[1][0]] = self.seq[one[0]]


class Scanners(Senders):
    """Everybody scans once, with the code that the screen shows at that moment."""

    def __init__(self, asked: dict[str, Any]) -> None:
        super().__init__({})
        self.waiting = deque(asked["scans"])
        self.codes, self.step_ms = asked["codes"], asked["step_s"] * 1000

    def left(self) -> bool:
        """Tell whether somebody has not scanned yet."""
        return bool(self.waiting)

    def next(self) -> tuple[Any, bytes]:
        """Return a scan and the bytes of its request."""
        uuid, token = one = self.waiting.popleft()
        now = datetime.now(timezone.utc)
        at, code = now.isoformat(), self.codes[str(int(now.timestamp() * 1000) // self.step_ms)]
        scan = {"scan_uuid": uuid, "kind": "room", "payload": code, "direction": "in", "captured_at": at}
        scan |= {"sent_at": at, "device": f"phone-{token}"}
        return one, self._request("/api/v1/scans", token, json.dumps(scan).encode())

    def back(self, one: Any, good: bool, answer: bytes) -> None:
        """Take note of what was said to a scan."""
        item = json.loads(answer)["items"][0] if good else {"outcome": "none", "code": None}
        self.outcomes[item["code"] or item["outcome"]] += 1
        if item["code"] == "code.expired":  # the screen shows another one by now, and the page says so
            self.waiting.append([str(uuid4()), one[1]])


@dataclass
class Way:
    """A request that was not answered yet: who sent it, the bytes, since when, and what has come back."""

    one: Any
    request: bytes
    since: float
    got: bytearray = field(default_factory=bytearray)

    def answer(self) -> tuple[bool, bytes] | None:
        """Return (good, body) once the whole answer is there."""
        head = self.got.find(b"\r\n\r\n")
        if head < 0:
            return None
        at = self.got.lower().find(b"content-length:", 0, head)
        ends = head + 4 + int(self.got[at + 15 : self.got.find(b"\r\n", at)])
        if len(self.got) < ends:
            return None
        return self.got.startswith(b"HTTP/1.1 200"), bytes(self.got[head + 4 : ends])


class Load:
    """Lines to one port, each with at most one request under way."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.asked = asked
        self.senders = Scanners(asked) if "scans" in asked else Senders(asked)
        self.poll, self.idle = selectors.DefaultSelector(), list[socket.socket]()
        self.under_way: dict[socket.socket, Way] = {}
        self.took: list[float] = []
        self.bad = self.broken = self.planned = 0
        for _ in range(asked["lines"]):
            self.idle.append(self._connected())

    def _connected(self) -> socket.socket:
        ends = time.perf_counter() + 60
        while True:
            try:
                line = socket.create_connection(("127.0.0.1", self.asked["port"]))
            except OSError:
                if time.perf_counter() > ends:
                    raise
                time.sleep(0.02)
                continue
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.poll.register(line, selectors.EVENT_READ, line)
            return line

    def run(self) -> dict[str, Any]:
        """Send for as long as was asked and return what came of it."""
        asked, rate = self.asked, self.asked.get("rate")
        began = time.perf_counter()
        ends, due = began + asked["seconds"], list[float]()
        while True:
            now = time.perf_counter()
            if asked.get("most") and len(self.took) + len(self.under_way) >= asked["most"]:
                ends = now
            open_still = now < ends and self.senders.left()
            if not open_still and not self.under_way:
                break
            while rate and open_still and began + self.planned / rate <= now:
                heapq.heappush(due, began + self.planned / rate)
                self.planned += 1
            while self.idle and open_still and (due or not rate) and self.senders.left():
                self._send(heapq.heappop(due) if rate else time.perf_counter())
            for key, _ in self.poll.select(0.001 if rate else 0.05):
                self._take(key.data)
        return self._found(time.perf_counter() - began)

    def _send(self, since: float) -> None:
        one, request = self.senders.next()
        line = self.idle.pop()
        self.under_way[line] = Way(one, request, since)
        with suppress(OSError):  # broken meanwhile; noticed when it is read
            line.sendall(request)

    def _take(self, line: socket.socket) -> None:
        try:
            came = line.recv(65536)
        except OSError:
            came = b""
        if not came:
            self._again(line)
            return
        way = self.under_way[line]
        way.got += came
        whole = way.answer()
        if whole is None:
            return
        good, body = whole
        self.bad += not good
        if not good and self.bad == 1:
            print(bytes(way.got[:600]), file=sys.stderr)
        self.took.append(time.perf_counter() - way.since)
        self.senders.back(way.one, good, body)
        del self.under_way[line]
        self.idle.append(line)

    def _again(self, line: socket.socket) -> None:
        """Send a request once more, on a new line, whose own broke."""
        self.broken += 1
        self.poll.unregister(line)
        line.close()
        way = self.under_way.pop(line, None)
        if way is None:
            self.idle[self.idle.index(line)] = self._connected()
            return
        fresh = self._connected()
        self.under_way[fresh] = Way(way.one, way.request, way.since)
        with suppress(OSError):
            fresh.sendall(way.request)

    def _found(self, seconds: float) -> dict[str, Any]:
        took = sorted(self.took)
        found = {"answered": len(took) - self.bad, "bad": self.bad, "broken": self.broken, "seconds": seconds}
        found |= {"p50_ms": took[len(took) // 2] * 1000, "p99_ms": took[len(took) * 99 // 100] * 1000}
        return {**found, "acked": self.senders.acked, "outcomes": dict(self.senders.outcomes)}


if __name__ == "__main__":
    print(json.dumps(Load(json.loads(sys.stdin.read())).run()))
