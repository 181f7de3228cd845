"""What the simulated WeChat knows: its users and their chats, the menu, tokens, codes. Kept in one file (0600)."""

from __future__ import annotations

import json
import os
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from yanglao.kernel import clock
from yanglao.simulator.account import Account, openid
from yanglao.simulator.faults import Switches

FILE, PEOPLE = "world.json", "people.json"
MOST_ENTRIES, MOST_PUSHES, MOST_USERS = 300, 100, 60
KEEP_S = 0.5
KEPT = ("menu", "tokens", "ticket", "qrs", "number", "seeded")
DEMO_USERS = (("trainee", 4), ("instructor", 2), ("base_admin", 1))
COMES_IN = frozenset({"reply", "service", "template", "notice", "friend"})
ROLES = {"trainee": "学员", "instructor": "教师", "base_admin": "基地管理员"}


@dataclass
class User:
    """One WeChat user and their phone. ``windows``: [messages left, until (Unix s)]; ``cookies``: see ``jar``."""

    id: str
    openid: str
    name: str
    role: str = ""
    phone: str = ""
    id_end: str = ""
    follows: bool = False
    since_s: int = 0
    scene: str = ""
    notices: dict[str, int] = field(default_factory=dict)
    windows: list[list[int]] = field(default_factory=list)
    cookies: list[dict[str, Any]] = field(default_factory=list)
    port: int = 0
    chat: list[dict[str, Any]] = field(default_factory=list)
    seen: int = 0  # the number of the last entry that was looked at

    @property
    def unseen(self) -> int:
        """Return how many messages nobody has looked at."""
        return sum(one["n"] > self.seen and one["kind"] in COMES_IN for one in self.chat)


@dataclass
class World:
    """Everything in one place, behind one lock. ``folder`` None keeps it in memory only."""

    account: Account
    folder: Path | None = None
    now: Callable[[], int] = lambda: int(clock.now().timestamp())
    users: dict[str, User] = field(default_factory=dict)
    menu: dict[str, Any] | None = None
    tokens: list[dict[str, Any]] = field(default_factory=list)
    ticket: dict[str, Any] = field(default_factory=dict)
    qrs: dict[str, dict[str, Any]] = field(default_factory=dict)
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    refreshed: list[int] = field(default_factory=list)
    number: int = 0
    seeded: bool = False
    calls: Counter[str] = field(default_factory=Counter)
    pushes: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=MOST_PUSHES))
    faults: Switches = field(default_factory=Switches)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    changed: bool = False

    def next_number(self) -> int:
        """Return a number that was never given before: for users, entries, messages."""
        with self.lock:
            self.number, self.changed = self.number + 1, True
            return self.number

    def add_user(self, name: str, *, role: str = "", phone: str = "", id_end: str = "") -> User:
        """Make a WeChat user; raise OverflowError when there are too many."""
        with self.lock:
            if len(self.users) >= MOST_USERS:
                raise OverflowError(MOST_USERS)
            made = User(f"u{self.next_number()}", openid(), name, role=role, phone=phone, id_end=id_end)
            self.users[made.id] = made
            return made

    def user(self, key: str) -> User | None:
        """Return the user of an id or openid."""
        with self.lock:
            return self.users.get(key) or next(
                (one for one in self.users.values() if one.openid == key), None
            )

    def say(self, user: User, kind: str, **more: Any) -> int:
        """Put an entry into a chat and return its number."""
        with self.lock:
            number = self.next_number()
            user.chat.append({"n": number, "at_s": self.now(), "kind": kind, **more})
            del user.chat[:-MOST_ENTRIES]
            return number

    def seed(self) -> None:
        """Make the first users: demo people whose names the product left beside us, and nobody's new WeChat."""
        with self.lock:
            people = self._people()
            if self.seeded or (not people and self.users):
                return
            for role, most in DEMO_USERS if people else ():
                for row in [row for row in people if row.get("role") == role][:most]:
                    self.add_user(
                        row["name"],
                        role=ROLES[role],
                        phone=row.get("phone") or "",
                        id_end=row.get("id_end") or "",
                    )
            if not self.users or not any(not user.role for user in self.users.values()):
                self.add_user("新微信用户")
            self.seeded = bool(people)

    def _people(self) -> list[dict[str, Any]]:
        if self.folder is None:
            return []
        try:
            found = json.loads((self.folder / PEOPLE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        return found if isinstance(found, list) else []

    @contextmanager
    def change(self) -> Iterator[None]:
        """Hold the lock over a change that is to be kept."""
        with self.lock:
            yield
            self.changed = True

    def keep(self) -> None:
        """Write what changed to the file, whole or not at all."""
        with self.lock:
            if not self.changed or self.folder is None:
                return
            self.changed = False
            content: dict[str, Any] = {name: getattr(self, name) for name in KEPT}
            content["users"] = [asdict(user) for user in self.users.values()]
            text = json.dumps(content, ensure_ascii=False)
        draft = self.folder / f".{FILE}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        draft.replace(self.folder / FILE)


def kept(account: Account, folder: Path) -> World:
    """Return the world as it was left in ``folder``, a fresh one when nothing readable is there."""
    world = World(account, folder)
    try:
        content: Mapping[str, Any] = json.loads((folder / FILE).read_text(encoding="utf-8"))
        users = {row["id"]: User(**row) for row in content["users"]}
    except (OSError, ValueError, TypeError, KeyError):
        return world
    world.users = users
    for name in KEPT:
        setattr(world, name, content.get(name, getattr(world, name)))
    return world


def keep_on(world: World) -> None:
    """Keep what changes from now on, twice a second, from a thread of its own."""
    pause = threading.Event()

    def loop() -> None:
        while not pause.wait(KEEP_S):
            world.keep()

    threading.Thread(target=loop, name="keep", daemon=True).start()
