"""Let leave be withdrawn by who asked for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
STANDING = "uq_session_leave_standing"
KNOWN = "ck_session_leave_state_known"


def upgrade() -> None:
    """Know one state more. The table has no trigger; the previous code writes none of it."""
    _known("state IN ('pending', 'granted', 'refused', 'withdrawn')", length=12, before=8)
    _standing("state IN ('pending', 'granted')")


def downgrade() -> None:
    """Call what was withdrawn refused, as the previous code knows it."""
    op.execute("UPDATE session_leave SET state = 'refused' WHERE state = 'withdrawn'")
    _known("state IN ('pending', 'granted', 'refused')", length=8, before=12)
    _standing("state <> 'refused'")


def _known(states: str, *, length: int, before: int) -> None:
    op.drop_index(STANDING, table_name="session_leave")
    with op.batch_alter_table("session_leave") as table:
        table.drop_constraint(op.f(KNOWN), type_="check")
        table.alter_column("state", type_=sa.String(length=length), existing_type=sa.String(length=before))
        table.create_check_constraint(op.f(KNOWN), states)


def _standing(where: str) -> None:
    op.create_index(
        STANDING,
        "session_leave",
        ["enrolment_id", "session_id"],
        unique=True,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )
