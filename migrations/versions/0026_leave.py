"""Keep the leave that people ask for from a session."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Make the table. Additive: the previous code does not know it."""
    op.create_table(
        "session_leave",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("session_id", sa.String(length=26), nullable=False),
        sa.Column("enrolment_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.Column("decision_reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'granted', 'refused')", name=op.f("ck_session_leave_state_known")
        ),
        sa.CheckConstraint("decided_by <> person_id", name=op.f("ck_session_leave_decided_by_another")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["offline_session.id"], name=op.f("fk_session_leave_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_session_leave_enrolment_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_session_leave_person_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_session_leave_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_leave")),
    )
    op.create_index("ix_session_leave_session_id", "session_leave", ["session_id"])
    op.create_index(
        "uq_session_leave_standing",
        "session_leave",
        ["enrolment_id", "session_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'refused'"),
        postgresql_where=sa.text("state <> 'refused'"),
    )


def downgrade() -> None:
    """Drop it; what was decided stays in the ledger."""
    op.drop_table("session_leave")
