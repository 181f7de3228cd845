from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest

from yanglao.kernel.db import db, run
from yanglao.work import queries, rules, service

NOW = datetime(2026, 3, 8, 1, 0, tzinfo=timezone.utc)
LEASE = timedelta(milliseconds=rules.LEASE_MS)
pytestmark = pytest.mark.usefixtures("bare")


def ask(key="王秀英", payload=None, due=None, now=NOW):
    return run(
        lambda: service.enqueue(db.session, "completion.refresh", key, payload or {}, due=due, now=now)
    )


def claim(task_id, now=NOW):
    return run(lambda: service.claim(db.session, task_id, now=now))


def finish(task, result=None, now=NOW):
    return run(lambda: service.finish(db.session, task, result, now=now))


def state(task_id):
    return queries.task(db.session, task_id).state


def test_what_is_asked_for_twice_waits_once_with_the_newer_payload():
    first = ask(payload={"n": 1})
    assert ask(payload={"n": 2}) == first
    assert queries.task(db.session, first).payload == {"n": 2}


def test_what_is_put_off_waits_until_its_time_and_its_old_claim_is_void():
    task_id = ask()
    task = claim(task_id)
    later = NOW + timedelta(minutes=1)
    run(lambda: service.postpone(db.session, task, due=later, now=NOW))
    assert claim(task_id, later - timedelta(milliseconds=1)) is None and not finish(task)
    again = claim(task_id, later)
    assert again.attempt == 2 and finish(again, now=later)


def test_what_was_asked_is_known_while_it_waits_and_after_it_is_done():
    finish(claim(ask("甲")))
    ask("乙")
    assert queries.asked(db.session, "completion.refresh", ["甲", "乙", "丙"]) == {"甲", "乙"}
    assert queries.asked(db.session, "viewing.sweep", ["甲"]) == set()


def test_what_is_done_may_be_asked_for_again():
    first = ask()
    assert finish(claim(first))
    assert ask() != first


def test_what_is_asked_for_while_it_runs_runs_once_more():
    task = claim(ask())
    assert ask(payload={"n": 2}) == task.id
    finish(task)
    assert state(task.id) == "queued"
    again = claim(task.id)
    assert again.payload == {"n": 2}
    finish(again)
    assert state(task.id) == "done"


@pytest.mark.parametrize(("after_s", "taken"), [(59, False), (60, True)])
def test_a_task_waits_until_it_is_due(after_s, taken):
    task_id = ask(due=NOW + timedelta(seconds=60))
    moment = NOW + timedelta(seconds=after_s)
    assert (queries.due(db.session, now=moment) == [task_id]) is taken
    assert (claim(task_id, moment) is not None) is taken


def test_of_many_workers_exactly_one_takes_a_task(bare):
    task_id = ask()

    def try_it(_):
        with bare.app_context():
            return claim(task_id) is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_it, range(16))) == 1


def test_a_task_of_a_killed_worker_is_taken_up_after_its_lease_and_the_late_worker_changes_nothing():
    lost = claim(ask())
    assert claim(lost.id, NOW + LEASE) is None
    later = NOW + LEASE + timedelta(milliseconds=1)
    assert queries.due(db.session, now=later) == [lost.id]
    taken = claim(lost.id, later)
    assert taken.attempt == 2
    assert not finish(lost, now=later)
    assert finish(taken, now=later)


def test_progress_is_seen_and_extends_the_lease():
    task = claim(ask())
    assert run(lambda: service.progress(db.session, task, 5, 30, now=NOW + LEASE))
    seen = queries.task(db.session, task.id)
    assert (seen.progress_done, seen.progress_total) == (5, 30)
    assert claim(task.id, NOW + LEASE + timedelta(seconds=1)) is None


def test_a_failed_task_is_tried_again_later_and_later_and_given_up_at_last():
    task_id, moment, waits = ask(), NOW, []
    while state(task_id) != "failed":
        task = claim(task_id, moment)
        run(lambda task=task, moment=moment: service.fail(db.session, task, "server.fault", now=moment))
        due_ms = queries.task(db.session, task_id).due_ms
        waits.append(due_ms)
        moment = datetime.fromtimestamp(due_ms / 1000, timezone.utc)
    assert len(waits) == rules.MOST_ATTEMPTS
    assert queries.task(db.session, task_id).error_code == "server.fault"


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 5), (2, 10), (3, 20), (10, 2560), (11, 3600), (40, 3600)]
)
def test_the_wait_doubles_up_to_an_hour(attempts, seconds):
    assert rules.wait_ms(attempts) == seconds * 1000


def test_what_rq_was_given_is_left_to_it_for_a_minute():
    task_id = ask()
    run(lambda: service.hand_over(db.session, [task_id], now=NOW))
    assert queries.due(db.session, now=NOW + timedelta(seconds=60)) == []
    assert queries.due(db.session, now=NOW + timedelta(milliseconds=60_001)) == [task_id]


def test_done_tasks_are_forgotten_after_their_time():
    task = claim(ask())
    finish(task)
    moment = int(NOW.timestamp() * 1000)
    assert run(lambda: service.forget_done(db.session, before_ms=moment)) == 0
    assert run(lambda: service.forget_done(db.session, before_ms=moment + 1)) == 1
