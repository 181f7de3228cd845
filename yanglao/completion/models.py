"""Derived rows: what was folded of a person, and the standing of each segment. All of it can be rebuilt."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id


class CompletionPerson(db.Model):
    """What was gathered from a person's entries up to ``folded_to``."""

    __tablename__ = "completion_person"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    folded_to: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[dict[str, Any]] = mapped_column(JSON)


class Standing(db.Model):
    """Where one enrolment stands in one segment. ``entered_s`` is what the ledger gives; the open window comes on top.

    ``module_quizzes``: module id -> ``{"best", "passed", "attempts"}``; NULL while none was handed in.
    ``practical``: ``{"best_bp", "passed", "attempts", "waiting"}``; NULL while no sheet was handed in.
    """

    __tablename__ = "completion_standing"
    __table_args__ = (
        CheckConstraint("entered_s >= 0", name="not_negative"),
        CheckConstraint("mode IN ('online', 'offline')", name="mode_known"),
        CheckConstraint(
            "state IN ('not_started', 'in_progress', 'hours_met', 'complete')", name="state_known"
        ),
        Index("ix_completion_standing_class", "class_id", "enrolment_id", "segment_position"),
        Index("ix_completion_standing_person", "person_id"),
        Index("ix_completion_standing_base", "base_id", "class_id", "enrolment_id", "segment_position"),
    )

    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    segment_id: Mapped[str] = mapped_column(ForeignKey("programme_segment.id"), primary_key=True)
    segment_position: Mapped[int]
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    class_id: Mapped[str] = mapped_column(ForeignKey("training_class.id"))
    base_id: Mapped[str] = mapped_column(ForeignKey("base.id"))
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    mode: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(12))
    required_s: Mapped[int]
    entered_s: Mapped[int]
    quiz_best: Mapped[int | None]
    quiz_passed: Mapped[bool]
    quiz_attempts: Mapped[int]
    module_quizzes: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    practical: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    refused: Mapped[int]
    pending: Mapped[int]
    presences: Mapped[dict[str, Any]] = mapped_column(JSON)
    covered: Mapped[dict[str, Any]] = mapped_column(JSON)
    review: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class ReviewNote(db.Model):
    """What a reviewer wrote; the ledger keeps only its digest, so that this row may be erased."""

    __tablename__ = "completion_note"

    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)


class CallNote(db.Model):
    """That somebody of the base telephoned a trainee about what they lack, and how it went, so that nobody calls twice."""

    __tablename__ = "call_note"
    __table_args__ = (
        CheckConstraint("result IN ('reached', 'no_answer', 'later', 'wrong_number')", name="result_known"),
        Index("ix_call_note_enrolment_id", "enrolment_id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"))
    result: Mapped[str] = mapped_column(String(16))
    done_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    done_ms: Mapped[int] = mapped_column(BigInteger)
