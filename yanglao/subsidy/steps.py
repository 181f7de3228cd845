"""Write the steps of a claim: a row for people to read, an entry in the claim's chain for auditors, nothing personal in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yanglao.completion.review import digest_of
from yanglao.evidence.ledger import Entry, append
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import to_ms
from yanglao.people.reach import actor_id
from yanglao.subsidy.models import Claim, ClaimStep


@dataclass(frozen=True)
class Told:
    """What a step says. ``line_id`` where it is about one line, ``payment`` how often and in which run that line is paid; a paper's number,
    stored file and its SHA-256.
    """

    act: str
    from_state: str | None
    to_state: str
    reason: str = ""
    line_id: str | None = None
    document_no: str = ""
    file_id: str | None = None
    file_sha256: str = ""
    state: str = "done"
    payment: tuple[int, str] | None = None


def step(session: Session, claim: Claim, told: Told, *, now: datetime, actor: Actor) -> ClaimStep:
    """Append a step and its ledger entry ``claim.<act>``; the caller holds the claim's lock."""
    last = session.scalar(select(func.max(ClaimStep.position)).where(ClaimStep.claim_id == claim.id)) or 0
    row = ClaimStep(
        claim_id=claim.id,
        position=last + 1,
        act=told.act,
        from_state=told.from_state,
        to_state=told.to_state,
        actor_id=actor_id(actor),
        for_id=actor.stands_for or None,
        at_ms=to_ms(now),
        reason=told.reason,
        line_id=told.line_id,
        state=told.state,
        document_no=told.document_no,
        file_id=told.file_id,
    )
    session.add(row)
    session.flush()
    note(session, claim, told.act, _body(told), now=now, actor=actor)
    return row


def note(
    session: Session, claim: Claim, kind: str, body: dict[str, Any], *, now: datetime, actor: Actor
) -> None:
    """Append to the claim's chain: ``body`` and what the claim is now."""
    whole = {
        "state": claim.state,
        "kind": claim.kind,
        "mode": claim.mode,
        "fund": claim.fund,
        "month": claim.month_key,
        "people": claim.people,
        "total_fen": claim.total_fen,
        "owed_fen": claim.owed_fen,
        "policy_file": claim.policy_file,
        "policy_digest": claim.policy_digest,
        "roster": claim.roster_digest,
        "notice_until": claim.notice_until.isoformat() if claim.notice_until else None,
        "run": claim.run_id,
        **({"for": actor.stands_for} if actor.stands_for else {}),
        **body,
    }
    entry = Entry(("claim", claim.id), f"claim.{kind}", whole, occurred_ms=to_ms(now), client=actor.client)
    append(session, entry, now=now, actor=actor)


def _body(told: Told) -> dict[str, Any]:
    return {
        "step": told.state,
        "reason": digest_of(told.reason),
        "line": told.line_id,
        "document": digest_of(told.document_no),
        "file": told.file_sha256,
        **({"payment": told.payment[0], "run": told.payment[1]} if told.payment else {}),
    }


def done_by(session: Session, claim_id: str) -> list[tuple[str, str]]:
    """Return (act, person id) of everything done, in order; a step by paper was done by both its persons, a stand-in's also by whom they stood for."""
    found: list[tuple[str, str]] = []
    for row in session.scalars(
        select(ClaimStep)
        .where(ClaimStep.claim_id == claim_id, ClaimStep.state == "done")
        .order_by(ClaimStep.position)
    ):
        hands = (row.actor_id, row.for_id, row.confirmed_by, row.confirmed_for)
        found += [(row.act, who) for who in hands if who]
    return found


def waiting(session: Session, claim_id: str) -> ClaimStep | None:
    """Return the step by paper that waits for a second person, or None."""
    return session.scalar(
        select(ClaimStep).where(ClaimStep.claim_id == claim_id, ClaimStep.state == "waiting")
    )
