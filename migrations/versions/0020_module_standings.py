"""Let a standing keep what its module quizzes came to. Additive: the previous code leaves the column empty."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add the column."""
    op.add_column("completion_standing", sa.Column("module_quizzes", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Drop it; the standings can be rebuilt."""
    op.drop_column("completion_standing", "module_quizzes")
