"""The fast path of the work: hands task ids to rq. The task rows in the database stay the truth."""

from __future__ import annotations

import logging

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer
from rq.worker_registration import REDIS_WORKER_KEYS

NAME = "yanglao"
LONGEST_TASK_S = 3600
log = logging.getLogger(__name__)


def queue(connection: Redis) -> Queue:
    """Return the one queue; jobs are JSON (a function's name and a task id), never pickles."""
    return Queue(NAME, connection=connection, serializer=JSONSerializer, default_timeout=LONGEST_TASK_S)


def push(connection: Redis, task_ids: list[str]) -> bool:
    """Hand ``task_ids`` to the workers; return False when Redis is away and nobody will take them up."""
    try:
        target = queue(connection)
        for task_id in task_ids:
            target.enqueue("yanglao.jobs.worker.perform", task_id, result_ttl=0, failure_ttl=86_400)
    except (RedisError, OSError):
        log.warning("redis is away; tasks stay in the database")
        return False
    return True


def workers_alive(connection: Redis) -> bool:
    """Tell whether any rq worker reported lately; one that was killed is forgotten after some minutes."""
    try:
        keys = connection.smembers(REDIS_WORKER_KEYS)
        return bool(keys) and bool(connection.exists(*keys))
    except (RedisError, OSError):
        return False
