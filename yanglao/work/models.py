"""The table of tasks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, CheckConstraint, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db

OPEN = text("state IN ('queued', 'running')")


class WorkTask(db.Model):
    """One thing to do. At most one row per (topic, key) is not done, whoever asks and however often."""

    __tablename__ = "work_task"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="state"),
        CheckConstraint("attempts >= 0", name="attempts_not_negative"),
        CheckConstraint("progress_done >= 0 AND progress_total >= 0", name="progress_not_negative"),
        Index("uq_work_task_open", "topic", "key", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_work_task_state_due_ms", "state", "due_ms"),
        Index("ix_work_task_topic_created_ms", "topic", "created_ms"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    topic: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10), default="queued")
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    due_ms: Mapped[int] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    again: Mapped[bool] = mapped_column(Boolean, default=False)  # asked for once more while it was running
    handed_ms: Mapped[int | None] = mapped_column(BigInteger)  # given to rq
    lease_until_ms: Mapped[int | None] = mapped_column(
        BigInteger
    )  # a running task past this moment lost its worker
    progress_done: Mapped[int] = mapped_column(Integer, default=0)
    progress_total: Mapped[int] = mapped_column(Integer, default=0)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    error_code: Mapped[str | None] = mapped_column(String(80))
    created_ms: Mapped[int] = mapped_column(BigInteger)
    started_ms: Mapped[int | None] = mapped_column(BigInteger)
    finished_ms: Mapped[int | None] = mapped_column(BigInteger)
