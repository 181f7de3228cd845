"""Let certificates of skill level be corrected, withdrawn and restored, each step kept in a row that nobody changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from yanglao.evidence import triggers

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    """Give every certificate a state and keep its steps. The previous code records only."""
    with op.batch_alter_table("level_certificate") as table:
        table.add_column(sa.Column("state", sa.String(length=10), nullable=False, server_default="recorded"))
        table.create_check_constraint(
            op.f("ck_level_certificate_state_known"), "state IN ('recorded', 'withdrawn')"
        )
    table_name = "level_certificate_step"
    op.create_table(
        table_name,
        sa.Column("certificate_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("actor_id", sa.String(length=26), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.CheckConstraint("position >= 1", name=op.f(f"ck_{table_name}_position_from_one")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["level_certificate.id"], name=op.f(f"fk_{table_name}_certificate_id")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f(f"fk_{table_name}_actor_id")),
        sa.PrimaryKeyConstraint("certificate_id", "position", name=op.f(f"pk_{table_name}")),
    )
    triggers.create(op.get_bind())


def downgrade() -> None:
    """Drop the steps and the states; the ledger keeps what was done. Withdrawn ones cannot stand without a state."""
    op.drop_table("level_certificate_step")
    op.execute("DELETE FROM level_certificate WHERE state = 'withdrawn'")
    with op.batch_alter_table("level_certificate") as table:
        table.drop_constraint(op.f("ck_level_certificate_state_known"), type_="check")
        table.drop_column("state")
