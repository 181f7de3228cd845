"""Let a viewing hold credit until a challenge is answered, and know since when its network is there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

OF_VIEWING = (
    ("lag_since_ms", sa.BigInteger()),
    ("watched_ms", sa.BigInteger()),
    ("live_since_ms", sa.BigInteger()),
    ("contact_ms", sa.BigInteger()),
    ("held", sa.JSON()),
    ("released_s", sa.Integer()),
)


def upgrade() -> None:
    """Add the columns; all may be empty, so that the code before goes on beside."""
    for name, kind in OF_VIEWING:
        op.add_column("viewing", sa.Column(name, kind, nullable=True))
    op.add_column("viewing_challenge", sa.Column("hold_ms", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("viewing_challenge", "hold_ms")
    for name, _kind in reversed(OF_VIEWING):
        op.drop_column("viewing", name)
