"""Let the ledger keep chains of officers: who stands in for them, and until when.

The check of the ledger's table is widened where it stands, without making the table anew: its rows and triggers are not touched.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
NAME = "ck_evidence_entry_chain_kind_known"
NARROW = "chain_kind IN ('enrolment', 'session', 'class', 'claim')"
WIDE = "chain_kind IN ('enrolment', 'session', 'class', 'claim', 'officer')"


def upgrade() -> None:
    """Allow chains of officers. The previous code writes none."""
    _change(NARROW, WIDE)


def downgrade() -> None:
    """Allow no new ones; the chains that are there stay and are still verified."""
    _change(WIDE, NARROW)


def _change(before: str, after: str) -> None:
    line = op.get_bind()
    if line.dialect.name != "sqlite":
        op.execute(f"ALTER TABLE evidence_entry DROP CONSTRAINT {NAME}")
        op.execute(f"ALTER TABLE evidence_entry ADD CONSTRAINT {NAME} CHECK ({after}) NOT VALID")
        return
    # The way of SQLite's documentation to change a CHECK: https://sqlite.org/lang_altertable.html
    version = line.exec_driver_sql("PRAGMA schema_version").scalar_one()
    line.exec_driver_sql("PRAGMA writable_schema=ON")
    changed = line.execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE name = 'evidence_entry'"),
        {"before": before, "after": after},
    )
    assert changed.rowcount == 1
    line.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    line.exec_driver_sql("PRAGMA writable_schema=OFF")
