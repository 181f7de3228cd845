"""Keep the phones that help to scan at one session."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Make the table. Additive: the previous code does not know it."""
    op.create_table(
        "helper_phone",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("session_id", sa.String(length=26), nullable=False),
        sa.Column("invited_by", sa.String(length=26), nullable=False),
        sa.Column("code_hash", sa.String(length=80), nullable=False),
        sa.Column("code_until_ms", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.String(length=80), nullable=True),
        sa.Column("label", sa.String(length=20), nullable=False),
        sa.Column("joined_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.String(length=26), nullable=True),
        sa.Column("scans", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(joined_ms IS NULL) = (token_hash IS NULL)", name=op.f("ck_helper_phone_joined_with_token")
        ),
        sa.CheckConstraint(
            "(ended_ms IS NULL) = (ended_by IS NULL)", name=op.f("ck_helper_phone_ended_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["offline_session.id"], name=op.f("fk_helper_phone_session_id")
        ),
        sa.ForeignKeyConstraint(["invited_by"], ["person.id"], name=op.f("fk_helper_phone_invited_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_helper_phone_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helper_phone")),
    )
    op.create_index("uq_helper_phone_code_hash", "helper_phone", ["code_hash"], unique=True)
    op.create_index("uq_helper_phone_token_hash", "helper_phone", ["token_hash"], unique=True)
    op.create_index("ix_helper_phone_session_id", "helper_phone", ["session_id"])


def downgrade() -> None:
    """Drop it; what helpers scanned stays in the ledger."""
    op.drop_table("helper_phone")
