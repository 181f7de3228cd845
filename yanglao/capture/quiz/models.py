"""Keep papers, saved answers and results.

The paper is frozen when an attempt begins: questions, the order of their options, the pass mark and the end of the time.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db

_OPEN = text("state = 'open' AND module_id IS NULL")
_OPEN_MODULE = text("state = 'open' AND module_id IS NOT NULL")


class QuizAttempt(db.Model):
    """One try at the quiz of a segment, or of one of its modules; at most one is open per enrolment and quiz.

    ``number`` counts the tries at all quizzes of a segment. ``seed`` drew the paper; ``feedback`` and ``by_share`` (marks of
    multiple questions) are what held when it began.

    ``paper`` is ``[{"question": id, "options": [ids], "case": id or missing}]`` in the order shown. ``submitted_ms`` of an expired attempt is the
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
        CheckConstraint(
            "feedback IN ('nothing', 'score', 'explanations_after_passing')", name="known_feedback"
        ),
        Index(
            "uq_quiz_attempt_one_open",
            "enrolment_id",
            "segment_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "uq_quiz_attempt_one_open_module",
            "enrolment_id",
            "module_id",
            unique=True,
            sqlite_where=_OPEN_MODULE,
            postgresql_where=_OPEN_MODULE,
        ),
        Index("ix_quiz_attempt_due", "state", "expires_ms"),
        Index("ix_quiz_attempt_person", "person_id"),
        Index("ix_quiz_attempt_segment", "segment_id", "submitted_ms"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"))
    segment_id: Mapped[str] = mapped_column(ForeignKey("programme_segment.id"))
    module_id: Mapped[str | None] = mapped_column(String(26))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="open")
    pass_mark: Mapped[int]
    paper: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    started_ms: Mapped[int] = mapped_column(BigInteger)
    expires_ms: Mapped[int] = mapped_column(BigInteger)
    submitted_ms: Mapped[int | None] = mapped_column(BigInteger)
    score: Mapped[int | None]
    passed: Mapped[bool | None]
    seed: Mapped[str | None] = mapped_column(String(26))
    feedback: Mapped[str] = mapped_column(
        String(32), default="explanations_after_passing", server_default=text("'explanations_after_passing'")
    )
    by_share: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    tally: Mapped[str | None] = mapped_column(
        Text, deferred=True
    )  # see tallies.py; None: closed by code before it


class AttemptAnswer(db.Model):
    """What is answered now to one question of a paper: option ids in the order of the paper, or a text per blank.

    ``counter`` is the phone's: an answer with a smaller one came late and is older. ``first_ms`` is when the first answer to the
    question arrived; ``waited``: it had waited on the phone, so that this time says nothing.
    """

    __tablename__ = "attempt_answer"
    __table_args__ = (
        CheckConstraint("counter >= 0", name="counter_not_negative"),
        Index("ix_attempt_answer_question", "question_id"),
    )

    attempt_id: Mapped[str] = mapped_column(ForeignKey("quiz_attempt.id"), primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"), primary_key=True)
    answer: Mapped[list[str]] = mapped_column(JSON)
    answered_ms: Mapped[int] = mapped_column(BigInteger)
    counter: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    first_ms: Mapped[int | None] = mapped_column(BigInteger)
    waited: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class AttemptShown(db.Model):
    """When the server first heard that a question was on the screen."""

    __tablename__ = "attempt_shown"

    attempt_id: Mapped[str] = mapped_column(ForeignKey("quiz_attempt.id"), primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"), primary_key=True)
    shown_ms: Mapped[int] = mapped_column(BigInteger)
