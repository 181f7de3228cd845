"""WeChat's access token and ticket, each fetched by one writer over all threads, processes and machines.

Read in this order: this process's memory, Redis, a file. Who finds none takes three locks in this order: the
thread's, the machine's (a file lock, which the system lets go of when its holder is killed), and Redis's for
further machines; then looks again, and only then asks WeChat. While Redis is away the file and its lock are
enough for one machine. What is kept is sealed: neither Redis nor the disk holds a token that can be read.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from yanglao.kernel.clock import to_ms
from yanglao.outside.redis_store import Store
from yanglao.outside.wechat_errors import WeChatFault

log = logging.getLogger(__name__)
MARGIN_S = 300
WAIT_S = 8.0
LEASE_S = 10
REFRESH_GAP_MS = 10_000
FAULT_REST_S = 5.0
POLL_S = 0.02


class Seals(Protocol):
    """Whatever can seal a text and open it again."""

    def seal(self, text: str) -> str: ...

    def open(self, sealed: str) -> str: ...


@dataclass(frozen=True)
class Grant:
    """A token as it is kept. ``refreshed_ms``: when it replaced one that WeChat refused, 0 when it did not."""

    value: str = field(repr=False)
    until_ms: int
    refreshed_ms: int = 0


Fetch = Callable[[], tuple[str, int]]  # () -> (value, seconds it lives); raises WeChatFault


class TokenStore:
    """Keep one kind of token of one account. ``clock`` tells the time; ``folder`` is this machine's own.

    ``gap_ms``: what replaced a refused one is not replaced again for so long.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        *,
        seals: Seals,
        redis: Store | None,
        clock: Callable[[], datetime],
        gap_ms: int = REFRESH_GAP_MS,
    ) -> None:
        self._name = name
        self._folder = folder
        self._seals = seals
        self._redis = redis
        self._clock = clock
        self._gap_ms = gap_ms
        self._held: Grant | None = None
        self._lock = threading.Lock()
        self._rest: tuple[float, WeChatFault] | None = None

    def value(self, fetch: Fetch) -> str:
        """Return a token that is valid for some minutes yet; ``fetch`` is called by one caller at most.

        Raises:
            WeChatFault: WeChat gives none; for some seconds nobody of this process asks again.
        """
        held = self._held
        if self._good(held):
            return held.value  # type: ignore[union-attr]
        return self._one_writer(fetch, stale="").value

    def replace(self, stale: str, fetch: Fetch) -> str:
        """Return a token instead of ``stale``, which WeChat refused; one that somebody replaced already is taken.

        Raises:
            WeChatFault: WeChat gives none.
        """
        return self._one_writer(fetch, stale=stale).value

    def _one_writer(self, fetch: Fetch, *, stale: str) -> Grant:
        if not self._lock.acquire(timeout=WAIT_S):
            raise WeChatFault(self._name, None, why="others are asking")
        try:
            found = self._usable(self._held, stale)
            if found is None:
                with self._machine_lock(), self._redis_lock():
                    found = self._usable(self._kept(), stale) or self._fetched(fetch, stale)
            self._held = found
            return found
        finally:
            self._lock.release()

    def _fetched(self, fetch: Fetch, stale: str) -> Grant:
        if self._rest is not None and time.monotonic() < self._rest[0]:
            raise WeChatFault(self._name, self._rest[1].code, why="resting after a fault")
        try:
            value, seconds = fetch()
        except WeChatFault as fault:
            self._rest = (time.monotonic() + FAULT_REST_S, fault)
            raise
        self._rest = None
        moment = to_ms(self._clock())
        life_s = max(seconds - MARGIN_S, seconds // 2, 1)
        grant = Grant(value, moment + life_s * 1000, moment if stale else 0)
        self._keep(grant, life_s)
        return grant

    def _usable(self, grant: Grant | None, stale: str) -> Grant | None:
        """Return the grant when it will do: valid, and not the refused one unless that was renewed just now."""
        if grant is None or not self._good(grant):
            return None
        if grant.value != stale:
            return grant
        age_ms = to_ms(self._clock()) - grant.refreshed_ms
        return grant if 0 <= age_ms < self._gap_ms else None

    def _good(self, grant: Grant | None) -> bool:
        return grant is not None and to_ms(self._clock()) < grant.until_ms

    def _kept(self) -> Grant | None:
        """Return what another process kept: in Redis, else in the file; None when nothing can be read."""
        for sealed in (self._redis.get(self._key) if self._redis else None, self._read_file()):
            grant = self._unsealed(sealed)
            if self._good(grant):
                return grant
        return None

    def _unsealed(self, sealed: str | None) -> Grant | None:
        if not sealed:
            return None
        try:
            value, until_ms, refreshed_ms = json.loads(self._seals.open(sealed))
            return Grant(str(value), int(until_ms), int(refreshed_ms))
        except Exception:  # sealed under a key that is gone, or half a file: fetch anew
            return None

    def _keep(self, grant: Grant, life_s: int) -> None:
        sealed = self._seals.seal(json.dumps([grant.value, grant.until_ms, grant.refreshed_ms]))
        if self._redis:
            self._redis.keep(self._key, sealed, seconds=life_s)
        draft = self._folder / f".{self._name}.{os.getpid()}"
        try:
            draft.write_text(sealed, encoding="ascii")
            draft.chmod(0o600)
            draft.replace(self._path)
        except OSError:
            log.warning("a token of WeChat's could not be kept on disk")

    @property
    def _key(self) -> str:
        return f"wx:{self._name}"

    @property
    def _path(self) -> Path:
        return self._folder / f"{self._name}.sealed"

    def _read_file(self) -> str | None:
        try:
            return self._path.read_text(encoding="ascii")
        except (OSError, ValueError):
            return None

    @contextmanager
    def _machine_lock(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._folder / f"{self._name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._await(lambda: _taken(descriptor))
            yield
        finally:
            os.close(descriptor)

    @contextmanager
    def _redis_lock(self) -> Iterator[None]:
        """Hold the lock over machines; while Redis is away nobody holds it and this machine goes on alone."""
        redis = self._redis
        if redis is None:
            yield
            return
        mine, name = secrets.token_hex(16), f"{self._key}:lock"
        self._await(lambda: redis.take(name, mine, seconds=LEASE_S))
        try:
            yield
        finally:
            redis.let_go(name, mine)

    def _await(self, take: Callable[[], bool]) -> None:
        end = time.monotonic() + WAIT_S
        while not take():
            if time.monotonic() > end:
                raise WeChatFault(self._name, None, why="others are asking")
            time.sleep(POLL_S)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
