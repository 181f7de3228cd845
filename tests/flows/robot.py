"""Robots that speak the API to a running house, over real HTTP, with nothing of ours in between."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.ops.processes import House, command, until

PASSWORD = "yanglao2026"


@dataclass
class Answer:
    """Status and JSON of an answer; status 0 when the connection broke."""

    status: int
    body: Any


class Robot:
    """One signed-in client."""

    def __init__(self, house: House, phone: str, password: str = PASSWORD) -> None:
        self.base = f"http://127.0.0.1:{house.port}/api/v1/"
        self.token = ""
        self.device = str(uuid4())
        self.token = self.call("POST", "sign-in", {"phone": phone, "password": password}).body["token"]

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        """Send one request; never raises for what the server says."""
        asked = urllib.request.Request(self.base + path, method=method)
        asked.add_header("Content-Type", "application/json")
        if self.token:
            asked.add_header("Authorization", f"Bearer {self.token}")
        raw = json.dumps(body).encode() if body is not None else None
        try:
            with urllib.request.urlopen(asked, raw, timeout=20) as found:
                return Answer(found.status, json.loads(found.read() or b"null"))
        except urllib.error.HTTPError as fault:
            return Answer(fault.code, json.loads(fault.read() or b"null"))
        except OSError:
            return Answer(0, None)

    def insist(self, method: str, path: str, body: Any = None) -> Any:
        """Send the same request until somebody answers it, as a phone does after a broken connection."""
        last: list[Answer] = []

        def answered() -> bool:
            last[:] = [self.call(method, path, body)]
            return 0 < last[0].status < 500

        until(answered)
        assert last[0].status < 300, last[0].body
        return last[0].body


def city(folder: Path, **more: str) -> list[dict[str, Any]]:
    """Load the demo city into ``folder`` and return its accounts."""
    for words in (("db", "upgrade"), ("demo", "load")):
        done = command(folder, *words, **more)
        assert done.returncode == 0, done.stderr
    found = command(folder, "demo", "accounts", "--json", **more)
    assert found.returncode == 0, found.stderr
    accounts: list[dict[str, Any]] = json.loads(found.stdout)
    return accounts


def one(accounts: list[dict[str, Any]], role: str, number: int = 0) -> str:
    """Return the phone number of the ``number``-th account of a role."""
    phone: str = [account for account in accounts if account["role"] == role][number]["phone"]
    return phone
