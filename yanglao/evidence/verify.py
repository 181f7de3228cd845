"""Re-derive everything from raw entries and compare: hashes, positions, heads, checkpoints, signatures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from yanglao.evidence.models import Checkpoint, CheckpointLeaf, EvidenceEntry, EvidenceHead
from yanglao.evidence.rules import Head, Sealed, entry_hash, first_prev, merkle_root
from yanglao.kernel.canonical import canonical_text, digest
from yanglao.kernel.clock import rfc3339
from yanglao.outside.ciphers import ciphers

MOST_PROBLEMS = 200
LAST = 2**62


@dataclass(frozen=True)
class Fault:
    """One place where the ledger does not hold; ``order`` is the entry's id, so that the earliest can be named."""

    order: int
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass
class Report:
    """What a verification found. ``first_broken`` names the earliest broken entry or is None."""

    checked: int = 0
    chains: int = 0
    checkpoints: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Tell whether nothing is broken."""
        return not self.faults

    @property
    def first_broken(self) -> str | None:
        """Return the earliest fault in words."""
        return str(min(self.faults, key=lambda fault: fault.order)) if self.faults else None

    @property
    def problems(self) -> list[str]:
        """Return all faults in words, earliest first."""
        return [str(fault) for fault in sorted(self.faults, key=lambda fault: fault.order)]

    def add(self, order: int, where: str, what: str) -> None:
        """Keep a fault, up to a bound."""
        if len(self.faults) < MOST_PROBLEMS:
            self.faults.append(Fault(order, where, what))


def verify(session: Session) -> Report:
    """Recompute the whole ledger in one pass, then compare heads and every checkpoint with it."""
    report = Report()
    ends: dict[tuple[str, str], Head] = {}
    for row in _entries(session):
        _check_entry(row, ends, report)
    report.chains = len(ends)
    _check_heads(session, ends, report)
    _check_checkpoints(session, report)
    return report


def verify_chains(session: Session, chains: Sequence[tuple[str, str]]) -> Report:
    """Recompute the chains (kind, id) alone, each from its first entry to its head."""
    report = Report()
    ends: dict[tuple[str, str], Head] = {}
    for start in range(0, len(chains), 200):
        for row in _entries(session, chains[start : start + 200]):
            _check_entry(row, ends, report)
    report.chains = len(ends)
    for key in chains:
        head = session.get(EvidenceHead, key)
        end = ends.get(key)
        if (head.position, head.hash) != (end.position, end.hash) if head and end else head is not end:
            report.add(LAST, f"chain {key[0]}/{key[1]}", "does not end at its head")
    return report


def _entries(session: Session, chains: Sequence[tuple[str, str]] = ()) -> Iterator[Any]:
    table = EvidenceEntry.__table__
    statement = select(table).order_by(table.c.chain_kind, table.c.chain_id, table.c.position)
    if chains:
        statement = statement.where(tuple_(table.c.chain_kind, table.c.chain_id).in_(chains))
    return iter(session.execute(statement.execution_options(yield_per=2000)))


def _name(row: Any) -> str:
    when = rfc3339(row.recorded_ms) if abs(row.recorded_ms) < 10**14 else "?"
    return f"chain {row.chain_kind}/{row.chain_id} entry {row.position} ({row.kind}, {when}, id {row.id})"


def _check_entry(row: Any, ends: dict[tuple[str, str], Head], report: Report) -> None:
    key = (row.chain_kind, row.chain_id)
    before = ends.get(key)
    report.checked += 1
    wanted = before.position + 1 if before else 1
    if row.position != wanted:
        report.add(row.id, _name(row), f"entry {wanted} is missing before it")
    elif row.prev_hash != (before.hash if before else first_prev(*key)):
        report.add(row.id, _name(row), "does not follow the entry before it")
    try:
        body = json.loads(row.body)
        if canonical_text(body) != row.body:
            report.add(row.id, _name(row), "its body is not in canonical form")
        names = [name for name in Sealed.__dataclass_fields__ if name != "body"]
        sealed = entry_hash(Sealed(**{name: getattr(row, name) for name in names}, body=body))
    except (ValueError, TypeError):
        sealed = "unreadable"
    if sealed != row.hash:
        report.add(row.id, _name(row), "was changed: its content does not give its hash")
    ends[key] = Head(*key, row.position, row.hash)


def _check_heads(session: Session, ends: dict[tuple[str, str], Head], report: Report) -> None:
    seen = set()
    for row in session.execute(select(EvidenceHead.__table__)):
        key = (row.chain_kind, row.chain_id)
        seen.add(key)
        end = ends.get(key)
        if end is None or (end.position, end.hash) != (row.position, row.hash):
            have = f"ends at {end.position}" if end else "has no entry"
            report.add(
                LAST,
                f"chain {key[0]}/{key[1]} entry {row.position}",
                f"is missing or changed: the chain {have}",
            )
    for key in sorted(set(ends) - seen):
        report.add(LAST, f"chain {key[0]}/{key[1]}", "has entries but no head")


def _check_checkpoints(session: Session, report: Report) -> None:
    heads: dict[tuple[str, str], Head] = {}
    previous: str | None = None
    for row in session.execute(select(Checkpoint.__table__).order_by(Checkpoint.id)).all():
        where = f"checkpoint {row.day}"
        report.checkpoints += 1
        leaves = session.execute(
            select(CheckpointLeaf.__table__).where(CheckpointLeaf.checkpoint_id == row.id)
        )
        for leaf in leaves:
            heads[(leaf.chain_kind, leaf.chain_id)] = Head(*leaf[1:])
        _check_leaves(session, row.id, where, report)
        root = merkle_root(list(heads.values()))
        if (root, len(heads)) != (row.root, row.chains):
            report.add(LAST, where, "its root does not follow from its leaves")
        if not ciphers().verify(row.statement.encode(), row.signature):
            report.add(LAST, where, "its signature does not hold")
        said = json.loads(row.statement)
        if (
            said.get("root") != row.root
            or said.get("previous") != previous
            or said.get("day") != str(row.day)
        ):
            report.add(LAST, where, "its statement does not fit its row or the checkpoint before")
        previous = digest(row.statement.encode())


def _check_leaves(session: Session, checkpoint_id: int, where: str, report: Report) -> None:
    leaf, entry = CheckpointLeaf.__table__.c, EvidenceEntry.__table__.c
    rows = session.execute(
        select(leaf.chain_kind, leaf.chain_id, leaf.position, leaf.hash, entry.hash.label("now"), entry.id)
        .select_from(CheckpointLeaf.__table__)
        .outerjoin(
            EvidenceEntry.__table__,
            (entry.chain_kind == leaf.chain_kind)
            & (entry.chain_id == leaf.chain_id)
            & (entry.position == leaf.position),
        )
        .where(leaf.checkpoint_id == checkpoint_id)
    )
    for row in rows:
        if row.hash != row.now:
            name = f"chain {row.chain_kind}/{row.chain_id} entry {row.position}"
            report.add(row.id or LAST, name, f"is not what {where} signed")


def proves(session: Session, statement: str, signature: str) -> list[str]:
    """Check a checkpoint kept outside against today's ledger; return what does not hold, in words.

    The statement must be signed by a key of ours, and the entries of today at the positions that stood then must
    give its root.
    """
    if not ciphers().verify(statement.encode(), signature):
        return ["the signature does not hold"]
    said = json.loads(statement)
    row = session.execute(select(Checkpoint.id).where(Checkpoint.root == said["root"])).first()
    if row is None:
        return [f"no checkpoint of this ledger has the root {said['root']}"]
    leaf, entry = CheckpointLeaf.__table__.c, EvidenceEntry.__table__.c
    rows = session.execute(
        select(leaf.chain_kind, leaf.chain_id, leaf.position, entry.hash)
        .select_from(CheckpointLeaf.__table__)
        .outerjoin(
            EvidenceEntry.__table__,
            (entry.chain_kind == leaf.chain_kind)
            & (entry.chain_id == leaf.chain_id)
            & (entry.position == leaf.position),
        )
        .where(leaf.checkpoint_id <= row.id)
        .order_by(leaf.checkpoint_id)
    )
    heads: dict[tuple[str, str], Head] = {}
    for found in rows:
        key = (found.chain_kind, found.chain_id)
        heads[key] = Head(*key, found.position, found.hash or "missing")
    return (
        [] if merkle_root(list(heads.values())) == said["root"] else ["today's entries do not give its root"]
    )
