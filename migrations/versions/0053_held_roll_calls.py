"""Tell a roll call that a phone held without network from others, and when it arrived."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    """Add the columns. Additive: the previous code leaves them empty."""
    op.add_column("roll_call", sa.Column("call_uuid", sa.String(length=64), nullable=True))
    op.add_column("roll_call", sa.Column("arrived_ms", sa.BigInteger(), nullable=True))
    op.create_index("uq_roll_call_call_uuid", "roll_call", ["call_uuid"], unique=True)


def downgrade() -> None:
    """Drop them; the ledger keeps which roll calls a phone held."""
    op.drop_index("uq_roll_call_call_uuid", "roll_call")
    op.drop_column("roll_call", "arrived_ms")
    op.drop_column("roll_call", "call_uuid")
