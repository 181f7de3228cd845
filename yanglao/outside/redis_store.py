"""Redis as what may be lost: caches and limits. When it is away, everything here says so quickly and goes on."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from flask import Flask
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from yanglao.settings import Settings

TIMEOUT_S = 0.5
AWAY_S = 2.0
# Compare and delete in one step, as Redis runs a script.
LET_GO = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end"
log = logging.getLogger(__name__)


def connect(url: str, *, timeout_s: float | None = TIMEOUT_S) -> Redis:
    """Return a client that gives up after ``timeout_s`` (None waits) instead of retrying."""
    return Redis.from_url(
        url, socket_timeout=timeout_s, socket_connect_timeout=TIMEOUT_S, retry=Retry(NoBackoff(), 0)
    )


def limiter_uri(url: str) -> str:
    """Return the URL in the spelling of the rate limiter's storage."""
    return url.replace("unix://", "redis+unix://", 1) if url.startswith("unix://") else url


def answers(url: str) -> bool:
    """Ask once whether a Redis answers at ``url``."""
    try:
        connect(url).ping()
    except (RedisError, OSError):
        return False
    return True


def keep_at(work: Callable[[], object]) -> None:
    """Do ``work`` until it ends by itself; while Redis is away, begin it again every few seconds."""
    said = False
    while True:
        try:
            work()
        except (RedisError, OSError):
            if not said:
                log.warning("redis is away; trying again every few seconds")
            said = True
            time.sleep(AWAY_S)
        else:
            return


class Store:
    """Keep short-lived text in Redis; while Redis is away it keeps nothing and does not wait for it again at once."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._redis = connect(url)
        self._away_until = 0.0

    def alive(self) -> bool:
        """Ask Redis whether it answers, now."""
        try:
            self._redis.ping()
        except (RedisError, OSError):
            self._gone()
            return False
        self._away_until = 0.0
        return True

    def get(self, key: str) -> str | None:
        """Return what is kept under ``key``, ``None`` when nothing is or Redis is away."""
        found = self._ask(lambda: self._redis.get(key))
        return found.decode() if isinstance(found, bytes) else None

    def keep(self, key: str, text: str, *, seconds: int) -> None:
        """Keep ``text`` for ``seconds``; losing it must be harmless."""
        self._ask(lambda: self._redis.set(key, text, ex=seconds))

    def take(self, key: str, mine: str, *, seconds: int) -> bool:
        """Take the lock ``key`` for ``seconds`` under the mark ``mine``; True also while Redis is away."""
        taken = self._ask(lambda: self._redis.set(key, mine, ex=seconds, nx=True) or False)
        return taken is not False

    def let_go(self, key: str, mine: str) -> None:
        """Let go of a lock, unless it ran out and is somebody else's by now."""
        self._ask(lambda: self._redis.eval(LET_GO, 1, key, mine))

    def _ask(self, question: Callable[[], object]) -> object:
        if time.monotonic() < self._away_until:
            return None
        try:
            return question()
        except (RedisError, OSError):
            self._gone()
            return None

    def _gone(self) -> None:
        if time.monotonic() >= self._away_until:
            log.warning("redis is away; going on without it")
        self._away_until = time.monotonic() + AWAY_S


def init_app(app: Flask, settings: Settings) -> None:
    """Give ``app`` its store, by ``app.extensions["redis_store"]``."""
    app.extensions["redis_store"] = Store(settings.redis_url)
