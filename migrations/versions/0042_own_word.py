"""Keep each trainee's word on their own days: 对 or 不对, on the phone or on signed paper."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    """Make the tables. Additive: the previous code does not know them."""
    _own_word()
    op.create_table(
        "own_days",
        *_ids("enrolment_id", "segment_id"),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        sa.Column("reminded_ms", sa.BigInteger(), nullable=True),
        *_keys("own_days"),
        sa.PrimaryKeyConstraint("enrolment_id", "segment_id", name=op.f("pk_own_days")),
    )
    _paper_word()


def _ids(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.String(length=26), nullable=False) for name in names]


def _keys(table: str, **more: str) -> list[sa.ForeignKeyConstraint]:
    led = {"enrolment_id": "enrolment", "segment_id": "programme_segment"} | more
    return [
        sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}"))
        for name, other in led.items()
    ]


def _own_word() -> None:
    table = "own_word"
    op.create_table(
        table,
        *_ids("id", "enrolment_id", "segment_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=3), nullable=False),
        sa.Column("way", sa.String(length=5), nullable=False),
        sa.Column("days", sa.String(length=80), nullable=False),
        sa.Column("entered_s", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        *_ids("said_by"),
        sa.Column("said_ms", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f(f"ck_{table}_number_from_one")),
        sa.CheckConstraint("word IN ('yes', 'no')", name=op.f(f"ck_{table}_word_known")),
        sa.CheckConstraint("way IN ('phone', 'paper')", name=op.f(f"ck_{table}_way_known")),
        sa.CheckConstraint(
            "what IN ('', 'minutes', 'not_there', 'missing', 'other') AND (word = 'no') = (what <> '')",
            name=op.f(f"ck_{table}_what_when_no"),
        ),
        *_keys(table, said_by="person"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "enrolment_id", "segment_id", "number", name=op.f(f"uq_{table}_enrolment_id_segment_id_number")
        ),
    )


def _paper_word() -> None:
    table, waiting = "paper_word", sa.text("state = 'waiting'")
    op.create_table(
        table,
        *_ids("id", "page_id"),
        sa.Column("file", sa.String(length=80), nullable=False),
        *_ids("enrolment_id", "segment_id"),
        sa.Column("word", sa.String(length=3), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        *_ids("entered_by"),
        sa.Column("entered_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("word IN ('yes', 'no')", name=op.f(f"ck_{table}_word_known")),
        sa.CheckConstraint(
            "state IN ('waiting', 'accepted', 'refused')", name=op.f(f"ck_{table}_state_known")
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_by IS NULL) AND (state = 'waiting') = (decided_ms IS NULL)",
            name=op.f(f"ck_{table}_decided_whole"),
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> entered_by", name=op.f(f"ck_{table}_decided_by_another")
        ),
        *_keys(table, page_id="paper_page", entered_by="person", decided_by="person"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(
        f"uq_{table}_waiting",
        table,
        ["enrolment_id", "segment_id"],
        unique=True,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def downgrade() -> None:
    """Drop them; the words stay in the ledger."""
    for table in ("paper_word", "own_days", "own_word"):
        op.drop_table(table)
