"""Keep in words why a scan was taken back; the ledger has a digest of it only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"


def upgrade() -> None:
    """Add the column. Additive: the previous code leaves it empty."""
    op.add_column("scan", sa.Column("void_reason", sa.String(length=200), nullable=True))


def downgrade() -> None:
    """Drop it; the ledger keeps the digest."""
    op.drop_column("scan", "void_reason")
