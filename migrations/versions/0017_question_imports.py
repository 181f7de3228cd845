"""Make the table of question files that wait to be imported."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "question_import",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("bank_key", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("format", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("imported_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('checked', 'imported')", name=op.f("ck_question_import_known_state")),
        sa.CheckConstraint(
            "(state = 'imported') = (imported_ms IS NOT NULL)",
            name=op.f("ck_question_import_imported_has_a_time"),
        ),
        sa.CheckConstraint("expires_ms > created_ms", name=op.f("ck_question_import_lasts")),
        sa.ForeignKeyConstraint(
            ["bank_key"], ["question_bank.key"], name=op.f("fk_question_import_bank_key")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_question_import_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_import")),
    )
    op.create_index("ix_question_import_owner_id", "question_import", ["owner_id"])
    op.create_index("ix_question_import_expires_ms", "question_import", ["expires_ms"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("question_import")
