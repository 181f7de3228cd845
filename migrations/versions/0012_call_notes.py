"""Make the table of the calls that were made about what people lack."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "call_note",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("enrolment_id", sa.String(length=26), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("done_by", sa.String(length=26), nullable=False),
        sa.Column("done_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "result IN ('reached', 'no_answer', 'later', 'wrong_number')",
            name=op.f("ck_call_note_result_known"),
        ),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name=op.f("fk_call_note_done_by")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_call_note_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_note")),
    )
    op.create_index("ix_call_note_enrolment_id", "call_note", ["enrolment_id"], unique=False)


def downgrade() -> None:
    """Drop it, and what is in it."""
    op.drop_table("call_note")
