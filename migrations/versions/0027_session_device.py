"""Keep which device signed whom in a session: one device, one person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Make the table. Additive: the previous code does not know it."""
    op.create_table(
        "session_device",
        sa.Column("session_id", sa.String(length=26), nullable=False),
        sa.Column("device_digest", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["offline_session.id"], name=op.f("fk_session_device_session_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_session_device_person_id")),
        sa.PrimaryKeyConstraint("session_id", "device_digest", name=op.f("pk_session_device")),
    )


def downgrade() -> None:
    """Drop it; the scans keep their devices."""
    op.drop_table("session_device")
