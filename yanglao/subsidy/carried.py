"""Whether what a claimed line rests on still stands: its segment, under some models all segments of the class, and the certificate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.completion import figures
from yanglao.people import queries as people
from yanglao.subsidy import known
from yanglao.subsidy.models import ClaimLine
from yanglao.subsidy.refusals import CreditVoided, ProofMissing
from yanglao.subsidy.rules import NEEDS_ALL, NEEDS_PROOF

CREDIT, CERTIFICATE, SUSPENDED, TWICE = "credit", "certificate", "suspended", "twice"


def faults(session: Session, lines: Sequence[ClaimLine]) -> dict[str, str]:
    """Return line id -> what no longer carries it: ``credit`` or ``certificate``, for good, or ``suspended``, for now.

    Seconds alone are not judged here: whoever claws back weighs what is left of them.
    """
    enrolments = {line.enrolment_id for line in lines}
    today = figures.entered(session, enrolments)
    unfinished = {enrolment for (enrolment, _), (state, _) in today.items() if state != "complete"}
    proofs = _proofs(session, {line.enrolment_id for line in lines if model_of(line) in NEEDS_PROOF})
    found = {}
    for line in lines:
        model = model_of(line)
        state, _ = today.get((line.enrolment_id, line.segment_id), ("not_started", 0))
        proof = proofs.get((line.enrolment_id, NEEDS_PROOF[model]), "") if model in NEEDS_PROOF else "held"
        if state != "complete" or (model in NEEDS_ALL and line.enrolment_id in unfinished):
            found[line.id] = CREDIT
        elif proof != "held":
            found[line.id] = SUSPENDED if proof == "suspended" else CERTIFICATE
    return found


def carry(session: Session, lines: Sequence[ClaimLine]) -> None:
    """Raise CreditVoided or ProofMissing while what a line rests on does not stand."""
    found = faults(session, lines)
    numbers = [one.roster_no for one in lines if found.get(one.id) == CREDIT]
    if numbers:
        raise CreditVoided(lines=len(numbers), numbers=numbers)
    if found:
        unproved = [one.roster_no for one in lines if one.id in found]
        raise ProofMissing(lines=len(unproved), numbers=unproved)


def twice(session: Session) -> dict[str, str]:
    """Return line id -> ``twice`` of live lines whose person, merged with another since, has an earlier live line of the same segment."""
    into = people.merged(session)
    if not into:
        return {}
    merged = {*into, *into.values()}
    lines = session.scalars(select(ClaimLine).where(ClaimLine.live, ClaimLine.person_id.in_(merged)))
    first: dict[tuple[str, ...], ClaimLine] = {}
    found = {}
    for line in sorted(lines, key=lambda one: one.id):
        who = into.get(line.person_id, line.person_id)
        key = (who, line.occupation, line.level, line.kind, line.segment_key)
        if first.setdefault(key, line) is not line:
            found[line.id] = TWICE
    return found


def model_of(line: ClaimLine) -> str:
    """Return the money model that a line was computed by."""
    return str(line.trace.get("model", ""))


def _proofs(session: Session, enrolment_ids: Iterable[str]) -> dict[tuple[str, str], str]:
    """Return (enrolment, completion or level) -> held or suspended; what was revoked or withdrawn is left out."""
    own = classes.enrolments(session, sorted(enrolment_ids))
    found: dict[tuple[str, str], str] = {}
    for class_id in sorted({one.class_id for one in own.values()}):
        for key, states in known.certificates(session, class_id).items():
            if states & known.HELD:
                found[key] = "held"
            elif "suspended" in states:
                found[key] = "suspended"
    return found
