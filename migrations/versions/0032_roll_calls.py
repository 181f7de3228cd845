"""Keep roll calls and who was drawn in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Make the tables. Additive: the previous code does not know them."""
    op.create_table(
        "roll_call",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("session_id", sa.String(length=26), nullable=False),
        sa.Column("started_by", sa.String(length=26), nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("settled_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("until_ms > started_ms", name=op.f("ck_roll_call_until_after_start")),
        sa.ForeignKeyConstraint(["session_id"], ["offline_session.id"], name=op.f("fk_roll_call_session_id")),
        sa.ForeignKeyConstraint(["started_by"], ["person.id"], name=op.f("fk_roll_call_started_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_call")),
    )
    op.create_index("ix_roll_call_session_id", "roll_call", ["session_id"])
    op.create_index(
        "uq_roll_call_open",
        "roll_call",
        ["session_id"],
        unique=True,
        sqlite_where=sa.text("settled_ms IS NULL"),
        postgresql_where=sa.text("settled_ms IS NULL"),
    )
    _seats()


def _seats() -> None:
    table = "roll_call_seat"
    ids = ("roll_call_id", "enrolment_id", "person_id", "presence_id", "excused_by")
    others = {"roll_call_id": "roll_call", "enrolment_id": "enrolment", "presence_id": "presence"}
    op.create_table(
        table,
        *(sa.Column(one, sa.String(length=26), nullable=one == "excused_by") for one in ids),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("answered_ms", sa.BigInteger(), nullable=True),
        sa.Column("method", sa.String(length=8), nullable=True),
        sa.Column("missed_position", sa.Integer(), nullable=True),
        sa.Column("excused_reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'here', 'left', 'missed', 'excused')", name=op.f(f"ck_{table}_state_known")
        ),
        sa.CheckConstraint(
            "(state = 'here') = (answered_ms IS NOT NULL)", name=op.f(f"ck_{table}_here_is_answered")
        ),
        sa.CheckConstraint(
            "state <> 'excused' OR excused_by IS NOT NULL", name=op.f(f"ck_{table}_excused_by_somebody")
        ),
        *(
            sa.ForeignKeyConstraint(
                [one], [f"{others.get(one, 'person')}.id"], name=op.f(f"fk_{table}_{one}")
            )
            for one in ids
        ),
        sa.PrimaryKeyConstraint("roll_call_id", "enrolment_id", name=op.f(f"pk_{table}")),
    )
    op.create_index("ix_roll_call_seat_enrolment_id", table, ["enrolment_id"])


def downgrade() -> None:
    """Drop them; the answers stay in the ledger."""
    op.drop_table("roll_call_seat")
    op.drop_table("roll_call")
