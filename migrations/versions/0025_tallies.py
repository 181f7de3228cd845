"""Let a closed paper keep its tally: what it says about its questions. Papers closed before, or by the code before, have none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add it."""
    op.add_column("quiz_attempt", sa.Column("tally", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop it; it can be rebuilt."""
    op.drop_column("quiz_attempt", "tally")
