"""Let an officer name a substitute for some days, and say of a step for whom it was done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
FOR = (("subsidy_step", "for_id"), ("subsidy_step", "confirmed_for"), ("subsidy_repayment", "recorded_for"))


def upgrade() -> None:
    """Make the table and the columns. Additive: the previous code leaves them empty."""
    table = "person_substitute"
    keys = ("person_id", "substitute_id", "set_by")
    op.create_table(
        table,
        *(sa.Column(name, sa.String(length=26), nullable=False) for name in ("id", *keys)),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("set_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("substitute_id <> person_id", name=op.f(f"ck_{table}_another")),
        sa.CheckConstraint("until >= since", name=op.f(f"ck_{table}_until_after_since")),
        *(sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_{table}_{name}")) for name in keys),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_substitute_id", table, ["substitute_id"])
    op.create_index(f"ix_{table}_person_id", table, ["person_id"])
    for name, column in FOR:
        op.add_column(name, sa.Column(column, sa.String(length=26), nullable=True))


def downgrade() -> None:
    """Drop them; the ledger keeps for whom something was done."""
    for name, column in FOR:
        op.drop_column(name, column)
    op.drop_table("person_substitute")
