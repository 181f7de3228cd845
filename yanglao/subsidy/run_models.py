"""Keep each payment of a line, what a settlement run held when it was closed (triggers hold it), and how debts were settled."""

from __future__ import annotations

from sqlalchemy import (
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
from yanglao.kernel.identifiers import new_id


class Payment(db.Model):
    """One time that a line is paid, ``number`` from 1, in a run of its claim's mode, month and fund. Money is whole fen.

    ``state``: ``states.PAYMENT_STATES``; ``reason``: why the bank sent it back. A line is paid once: of those that are paid or due it has
    one at most.
    """

    __tablename__ = "subsidy_payment"
    __table_args__ = (
        UniqueConstraint("line_id", "number", name="uq_subsidy_payment_line_id_number"),
        ForeignKeyConstraint(
            ["run_id", "mode", "fund", "month_key"],
            ["subsidy_run.id", "subsidy_run.mode", "subsidy_run.fund", "subsidy_run.month_key"],
        ),
        ForeignKeyConstraint(["claim_id", "mode"], ["subsidy_claim.id", "subsidy_claim.mode"]),
        CheckConstraint("state IN ('paid', 'due', 'returned', 'dropped')", name="state_known"),
        CheckConstraint("amount_fen >= 0 AND number >= 1", name="not_negative"),
        Index("ix_subsidy_payment_claim_id", "claim_id"),
        Index("ix_subsidy_payment_run_id", "run_id"),
        Index(
            "uq_subsidy_payment_standing",
            "line_id",
            unique=True,
            sqlite_where=text("state IN ('paid', 'due')"),
            postgresql_where=text("state IN ('paid', 'due')"),
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    line_id: Mapped[str] = mapped_column(ForeignKey("subsidy_line.id"))
    number: Mapped[int]
    claim_id: Mapped[str] = mapped_column(String(26))
    mode: Mapped[str] = mapped_column(String(8))
    fund: Mapped[str] = mapped_column(String(24))
    month_key: Mapped[str] = mapped_column(String(7))
    run_id: Mapped[str] = mapped_column(String(26))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(8))
    state_ms: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(500), default="")


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


class Repayment(db.Model):
    """That some of what is owed for a clawed-back line was repaid, or deducted from a later line; ``done`` once a second person agrees.

    ``undone``: the later line left its claim before it was paid. ``way``: repaid, deducted. Money is whole fen.
    """

    __tablename__ = "subsidy_repayment"
    __table_args__ = (
        CheckConstraint("way IN ('repaid', 'deducted')", name="way_known"),
        CheckConstraint("state IN ('waiting', 'done', 'refused', 'undone')", name="state_known"),
        CheckConstraint("amount_fen > 0", name="more_than_nothing"),
        CheckConstraint("(way = 'deducted') = (against_line_id IS NOT NULL)", name="deducted_from_a_line"),
        CheckConstraint("decided_by IS NULL OR decided_by <> recorded_by", name="decided_by_another"),
        Index("ix_subsidy_repayment_claim_id", "claim_id"),
        Index("ix_subsidy_repayment_against_line_id", "against_line_id"),
        Index(
            "uq_subsidy_repayment_waiting",
            "line_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    claim_id: Mapped[str] = mapped_column(ForeignKey("subsidy_claim.id"))
    line_id: Mapped[str] = mapped_column(ForeignKey("subsidy_line.id"))
    way: Mapped[str] = mapped_column(String(8))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    against_line_id: Mapped[str | None] = mapped_column(ForeignKey("subsidy_line.id"))
    document_no: Mapped[str] = mapped_column(String(60), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    recorded_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    recorded_for: Mapped[str | None] = mapped_column(String(26))
    recorded_ms: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    decided_ms: Mapped[int | None] = mapped_column(BigInteger)
    decision: Mapped[str] = mapped_column(String(500), default="")
