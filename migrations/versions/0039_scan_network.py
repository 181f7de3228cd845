"""Keep through which network a scan came, as a salted digest that can be erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Make the table. Additive: the previous code does not know it."""
    op.create_table(
        "scan_network",
        sa.Column("scan_id", sa.String(length=26), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_scan_network_scan_id")),
        sa.PrimaryKeyConstraint("scan_id", name=op.f("pk_scan_network")),
    )


def downgrade() -> None:
    """Drop it; nothing else rests on it."""
    op.drop_table("scan_network")
