"""Keep how names are shown on the screens of a session."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Make the table. Additive: the previous code does not know it."""
    op.create_table(
        "session_show",
        sa.Column("session_id", sa.String(length=26), nullable=False),
        sa.Column("names", sa.String(length=6), nullable=False),
        sa.Column("set_by", sa.String(length=26), nullable=False),
        sa.Column("set_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("names IN ('full', 'masked', 'none')", name=op.f("ck_session_show_names_known")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["offline_session.id"], name=op.f("fk_session_show_session_id")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_session_show_set_by")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_session_show")),
    )


def downgrade() -> None:
    """Drop it; screens mask names again."""
    op.drop_table("session_show")
