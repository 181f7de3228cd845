"""rq's cron: asks the workers, at the planned times in Shanghai, to ask for what is planned."""

from __future__ import annotations

import logging
import os
import time

from redis import Redis
from rq.cron import CronJob, CronScheduler
from rq.job import Job

from yanglao.jobs import schedule, worker
from yanglao.outside import logs, queue, redis_store
from yanglao.settings import load


class PlannedJob(CronJob):
    """A cron job that goes into the house's own queue, as JSON."""

    def enqueue(self, connection: Redis) -> Job:
        """Hand the question over to a worker."""
        return queue.queue(connection).enqueue(worker.ask_for_planned, result_ttl=0, failure_ttl=3600)


def scheduler(connection: Redis, env: str) -> CronScheduler:
    """Return rq's scheduler with one job per planned topic."""
    found = CronScheduler(connection=connection, logging_level=logging.WARNING)
    for planned in schedule.of(env):
        if planned.every_s:
            job = PlannedJob(queue.NAME, worker.ask_for_planned, interval=planned.every_s, name=planned.topic)
        else:
            minutes, hours = planned.daily_s // 60 % 60, planned.daily_s // 3600
            job = PlannedJob(
                queue.NAME, worker.ask_for_planned, cron=f"{minutes} {hours} * * *", name=planned.topic
            )
        found.get_jobs().append(job)
    return found


def main() -> None:
    """Ask until told to stop."""
    os.environ["TZ"] = "Asia/Shanghai"  # rq reads cron lines in the machine's time
    time.tzset()
    settings = load()
    logs.configure(settings)
    connection = redis_store.connect(settings.redis_url)
    redis_store.keep_at(lambda: scheduler(connection, settings.env).start())


if __name__ == "__main__":
    main()
