"""Rows of the ledger. Triggers refuse any change to entries, checkpoints and leaves (see ``triggers``)."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db

BigKey = BigInteger().with_variant(Integer, "sqlite")


class EvidenceEntry(db.Model):
    """One thing that happened, numbered and hashed in its chain. Holds references and digests, no personal data."""

    __tablename__ = "evidence_entry"
    __table_args__ = (
        UniqueConstraint("chain_kind", "chain_id", "position", name="uq_evidence_entry_position"),
        CheckConstraint("position >= 1", name="position_from_one"),
        CheckConstraint(
            "chain_kind IN ('enrolment', 'session', 'class', 'claim', 'officer')", name="chain_kind_known"
        ),
        Index("ix_evidence_entry_person", "person_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    chain_kind: Mapped[str] = mapped_column(String(16))
    chain_id: Mapped[str] = mapped_column(String(26))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[str | None] = mapped_column(String(26))
    enrolment_id: Mapped[str | None] = mapped_column(String(26))
    segment_id: Mapped[str | None] = mapped_column(String(26))
    occurred_ms: Mapped[int] = mapped_column(BigInteger)
    recorded_ms: Mapped[int] = mapped_column(BigInteger)
    actor_id: Mapped[str] = mapped_column(String(26))
    client: Mapped[str] = mapped_column(String(10))
    device_digest: Mapped[str | None] = mapped_column(String(80))
    grade: Mapped[str | None] = mapped_column(String(10))
    policy: Mapped[str] = mapped_column(String(80))
    body: Mapped[str] = mapped_column(Text)
    prev_hash: Mapped[str] = mapped_column(String(80))
    hash: Mapped[str] = mapped_column(String(80))


class EvidenceHead(db.Model):
    """Where each chain stands now; a cut-off chain shows here. Derived, but checked by ``ledger verify``."""

    __tablename__ = "evidence_head"

    chain_kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    chain_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    position: Mapped[int]
    hash: Mapped[str] = mapped_column(String(80))
    checkpointed: Mapped[int] = mapped_column(default=0)


class Checkpoint(db.Model):
    """The signed Merkle root over the heads of all chains on one day."""

    __tablename__ = "evidence_checkpoint"
    __table_args__ = (
        UniqueConstraint("day", name="uq_evidence_checkpoint_day"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    day: Mapped[Date] = mapped_column(Date)
    made_ms: Mapped[int] = mapped_column(BigInteger)
    chains: Mapped[int]
    entries: Mapped[int] = mapped_column(BigInteger)
    root: Mapped[str] = mapped_column(String(80))
    statement: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(Text)


class CheckpointLeaf(db.Model):
    """A chain's head at a checkpoint, stored only when it moved since the checkpoint before."""

    __tablename__ = "evidence_leaf"

    checkpoint_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    chain_kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    chain_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    position: Mapped[int]
    hash: Mapped[str] = mapped_column(String(80))
