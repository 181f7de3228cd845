"""Keep papers, saved answers and results.

The paper is frozen when an attempt begins: questions, the order of their options, the pass mark and the end of the time.
"""

from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db

_OPEN = text("state = 'open'")


class QuizAttempt(db.Model):
    """One try at one segment's quiz; at most one is open per enrolment and segment.

    ``paper`` is ``[{"question": id, "options": [ids]}]`` in the order shown. ``submitted_ms`` of an expired attempt is the
    end of its time.
    """

    __tablename__ = "quiz_attempt"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "segment_id", "number"),
        CheckConstraint("state IN ('open', 'submitted', 'expired')", name="known_state"),
        CheckConstraint(
            "(state = 'open') = (submitted_ms IS NULL) AND (state = 'open') = (score IS NULL)"
            " AND (state = 'open') = (passed IS NULL)",
            name="graded_when_closed",
        ),
        CheckConstraint("score BETWEEN 0 AND 100", name="score_of_hundred"),
        CheckConstraint("pass_mark BETWEEN 1 AND 100", name="mark_of_hundred"),
        CheckConstraint("expires_ms > started_ms", name="lasts"),
        Index(
            "uq_quiz_attempt_one_open",
            "enrolment_id",
            "segment_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_quiz_attempt_due", "state", "expires_ms"),
        Index("ix_quiz_attempt_person", "person_id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"))
    segment_id: Mapped[str] = mapped_column(ForeignKey("programme_segment.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="open")
    pass_mark: Mapped[int]
    paper: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    started_ms: Mapped[int] = mapped_column(BigInteger)
    expires_ms: Mapped[int] = mapped_column(BigInteger)
    submitted_ms: Mapped[int | None] = mapped_column(BigInteger)
    score: Mapped[int | None]
    passed: Mapped[bool | None]


class AttemptAnswer(db.Model):
    """What is ticked now for one question of a paper: option ids in the order of the paper."""

    __tablename__ = "attempt_answer"

    attempt_id: Mapped[str] = mapped_column(ForeignKey("quiz_attempt.id"), primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"), primary_key=True)
    answer: Mapped[list[str]] = mapped_column(JSON)
    answered_ms: Mapped[int] = mapped_column(BigInteger)
