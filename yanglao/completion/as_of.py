"""Fold many people at once as the ledger gave them when their chains ended at given positions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from yanglao.classes.shapes import EnrolmentView
from yanglao.completion.refresh import derive
from yanglao.completion.rules import EMPTY, Sums, gather_all
from yanglao.evidence import queries as evidence
from yanglao.evidence.queries import EntryView
from yanglao.people import queries as people

Upto = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Folded:
    """What the ledger gave: by enrolment its entries, the gathered state of its person and what that adds up to."""

    entries: dict[str, list[EntryView]]
    states: dict[str, dict[str, Any]]
    sums: dict[str, Sums]


def fold(session: Session, enrolments: Sequence[EnrolmentView], upto: Upto | None) -> Folded:
    """Fold ``enrolments`` in a few queries; a chain that ``upto`` does not name counts for nothing; None: as of now."""
    families = people.families(session, [one.person_id for one in enrolments])
    standing = {member: family[0] for family in families.values() for member in family}
    gathered: dict[str, list[EntryView]] = {}
    for entry in evidence.of_persons(session, sorted(standing)):
        if upto is None or entry.position <= upto.get((entry.chain_kind, entry.chain_id), 0):
            gathered.setdefault(standing[entry.person_id or ""], []).append(entry)
    states = {survivor: gather_all(dict(EMPTY), gathered.get(survivor, [])) for survivor in standing.values()}
    sums = {survivor: derive(state) for survivor, state in states.items()}
    found = Folded({}, {}, {})
    for own in enrolments:
        survivor = standing[own.person_id]
        mine = [
            one
            for one in gathered.get(survivor, [])
            if (one.chain_kind, one.chain_id) == ("enrolment", own.id)
        ]
        found.entries[own.id] = sorted(mine, key=lambda one: one.position)
        found.states[own.id], found.sums[own.id] = states[survivor], sums[survivor]
    return found
