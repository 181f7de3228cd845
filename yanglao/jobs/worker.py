"""The rq worker: takes task ids from Redis and performs them in one process, one after another."""

from __future__ import annotations

from functools import cache
from typing import Any

from rq.serializers import JSONSerializer
from rq.worker import SimpleWorker

from yanglao.kernel.starting import settle
from yanglao.outside import queue, redis_store


class Worker(SimpleWorker):
    """Come back soon after Redis was away."""

    max_connection_wait_time = 2


@cache
def _app() -> Any:
    from yanglao import create_app

    app = create_app()
    settle()
    return app


def perform(task_id: str) -> None:
    """Perform one task by its id; called by rq, by name."""
    from yanglao.jobs.perform import perform as perform_task

    with _app().app_context():
        perform_task(task_id)


def ask_for_planned() -> None:
    """Ask for what the clock asks for; called by rq's cron, by name."""
    from yanglao.jobs import schedule
    from yanglao.kernel.clock import now
    from yanglao.kernel.db import db, run

    app = _app()
    with app.app_context():
        env = app.config["SETTINGS"].env
        run(lambda: schedule.ask(db.session, env, now=now()))


def main() -> None:
    """Work until told to stop."""
    settings = _app().config["SETTINGS"]
    connection = redis_store.connect(settings.redis_url, timeout_s=None)

    def work() -> None:
        worker = Worker([queue.queue(connection)], connection=connection, serializer=JSONSerializer)
        worker.work(logging_level="CRITICAL")  # perform logs what fails; a Redis that is away is said once

    redis_store.keep_at(work)


if __name__ == "__main__":
    main()
