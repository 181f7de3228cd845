"""Hand the ledger out as a pack: one JSON object per line, which ``tools/verify_pack.py`` checks on any other PC.

First the head ``{"pack": 1, "made_at", "public_keys"}``, then entries ``{"entry": …, "hash": …}`` in order of chain and
position with exactly what the hash covers, then checkpoints ``{"statement", "signature", "leaves"}`` by day. Entries hold
no personal data, so a pack holds none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.evidence.models import Checkpoint, CheckpointLeaf, EvidenceEntry
from yanglao.evidence.rules import VERSION, Head, merkle_paths
from yanglao.kernel.clock import rfc3339
from yanglao.outside.ciphers import ciphers

PACK = 1


def lines(session: Session, *, enrolment_id: str | None = None, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield the lines of a pack: the whole ledger, or one enrolment's chain; always with every checkpoint."""
    yield {"pack": PACK, "made_at": rfc3339(now), "public_keys": ciphers().public_keys()}
    table = EvidenceEntry.__table__
    wanted = select(table).order_by(table.c.chain_kind, table.c.chain_id, table.c.position)
    if enrolment_id is not None:
        wanted = wanted.where(table.c.chain_kind == "enrolment", table.c.chain_id == enrolment_id)
    for row in session.execute(wanted.execution_options(yield_per=2000)):
        yield {"entry": _covered(row), "hash": row.hash}
    for made in session.execute(select(Checkpoint.__table__).order_by(Checkpoint.id)).all():
        leaf = CheckpointLeaf.__table__.c
        leaves = session.execute(
            select(leaf.chain_kind, leaf.chain_id, leaf.position, leaf.hash)
            .where(leaf.checkpoint_id == made.id)
            .order_by(leaf.chain_kind, leaf.chain_id)
        )
        yield {
            "statement": made.statement,
            "signature": made.signature,
            "leaves": [list(one) for one in leaves],
        }


def _covered(row: Any) -> dict[str, Any]:
    """Return what an entry's hash covers, under the names of the recipe (``rules.entry_hash``)."""
    return {
        "v": VERSION,
        "chain": [row.chain_kind, row.chain_id],
        "position": row.position,
        "kind": row.kind,
        "person": row.person_id,
        "enrolment": row.enrolment_id,
        "segment": row.segment_id,
        "occurred_ms": row.occurred_ms,
        "recorded_ms": row.recorded_ms,
        "actor": row.actor_id,
        "client": row.client,
        "device": row.device_digest,
        "grade": row.grade,
        "policy": row.policy,
        "body": json.loads(row.body),
        "prev": row.prev_hash,
    }


def chain_lines(session: Session, chains: Sequence[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Yield the entries of some chains, each with exactly what its hash covers, in the order of the chains."""
    table = EvidenceEntry.__table__
    for kind, chain_id in chains:
        wanted = select(table).where(table.c.chain_kind == kind, table.c.chain_id == chain_id)
        for row in session.execute(wanted.order_by(table.c.position)):
            yield {"entry": _covered(row), "hash": row.hash}


def proven(session: Session, chains: Sequence[tuple[str, str]]) -> dict[str, Any] | None:
    """Return the last checkpoint with the proof of each chain that it signed; None before the first checkpoint.

    ``proofs``: [{"chain", "position", "hash", "path"}]; a path leads from the head of a chain, as it was then, to the signed root.
    """
    made = session.execute(select(Checkpoint.__table__).order_by(Checkpoint.id.desc()).limit(1)).first()
    if made is None:
        return None
    leaf = CheckpointLeaf.__table__.c
    rows = session.execute(
        select(leaf.chain_kind, leaf.chain_id, leaf.position, leaf.hash)
        .where(leaf.checkpoint_id <= made.id)
        .order_by(leaf.checkpoint_id)
    )
    heads = {(row[0], row[1]): Head(*row) for row in rows}
    paths = merkle_paths(list(heads.values()), [heads[chain] for chain in chains if chain in heads])
    return {
        "statement": made.statement,
        "signature": made.signature,
        "proofs": [
            {
                "chain": [head.chain_kind, head.chain_id],
                "position": head.position,
                "hash": head.hash,
                "path": path,
            }
            for head, path in paths.items()
        ],
    }
