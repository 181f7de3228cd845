from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from yanglao import jobs
from yanglao.demo import topics
from yanglao.files import service as files
from yanglao.jobs import Topic
from yanglao.jobs.perform import perform
from yanglao.jobs.sending import NotYet
from yanglao.kernel.actor import SYSTEM
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, reading, run
from yanglao.kernel.errors import Refused
from yanglao.people import service as people
from yanglao.work import queries, service

pytestmark = pytest.mark.usefixtures("app")


@dataclass(frozen=True)
class Made:
    content: bytes
    name: str
    media_type: str
    path: Path | None = None
    seal: Callable[..., None] | None = None


@pytest.fixture
def topic(app):
    """Give a maker of topics for this test alone."""
    return lambda call, long=False: app.extensions["topics"].update({"test.topic": Topic(call, long=long)})


def ask(payload=None, topic="test.topic"):
    return run(lambda: service.enqueue(db.session, topic, "k", payload or {}, now=now()))


def seen(task_id):
    with reading():
        return queries.task(db.session, task_id)


def test_a_call_and_the_end_of_its_task_are_one_transaction(topic):
    def call(session, payload, *, now, report):
        service.enqueue(session, "viewing.sweep", payload["key"], {}, now=now)

    topic(call)
    task_id = ask({"key": "王秀英"})
    assert perform(task_id) and seen(task_id).state == "done"
    assert not perform(task_id)
    assert len(queries.due(db.session, now=now())) == 1


def test_what_a_failing_call_wrote_is_rolled_back_and_tried_again(topic):
    def call(session, payload, *, now, report):
        service.enqueue(session, "viewing.sweep", "k", {}, now=now)
        raise RuntimeError("王秀英 370202198001010017")

    topic(call)
    task_id = ask()
    assert not perform(task_id)
    task = seen(task_id)
    assert (task.state, task.attempts, task.error_code) == ("queued", 1, "RuntimeError")
    assert queries.due(db.session, now=now() + timedelta(hours=2)) == [task_id]


def test_a_refusal_by_a_rule_ends_the_task_with_its_code(topic):
    def call(session, payload, *, now, report):
        raise Refused("export.too_large")

    topic(call)
    task_id = ask()
    perform(task_id)
    assert (seen(task_id).state, seen(task_id).error_code) == ("failed", "export.too_large")


def test_a_long_call_reports_and_what_it_made_is_stored_for_who_asked(topic):
    def call(session, payload, *, now, report):
        report(1, 2)
        with_progress.append(seen(task_id).progress_done)
        return Made("姓名\n".encode(), "学时.csv", "text/csv")

    with_progress: list[int] = []
    topic(call, long=True)
    task_id = ask({"person_id": "p1"})
    assert perform(task_id) and with_progress == [1]
    file = files.open_(db.session, seen(task_id).result["file_id"], now=now(), owner_id="p1")
    assert (file.name, file.path.read_text()) == ("学时.csv", "姓名\n")


def test_a_call_that_says_not_yet_is_put_off_and_nothing_has_failed(app):
    due = now() + timedelta(minutes=10)

    def call(session, payload, *, now, report):
        run(
            lambda: service.enqueue(session, "viewing.sweep", "kept", {}, now=now)
        )  # a transaction of its own
        raise NotYet(due)

    app.extensions["topics"]["test.topic"] = Topic(call, asks=True)
    task_id = ask()
    assert not perform(task_id)
    task = seen(task_id)
    assert (task.state, task.error_code) == ("queued", None)
    assert task_id not in queries.due(db.session, now=due - timedelta(seconds=1))
    assert len(queries.due(db.session, now=due)) == 2


def test_a_task_of_an_unknown_topic_is_refused():
    task_id = ask(topic="nobody.knows")
    perform(task_id)
    assert (seen(task_id).state, seen(task_id).error_code) == ("failed", "work.topic_unknown")


# What somebody asked for and is not there ends with its name; everything else finds nothing to do.
ENDS = {"paper.make": ("failed", "paper.unknown")}


@pytest.mark.parametrize("name", sorted({**jobs.TOPICS, **topics.TOPICS}))
def test_every_topic_runs_on_an_empty_house(name):
    if name == "export.make":
        pytest.skip("an export needs somebody who asks")
    draft = people.Draft(name="王秀英", id_number="11010519491231002X")
    admitted = run(lambda: people.admit(db.session, draft, now=now(), actor=SYSTEM))
    told = {"kind": "account_bound", "facts": {"device": "手机", "at_ms": 0}, "once": "1"}
    told |= {"msgid": "1", "status": "success", "message_id": "nobody", "attempt_id": "nothing"}
    told |= {
        "material_id": "nothing",
        "recording_id": "nothing",
        "paper_id": "nothing",
        "upload_id": "nothing",
        "import_id": "nothing",
    }
    told |= {"session_id": "nothing", "which": "before", "starts_ms": 0, "day": "2026-03-08"}
    task_id = ask({"person_id": admitted.person_id, **told}, topic=name)
    perform(task_id)
    assert (seen(task_id).state, seen(task_id).error_code) == ENDS.get(name, ("done", None))
