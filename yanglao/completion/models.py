"""Derived rows, which can be rebuilt (what was folded of a person, the standing of each segment), and what people said of them."""

from __future__ import annotations

from datetime import date
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
from sqlalchemy import text as sql
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


class OwnWord(db.Model):
    """What a trainee said of their own days in one segment: 对 or 不对. A new word is a new row; the latest one is theirs.

    ``days`` is the digest of the days that were shown; the word stands while the days are those. ``day``, ``what`` and ``text`` say
    what is wrong. The ledger's ``hours.word`` at ``position`` keeps digests only, so that ``text`` may be erased.
    """

    __tablename__ = "own_word"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "segment_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("word IN ('yes', 'no')", name="word_known"),
        CheckConstraint("way IN ('phone', 'paper')", name="way_known"),
        CheckConstraint(
            "what IN ('', 'minutes', 'not_there', 'missing', 'other') AND (word = 'no') = (what <> '')",
            name="what_when_no",
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"))
    segment_id: Mapped[str] = mapped_column(ForeignKey("programme_segment.id"))
    number: Mapped[int]
    word: Mapped[str] = mapped_column(String(3))
    way: Mapped[str] = mapped_column(String(5))
    days: Mapped[str] = mapped_column(String(80))
    entered_s: Mapped[int]
    day: Mapped[date | None]
    what: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(String(300))
    said_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    said_ms: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int]


class OwnDays(db.Model):
    """What was done about a trainee's word on one segment. ``closed_ms``: a claim was filed, the word may not change any more."""

    __tablename__ = "own_days"

    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    segment_id: Mapped[str] = mapped_column(ForeignKey("programme_segment.id"), primary_key=True)
    closed_ms: Mapped[int | None] = mapped_column(BigInteger)
    reminded_ms: Mapped[int | None] = mapped_column(BigInteger)


class PaperWord(db.Model):
    """A word read from a signed 过程确认书 by one person of the base. It is the trainee's once a second person agrees."""

    __tablename__ = "paper_word"
    __table_args__ = (
        CheckConstraint("word IN ('yes', 'no')", name="word_known"),
        CheckConstraint("state IN ('waiting', 'accepted', 'refused')", name="state_known"),
        CheckConstraint(
            "(state = 'waiting') = (decided_by IS NULL) AND (state = 'waiting') = (decided_ms IS NULL)",
            name="decided_whole",
        ),
        CheckConstraint("decided_by IS NULL OR decided_by <> entered_by", name="decided_by_another"),
        Index(
            "uq_paper_word_waiting",
            "enrolment_id",
            "segment_id",
            unique=True,
            sqlite_where=sql("state = 'waiting'"),
            postgresql_where=sql("state = 'waiting'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    page_id: Mapped[str] = mapped_column(ForeignKey("paper_page.id"))
    file: Mapped[str] = mapped_column(String(80))  # digest of the scan that was read
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"))
    segment_id: Mapped[str] = mapped_column(ForeignKey("programme_segment.id"))
    word: Mapped[str] = mapped_column(String(3))
    day: Mapped[date | None]
    what: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(String(300))
    entered_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    entered_ms: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    decided_ms: Mapped[int | None] = mapped_column(BigInteger)
