"""Keep question files that were handed in, with what was read of them, until they are imported or their time is over."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db


class QuestionImport(db.Model):
    """One question file of one person for one bank.

    ``content`` holds the items and pictures (see ``import_shapes``), ``totals`` counts the items, ``fault`` says why a file was
    refused: {code, facts}.
    """

    __tablename__ = "question_import"
    __table_args__ = (
        CheckConstraint("state IN ('reading', 'refused', 'checked', 'imported')", name="known_state"),
        CheckConstraint("(state = 'imported') = (imported_ms IS NOT NULL)", name="imported_has_a_time"),
        CheckConstraint("(state = 'refused') = (fault IS NOT NULL)", name="refused_has_a_fault"),
        CheckConstraint("expires_ms > created_ms", name="lasts"),
        Index("ix_question_import_owner_id", "owner_id"),
        Index("ix_question_import_expires_ms", "expires_ms"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    bank_key: Mapped[str] = mapped_column(ForeignKey("question_bank.key"))
    owner_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    format: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    fault: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    totals: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    created_ms: Mapped[int] = mapped_column(BigInteger)
    expires_ms: Mapped[int] = mapped_column(BigInteger)
    imported_ms: Mapped[int | None] = mapped_column(BigInteger)
