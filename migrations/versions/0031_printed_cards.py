"""Keep printed cards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Make the table. Additive: the previous code does not know it."""
    op.create_table(
        "printed_card",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("issued_ms", sa.BigInteger(), nullable=False),
        sa.Column("issued_by", sa.String(length=26), nullable=False),
        sa.Column("printed_ms", sa.BigInteger(), nullable=True),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.Column("revoked_by", sa.String(length=26), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=True),
        sa.Column("seen_session_id", sa.String(length=26), nullable=True),
        sa.CheckConstraint("number > 0 AND number < 2147483648", name=op.f("ck_printed_card_number_31_bits")),
        sa.CheckConstraint(
            "(revoked_ms IS NULL) = (revoked_by IS NULL)", name=op.f("ck_printed_card_revoked_by_somebody")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_printed_card_person_id")),
        sa.ForeignKeyConstraint(["issued_by"], ["person.id"], name=op.f("fk_printed_card_issued_by")),
        sa.ForeignKeyConstraint(["revoked_by"], ["person.id"], name=op.f("fk_printed_card_revoked_by")),
        sa.ForeignKeyConstraint(
            ["seen_session_id"], ["offline_session.id"], name=op.f("fk_printed_card_seen_session_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_printed_card")),
    )
    op.create_index(
        "uq_printed_card_live",
        "printed_card",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("revoked_ms IS NULL"),
        postgresql_where=sa.text("revoked_ms IS NULL"),
    )


def downgrade() -> None:
    """Drop it; what cards proved stays in the ledger."""
    op.drop_table("printed_card")
