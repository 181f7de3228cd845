"""Robots that speak the API to a running house, over real HTTP, with nothing of ours in between."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.conftest import settings_for
from tests.factories import world
from tests.kept import keys
from tests.ops.processes import House, command, until
from yanglao import create_app
from yanglao.cli import database
from yanglao.demo import service
from yanglao.kernel.clock import SHANGHAI
from yanglao.kernel.db import db

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
            with urllib.request.urlopen(asked, raw, timeout=60) as found:
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


_cities: list[tuple[Path, list[dict[str, Any]]]] = []
PUPILS = 24


def city(folder: Path) -> list[dict[str, Any]]:
    """Put a base with a class that runs today into ``folder``, by migrations and services; return the accounts there.

    Made once in a process, at ten in the morning of today, and copied from then on.
    """
    if not _cities:
        kept = Path(tempfile.mkdtemp(prefix="yanglao-city-"))
        atexit.register(shutil.rmtree, kept, ignore_errors=True)
        settings = settings_for(kept)
        keys(settings)
        app = create_app(settings)
        with app.app_context():
            database.upgrade()
            world(now=ten(), trainees=PUPILS)
            accounts = service.accounts(db.session)
            db.session.remove()
            db.engine.dispose()
        _cities.append((kept, accounts))
    shutil.copytree(_cities[0][0], folder, dirs_exist_ok=True)
    return _cities[0][1]


def ten() -> datetime:
    """Return ten o'clock in the morning of today in Shanghai."""
    return datetime.now(SHANGHAI).replace(hour=10, minute=0, second=0, microsecond=0)


class Day:
    """A demo city whose clock the robots move; between two moves it stands still, or ``goes`` on by itself."""

    def __init__(self, folder: Path, *, goes: bool = False) -> None:
        self.folder, self.clock, self.goes = folder, folder / "clock", goes
        self.more = {"YANGLAO_ENV": "test", "YANGLAO_CLOCK_FILE": str(self.clock)}
        self.accounts = city(folder)
        self.still, self.offset_s = ten(), (ten() - datetime.now(SHANGHAI)).total_seconds()
        self.found: dict[str, Any] = {}
        self.later(60)

    def start(self) -> Day:
        """Start the house, whose end is the caller's business."""
        self.house = House(self.folder, **self.more)
        return self

    @property
    def base(self) -> str:
        """Return the address of the house."""
        return f"http://127.0.0.1:{self.house.port}"

    @property
    def now(self) -> datetime:
        """Return what the clock of the house says."""
        return datetime.now(SHANGHAI) + timedelta(seconds=self.offset_s) if self.goes else self.still

    def later(self, seconds: float) -> None:
        """Move the clock on."""
        self.still += timedelta(seconds=seconds)
        self.offset_s += seconds
        new = self.clock.with_suffix(".new")
        new.write_text(f"{self.offset_s:+f}" if self.goes else self.still.isoformat())
        new.replace(self.clock)  # no process ever reads half of it

    def is_well(self) -> None:
        """End the house; what it leaves must verify, and stepping equal rebuilding."""
        self.house.end()
        for words in (("ledger", "verify"), ("completion", "rebuild", "--check")):
            done = command(self.folder, *words, **self.more)
            assert done.returncode == 0, (words, done.stdout, done.stderr)


def one(accounts: list[dict[str, Any]], role: str, number: int = 0) -> str:
    """Return the phone number of the ``number``-th account of a role."""
    phone: str = [account for account in accounts if account["role"] == role][number]["phone"]
    return phone
