"""What a durable beat and a durable scan cost, as shares of an empty Flask view measured in the same run.

Run by ``make bench``; prints ratios and asserts nothing about time. One thread, the test client, SQLite with
``synchronous=FULL`` and PostgreSQL as it comes: every beat is answered after its commit.
"""

from __future__ import annotations

import time
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.factories import NINE, phone_of, world
from tests.web.phone import Phone, beat
from yanglao.capture.attendance import cards
from yanglao.kernel import clock
from yanglao.kernel.clock import rfc3339
from yanglao.kernel.db import db, run
from yanglao.people import queries as people

ROUNDS = 200


def per_second(act, times=ROUNDS):
    """Return how often ``act(number)`` runs in a second."""
    begun = time.perf_counter()
    for number in range(times):
        act(number)
    return times / (time.perf_counter() - begun)


@pytest.fixture
def there(either):
    return world(now=NINE, trainees=40)


@pytest.fixture
def empty(either):
    """Give the calls per second of a view that does nothing."""
    http = either.test_client()
    return per_second(lambda _: http.get("/healthz"), 1000)


def test_a_durable_beat_costs_a_share_of_an_empty_view(either, there, empty, tmp_path, capsys):
    file = tmp_path / "clock"
    clock.use_file(file)
    phone = Phone(either, phone_of(there.wang), NINE, file)
    viewing = phone.open(there)["id"]

    def send(number):
        phone.wait(1).call(
            "POST", f"viewings/{viewing}/beats", beat(number + 1, number % 90, number % 90 + 1)
        )

    rate = per_second(send)
    with capsys.disabled():
        print(f"\n{db.engine.dialect.name}: beats/s {rate:.0f}, of an empty view {rate / empty:.3f}")


def test_a_durable_scan_costs_a_share_of_an_empty_view(either, there, empty, tmp_path, capsys):
    file = tmp_path / "clock"
    clock.use_file(file)
    teacher = Phone(either, people.person(db.session, there.teacher.person_id).account_phone, NINE, file)
    teacher.call("POST", f"sessions/{there.session_id}/open")
    run(lambda: cards.keep(db.session, [one.actor.person_id for one in there.trainees], now=NINE))

    def scan(number):
        teacher.wait(1)
        payload = cards.card(db.session, there.trainees[number].actor.person_id, now=teacher.at).now.payload
        db.session.rollback()
        moment = rfc3339(teacher.at + timedelta(0))
        body = {"scan_uuid": str(uuid4()), "kind": "card", "payload": payload, "session_id": there.session_id}
        body |= {"direction": "in", "captured_at": moment, "sent_at": moment, "device": str(uuid4())}
        assert teacher.call("POST", "scans", body)["items"][0]["outcome"] == "accepted"

    rate = per_second(scan, 40)
    with capsys.disabled():
        print(f"\n{db.engine.dialect.name}: scans/s {rate:.0f}, of an empty view {rate / empty:.3f}")
