"""Let a settlement run be closed: what it held is kept in rows that nobody changes, and a later run of the month follows it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from yanglao.evidence import triggers

revision = "0045"
down_revision = "0044"
RUN = "subsidy_run"
MONTH = ("division_code", "month_key", "mode", "fund")
FIRST = """UPDATE subsidy_claim SET run_id = (
    SELECT one.id FROM subsidy_run AS one JOIN subsidy_run AS own ON one.division_code = own.division_code
        AND one.month_key = own.month_key AND one.mode = own.mode AND one.fund = own.fund
    WHERE own.id = subsidy_claim.run_id AND one.number = 1)
WHERE run_id IS NOT NULL"""
MODES = "mode IN ('online', 'offline')"


def upgrade() -> None:
    """Number the runs of a month and keep closings with their lines. The previous code opens number 1 only."""
    with op.batch_alter_table(RUN) as table:
        table.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
        table.drop_constraint(op.f(f"uq_{RUN}_{'_'.join(MONTH)}"), type_="unique")
        table.create_unique_constraint(op.f(f"uq_{RUN}_month_number"), [*MONTH, "number"])
    _closings()
    _lines()
    triggers.create(op.get_bind())


def downgrade() -> None:
    """Drop what was closed (the ledger keeps its hashes); later runs of a month become the first one."""
    op.drop_table("subsidy_run_line")
    op.drop_table("subsidy_run_closing")
    op.execute(FIRST)
    op.execute("DELETE FROM subsidy_run WHERE number > 1")
    with op.batch_alter_table(RUN) as table:
        table.drop_constraint(op.f(f"uq_{RUN}_month_number"), type_="unique")
        table.create_unique_constraint(op.f(f"uq_{RUN}_{'_'.join(MONTH)}"), list(MONTH))
        table.drop_column("number")


def _closings() -> None:
    table = "subsidy_run_closing"
    op.create_table(
        table,
        sa.Column("run_id", sa.String(length=26), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("closed_by", sa.String(length=26), nullable=False),
        sa.Column("closed_ms", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(MODES, name=op.f(f"ck_{table}_mode_known")),
        sa.ForeignKeyConstraint(["run_id"], ["subsidy_run.id"], name=op.f(f"fk_{table}_run_id")),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name=op.f(f"fk_{table}_closed_by")),
        sa.PrimaryKeyConstraint("run_id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("run_id", "mode", name=op.f(f"uq_{table}_run_id_mode")),
    )


def _lines() -> None:
    table = "subsidy_run_line"
    op.create_table(
        table,
        sa.Column("run_id", sa.String(length=26), nullable=False),
        sa.Column("line_id", sa.String(length=26), nullable=False),
        sa.Column("claim_id", sa.String(length=26), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_fen >= 0 AND seconds >= 0", name=op.f(f"ck_{table}_not_negative")),
        sa.ForeignKeyConstraint(
            ["run_id", "mode"],
            ["subsidy_run_closing.run_id", "subsidy_run_closing.mode"],
            name=op.f(f"fk_{table}_run_id"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_id", "mode"],
            ["subsidy_claim.id", "subsidy_claim.mode"],
            name=op.f(f"fk_{table}_claim_id"),
        ),
        sa.ForeignKeyConstraint(["line_id"], ["subsidy_line.id"], name=op.f(f"fk_{table}_line_id")),
        sa.PrimaryKeyConstraint("run_id", "line_id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_claim_id", table, ["claim_id"])
