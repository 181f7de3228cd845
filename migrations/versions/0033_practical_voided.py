"""Let a practical assessment be taken back: since when, by whom and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
ONE_OPEN = "uq_practical_assessment_one_open"
WHOLE = (
    "(voided_ms IS NULL) = (voided_by IS NULL) AND (voided_ms IS NULL) = (void_reason IS NULL)"
    " AND (void_reason IS NULL OR length(void_reason) > 0)"
)


def upgrade() -> None:
    """Add the columns. The table has no trigger; the previous code voids nothing."""
    op.drop_index(ONE_OPEN, table_name="practical_assessment")
    with op.batch_alter_table("practical_assessment") as table:
        table.add_column(sa.Column("voided_ms", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("voided_by", sa.String(length=26), nullable=True))
        table.add_column(sa.Column("void_reason", sa.String(length=200), nullable=True))
        table.create_foreign_key(op.f("fk_practical_assessment_voided_by"), "person", ["voided_by"], ["id"])
        table.create_check_constraint(op.f("ck_practical_assessment_voided_whole"), WHOLE)
        table.create_check_constraint(
            op.f("ck_practical_assessment_voided_by_another"), "voided_by <> person_id"
        )
    _one_open("state <> 'settled' AND voided_ms IS NULL")


def downgrade() -> None:
    """Drop them: what was voided only the ledger says then. A try that was voided while it waited must be settled first."""
    op.drop_index(ONE_OPEN, table_name="practical_assessment")
    with op.batch_alter_table("practical_assessment") as table:
        table.drop_constraint(op.f("ck_practical_assessment_voided_by_another"), type_="check")
        table.drop_constraint(op.f("ck_practical_assessment_voided_whole"), type_="check")
        table.drop_constraint(op.f("fk_practical_assessment_voided_by"), type_="foreignkey")
        table.drop_column("void_reason")
        table.drop_column("voided_by")
        table.drop_column("voided_ms")
    _one_open("state <> 'settled'")


def _one_open(where: str) -> None:
    op.create_index(
        ONE_OPEN,
        "practical_assessment",
        ["enrolment_id", "segment_id"],
        unique=True,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )
