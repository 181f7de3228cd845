"""Make the daily checkpoint: a Merkle root over the heads of all chains, signed, to be kept outside as well."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from yanglao.evidence.models import Checkpoint, CheckpointLeaf, EvidenceEntry, EvidenceHead
from yanglao.evidence.queries import CheckpointView
from yanglao.evidence.rules import Head, merkle_root
from yanglao.kernel.canonical import canonical_text, digest
from yanglao.kernel.clock import day_of, to_ms
from yanglao.outside.ciphers import ciphers


def make(session: Session, *, now: datetime) -> CheckpointView | None:
    """Sign the heads of all chains as the checkpoint of today; None when today has one already."""
    day = day_of(now)
    if session.scalar(select(Checkpoint.id).where(Checkpoint.day == day)):
        return None
    previous = session.execute(
        select(Checkpoint.id, Checkpoint.statement).order_by(Checkpoint.id.desc()).limit(1)
    ).first()
    rows = session.execute(select(EvidenceHead.__table__)).all()
    heads = [Head(row.chain_kind, row.chain_id, row.position, row.hash) for row in rows]
    entries = session.scalar(select(func.max(EvidenceEntry.id))) or 0
    statement = canonical_text(
        {
            "v": 1,
            "day": day.isoformat(),
            "made_ms": to_ms(now),
            "chains": len(heads),
            "entries": entries,
            "root": (root := merkle_root(heads)),
            "previous": digest(previous.statement.encode()) if previous else None,
        }
    )
    columns = {
        "day": day,
        "made_ms": to_ms(now),
        "chains": len(heads),
        "entries": entries,
        "root": root,
        "statement": statement,
        "signature": ciphers().sign(statement.encode()),
    }
    made = session.execute(insert(Checkpoint).values(**columns).returning(Checkpoint.id)).scalar_one()
    moved = [row for row in rows if row.checkpointed < row.position]
    if moved:
        session.execute(
            insert(CheckpointLeaf),
            [
                {
                    "checkpoint_id": made,
                    "chain_kind": row.chain_kind,
                    "chain_id": row.chain_id,
                    "position": row.position,
                    "hash": row.hash,
                }
                for row in moved
            ],
        )
        session.execute(
            update(EvidenceHead)
            .where(EvidenceHead.checkpointed < EvidenceHead.position)
            .values(checkpointed=EvidenceHead.position)
        )
    return CheckpointView(id=made, **columns)  # type: ignore[arg-type]
