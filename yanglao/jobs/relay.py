"""The relay: hands what is due to rq; when Redis or every worker is away, it performs it itself."""

from __future__ import annotations

import signal
import threading
import time
from typing import Any

import structlog
from redis import Redis
from sqlalchemy.exc import DBAPIError

from yanglao.jobs import schedule
from yanglao.jobs.perform import perform
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, reading, run
from yanglao.outside import queue, redis_store
from yanglao.work import queries, service

PAUSE_S = 0.5
PLAN_EVERY_S = 10.0
MOST_OWN = 5
log = structlog.get_logger(__name__)


def step(connection: Redis) -> int:
    """Hand over, or perform, what is due now; return how many tasks that were. Needs an application context."""
    with reading():
        due = queries.due(db.session, now=now())
    if not due:
        return 0
    if queue.workers_alive(connection) and queue.push(connection, due):
        run(lambda: service.hand_over(db.session, due, now=now()))
        return len(due)
    return sum(perform(task_id) for task_id in due[:MOST_OWN])


def plan(env: str) -> None:
    """Ask for what cron did not ask for."""
    with reading():
        wanted = schedule.missing(db.session, env, now=now())
    if wanted:
        run(lambda: schedule.ask(db.session, env, now=now()))


def loop(app: Any, stop: threading.Event) -> None:
    """Go on until ``stop`` is set; a database that is away for a moment is waited for."""
    settings = app.config["SETTINGS"]
    connection = redis_store.connect(settings.redis_url)
    planned_at = -PLAN_EVERY_S
    while not stop.is_set():
        with app.app_context():
            try:
                if time.monotonic() - planned_at >= PLAN_EVERY_S:
                    planned_at = time.monotonic()
                    plan(settings.env)
                step(connection)
            except DBAPIError:
                log.exception("relay.database_away")
        stop.wait(PAUSE_S)


def main() -> None:
    """Relay until told to stop."""
    from yanglao import create_app

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    loop(create_app(), stop)


if __name__ == "__main__":
    main()
