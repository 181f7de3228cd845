"""Keep which photo goes with a mark by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Make the table. Additive: the previous code does not know it."""
    op.create_table(
        "mark_photo",
        sa.Column("scan_id", sa.String(length=26), nullable=False),
        sa.Column("file_id", sa.String(length=26), nullable=False),
        sa.Column("sent_sha256", sa.String(length=64), nullable=False),
        sa.Column("by_person_id", sa.String(length=26), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("entry_position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_mark_photo_scan_id")),
        sa.ForeignKeyConstraint(["by_person_id"], ["person.id"], name=op.f("fk_mark_photo_by_person_id")),
        sa.PrimaryKeyConstraint("scan_id", name=op.f("pk_mark_photo")),
        sa.UniqueConstraint("file_id", name=op.f("uq_mark_photo_file_id")),
    )


def downgrade() -> None:
    """Drop it; the hashes of the photos stay in the ledger."""
    op.drop_table("mark_photo")
