"""Make the ledger and its append-only triggers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from yanglao.evidence import triggers

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the ledger and its append-only triggers."""
    _evidence_checkpoint()
    _evidence_entry()
    _evidence_head()
    _evidence_leaf()
    triggers.create(op.get_bind())


def downgrade() -> None:
    """Drop them, and what is in them."""
    triggers.drop(op.get_bind())
    op.drop_table("evidence_leaf")
    op.drop_table("evidence_head")
    op.drop_table("evidence_entry")
    op.drop_table("evidence_checkpoint")


def _evidence_checkpoint() -> None:
    op.create_table(
        "evidence_checkpoint",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("chains", sa.Integer(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.String(length=80), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_checkpoint")),
        sa.UniqueConstraint("day", name="uq_evidence_checkpoint_day"),
        sqlite_autoincrement=True,
    )


def _evidence_entry() -> None:
    op.create_table(
        "evidence_entry",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("chain_kind", sa.String(length=16), nullable=False),
        sa.Column("chain_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=True),
        sa.Column("enrolment_id", sa.String(length=26), nullable=True),
        sa.Column("segment_id", sa.String(length=26), nullable=True),
        sa.Column("occurred_ms", sa.BigInteger(), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.String(length=26), nullable=False),
        sa.Column("client", sa.String(length=10), nullable=False),
        sa.Column("device_digest", sa.String(length=80), nullable=True),
        sa.Column("grade", sa.String(length=10), nullable=True),
        sa.Column("policy", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.String(length=80), nullable=False),
        sa.Column("hash", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "chain_kind IN ('enrolment', 'session', 'class', 'claim')",
            name=op.f("ck_evidence_entry_chain_kind_known"),
        ),
        sa.CheckConstraint("position >= 1", name=op.f("ck_evidence_entry_position_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_entry")),
        sa.UniqueConstraint("chain_kind", "chain_id", "position", name="uq_evidence_entry_position"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_evidence_entry_person", "evidence_entry", ["person_id", "id"], unique=False)


def _evidence_head() -> None:
    op.create_table(
        "evidence_head",
        sa.Column("chain_kind", sa.String(length=16), nullable=False),
        sa.Column("chain_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=80), nullable=False),
        sa.Column("checkpointed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("chain_kind", "chain_id", name=op.f("pk_evidence_head")),
    )


def _evidence_leaf() -> None:
    op.create_table(
        "evidence_leaf",
        sa.Column("checkpoint_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("chain_kind", sa.String(length=16), nullable=False),
        sa.Column("chain_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("checkpoint_id", "chain_kind", "chain_id", name=op.f("pk_evidence_leaf")),
    )
