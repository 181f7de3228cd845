"""Keep who was present without standing on the roster."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

_PEOPLE = ("recorded_by", "person_id", "decided_by")


def upgrade() -> None:
    """Make the table. Additive: the previous code does not know it."""
    op.create_table(
        "walk_in",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("walk_in_uuid", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("id_type", sa.String(length=12), nullable=False),
        sa.Column("id_sealed", sa.Text(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("in_ms", sa.BigInteger(), nullable=False),
        sa.Column("out_ms", sa.BigInteger(), nullable=True),
        sa.Column("recorded_by", sa.String(length=26), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.Column("client", sa.String(length=10), nullable=False),
        sa.Column("entry_position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=True),
        sa.Column("late_id", sa.String(length=26), nullable=True),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.Column("decision_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'asked', 'counted', 'refused')", name=op.f("ck_walk_in_state_known")
        ),
        sa.CheckConstraint("out_ms IS NULL OR out_ms >= in_ms", name=op.f("ck_walk_in_out_after_in")),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> recorded_by", name=op.f("ck_walk_in_decided_by_another")
        ),
        sa.CheckConstraint(
            "state NOT IN ('asked', 'counted') OR person_id IS NOT NULL",
            name=op.f("ck_walk_in_accepted_is_known"),
        ),
        sa.ForeignKeyConstraint(["session_id"], ["offline_session.id"], name=op.f("fk_walk_in_session_id")),
        sa.ForeignKeyConstraint(["late_id"], ["late_addition.id"], name=op.f("fk_walk_in_late_id")),
        *(sa.ForeignKeyConstraint([one], ["person.id"], name=op.f(f"fk_walk_in_{one}")) for one in _PEOPLE),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walk_in")),
        sa.UniqueConstraint("walk_in_uuid", name=op.f("uq_walk_in_walk_in_uuid")),
    )
    op.create_index("ix_walk_in_session_id", "walk_in", ["session_id"])
    op.create_index("ix_walk_in_late_id", "walk_in", ["late_id"])
    op.create_index(
        "uq_walk_in_standing",
        "walk_in",
        ["session_id", "name", "phone"],
        unique=True,
        sqlite_where=sa.text("state <> 'refused'"),
        postgresql_where=sa.text("state <> 'refused'"),
    )


def downgrade() -> None:
    """Drop it; what was recorded and decided stays in the ledger."""
    op.drop_table("walk_in")
