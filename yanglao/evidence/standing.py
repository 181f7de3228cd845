"""Name and end a stand-in and keep both in the ledger, on the chain of the officer who is stood for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from yanglao.evidence.ledger import Entry, append
from yanglao.kernel.actor import Actor
from yanglao.kernel.canonical import digest
from yanglao.kernel.clock import to_ms
from yanglao.people import stand_ins


def name(
    session: Session,
    stand_in_id: str,
    *,
    since: date,
    until: date,
    reason: str,
    now: datetime,
    actor: Actor,
) -> str:
    """Let a colleague do the actor's work for some days; return the id. Raises what ``stand_ins.name`` raises."""
    row_id = stand_ins.name(
        session, stand_in_id, since=since, until=until, reason=reason, now=now, actor=actor
    )
    body = {
        "stand_in": row_id,
        "by": stand_in_id,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "reason": digest(reason.strip()[:200].encode()),
    }
    _note(session, "officer.stand_in", body, now=now, actor=actor)
    return row_id


def end(session: Session, row_id: str, *, now: datetime, actor: Actor) -> None:
    """Take a stand-in back; again is no entry. Raises what ``stand_ins.end`` raises."""
    if stand_ins.end(session, row_id, now=now, actor=actor):
        _note(session, "officer.stand_in_ended", {"stand_in": row_id}, now=now, actor=actor)


def _note(session: Session, kind: str, body: dict[str, Any], *, now: datetime, actor: Actor) -> None:
    chain = ("officer", actor.person_id)
    append(
        session,
        Entry(chain, kind, body, occurred_ms=to_ms(now), client=actor.client),
        now=now,
        actor=actor,
    )
