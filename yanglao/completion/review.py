"""Review a standing: the base administrator says that he has looked, or what he doubts. Evidence like all else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.completion.models import ReviewNote
from yanglao.completion.queries import standing
from yanglao.evidence.ledger import Appended, Entry, append
from yanglao.kernel.actor import Actor, Scope
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Forbidden, Refused
from yanglao.messages import service as messages
from yanglao.outside.ciphers import ciphers
from yanglao.people import queries as people
from yanglao.people import service as people_service

VERDICTS = ("confirmed", "questioned")


class OwnHours(Forbidden):
    """Say that nobody reviews their own hours."""

    code = "review.own"


class ReasonMissing(Refused):
    """Say that a doubt needs its reason."""

    code = "review.reason_missing"


def review(
    session: Session,
    scope: Scope,
    enrolment_id: str,
    segment_id: str,
    *,
    verdict: str,
    reason: str,
    now: datetime,
    actor: Actor,
) -> Appended:
    """Append ``review.confirmed`` or ``review.questioned`` with the hours entered at that moment.

    Raises:
        StandingUnknown: not within the scope.
        OwnHours: the reviewer is the trainee.
        ReasonMissing: a doubt without its reason.
    """
    line = standing(session, scope, enrolment_id, segment_id, now=now)
    survivor, *others = people.same_person_ids(session, line.person_id)
    if actor.person_id in (survivor, *others):
        raise OwnHours()
    if verdict not in VERDICTS or (verdict == "questioned" and not reason.strip()):
        raise ReasonMissing(verdict=verdict)
    people_service.lock(session, survivor)
    said = reason.strip()
    entry = Entry(
        chain=("enrolment", enrolment_id),
        kind=f"review.{verdict}",
        body={
            "segment": segment_id,
            "entered_s": line.entered_s,
            "state": line.state,
            "reason": digest_of(said),
        },
        occurred_ms=to_ms(now),
        person_id=line.person_id,
        enrolment_id=enrolment_id,
        segment_id=segment_id,
        client=actor.client,
    )
    appended = append(session, entry, now=now, actor=actor)
    if said:
        session.add(ReviewNote(enrolment_id=enrolment_id, position=appended.position, text=said))
        session.flush()
    if verdict == "questioned":
        facts = {"class_name": line.class_name, "at_ms": to_ms(now), "reason": said, "variant": "questioned"}
        once = f"{enrolment_id}:{appended.position}"
        messages.tell(session, line.person_id, "hours_refused", facts, once=once, now=now)
    return appended


def digest_of(words: str) -> str:
    """Return a keyed digest of free text, so that the ledger holds no names; empty stays empty."""
    return f"hmac-sha256:{ciphers().mac('review.reason', words.encode())[:16].hex()}" if words else ""
