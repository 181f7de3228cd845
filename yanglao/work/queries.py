"""Look at tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import NotFound
from yanglao.work import rules
from yanglao.work.models import WorkTask


@dataclass(frozen=True)
class TaskView:
    """One task as its owner may see it. ``state`` is queued, running, done or failed."""

    id: str
    topic: str
    key: str
    state: str
    payload: dict[str, Any]
    progress_done: int
    progress_total: int
    result: dict[str, Any] | None
    error_code: str | None
    attempts: int
    due_ms: int
    created_ms: int
    finished_ms: int | None


def task(session: Session, task_id: str) -> TaskView:
    """Return one task. Raises ``NotFound``."""
    row = session.get(WorkTask, task_id, populate_existing=True)
    if row is None:
        raise NotFound("work.task_unknown")
    return _view(row)


def due(session: Session, *, now: datetime, limit: int = 100) -> list[str]:
    """Return ids of tasks that wait and are due or whose worker was lost, the oldest due first.

    What rq was given less than a minute ago is left out: it is on its way.
    """
    moment = to_ms(now)
    waiting = and_(
        WorkTask.state == "queued",
        WorkTask.due_ms <= moment,
        or_(
            WorkTask.handed_ms.is_(None),
            WorkTask.handed_ms < moment - rules.HANDED_MS,
            WorkTask.handed_ms > moment,
        ),
    )
    lost = and_(
        WorkTask.state == "running",
        WorkTask.lease_until_ms < moment,
        WorkTask.attempts < rules.MOST_ATTEMPTS,
    )
    statement = (
        select(WorkTask.id).where(or_(waiting, lost)).order_by(WorkTask.due_ms, WorkTask.id).limit(limit)
    )
    return list(session.scalars(statement))


def last_asked_ms(session: Session, topic: str, *, until: datetime) -> int | None:
    """Return when ``topic`` was last asked for, not after ``until``, in milliseconds; ``None`` when never."""
    earlier = WorkTask.created_ms <= to_ms(until)
    return session.scalar(select(func.max(WorkTask.created_ms)).where(WorkTask.topic == topic, earlier))


def asked(session: Session, topic: str, keys: Sequence[str]) -> set[str]:
    """Return those of ``keys`` for which ``topic`` was asked, as long as finished tasks are kept (a week)."""
    found: set[str] = set()
    for start in range(0, len(keys), 500):
        part = WorkTask.key.in_(keys[start : start + 500])
        found.update(session.scalars(select(WorkTask.key).where(WorkTask.topic == topic, part)))
    return found


def counts(session: Session) -> dict[str, int]:
    """Return how many tasks are in each state."""
    rows = session.execute(select(WorkTask.state, func.count()).group_by(WorkTask.state)).all()
    return {state: number for state, number in rows}


def _view(row: WorkTask) -> TaskView:
    return TaskView(
        id=row.id,
        topic=row.topic,
        key=row.key,
        state=row.state,
        payload=row.payload,
        progress_done=row.progress_done,
        progress_total=row.progress_total,
        result=row.result,
        error_code=row.error_code,
        attempts=row.attempts,
        due_ms=row.due_ms,
        created_ms=row.created_ms,
        finished_ms=row.finished_ms,
    )


def progress_of(session: Session, topic: str, key: str) -> tuple[int, int]:
    """Return (done, total) of the newest task of ``topic`` on ``key``; (0, 0) while it waits or says nothing."""
    wanted = select(WorkTask.progress_done, WorkTask.progress_total).where(
        WorkTask.topic == topic, WorkTask.key == key
    )
    row = session.execute(wanted.order_by(WorkTask.created_ms.desc(), WorkTask.id.desc()).limit(1)).first()
    return (row[0], row[1]) if row else (0, 0)


def last(session: Session, topic: str, key: str) -> TaskView | None:
    """Return the newest task of ``topic`` on ``key``, or None."""
    wanted = select(WorkTask).where(WorkTask.topic == topic, WorkTask.key == key)
    row = session.scalar(wanted.order_by(WorkTask.created_ms.desc(), WorkTask.id.desc()).limit(1))
    return _view(row) if row else None


def given_up(session: Session, topic: str, key: str) -> bool:
    """Tell whether nobody will do ``topic`` on ``key`` any more: no task of it waits or runs."""
    wanted = select(WorkTask.id).where(WorkTask.topic == topic, WorkTask.key == key)
    return session.scalar(wanted.where(WorkTask.state.in_(("queued", "running"))).limit(1)) is None
