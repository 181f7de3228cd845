"""Keep what a settlement run held when it was closed. Rows are never changed; triggers hold it (see ``evidence.triggers``)."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db


class RunClosing(db.Model):
    """That a run is closed, by whom, and the digest over its lines; a run without such a row is open."""

    __tablename__ = "subsidy_run_closing"
    __table_args__ = (
        UniqueConstraint("run_id", "mode", name="uq_subsidy_run_closing_run_id_mode"),
        CheckConstraint("mode IN ('online', 'offline')", name="mode_known"),
    )

    run_id: Mapped[str] = mapped_column(ForeignKey("subsidy_run.id"), primary_key=True)
    mode: Mapped[str] = mapped_column(String(8))
    closed_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    closed_ms: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(80))
    claims: Mapped[int]
    people: Mapped[int]
    total_fen: Mapped[int] = mapped_column(BigInteger)


class RunLine(db.Model):
    """One paid line as a closed run held it. Run and claim are of the line's mode, or the database refuses the row."""

    __tablename__ = "subsidy_run_line"
    __table_args__ = (
        ForeignKeyConstraint(["run_id", "mode"], ["subsidy_run_closing.run_id", "subsidy_run_closing.mode"]),
        ForeignKeyConstraint(["claim_id", "mode"], ["subsidy_claim.id", "subsidy_claim.mode"]),
        CheckConstraint("amount_fen >= 0 AND seconds >= 0", name="not_negative"),
        Index("ix_subsidy_run_line_claim_id", "claim_id"),
    )

    run_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    line_id: Mapped[str] = mapped_column(ForeignKey("subsidy_line.id"), primary_key=True)
    claim_id: Mapped[str] = mapped_column(String(26))
    mode: Mapped[str] = mapped_column(String(8))
    seconds: Mapped[int]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
