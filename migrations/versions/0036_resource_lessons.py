"""Name the lessons that a shared resource went into."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Make the table. Additive: the previous code does not know it; uses from before have no lesson named."""
    op.create_table(
        "resource_lesson",
        sa.Column("resource_id", sa.String(length=26), nullable=False),
        sa.Column("programme_id", sa.String(length=26), nullable=False),
        sa.Column("segment_key", sa.String(length=40), nullable=False),
        sa.Column("lesson_key", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id", "programme_id"],
            ["resource_use.resource_id", "resource_use.programme_id"],
            name=op.f("fk_resource_lesson_resource_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "resource_id", "programme_id", "segment_key", "lesson_key", name=op.f("pk_resource_lesson")
        ),
    )


def downgrade() -> None:
    """Drop it; uses are counted as before."""
    op.drop_table("resource_lesson")
