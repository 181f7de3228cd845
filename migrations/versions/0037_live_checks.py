"""Keep live checks: who was asked which questions in a room, and what they answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Make the tables. Additive: the previous code does not know them."""
    ids = {"session_id": "offline_session", "enrolment_id": "enrolment", "person_id": "person"}
    ids |= {"presence_id": "presence", "started_by": "person"}
    op.create_table(
        "live_check",
        sa.Column("id", sa.String(length=26), nullable=False),
        *(sa.Column(one, sa.String(length=26), nullable=False) for one in ids),
        sa.Column("started_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("spoken_ms", sa.BigInteger(), nullable=True),
        sa.Column("settled_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("until_ms > started_ms", name=op.f("ck_live_check_until_after_start")),
        *(
            sa.ForeignKeyConstraint([one], [f"{table}.id"], name=op.f(f"fk_live_check_{one}"))
            for one, table in ids.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_check")),
    )
    op.create_index("ix_live_check_session_id", "live_check", ["session_id"])
    op.create_index("ix_live_check_enrolment_id", "live_check", ["enrolment_id"])
    op.create_index(
        "uq_live_check_open",
        "live_check",
        ["session_id", "enrolment_id"],
        unique=True,
        sqlite_where=sa.text("settled_ms IS NULL"),
        postgresql_where=sa.text("settled_ms IS NULL"),
    )
    _questions()


def _questions() -> None:
    table, ids = "live_question", {"check_id": "live_check", "question_id": "question", "lesson_id": "lesson"}
    op.create_table(
        table,
        sa.Column("check_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=26), nullable=False),
        sa.Column("lesson_id", sa.String(length=26), nullable=False),
        sa.Column("verdict", sa.String(length=5), nullable=True),
        sa.Column("way", sa.String(length=10), nullable=True),
        sa.Column("answered_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("verdict IN ('right', 'wrong', 'none')", name=op.f(f"ck_{table}_verdict_known")),
        sa.CheckConstraint("way IN ('phone', 'instructor')", name=op.f(f"ck_{table}_way_known")),
        sa.CheckConstraint(
            "(verdict IS NULL) = (answered_ms IS NULL)", name=op.f(f"ck_{table}_answered_once")
        ),
        *(
            sa.ForeignKeyConstraint([one], [f"{other}.id"], name=op.f(f"fk_{table}_{one}"))
            for one, other in ids.items()
        ),
        sa.PrimaryKeyConstraint("check_id", "number", name=op.f(f"pk_{table}")),
    )


def downgrade() -> None:
    """Drop them; the answers stay in the ledger."""
    op.drop_table("live_question")
    op.drop_table("live_check")
