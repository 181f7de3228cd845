"""Perform one task: claim it, call its topic, finish it. Who calls this (rq, the relay, a test) does not matter."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from flask import current_app

from yanglao.files import service as files
from yanglao.jobs import Topic
from yanglao.jobs.sending import NotYet
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, reading, run
from yanglao.kernel.errors import Problem
from yanglao.work import service
from yanglao.work.service import Claimed

EXPORTS_KEPT = timedelta(days=7)
log = structlog.get_logger(__name__)


class ClaimLost(Exception):
    """Says that another worker took the task up meanwhile; what this one did is rolled back."""


def perform(task_id: str) -> bool:
    """Perform the task unless somebody else has it; return whether this call finished it.

    Needs an application context. A refusal by a rule ends the task; any other fault puts it back to be tried again.
    """
    task = run(lambda: service.claim(db.session, task_id, now=now()))
    if task is None:
        return False
    topic = current_app.extensions["topics"].get(task.topic)
    try:
        if topic is None:
            raise Problem("work.topic_unknown")
        (_perform_long if topic.long else _perform_asking if topic.asks else _perform_write)(topic, task)
    except NotYet as wait:
        due = wait.due
        run(lambda: service.postpone(db.session, task, due=due, now=now()))
        return False
    except ClaimLost:
        log.warning("task.claim_lost", task=task.id, topic=task.topic)
        return False
    except Problem as problem:
        code = problem.code
        log.warning("task.refused", task=task.id, topic=task.topic, code=code)
        run(lambda: service.refuse(db.session, task, code, now=now()))
        return False
    except Exception as fault:
        name = type(fault).__name__
        log.exception("task.failed", task=task.id, topic=task.topic, attempt=task.attempt)
        run(lambda: service.fail(db.session, task, name, now=now()))
        return False
    log.info("task.done", task=task.id, topic=task.topic)
    return True


def _perform_write(topic: Topic, task: Claimed) -> None:
    def act() -> None:
        moment = now()
        result = topic.call(db.session, task.payload, now=moment, report=lambda done, total: None)
        _finish(task, result if isinstance(result, dict) else None)

    run(act)


def _perform_long(topic: Topic, task: Claimed) -> None:
    with reading():
        made = topic.call(db.session, task.payload, now=now(), report=_report_of(task))
    try:
        run(lambda: _finish(task, _kept(made, task)))
    finally:
        if getattr(made, "path", None) is not None:
            shutil.rmtree(made.path.parent, ignore_errors=True)


def _perform_asking(topic: Topic, task: Claimed) -> None:
    topic.call(db.session, task.payload, now=now(), report=_report_of(task))
    run(lambda: _finish(task, None))


def _report_of(task: Claimed) -> Callable[[int, int], None]:
    """Return how a call says how far it is; each time its lease is extended. Raises ClaimLost."""

    def report(done: int, total: int) -> None:
        if not run(lambda: service.progress(db.session, task, done, total, now=now())):
            raise ClaimLost

    return report


def _kept(made: Any, task: Claimed) -> dict[str, Any] | None:
    """Store a made file (``content`` or ``path``, ``name``, ``media_type``) for the person who asked; pass a dict on."""
    if made is None or isinstance(made, dict):
        return made
    moment = now()
    about: dict[str, Any] = {
        "name": made.name,
        "media_type": made.media_type,
        "owner_id": task.payload.get("person_id"),
        "purpose": task.topic,
        "now": moment,
        "keep_for": EXPORTS_KEPT,
    }
    if made.path is None:
        file_id = files.store(db.session, made.content, **about)
    else:
        file_id = files.store_path(db.session, _twin(made.path), **about).id
    if made.seal is not None:
        made.seal(db.session, moment)
    return {"file_id": file_id, "name": made.name}


def _twin(path: Path) -> Path:
    """Return another name of the same file: storing moves it away, and may have to be done once more after a lost race."""
    twin = path.with_name(f"kept-{path.name}")
    twin.unlink(missing_ok=True)
    twin.hardlink_to(path)
    return twin


def _finish(task: Claimed, result: dict[str, Any] | None) -> None:
    if not service.finish(db.session, task, result, now=now()):
        raise ClaimLost
