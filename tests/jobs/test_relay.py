from __future__ import annotations

from rq.serializers import JSONSerializer

from tests.ops.processes import until
from yanglao.jobs import cron, relay, schedule, worker
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, reading, run
from yanglao.outside import queue
from yanglao.work import queries, service


def ask(key="k"):
    return run(lambda: service.enqueue(db.session, "rows.expire", key, {}, now=now()))


def state(task_id):
    with reading():
        return queries.task(db.session, task_id).state


def work_off(house, monkeypatch):
    """Let a real rq worker perform what waits in Redis."""
    monkeypatch.setattr(worker, "_app", lambda: house)
    rq_worker = worker.Worker([queue.queue(house.redis)], connection=house.redis, serializer=JSONSerializer)
    rq_worker.work(burst=True, logging_level="ERROR")


def test_what_is_due_goes_to_rq_and_a_real_worker_performs_it(redis_house, monkeypatch):
    monkeypatch.setattr(queue, "workers_alive", lambda connection: True)
    task_id = ask()
    assert relay.step(redis_house.redis) == 1
    assert state(task_id) == "queued" and relay.step(redis_house.redis) == 0
    work_off(redis_house, monkeypatch)
    assert state(task_id) == "done"


def test_a_task_pushed_twice_is_performed_once(redis_house, monkeypatch):
    task_id = ask()
    assert queue.push(redis_house.redis, [task_id, task_id])
    work_off(redis_house, monkeypatch)
    with reading():
        assert queries.task(db.session, task_id).attempts == 1


def test_without_a_living_worker_the_relay_performs_itself(redis_house):
    task_id = ask()
    assert relay.step(redis_house.redis) == 1
    assert state(task_id) == "done"


def test_without_redis_nothing_is_lost(redis_house):
    redis_house.redis_server.kill()
    redis_house.redis_server.wait()
    task_id = ask()
    assert relay.step(redis_house.redis) == 1
    assert state(task_id) == "done"


def test_rqs_cron_asks_a_worker_for_what_is_planned(redis_house, monkeypatch):
    scheduler = cron.scheduler(redis_house.redis, "test")
    names = {job.name for job in scheduler.get_jobs()}
    assert {"evidence.checkpoint", "viewing.sweep", "demo.renew"} <= names
    at_intervals = sum(1 for planned in schedule.of("demo") if planned.every_s)
    assert len(scheduler.enqueue_jobs()) == at_intervals  # those that run at intervals begin at once
    work_off(redis_house, monkeypatch)
    with reading():
        assert len(until(lambda: queries.due(db.session, now=now()), 5)) >= 2
