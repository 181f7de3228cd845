"""Let a photo of a person say which instructor took it at a scan."""

from __future__ import annotations

from alembic import op

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    """Add the column. The table has no trigger; the previous code leaves it empty."""
    op.execute(
        "ALTER TABLE person_photo ADD COLUMN taken_by VARCHAR(26)"
        " CONSTRAINT fk_person_photo_taken_by REFERENCES person (id)"
    )


def downgrade() -> None:
    """Drop it: who took a photo is not known then."""
    op.execute("ALTER TABLE person_photo DROP COLUMN taken_by")
