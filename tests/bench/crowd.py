"""Make a crowd for the bench: a thousand people in the middle of a lesson, with a past, put in by the thousand."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import insert, select, text

from tests.factories import world
from yanglao.capture import service as capture
from yanglao.capture.viewing.models import Viewing
from yanglao.classes.models import Enrolment
from yanglao.completion.models import CompletionPerson
from yanglao.completion.refresh import known
from yanglao.evidence.models import EvidenceEntry, EvidenceHead
from yanglao.kernel.clock import now, to_ms
from yanglao.kernel.db import db, run
from yanglao.kernel.identifiers import new_id
from yanglao.people.models import Consent, Person, RoleGrant, SignIn

PAST = 60  # entries of one person's chain: what a real class leaves
DIGEST = "sha256:" + "0" * 64


def crowd(count: int = 1000, *, entries: int = 10_000) -> list[list[Any]]:
    """Fill an empty house; return [viewing, token, opened_ms, last seq] of each viewer. ``entries`` stand in the ledger."""
    moment = now()
    there = world(now=moment, trainees=1)
    lesson = max(there.online.lessons, key=lambda one: one.duration_s)
    opened = run(
        lambda: capture.open_viewing(
            db.session, there.wang.enrolment_id, lesson.id, client="app", takeover=True,
            known=lambda *place: known(db.session, *place, now=moment), now=moment, actor=there.wang.actor,
        )
    )  # fmt: skip
    viewers = run(lambda: _copies(there, opened.id, count, to_ms(moment)))
    run(lambda: _past(entries, min(PAST, max(1, entries // count))))
    return viewers


def _rows(table: Any, *where: Any) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in db.session.execute(select(table.__table__).where(*where))]


def _copies(there: Any, viewing_id: str, count: int, now_ms: int) -> list[list[Any]]:
    mine = there.wang.actor.person_id
    kinds = (Person, RoleGrant, Consent, Enrolment, CompletionPerson)
    held = {kind: _rows(kind, (kind.id if kind is Person else kind.person_id) == mine) for kind in kinds}
    viewing = _rows(Viewing, Viewing.id == viewing_id)[0] | {"duration_s": 1_000_000, "required_s": 900_000}
    more: dict[Any, list[dict[str, Any]]] = {kind: [] for kind in (*kinds, SignIn, Viewing)}
    viewers = []
    for number in range(count):
        person, enrolment, token = new_id(), new_id(), f"bench-{number}"
        for kind in kinds:
            for row in held[kind]:
                changed = {"id": new_id()} if "id" in row else {}
                changed |= {"id": person} if kind is Person else {"person_id": person}
                changed |= {"id": enrolment, "roster_no": 1000 + number} if kind is Enrolment else {}
                changed |= {"id_hash": person} if kind is Person else {}
                changed |= {"state": _state(enrolment, viewing, now_ms)} if kind is CompletionPerson else {}
                more[kind].append({**row, **changed})
        hashed = hashlib.sha256(token.encode()).hexdigest()
        more[SignIn].append(
            {"id": new_id(), "person_id": person, "token_hash": hashed, "carrier": "bearer", "client": "app",
             "via": "password", "device_label": "", "device_uuid": "", "created_ms": now_ms, "last_seen_ms": now_ms + 10**9}
        )  # fmt: skip
        more[Viewing].append({**viewing, "id": new_id(), "person_id": person, "enrolment_id": enrolment})
        viewers.append([more[Viewing][-1]["id"], token, now_ms, 0])
    for kind, rows in more.items():
        db.session.execute(insert(kind.__table__), rows)
    return viewers


def _state(enrolment: str, viewing: dict[str, Any], now_ms: int) -> dict[str, Any]:
    """Return what was gathered of a long past: windows of ten minutes, one after the other."""
    spans = [
        [enrolment, n + 1, viewing["segment_id"], "of-the-past", now_ms - (PAST - n) * 700_000, n * 600, 600]
        for n in range(PAST)
    ]
    rest = {name: [] for name in ("marks", "voided", "quiz", "other", "pending", "reviews")}
    return {"spans": spans, **rest}


FILL = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :last) {}",
    "postgresql": "WITH n(i) AS (SELECT * FROM generate_series(0, :last)) {}",
}


def _past(entries: int, each: int) -> None:
    """Put ``entries`` entries into the ledger, ``each`` of them into the chain of every viewer, the rest of strangers'."""
    moment_ms, dialect = to_ms(now()), db.engine.dialect.name
    owners = [tuple(row) for row in db.session.execute(select(Enrolment.id, Enrolment.person_id).limit(1000))]
    body = json.dumps({"viewing": "0" * 26, "lesson": "0" * 26, "pieces": [[moment_ms, 0, 600, 0]],
                       "credited_s": 600, "not_counted": {}, "beats": [[n, n * 15, n * 15 + 15, 15, []] for n in range(9)]})  # fmt: skip
    fixed = {
        "kind": "viewing.past", "segment_id": None, "occurred_ms": moment_ms, "recorded_ms": moment_ms, "actor_id": "system",
        "client": "app", "device_digest": None, "grade": None, "policy": DIGEST, "body": body, "prev_hash": DIGEST, "hash": DIGEST,
    }  # fmt: skip
    heads = {
        row[0]: row[1] for row in db.session.execute(select(EvidenceHead.chain_id, EvidenceHead.position))
    }
    mine = [
        {**fixed, "chain_kind": "enrolment", "chain_id": own, "position": position, "person_id": person, "enrolment_id": own}
        for own, person in owners
        if own not in heads
        for position in range(1, each + 1)
    ]  # fmt: skip
    db.session.execute(insert(EvidenceEntry.__table__), mine)
    ends = [{"chain_kind": "enrolment", "chain_id": own, "position": each, "hash": DIGEST, "checkpointed": 0}
            for own, _ in owners if own not in heads]  # fmt: skip
    db.session.execute(insert(EvidenceHead.__table__), ends)
    top = db.session.scalar(select(EvidenceEntry.id).order_by(EvidenceEntry.id.desc()).limit(1))
    db.session.execute(CompletionPerson.__table__.update().values(folded_to=top))
    rest = entries - len(mine)
    if rest <= 0:
        return
    of = "'stranger' || CAST(i / 60 AS VARCHAR)"
    names = ["chain_kind", "chain_id", "position", "person_id", "enrolment_id", *fixed]
    values = ["'enrolment'", of, "i % 60 + 1", of, of, *(f":{name}" for name in fixed)]
    into = f"INSERT INTO evidence_entry ({', '.join(names)}) SELECT {', '.join(values)} FROM n"
    if dialect == "sqlite":
        into = f"INSERT INTO evidence_entry ({', '.join(names)}) {FILL[dialect].format('SELECT ' + ', '.join(values) + ' FROM n')}"
    else:
        into = FILL[dialect].format(into)
    db.session.execute(text(into), {**fixed, "last": rest - 1})
