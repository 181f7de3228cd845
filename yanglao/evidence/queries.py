"""Read the ledger: frozen entries, oldest first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from yanglao.evidence.models import Checkpoint, EvidenceEntry, EvidenceHead


@dataclass(frozen=True)
class EntryView:
    """One entry as stored; ``body`` is parsed."""

    id: int
    chain_kind: str
    chain_id: str
    position: int
    kind: str
    person_id: str | None
    enrolment_id: str | None
    segment_id: str | None
    occurred_ms: int
    recorded_ms: int
    actor_id: str
    client: str
    device_digest: str | None
    grade: str | None
    policy: str
    prev_hash: str
    hash: str
    body: dict[str, Any]


@dataclass(frozen=True)
class CheckpointView:
    """One signed daily head."""

    id: int
    day: date
    made_ms: int
    chains: int
    entries: int
    root: str
    statement: str
    signature: str


_COLUMNS = [column for column in EvidenceEntry.__table__.columns]


def _view(row: Any) -> EntryView:
    fields = dict(row._mapping)
    fields["body"] = json.loads(fields["body"])
    return EntryView(**fields)


def chain(
    session: Session, kind: str, chain_id: str, *, after: int = 0, limit: int = 10_000
) -> list[EntryView]:
    """Return the entries of a chain after position ``after``, by position."""
    rows = session.execute(
        select(*_COLUMNS)
        .where(
            EvidenceEntry.chain_kind == kind,
            EvidenceEntry.chain_id == chain_id,
            EvidenceEntry.position > after,
        )
        .order_by(EvidenceEntry.position)
        .limit(limit)
    )
    return [_view(row) for row in rows]


def of_kinds(session: Session, kind: str, chain_id: str, kinds: Sequence[str]) -> list[EntryView]:
    """Return the entries of a chain that are of one of ``kinds``, by position."""
    rows = session.execute(
        select(*_COLUMNS)
        .where(
            EvidenceEntry.chain_kind == kind,
            EvidenceEntry.chain_id == chain_id,
            EvidenceEntry.kind.in_(kinds),
        )
        .order_by(EvidenceEntry.position)
    )
    return [_view(row) for row in rows]


def of_persons(session: Session, person_ids: Sequence[str], *, after_id: int = 0) -> Iterator[EntryView]:
    """Yield the entries that concern any of the persons (one person and those merged into them), by id."""
    rows = session.execute(
        select(*_COLUMNS)
        .where(EvidenceEntry.person_id.in_(person_ids), EvidenceEntry.id > after_id)
        .order_by(EvidenceEntry.id)
    )
    return (_view(row) for row in rows)


def of_persons_since(session: Session, since: Select[Any], about: dict[str, Any]) -> Iterator[EntryView]:
    """Yield by id the entries of persons after the one each was seen to; ``since`` selects (person_id, after) ``about`` some."""
    return (_view(row) for row in session.connection().execute(_after_seen(since), about))


@lru_cache(maxsize=8)
def _after_seen(since: Select[Any]) -> Select[Any]:
    seen = since.subquery()
    person_id, after = seen.c
    wanted = select(*_COLUMNS).join(seen, (EvidenceEntry.person_id == person_id) & (EvidenceEntry.id > after))
    return wanted.order_by(EvidenceEntry.id)


def head(session: Session, kind: str, chain_id: str) -> tuple[int, str] | None:
    """Return (position, hash) of a chain's last entry, or None for a chain without entries."""
    row = session.execute(
        select(EvidenceHead.position, EvidenceHead.hash).where(
            EvidenceHead.chain_kind == kind, EvidenceHead.chain_id == chain_id
        )
    ).first()
    return (row.position, row.hash) if row else None


def heads(session: Session, kind: str, chain_ids: Sequence[str]) -> list[tuple[str, str, int, str]]:
    """Return (kind, id, position, hash) of the last entries of chains, by id; a chain without entries is left out."""
    found: list[tuple[str, str, int, str]] = []
    for start in range(0, len(chain_ids), 400):
        part = EvidenceHead.chain_id.in_(chain_ids[start : start + 400])
        rows = session.execute(
            select(
                EvidenceHead.chain_kind, EvidenceHead.chain_id, EvidenceHead.position, EvidenceHead.hash
            ).where(EvidenceHead.chain_kind == kind, part)
        )
        found += [(row[0], row[1], row[2], row[3]) for row in rows]
    return sorted(found)


def hashes_at(session: Session, places: Sequence[tuple[str, str, int]]) -> dict[tuple[str, str, int], str]:
    """Return the hash of the entry that stands today at each (chain kind, chain id, position)."""
    entry, found = EvidenceEntry, {}
    for start in range(0, len(places), 200):
        part = places[start : start + 200]
        rows = session.execute(
            select(entry.chain_kind, entry.chain_id, entry.position, entry.hash).where(
                tuple_(entry.chain_kind, entry.chain_id, entry.position).in_(part)
            )
        )
        found.update({(row[0], row[1], row[2]): row[3] for row in rows})
    return found


def of_enrolments(session: Session, enrolment_ids: Sequence[str], *, kinds: str) -> list[EntryView]:
    """Return the entries in the chains of enrolments whose kind begins with ``kinds``, by id."""
    found: list[EntryView] = []
    for start in range(0, len(enrolment_ids), 400):
        rows = session.execute(
            select(*_COLUMNS).where(
                EvidenceEntry.chain_kind == "enrolment",
                EvidenceEntry.chain_id.in_(enrolment_ids[start : start + 400]),
                EvidenceEntry.kind.startswith(kinds, autoescape=True),
            )
        )
        found += [_view(row) for row in rows]
    return sorted(found, key=lambda entry: entry.id)


def persons_with_entries(session: Session) -> list[str]:
    """Return the ids of all persons the ledger knows, sorted."""
    rows = session.execute(
        select(EvidenceEntry.person_id)
        .where(EvidenceEntry.person_id.is_not(None))
        .group_by(EvidenceEntry.person_id)
        .order_by(EvidenceEntry.person_id)
    )
    return [row[0] for row in rows if row[0]]


def of_kind_since(session: Session, kind: str, since_ms: int, *, step: int = 5000) -> list[EntryView]:
    """Return the entries of a kind recorded at or after ``since_ms``, by id; only the end of the ledger is read."""
    low = session.scalar(select(func.max(EvidenceEntry.id))) or 0
    while low > 0:
        part = select(func.min(EvidenceEntry.recorded_ms)).where(
            EvidenceEntry.id <= low, EvidenceEntry.id > low - step
        )
        low -= step
        if (session.scalar(part) or 0) < since_ms:
            break
    rows = session.execute(
        select(*_COLUMNS)
        .where(EvidenceEntry.id > low, EvidenceEntry.kind == kind, EvidenceEntry.recorded_ms >= since_ms)
        .order_by(EvidenceEntry.id)
    )
    return [_view(row) for row in rows]


def persons_since(session: Session, since_ms: int, *, step: int = 5000) -> set[str]:
    """Return the ids of the persons of whom anything was recorded at or after ``since_ms``.

    Entries are recorded in the order of their ids, so the latest are read and the rest is left alone.
    """
    found: set[str] = set()
    top = session.scalar(select(func.max(EvidenceEntry.id))) or 0
    while top > 0:
        part = select(EvidenceEntry.person_id, EvidenceEntry.recorded_ms).where(
            EvidenceEntry.id <= top, EvidenceEntry.id > top - step
        )
        rows = session.execute(part).all()
        found.update(person for person, at_ms in rows if person and at_ms >= since_ms)
        if rows and all(at_ms < since_ms for _, at_ms in rows):
            break
        top -= step
    return found


def checkpoints(session: Session, *, after: int = 0, limit: int = 100) -> list[CheckpointView]:
    """Return checkpoints after id ``after``, oldest first."""
    rows = session.scalars(
        select(Checkpoint).where(Checkpoint.id > after).order_by(Checkpoint.id).limit(limit)
    )
    names = CheckpointView.__dataclass_fields__
    return [CheckpointView(**{name: getattr(row, name) for name in names}) for row in rows]


def checkpoints_before(session: Session, *, before: int = 0, limit: int = 100) -> list[CheckpointView]:
    """Return checkpoints below id ``before`` (0: all), the newest first."""
    wanted = select(Checkpoint).order_by(Checkpoint.id.desc()).limit(limit)
    rows = session.scalars(wanted.where(Checkpoint.id < before) if before else wanted)
    names = CheckpointView.__dataclass_fields__
    return [CheckpointView(**{name: getattr(row, name) for name in names}) for row in rows]


def latest_checkpoint(session: Session) -> CheckpointView | None:
    """Return the last checkpoint, or None before the first."""
    return next(iter(checkpoints_before(session, limit=1)), None)


def size(session: Session) -> int:
    """Return the number of entries."""
    return session.scalar(select(func.count()).select_from(EvidenceEntry)) or 0
