"""Keep question banks, every version of every question, and how a segment or a module is tested."""

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
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db

NO_MODULE = sql("module_id IS NULL")
OF_MODULE = sql("module_id IS NOT NULL")


class QuestionBank(db.Model):
    """A bank of questions. Without a base it is the city's. ``multiple_rule`` empty: as the policy says."""

    __tablename__ = "question_bank"
    __table_args__ = (CheckConstraint("multiple_rule IN ('all', 'share')", name="known_multiple_rule"),)

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    base_id: Mapped[str | None] = mapped_column(ForeignKey("base.id"))
    multiple_rule: Mapped[str | None] = mapped_column(String(8))
    created_ms: Mapped[int] = mapped_column(BigInteger)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))


class Question(db.Model):
    """One version of a question in a bank. Old versions stay, because papers refer to them.

    A case's parts are questions of their own: ``case_id`` and ``position`` (from 1) say where. ``blanks`` holds the accepted
    spellings of each blank. ``made_by`` is empty for what came from the course files.
    """

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("bank_key", "key", "version"),
        UniqueConstraint("case_id", "position"),
        CheckConstraint("kind IN ('single', 'multiple', 'true_false', 'fill_in', 'case')", name="known_kind"),
        CheckConstraint("version >= 1", name="version_positive"),
        CheckConstraint("difficulty IN ('easy', 'medium', 'hard')", name="known_difficulty"),
        CheckConstraint("(case_id IS NULL) = (position IS NULL)", name="part_has_a_place"),
        CheckConstraint("case_id IS NULL OR kind <> 'case'", name="no_nesting"),
        CheckConstraint("marks BETWEEN 1 AND 100", name="marks_of_hundred"),
        Index("ix_question_current", "bank_key", "retired_ms"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    bank_key: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    explanation: Mapped[str] = mapped_column(Text)
    topic_code: Mapped[str | None] = mapped_column(ForeignKey("topic.code"))
    difficulty: Mapped[str | None] = mapped_column(String(8))
    blanks: Mapped[list[list[str]] | None] = mapped_column(JSON)
    numerals: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))
    marks: Mapped[int] = mapped_column(default=1, server_default=sql("1"))
    case_id: Mapped[str | None] = mapped_column(ForeignKey("question.id"))
    position: Mapped[int | None]
    picture_name: Mapped[str | None] = mapped_column(String(200))
    picture_id: Mapped[str | None] = mapped_column(String(26))
    audio_name: Mapped[str | None] = mapped_column(String(200))
    content_digest: Mapped[str] = mapped_column(String(80))
    created_ms: Mapped[int] = mapped_column(BigInteger)
    made_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    retired_ms: Mapped[int | None] = mapped_column(BigInteger)


class Option(db.Model):
    """One thing that can be ticked. ``correct`` never leaves the server before the feedback policy allows it."""

    __tablename__ = "question_option"
    __table_args__ = (UniqueConstraint("question_id", "position"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(200))
    correct: Mapped[bool]


class QuizPlan(db.Model):
    """How a module is tested; or, with ``module_id`` empty, what a segment's quiz adds to the segment's own figures.

    ``blueprint`` is ``{"topics": {code: weight}, "difficulties": {difficulty: weight}}``.
    """

    __tablename__ = "quiz_plan"
    __table_args__ = (
        CheckConstraint("pass_mark BETWEEN 1 AND 100", name="mark_of_hundred"),
        CheckConstraint(
            "questions > 0 AND time_limit_s > 0 AND attempts > 0 AND min_gap_s >= 0", name="complete"
        ),
        CheckConstraint(
            "feedback IN ('nothing', 'score', 'explanations_after_passing')", name="known_feedback"
        ),
        Index(
            "uq_quiz_plan_segment",
            "segment_id",
            unique=True,
            sqlite_where=NO_MODULE,
            postgresql_where=NO_MODULE,
        ),
        Index(
            "uq_quiz_plan_module",
            "segment_id",
            "module_id",
            unique=True,
            sqlite_where=OF_MODULE,
            postgresql_where=OF_MODULE,
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    segment_id: Mapped[str] = mapped_column(ForeignKey("programme_segment.id"))
    module_id: Mapped[str | None] = mapped_column(String(26))
    bank_key: Mapped[str] = mapped_column(String(40))
    pass_mark: Mapped[int]
    questions: Mapped[int]
    time_limit_s: Mapped[int]
    attempts: Mapped[int]
    min_gap_s: Mapped[int]
    feedback: Mapped[str] = mapped_column(String(32))
    blueprint: Mapped[dict[str, Any] | None] = mapped_column(JSON)
