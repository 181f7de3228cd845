"""Gather what is known of many people before their lines are judged: paid lines, lists, flags, their own word, certificates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.completion import own_words
from yanglao.completion.shapes import EnrolmentStanding
from yanglao.evidence import queries as evidence
from yanglao.flags import queries as flags
from yanglao.people import queries as people
from yanglao.subsidy import proxy_queries
from yanglao.subsidy.eligibility_rules import Excluded, Paid
from yanglao.subsidy.models import Claim, ClaimLine, Exclusion
from yanglao.subsidy.proxy_queries import ProxyView
from yanglao.subsidy.rules import Proof

HELD = frozenset({"issued", "recorded"})


@dataclass(frozen=True)
class Known:
    """What is known, by enrolment id; ``said`` by (enrolment, segment). ``heads``: position and hash of the evidence chain.

    ``lists_stale`` names the lists that were taken in under another key, so that nobody can be found on them.
    """

    person: Mapping[str, str]
    paid: Mapping[str, Sequence[Paid]]
    excluded: Mapping[str, Sequence[Excluded]]
    heavy: Mapping[str, int]
    said: Mapping[tuple[str, str], str]
    proofs: Mapping[str, Proof]
    heads: Mapping[str, list[Any]]
    lists_stale: tuple[str, ...]
    contracts: Mapping[str, ProxyView] = field(default_factory=dict)


def gather(session: Session, standings: Sequence[EnrolmentStanding], *, besides: str = "") -> Known:
    """Return what is known of the people of ``standings``, all of one class; lines of the claim ``besides`` are left aside."""
    ids = [one.id for one in standings]
    same = {one.id: people.same_person_ids(session, one.person_id) for one in standings}
    every = sorted({person for own in same.values() for person in own})
    paid, listed = _paid(session, every, besides), _excluded(session, every)
    heads = evidence.heads(session, "enrolment", ids)
    return Known(
        person={one: own[0] for one, own in same.items()},
        paid={one: [line for person in own for line in paid.get(person, ())] for one, own in same.items()},
        excluded={
            one: [row for person in own for row in listed.get(person, ())] for one, own in same.items()
        },
        heavy=flags.count_blocking(session, ids),
        said=said_of(session, standings),
        proofs=proofs(session, standings[0].class_id, ids) if standings else {},
        lists_stale=stale_lists(session),
        contracts=proxy_queries.of_enrolments(session, ids),
        heads={chain_id: [position, sealed] for _, chain_id, position, sealed in heads},
    )


def said_of(session: Session, standings: Sequence[EnrolmentStanding]) -> dict[tuple[str, str], str]:
    """Return (enrolment, segment) -> yes, no or "" as the trainees last said of their days as they are now."""
    asked = own_words.asked_of(session, [one.id for one in standings])
    return {(one.own.id, one.days.segment_id): one.word for one in asked}


def proofs(session: Session, class_id: str, enrolment_ids: Sequence[str]) -> dict[str, Proof]:
    """Return what certificates each enrolment of a class holds now."""
    holds = {key for key, states in certificates(session, class_id).items() if states & HELD}
    return {one: Proof((one, "completion") in holds, (one, "level") in holds) for one in enrolment_ids}


def certificates(session: Session, class_id: str) -> dict[tuple[str, str], set[str]]:
    """Return (enrolment, completion or level) -> the states of its certificates, by the last entry of each in the class's chain.

    Certificates are issued by a package further down the row, so they are read from the evidence that they leave.
    """
    last: dict[tuple[str, str], tuple[str, str]] = {}
    for entry in evidence.chain(session, "class", class_id):
        if entry.kind.startswith("certificate.") and "enrolment" in entry.body:
            sort = "level" if entry.kind.startswith("certificate.level") else "completion"
            name, enrolment = str(entry.body.get("certificate", entry.kind)), entry.body["enrolment"]
            last[name, enrolment] = (sort, entry.body.get("to", ""))
    found: dict[tuple[str, str], set[str]] = {}
    for (_, enrolment), (sort, state) in last.items():
        found.setdefault((enrolment, sort), set()).add(state)
    return found


def _paid(session: Session, person_ids: Sequence[str], besides: str) -> dict[str, list[Paid]]:
    """Return person id -> live lines."""
    found: list[tuple[ClaimLine, str, str]] = []
    for start in range(0, len(person_ids), 400):
        wanted = (
            select(ClaimLine, Claim.class_id, Claim.fund)
            .join(Claim, Claim.id == ClaimLine.claim_id)
            .where(ClaimLine.person_id.in_(person_ids[start : start + 400]))
            .where(ClaimLine.live, ClaimLine.claim_id != besides)
        )
        found += [(line, class_id, fund) for line, class_id, fund in session.execute(wanted)]
    own = classes.classes_by_id(session, {class_id for _, class_id, _ in found})
    lines: dict[str, list[Paid]] = {}
    for line, class_id, fund in found:
        one = Paid(
            line.occupation,
            line.rank,
            line.kind,
            line.segment_key,
            class_id,
            own[class_id].starts_on.year,
            fund,
        )
        lines.setdefault(line.person_id, []).append(one)
    return lines


def stale_lists(session: Session) -> tuple[str, ...]:
    """Return the names of lists hashed under a key that was replaced since: they have to be taken in anew."""
    rows = select(Exclusion.name).where(
        ~Exclusion.id_hash.startswith(people.id_hash_prefix(), autoescape=True)
    )
    return tuple(sorted(session.scalars(rows.distinct())))


def _excluded(session: Session, person_ids: Sequence[str]) -> dict[str, list[Excluded]]:
    """Return person id -> lists that the person stands on."""
    hashes = people.id_hashes(session, person_ids)
    whose = {sealed: person for person, sealed in hashes.items()}
    found: dict[str, list[Excluded]] = {}
    known = sorted(whose)
    for start in range(0, len(known), 400):
        for row in session.scalars(
            select(Exclusion).where(Exclusion.id_hash.in_(known[start : start + 400]))
        ):
            found.setdefault(whose[row.id_hash], []).append(
                Excluded(row.group_key, row.name, row.since, row.until)
            )
    return found
