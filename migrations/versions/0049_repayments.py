"""Keep how what is owed back was settled: repaid, or deducted from a later line, by one person and confirmed by another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
OWED = """UPDATE subsidy_line SET owed_fen = amount_fen WHERE state = 'clawed_back' AND id IN (
    SELECT line_id FROM subsidy_step WHERE act = 'claw_back' AND from_state = 'paid')"""
WAITING = "state = 'waiting'"


def upgrade() -> None:
    """Say of every line what is owed, of every claim what was settled and deducted. The previous code leaves them at 0."""
    for table, names in (("subsidy_claim", ("settled_fen", "deducted_fen")), ("subsidy_line", ("owed_fen",))):
        for name in names:
            op.add_column(table, sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    op.execute(OWED)
    _repayments()


def downgrade() -> None:
    """Drop them; the ledger keeps what was settled."""
    op.drop_table("subsidy_repayment")
    for table, names in (("subsidy_claim", ("settled_fen", "deducted_fen")), ("subsidy_line", ("owed_fen",))):
        for name in names:
            op.drop_column(table, name)


def _repayments() -> None:
    table = "subsidy_repayment"
    keys = {
        "claim_id": "subsidy_claim.id",
        "line_id": "subsidy_line.id",
        "against_line_id": "subsidy_line.id",
    }
    keys |= {"recorded_by": "person.id", "decided_by": "person.id"}
    checks = {
        "way_known": "way IN ('repaid', 'deducted')",
        "state_known": "state IN ('waiting', 'done', 'refused', 'undone')",
        "more_than_nothing": "amount_fen > 0",
        "deducted_from_a_line": "(way = 'deducted') = (against_line_id IS NOT NULL)",
        "decided_by_another": "decided_by IS NULL OR decided_by <> recorded_by",
    }
    op.create_table(
        table,
        *(
            sa.Column(name, sa.String(length=26), nullable=name in ("against_line_id", "decided_by"))
            for name in ("id", *keys)
        ),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("document_no", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.Column("decision", sa.String(length=500), nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in checks.items()),
        *(
            sa.ForeignKeyConstraint([name], [other], name=op.f(f"fk_{table}_{name}"))
            for name, other in keys.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_claim_id", table, ["claim_id"])
    op.create_index(f"ix_{table}_against_line_id", table, ["against_line_id"])
    only = sa.text(WAITING)
    op.create_index(
        f"uq_{table}_waiting", table, ["line_id"], unique=True, sqlite_where=only, postgresql_where=only
    )
