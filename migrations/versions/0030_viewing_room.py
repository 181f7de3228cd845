"""Let a beat change its viewing's row without touching an index: what is live is found by the small index of those alone."""

from __future__ import annotations

from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Drop the index every beat moved in, and leave room beside each row (PostgreSQL); the previous code needs neither."""
    op.drop_index("ix_viewing_state", table_name="viewing")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE viewing SET (fillfactor = 50)")


def downgrade() -> None:
    """Put both back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE viewing RESET (fillfactor)")
    op.create_index("ix_viewing_state", "viewing", ["state", "arrival_ms"], unique=False)
