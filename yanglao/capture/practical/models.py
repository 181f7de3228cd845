"""Keep assessments, the score sheets of their assessors, and the photos and films that belong to them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db

_UNSETTLED = text("state <> 'settled' AND voided_ms IS NULL")


class PracticalAssessment(db.Model):
    """One try of an enrolment at the practical work of a segment; at most one is not settled.

    ``halves``: item key -> half points of the result; ``gap_points``: how far the totals of the first two lie apart;
    ``score_bp`` basis points of the whole. A voided one counts for nothing, whatever its state; why is told to everybody concerned.
    """

    __tablename__ = "practical_assessment"
    __table_args__ = (
        UniqueConstraint(
            "enrolment_id",
            "segment_id",
            "number",
            name="uq_practical_assessment_enrolment_id_segment_id_number",
        ),
        UniqueConstraint("id", "person_id", name="uq_practical_assessment_id_person_id"),
        CheckConstraint("number >= 1", name="number_positive"),
        CheckConstraint("state IN ('open', 'differs', 'settled')", name="known_state"),
        CheckConstraint(
            "(state = 'settled') = (settled_ms IS NOT NULL) AND (state = 'settled') = (score_bp IS NOT NULL)"
            " AND (state = 'settled') = (passed IS NOT NULL) AND (state = 'settled') = (decided_by IS NOT NULL)",
            name="settled_whole",
        ),
        CheckConstraint(
            "(voided_ms IS NULL) = (voided_by IS NULL) AND (voided_ms IS NULL) = (void_reason IS NULL)"
            " AND (void_reason IS NULL OR length(void_reason) > 0)",
            name="voided_whole",
        ),
        CheckConstraint("voided_by <> person_id", name="voided_by_another"),
        CheckConstraint("score_bp BETWEEN 0 AND 10000", name="score_of_whole"),
        CheckConstraint("decided_by IN ('mean', 'third')", name="known_way"),
        Index(
            "uq_practical_assessment_one_open",
            "enrolment_id",
            "segment_id",
            unique=True,
            sqlite_where=_UNSETTLED,
            postgresql_where=_UNSETTLED,
        ),
        Index("ix_practical_assessment_class", "class_id", "segment_id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    segment_id: Mapped[str] = mapped_column(ForeignKey("programme_segment.id"))
    class_id: Mapped[str] = mapped_column(ForeignKey("training_class.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="open")
    rubric_digest: Mapped[str] = mapped_column(String(80))
    gap_points: Mapped[int | None]
    halves: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    score_bp: Mapped[int | None]
    passed: Mapped[bool | None]
    decided_by: Mapped[str | None] = mapped_column(String(8))
    begun_ms: Mapped[int] = mapped_column(BigInteger)
    settled_ms: Mapped[int | None] = mapped_column(BigInteger)
    voided_ms: Mapped[int | None] = mapped_column(BigInteger)
    voided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    void_reason: Mapped[str | None] = mapped_column(String(200))

    @property
    def live(self) -> bool:
        """Tell whether sheets are still awaited."""
        return self.state != "settled" and self.voided_ms is None


class PracticalSheet(db.Model):
    """What one assessor gave, signed. Seats 1 and 2 score by themselves, seat 3 where these differ; all three are different people.

    ``handed_ms`` is when it was handed in on the phone, by the server's clock as far as the phone could tell.
    """

    __tablename__ = "practical_sheet"
    __table_args__ = (
        ForeignKeyConstraint(
            ["assessment_id", "person_id"],
            ["practical_assessment.id", "practical_assessment.person_id"],
            name="fk_practical_sheet_assessment_of_person",
        ),
        UniqueConstraint("assessment_id", "seat", name="uq_practical_sheet_one_a_seat"),
        UniqueConstraint("assessment_id", "assessor_id", name="uq_practical_sheet_assessors_differ"),
        CheckConstraint("seat IN (1, 2, 3)", name="known_seat"),
        CheckConstraint("signed", name="is_signed"),
        CheckConstraint("total BETWEEN 0 AND 100", name="total_of_hundred"),
        CheckConstraint("took_s >= 0", name="took_not_negative"),
        CheckConstraint("assessor_id <> person_id", name="never_oneself"),
        Index("ix_practical_sheet_assessor", "assessor_id"),
    )

    sheet_uuid: Mapped[str] = mapped_column(String(36), primary_key=True)
    assessment_id: Mapped[str] = mapped_column(String(26))
    person_id: Mapped[str] = mapped_column(String(26))
    seat: Mapped[int]
    assessor_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    digest: Mapped[str] = mapped_column(String(80))
    marks: Mapped[dict[str, Any]] = mapped_column(JSON)
    total: Mapped[int]
    remark: Mapped[str] = mapped_column(String(400))
    signed: Mapped[bool]
    handed_ms: Mapped[int] = mapped_column(BigInteger)
    received_ms: Mapped[int] = mapped_column(BigInteger)
    took_s: Mapped[int]


class PracticalEvidence(db.Model):
    """A photo or short film of the work. The file may expire; its hash stays, here and in the ledger.

    ``sent_sha256`` is of what the phone sent, by which a repeat is known; ``sha256`` of what is kept.
    """

    __tablename__ = "practical_evidence"
    __table_args__ = (
        CheckConstraint("kind IN ('photo', 'video')", name="known_kind"),
        CheckConstraint("size_bytes > 0", name="not_empty"),
        Index("ix_practical_evidence_sheet", "sheet_uuid"),
    )

    evidence_uuid: Mapped[str] = mapped_column(String(36), primary_key=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"))
    segment_id: Mapped[str] = mapped_column(ForeignKey("programme_segment.id"))
    assessor_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(8))
    file_id: Mapped[str] = mapped_column(String(26))
    sha256: Mapped[str] = mapped_column(String(64))
    sent_sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sheet_uuid: Mapped[str | None] = mapped_column(ForeignKey("practical_sheet.sheet_uuid"))
    received_ms: Mapped[int] = mapped_column(BigInteger)
