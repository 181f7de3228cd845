"""Let a shared courseware name a material, and mark the demo's resources. Additive: the previous code leaves both empty."""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"

# Not in batch mode: the table has children.
COLUMNS = (
    (
        "material_id",
        "VARCHAR(26) CONSTRAINT fk_shared_resource_material_id REFERENCES material (id)"
        " CONSTRAINT ck_shared_resource_one_source"
        " CHECK (material_id IS NULL OR (kind = 'courseware' AND lesson_id IS NULL))",
    ),
    ("is_demo", "BOOLEAN DEFAULT false NOT NULL"),
)


def upgrade() -> None:
    """Add the columns."""
    for name, kind in COLUMNS:
        op.execute(f"ALTER TABLE shared_resource ADD COLUMN {name} {kind}")


def downgrade() -> None:
    """Drop them; a courseware that named a material names nothing afterwards."""
    for name, _ in COLUMNS:
        op.execute(f"ALTER TABLE shared_resource DROP COLUMN {name}")
