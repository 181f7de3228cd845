"""Let large question files wait until they are read: two more states, what was wrong with a file, and how many questions it has."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
STATES = "state IN ('checked', 'imported')"
STATES_NOW = "state IN ('reading', 'refused', 'checked', 'imported')"
REFUSED = "(state = 'refused') = (fault IS NOT NULL)"


def upgrade() -> None:
    """Widen the states and add the columns. The table has no trigger and no child; the previous code leaves the columns empty."""
    with op.batch_alter_table("question_import") as table:
        table.add_column(sa.Column("fault", sa.JSON(), nullable=True))
        table.add_column(sa.Column("totals", sa.JSON(), nullable=True))
        table.drop_constraint(op.f("ck_question_import_known_state"), type_="check")
        table.create_check_constraint(op.f("ck_question_import_known_state"), STATES_NOW)
        table.create_check_constraint(op.f("ck_question_import_refused_has_a_fault"), REFUSED)


def downgrade() -> None:
    """Take it back; files that were not read are forgotten, as their time is three days."""
    op.execute("DELETE FROM question_import WHERE state IN ('reading', 'refused')")
    with op.batch_alter_table("question_import") as table:
        table.drop_constraint(op.f("ck_question_import_refused_has_a_fault"), type_="check")
        table.drop_constraint(op.f("ck_question_import_known_state"), type_="check")
        table.create_check_constraint(op.f("ck_question_import_known_state"), STATES)
        table.drop_column("totals")
        table.drop_column("fault")
