"""Append to the ledger: the one way anything becomes evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from yanglao.evidence.models import EvidenceEntry, EvidenceHead
from yanglao.evidence.rules import Sealed, entry_hash, first_prev
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.canonical import canonical_text
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.many import Among, insert_all, update_all
from yanglao.outside.ciphers import ciphers
from yanglao.work import service as work


@dataclass(frozen=True)
class Entry:
    """What is to be appended.

    Attributes: ``chain`` (kind, id) with kind enrolment, session, class, claim or officer; ``body`` canonical JSON values
    (no floats, no personal data); ``occurred_ms`` when it happened, which may lie before it is recorded; ``grade``
    the strength of the proof.
    """

    chain: tuple[str, str]
    kind: str
    body: dict[str, Any]
    occurred_ms: int
    person_id: str | None = None
    enrolment_id: str | None = None
    segment_id: str | None = None
    client: str = "system"
    device_digest: str | None = None
    grade: str | None = None


@dataclass(frozen=True)
class Appended:
    """Where an entry stands now."""

    id: int
    position: int
    hash: str
    recorded_ms: int
    body: dict[str, Any] = field(repr=False)


def device_digest(device: str | None) -> str | None:
    """Return a keyed digest of a client-made device identifier, so that the ledger names no device in clear."""
    if not device:
        return None
    return f"hmac-sha256:{ciphers().mac('device', device.encode())[:16].hex()}"


def append(session: Session, entry: Entry, *, now: datetime, actor: Actor) -> Appended:
    """Append ``entry`` to its chain; the caller holds the person lock when the entry concerns a person.

    The body is hashed as the database will give it back. Two writers of one chain meet at its unique position:
    the later one gets an IntegrityError, and ``kernel.db.run`` tries it once more.
    """
    kind, chain_id = entry.chain
    head = session.execute(
        select(EvidenceHead.position, EvidenceHead.hash)
        .where(EvidenceHead.chain_kind == kind, EvidenceHead.chain_id == chain_id)
        .with_for_update()
    ).first()
    row = _sealed(entry, head.position if head else 0, head.hash if head else None, now=now, actor=actor)
    position, sealed = row["position"], row["hash"]
    entry_id = session.execute(insert(EvidenceEntry).values(**row).returning(EvidenceEntry.id)).scalar_one()
    _move_head(session, kind, chain_id, position=position, sealed=sealed)
    if entry.person_id:
        work.enqueue(
            session, "completion.refresh", entry.person_id, {"person_id": entry.person_id}, due=now, now=now
        )
    return Appended(entry_id, position, sealed, to_ms(now), entry.body)


_HEADS = (
    select(EvidenceHead.chain_id, EvidenceHead.position, EvidenceHead.hash)
    .where(EvidenceHead.chain_kind == bindparam("kind"))
    .where(Among(EvidenceHead.chain_id, "ids"))
    .order_by(EvidenceHead.chain_id)
    .with_for_update()
)


def append_all(session: Session, told: Sequence[tuple[Entry, datetime, Actor]]) -> list[int]:
    """Append entries with their moment and actor, each to another enrolment's chain; return their positions.

    The caller holds the person locks and folds in the same transaction: no task to do so is left, unlike ``append``.
    """
    line = session.connection()
    ids = sorted(entry.chain[1] for entry, _, _ in told)
    heads = {row.chain_id: row for row in line.execute(_HEADS, {"kind": "enrolment", "ids": ids})}
    rows = []
    for entry, now, actor in told:
        head = heads.get(entry.chain[1])
        rows.append(
            _sealed(entry, head.position if head else 0, head.hash if head else None, now=now, actor=actor)
        )
    insert_all(line, EvidenceEntry.__table__, rows)
    ends = [{name: row[name] for name in ("chain_kind", "chain_id", "position", "hash")} for row in rows]
    known = [end for end in ends if end["chain_id"] in heads]
    update_all(line, EvidenceHead.__table__, known, by=("chain_kind", "chain_id"))
    begun = [{**end, "checkpointed": 0} for end in ends if end["chain_id"] not in heads]
    insert_all(line, EvidenceHead.__table__, begun)
    return [row["position"] for row in rows]


def _sealed(
    entry: Entry, position: int, prev_hash: str | None, *, now: datetime, actor: Actor
) -> dict[str, Any]:
    """Return the columns of ``entry`` behind the head of its chain at ``position`` (0: none), the hash among them.

    Whatever a stand-in does says ``for`` whom they stand.
    """
    kind, chain_id = entry.chain
    body = entry.body | {"for": actor.stands_for} if actor.stands_for else entry.body
    columns: dict[str, Any] = {
        "chain_kind": kind,
        "chain_id": chain_id,
        "position": position + 1,
        "kind": entry.kind,
        "person_id": entry.person_id,
        "enrolment_id": entry.enrolment_id,
        "segment_id": entry.segment_id,
        "occurred_ms": entry.occurred_ms,
        "recorded_ms": to_ms(now),
        "actor_id": actor.person_id,
        "client": entry.client,
        "device_digest": entry.device_digest,
        "grade": entry.grade,
        "policy": policy.on(day_of(now)).file_digest,
        "prev_hash": prev_hash or first_prev(kind, chain_id),
    }
    sealed = entry_hash(Sealed(**columns, body=body))
    return {**columns, "body": canonical_text(body), "hash": sealed}


def _move_head(session: Session, kind: str, chain_id: str, *, position: int, sealed: str) -> None:
    if position == 1:
        session.execute(
            insert(EvidenceHead).values(
                chain_kind=kind, chain_id=chain_id, position=1, hash=sealed, checkpointed=0
            )
        )
        return
    session.execute(
        update(EvidenceHead)
        .where(EvidenceHead.chain_kind == kind, EvidenceHead.chain_id == chain_id)
        .values(position=position, hash=sealed)
    )
