from __future__ import annotations

import os
import signal
import socket

import pytest

from tests.ops.processes import until

WORDS = ("redis-server", "supervisor.web", "jobs.worker", "jobs.cron", "jobs.relay")


def test_everything_starts_together_and_a_killed_redis_stops_nobody(start):
    house = start().ready()
    assert all(house.child(word) for word in WORDS)
    assert house.ask("/readyz") == (
        200,
        {"status": "ready", "database": "ok", "migrations": "ok", "triggers": "ok", "redis": "ok"},
    )
    redis = house.child("redis-server")
    redis.kill()
    assert house.ask("/healthz")[0] == 200
    assert house.ask("/readyz")[0] == 200
    until(lambda: house.ask("/readyz")[1].get("redis") == "ok" and house.child("redis-server") != redis)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything(start, number):
    house = start().ready()
    house.process.send_signal(number)
    assert house.process.wait(20) == 0
    assert house.left() == []
    assert house.ask("/healthz")[0] == 0


def test_a_killed_supervisor_leaves_nothing_behind(start):
    house = start().ready()
    os.kill(house.process.pid, signal.SIGKILL)
    until(lambda: not house.left(), 10)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", house.port))


def test_a_killed_web_process_is_replaced(start):
    house = start().ready()
    house.child("supervisor.web").kill()
    until(lambda: house.ask("/healthz")[0] == 0 or house.child("supervisor.web") is not None)
    until(lambda: house.ask("/healthz")[0] == 200)


def test_two_supervisors_never_share_a_folder(start):
    start().ready()
    second = start()
    assert second.process.wait(20) == 1
    assert "is in use by another running yanglao" in second.said.read_text()
