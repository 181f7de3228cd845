"""Never twice: killed workers, workers at once, Redis away, pushes that come before we know what was sent."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from tests.messages.makers import NOTICE, TEMPLATE, WANG, tell
from tests.ops.processes import ROOT, until
from yanglao.jobs import relay, sending
from yanglao.jobs.perform import perform
from yanglao.kernel.db import db, run
from yanglao.messages import arrivals
from yanglao.outside import redis_store
from yanglao.work.models import WorkTask

LEASE_S = 301


def only_task() -> str:
    """Return the id of the task that sends the only message."""
    found = db.session.query(WorkTask).filter_by(topic="message.send").one().id
    db.session.remove()
    return found


def kill_while_asking(office, path):
    """Let a worker process be killed after WeChat heard it and before it noted the answer."""
    settings = office.app.config["SETTINGS"]
    plain = {
        name: value for name, value in os.environ.items() if not name.startswith(("YANGLAO_", "WECHAT_"))
    }
    environ = plain | {
        "YANGLAO_ENV": "test",
        "DATA_DIR": str(settings.data_dir),
        "SECRET_KEY": settings.secret_key,
        "DATABASE_URL": settings.database_url,
        "WECHAT_APP_ID": settings.wechat_app_id,
        "WECHAT_APP_SECRET": settings.wechat_app_secret,
        "WECHAT_API_BASE": office.stub.base,
        "YANGLAO_CLOCK_FILE": str(office.clock),
        "PUBLIC_BASE_URL": settings.public_base_url,
    }
    task_id = only_task()
    worker = subprocess.Popen([sys.executable, "-m", "tests.messages.worker", task_id], cwd=ROOT, env=environ)
    until(lambda: office.stub.calls[path] or worker.poll() is not None, 60)
    worker.kill()
    worker.wait()
    assert office.stub.calls[path] == 1


@pytest.mark.processes
def test_a_template_of_a_killed_worker_is_asked_for_again_under_the_same_key(office):
    tell(office.bound(), now=office.now)
    office.stub.slow_s = 1.5
    kill_while_asking(office, TEMPLATE)
    assert office.deliveries() == [("template", "sending", "")]
    office.wait(LEASE_S)
    office.work()
    assert office.deliveries() == [("template", "sent", "")]
    first, second = office.sent(TEMPLATE)
    assert first["client_msg_id"] == second["client_msg_id"]


@pytest.mark.processes
@pytest.mark.parametrize("way", ["notice", "late template"])
def test_what_wechat_would_not_recognise_is_not_asked_for_again(desk, way):
    wang = desk.bound()
    tell(wang, now=desk.now)
    if way == "notice":
        desk.allow(WANG)
        desk.faults(TEMPLATE, 43004)
    desk.stub.slow_s = 1.0
    kill_while_asking(desk, NOTICE if way == "notice" else TEMPLATE)
    desk.wait(LEASE_S if way == "notice" else 3600)
    desk.work()
    assert desk.deliveries()[-1][1:] == ("unknown", "worker_lost")
    assert desk.stub.calls[NOTICE if way == "notice" else TEMPLATE] == 1


def at_once(app, act, times=4):
    """Let ``act`` run in threads of its own, all from the same moment on."""
    gate = threading.Barrier(times)

    def one():
        with app.app_context():
            gate.wait()
            act()
            db.session.remove()

    running = [threading.Thread(target=one) for _ in range(times)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def test_four_workers_with_one_task_send_once(office):
    tell(office.bound(), now=office.now)
    task_id = only_task()
    at_once(office.app, lambda: perform(task_id))
    assert len(office.sent(TEMPLATE)) == 1 and office.deliveries() == [("template", "sent", "")]


def test_four_workers_that_lost_each_others_claim_send_once(office):
    message_id = tell(office.bound(), now=office.now)
    office.stub.slow_s = 0.2

    def act():
        try:
            sending.send_message(
                db.session, {"message_id": message_id}, now=office.now, report=lambda done, total: None
            )
        except sending.NotYet as wait:
            late.append(wait.due)

    late = []
    at_once(office.app, act)
    assert len(office.sent(TEMPLATE)) == 1 and office.deliveries() == [("template", "sent", "")]
    assert all(due > office.now for due in late)


def test_with_redis_away_the_relay_sends_it_itself_and_once(desk):
    tell(desk.bound(), now=desk.now)
    nobody = redis_store.connect("redis://127.0.0.1:9/0")
    db.session.remove()
    assert relay.step(nobody) == 1 and relay.step(nobody) == 0
    assert len(desk.sent(TEMPLATE)) == 1


@pytest.mark.parametrize(("status", "noted"), [("success", "arrived"), ("failed:user block", "failed")])
def test_wechats_word_on_an_arrival_is_noted(office, status, noted):
    office.tell(office.bound())
    run(lambda: arrivals.delivered(db.session, "200228332", status, office.now))
    assert office.deliveries()[0][1] == noted


def test_wechats_word_may_come_before_we_know_what_was_sent(office):
    """The push of the arrival overtakes the answer to our call: it is looked for a little later."""
    wang = office.bound()
    run(lambda: arrivals.delivered(db.session, "200228332", "success", office.now))
    run(lambda: arrivals.delivered(db.session, "5", "success", office.now))
    office.tell(wang)
    assert office.deliveries()[0][1] == "sent"
    office.wait(31)
    office.work()
    assert office.deliveries()[0][1] == "arrived"
