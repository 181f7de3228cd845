"""The recipe of the ledger, pure: how an entry is hashed and how heads become one root.

Entry hash: SHA-256 of the canonical JSON of ``{v, chain, position, kind, person, enrolment, segment, occurred_ms,
recorded_ms, actor, client, device, grade, policy, body, prev}``; ``prev`` of the first entry is the digest of
``{"chain": [kind, id]}``, so that chains cannot be swapped. Root: RFC 6962 tree (leaf = SHA-256 of 0x00 and the
canonical JSON of ``[kind, id, position, hash]``, node = SHA-256 of 0x01, left, right) over heads sorted by
``(kind, id)``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yanglao.kernel.canonical import canonical_bytes, digest

VERSION = 1


@dataclass(frozen=True)
class Sealed:
    """Every column that an entry's hash covers; ``body`` is the parsed object."""

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
    body: Any
    prev_hash: str


@dataclass(frozen=True, order=True)
class Head:
    """The last entry of a chain."""

    chain_kind: str
    chain_id: str
    position: int
    hash: str


def first_prev(chain_kind: str, chain_id: str) -> str:
    """Return what the first entry of a chain names as its predecessor."""
    return digest({"chain": [chain_kind, chain_id]})


def entry_hash(entry: Sealed) -> str:
    """Return ``sha256:<hex>`` of an entry."""
    return digest(
        {
            "v": VERSION,
            "chain": [entry.chain_kind, entry.chain_id],
            "position": entry.position,
            "kind": entry.kind,
            "person": entry.person_id,
            "enrolment": entry.enrolment_id,
            "segment": entry.segment_id,
            "occurred_ms": entry.occurred_ms,
            "recorded_ms": entry.recorded_ms,
            "actor": entry.actor_id,
            "client": entry.client,
            "device": entry.device_digest,
            "grade": entry.grade,
            "policy": entry.policy,
            "body": entry.body,
            "prev": entry.prev_hash,
        }
    )


def merkle_root(heads: Sequence[Head]) -> str:
    """Return ``sha256:<hex>`` of the tree over ``heads``, sorted here; of nothing, the hash of the empty string."""
    leaves = [_leaf(head) for head in sorted(heads)]
    return f"sha256:{_root(leaves).hex()}"


def _leaf(head: Head) -> bytes:
    row = [head.chain_kind, head.chain_id, head.position, head.hash]
    return hashlib.sha256(b"\x00" + canonical_bytes(row)).digest()


def _root(nodes: list[bytes]) -> bytes:
    if not nodes:
        return hashlib.sha256(b"").digest()
    # Pairing level by level and carrying an odd node up gives exactly the RFC 6962 tree.
    while len(nodes) > 1:
        paired = [
            hashlib.sha256(b"\x01" + nodes[i] + nodes[i + 1]).digest() for i in range(0, len(nodes) - 1, 2)
        ]
        if len(nodes) % 2:
            paired.append(nodes[-1])
        nodes = paired
    return nodes[0]


def merkle_paths(heads: Sequence[Head], wanted: Sequence[Head]) -> dict[Head, list[list[str]]]:
    """Return for each wanted head the way up to the root over ``heads``: ["left" | "right", sha256 of the neighbour], leaf first."""
    ordered = sorted(heads)
    places = {head: at for at, head in enumerate(ordered)}
    found: dict[Head, list[list[str]]] = {head: [] for head in wanted if head in places}
    at_level = {head: places[head] for head in found}
    nodes = [_leaf(head) for head in ordered]
    while len(nodes) > 1:
        for head, at in at_level.items():
            beside = at ^ 1
            if beside < len(nodes):
                found[head].append(["left" if beside < at else "right", f"sha256:{nodes[beside].hex()}"])
            at_level[head] = at // 2
        paired = [
            hashlib.sha256(b"\x01" + nodes[i] + nodes[i + 1]).digest() for i in range(0, len(nodes) - 1, 2)
        ]
        nodes = paired + nodes[len(paired) * 2 :]
    return found
