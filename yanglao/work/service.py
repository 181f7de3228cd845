"""Ask for work, take it up, finish it. A conditional UPDATE decides who takes a task; nobody waits for anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Update, and_, case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import changed
from yanglao.kernel.identifiers import new_id
from yanglao.work import rules
from yanglao.work.models import OPEN, WorkTask


@dataclass(frozen=True)
class Claimed:
    """A task that this worker, and nobody else, may now perform; ``attempt`` names the claim."""

    id: str
    topic: str
    key: str
    payload: dict[str, Any]
    attempt: int


def enqueue(
    session: Session,
    topic: str,
    key: str,
    payload: dict[str, Any],
    *,
    due: datetime | None = None,
    now: datetime,
) -> str:
    """Ask for ``topic`` on ``key`` and return the task's id; asked twice before it is done, it is done once.

    A waiting task takes the newer payload and the earlier due time; a running one is done once more afterwards.
    """
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(WorkTask)
    due_ms = to_ms(due or now)
    new = insert.values(
        id=new_id(), topic=topic, key=key, payload=payload, due_ms=due_ms, created_ms=to_ms(now), state="queued",
        attempts=0, again=False, progress_done=0, progress_total=0,
    )  # fmt: skip
    table = WorkTask.__table__.c
    statement = new.on_conflict_do_update(
        index_elements=["topic", "key"],
        index_where=OPEN,
        set_={
            "payload": new.excluded.payload,
            "again": table.state == "running",
            "due_ms": _least(table.due_ms, new.excluded.due_ms),
        },
    ).returning(WorkTask.id)
    return str(session.execute(statement).scalar_one())


def claim(session: Session, task_id: str, *, now: datetime) -> Claimed | None:
    """Take up one task that is due, or whose worker was lost; ``None`` when somebody else has it."""
    moment = to_ms(now)
    taken = _changed(
        session,
        update(WorkTask)
        .where(WorkTask.id == task_id, _claimable(moment))
        .values(
            state="running",
            attempts=WorkTask.attempts + 1,
            again=False,
            started_ms=moment,
            lease_until_ms=moment + rules.LEASE_MS,
        ),
    )
    if not taken:
        return None
    row = session.execute(
        select(WorkTask).where(WorkTask.id == task_id).execution_options(populate_existing=True)
    )
    task = row.scalar_one()
    return Claimed(task.id, task.topic, task.key, task.payload, task.attempts)


def finish(session: Session, task: Claimed, result: dict[str, Any] | None, *, now: datetime) -> bool:
    """Mark the task done with its result; False when the claim was lost meanwhile (then roll the effect back).

    A task asked for again while it ran goes back to the waiting ones.
    """
    moment = to_ms(now)
    mine = _mine(task)
    if _changed(session, _waiting_again(mine & WorkTask.again.is_(True), due_ms=moment, attempts=0)):
        return True
    done = update(WorkTask).where(mine).values(
        state="done", result=result, error_code=None, finished_ms=moment, lease_until_ms=None
    )  # fmt: skip
    return _changed(session, done)


def fail(session: Session, task: Claimed, error_code: str, *, now: datetime) -> None:
    """Put a failed task back with a growing wait, or give it up. ``error_code`` is a name, never a message."""
    moment = to_ms(now)
    if rules.given_up(task.attempt):
        final = update(WorkTask).where(_mine(task)).values(
            state="failed", error_code=error_code[:80], finished_ms=moment, lease_until_ms=None
        )  # fmt: skip
        _changed(session, final)
        return
    due_ms = moment + rules.wait_ms(task.attempt)
    _changed(
        session, _waiting_again(_mine(task), due_ms=due_ms, attempts=task.attempt, error_code=error_code[:80])
    )


def postpone(session: Session, task: Claimed, *, due: datetime, now: datetime) -> None:
    """Put a task back until ``due``: nothing failed, it is only not the time."""
    _changed(session, _waiting_again(_mine(task), due_ms=max(to_ms(due), to_ms(now)), attempts=task.attempt))


def refuse(session: Session, task: Claimed, error_code: str, *, now: datetime) -> None:
    """Give a task up at once: what it asks for breaks a rule, trying again changes nothing."""
    gone = update(WorkTask).where(_mine(task)).values(
        state="failed", error_code=error_code[:80], finished_ms=to_ms(now), lease_until_ms=None
    )  # fmt: skip
    _changed(session, gone)


def cancel(session: Session, task_id: str, error_code: str, *, now: datetime) -> bool:
    """Give up a task that waits or runs, because nobody wants it any more; False when it came to rest before.

    Who performs it hears of it at the next ``progress`` or ``finish``.
    """
    gone = update(WorkTask).where(WorkTask.id == task_id, WorkTask.state.in_(("queued", "running"))).values(
        state="failed", error_code=error_code[:80], finished_ms=to_ms(now), lease_until_ms=None
    )  # fmt: skip
    return _changed(session, gone)


def progress(session: Session, task: Claimed, done: int, total: int, *, now: datetime) -> bool:
    """Note how far a running task is and extend its lease; False when the claim was lost meanwhile."""
    lease = to_ms(now) + rules.LEASE_MS
    return _changed(
        session,
        update(WorkTask)
        .where(_mine(task))
        .values(progress_done=max(done, 0), progress_total=max(total, 0), lease_until_ms=lease),
    )


def hand_over(session: Session, task_ids: list[str], *, now: datetime) -> None:
    """Note that rq was given these tasks, so that they are not given again for a minute."""
    session.execute(update(WorkTask).where(WorkTask.id.in_(task_ids)).values(handed_ms=to_ms(now)))


def give_up_lost(session: Session, *, now: datetime) -> None:
    """Mark tasks failed whose workers were lost every time they were tried."""
    lost = and_(WorkTask.state == "running", WorkTask.lease_until_ms < to_ms(now))
    session.execute(
        update(WorkTask)
        .where(lost, WorkTask.attempts >= rules.MOST_ATTEMPTS)
        .values(state="failed", error_code="work.worker_lost", finished_ms=to_ms(now), lease_until_ms=None)
        .execution_options(synchronize_session=False)
    )


def forget_done(session: Session, *, before_ms: int) -> int:
    """Delete finished tasks that ended before ``before_ms``; return how many."""
    statement = delete(WorkTask).where(
        WorkTask.state.in_(("done", "failed")), WorkTask.finished_ms < before_ms
    )
    return changed(session, statement)


def _claimable(moment: int) -> Any:
    return or_(
        and_(WorkTask.state == "queued", WorkTask.due_ms <= moment),
        and_(
            WorkTask.state == "running",
            WorkTask.lease_until_ms < moment,
            WorkTask.attempts < rules.MOST_ATTEMPTS,
        ),
    )


def _mine(task: Claimed) -> Any:
    return and_(WorkTask.id == task.id, WorkTask.state == "running", WorkTask.attempts == task.attempt)


def _waiting_again(which: Any, **values: Any) -> Update:
    return update(WorkTask).where(which).values(
        state="queued", again=False, handed_ms=None, lease_until_ms=None, progress_done=0, progress_total=0, **values
    )  # fmt: skip


def _least(one: Any, other: Any) -> Any:
    return case((one < other, one), else_=other)


def _changed(session: Session, statement: Update) -> bool:
    return changed(session, statement.execution_options(synchronize_session=False)) == 1
