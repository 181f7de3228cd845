"""Make the tables of received pushes and of rights to send notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables of received pushes and of rights to send notices."""
    op.create_table(
        "received_push",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("deliveries", sa.Integer(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("deliveries > 0", name=op.f("ck_received_push_delivered")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_received_push")),
    )
    op.create_index("ix_received_push_received_ms", "received_push", ["received_ms"], unique=False)
    op.create_table(
        "notice_right",
        sa.Column("openid", sa.String(length=64), nullable=False),
        sa.Column("template_id", sa.String(length=64), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("remaining >= 0", name=op.f("ck_notice_right_not_negative")),
        sa.PrimaryKeyConstraint("openid", "template_id", name=op.f("pk_notice_right")),
    )


def downgrade() -> None:
    """Drop them, and what is in them."""
    op.drop_table("notice_right")
    op.drop_index("ix_received_push_received_ms", table_name="received_push")
    op.drop_table("received_push")
