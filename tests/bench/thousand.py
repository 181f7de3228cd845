"""Make a class of a thousand people for the bench, each with a past of about a hundred entries whose hashes hold."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select

from tests.factories import NINE
from yanglao.classes.models import Enrolment, OfflineSession
from yanglao.completion.models import CompletionPerson, Standing
from yanglao.evidence.models import EvidenceEntry, EvidenceHead
from yanglao.evidence.rules import Sealed, entry_hash, first_prev
from yanglao.kernel.canonical import canonical_text
from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id
from yanglao.people.models import Consent, Person

SESSIONS, SPANS, BATCH = 24, 60, 50
DAY_MS = 86_400_000
PARTS = (Person, Consent, Enrolment, CompletionPerson, Standing)


def thousand(there: Any, count: int) -> None:
    """Put ``count`` people beside those of ``there``, as like its first trainee as one row is to another."""
    rooms = _rooms(there.session_id)
    mine, own = there.wang.actor.person_id, there.wang.enrolment_id
    held = {kind: _rows(kind, (kind.id if kind is Person else kind.person_id) == mine) for kind in PARTS}
    past = _rows(EvidenceEntry, EvidenceEntry.chain_id == own)
    top = db.session.scalar(select(func.max(Enrolment.roster_no))) or 0
    for start in range(0, count, BATCH):
        more: dict[Any, list[dict[str, Any]]] = {kind: [] for kind in (*PARTS, EvidenceEntry, EvidenceHead)}
        for number in range(start, min(start + BATCH, count)):
            _person(more, held, number=top + 1 + number)
            entries = _entries(more[Enrolment][-1], past, rooms)
            more[EvidenceEntry] += entries
            last = entries[-1]
            more[EvidenceHead].append({"chain_kind": "enrolment", "chain_id": last["chain_id"], "position": last["position"], "hash": last["hash"], "checkpointed": 0})  # fmt: skip
        for kind, rows in more.items():
            db.session.execute(insert(kind.__table__), rows)


def _rows(kind: Any, wanted: Any) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in db.session.execute(select(kind.__table__).where(wanted))]


def _rooms(session_id: str) -> list[dict[str, Any]]:
    """Plan further sessions, one a day, and return all."""
    first = _rows(OfflineSession, OfflineSession.id == session_id)[0]
    top = db.session.scalar(select(func.max(OfflineSession.code_no))) or 0
    more = [
        first | {
            "id": new_id(), "code_no": top + at, "starts_ms": first["starts_ms"] + at * DAY_MS, "ends_ms": first["ends_ms"] + at * DAY_MS,
            "breaks": [],
        }
        for at in range(1, SESSIONS)
    ]  # fmt: skip
    db.session.execute(insert(OfflineSession.__table__), more)
    return [first, *more]


def _person(
    more: dict[Any, list[dict[str, Any]]], held: dict[Any, list[dict[str, Any]]], *, number: int
) -> None:
    person, enrolment = new_id(), new_id()
    for kind in PARTS:
        for row in held[kind]:
            changed: dict[str, Any] = {"id": person} if kind is Person else {"person_id": person}
            changed |= {"id_hash": person} if kind is Person else {}
            changed |= {"id": new_id()} if kind is Consent else {}
            changed |= {"id": enrolment, "roster_no": number} if kind is Enrolment else {}
            changed |= {"enrolment_id": enrolment} if kind is Standing else {}
            more[kind].append(row | changed)


def _entries(
    own: dict[str, Any], past: list[dict[str, Any]], rooms: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return a chain: presences in every room, windows of lessons, and whatever else was in the past that is copied."""
    wanted = []
    by_kind = {row["kind"]: row for row in past}
    for at, room in enumerate(rooms):
        for kind in ("attendance.in", "attendance.out"):
            wanted.append(
                _moved(
                    by_kind[kind],
                    at * DAY_MS,
                    session=room["id"],
                    planned=[room["starts_ms"], room["ends_ms"]],
                )
            )
    for at in range(SPANS):
        span = by_kind["viewing.span"]
        body = json.loads(span["body"])
        pieces = [[piece[0] + at * DAY_MS // 4, piece[1] + at * 600, *piece[2:]] for piece in body["pieces"]]
        wanted.append(_moved(span, at * DAY_MS // 4, pieces=pieces))
    chained: list[dict[str, Any]] = []
    for row in sorted(wanted, key=lambda one: one["occurred_ms"]):
        chained.append(_sealed(row, own, chained[-1] if chained else None))
    return chained


def _moved(row: dict[str, Any], by_ms: int, **facts: Any) -> dict[str, Any]:
    body = json.loads(row["body"]) | facts
    if "at_ms" in body:
        body["at_ms"] += by_ms
    times = {name: row[name] + by_ms for name in ("occurred_ms", "recorded_ms")}
    return row | times | {"body": body}


def _sealed(row: dict[str, Any], own: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
    covered = {name: row[name] for name in Sealed.__dataclass_fields__} | {
        "chain_id": own["id"], "enrolment_id": own["id"], "person_id": own["person_id"],
        "position": before["position"] + 1 if before else 1, "prev_hash": before["hash"] if before else first_prev("enrolment", own["id"]),
    }  # fmt: skip
    hashed = entry_hash(Sealed(**covered))
    return covered | {"body": canonical_text(row["body"]), "hash": hashed}


def at_the_end() -> Any:
    """Return a moment after everything that happens here."""
    return NINE + timedelta(days=SESSIONS + 10)
