"""Review, issue, suspend, revoke and replace certificates; each step is a row, an entry of the class's chain, and final.

Life of a certificate: 1. ``review``: somebody of the base has looked, nothing stands in the way; a row waits. 2. ``issue``: somebody
else of the base gives it number and code, signs what is printed, and the trainee is told, all in one transaction. 3. ``take``: it is
suspended, resumed or revoked with a reason. 4. ``replace``: a newer one is reviewed with a reason; its issue replaces the old one.
The ledger keeps digests: that of the statement is salted by the code, which only the paper carries.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yanglao.certificates import queries, rules, signs, statement
from yanglao.certificates.models import Certificate, CertificateStep
from yanglao.certificates.printing import printed_texts
from yanglao.certificates.queries import Candidate, CertificateUnknown, CertificateView
from yanglao.certificates.states import STANDING, Step, step
from yanglao.classes import queries as classes
from yanglao.completion.review import digest_of
from yanglao.evidence.ledger import Entry, append
from yanglao.kernel.actor import Actor, Scope
from yanglao.kernel.canonical import digest
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, Forbidden, Refused
from yanglao.kernel.wording import sentence
from yanglao.messages import service as messages
from yanglao.people import queries as people
from yanglao.people.roles import scope_of

SHORTEST_REASON, LONGEST_REASON = 4, 500
MOST_AT_ONCE = 500
TITLE = "培训合格证书"


class NotReady(Conflict):
    """Say that something stands in the way; ``why`` is the first sentence of it, ``count`` how many people it concerns."""

    code = "certificate.not_ready"


class AlreadyThere(Conflict):
    """Say that an enrolment has a certificate that waits or stands."""

    code = "certificate.already_there"


class WrongState(Conflict):
    """Say that a certificate in this state cannot take the step."""

    code = "certificate.wrong_state"


class SamePerson(Forbidden):
    """Say that who reviewed does not issue."""

    code = "certificate.same_person"


class OwnCertificate(Forbidden):
    """Say that nobody decides about their own certificate."""

    code = "certificate.own"


class ReasonMissing(Refused):
    """Say that a step needs its reason."""

    code = "certificate.reason_missing"


@dataclass(frozen=True)
class Taken:
    """A step that is taken: the act, the state it leads to, why, and for a replaced certificate by which."""

    act: str
    to_state: str
    reason: str = ""
    by: str | None = None


def review(
    session: Session, enrolment_ids: Sequence[str], *, now: datetime, actor: Actor
) -> list[CertificateView]:
    """Review enrolments of finished people: each gets a certificate that waits to be issued, or none at all does.

    Raises: Forbidden, EnrolmentUnknown (also outside the scope), OwnCertificate, AlreadyThere, NotReady.
    """
    scope = _reach(actor, "certificate.review")
    found = [_candidate(session, one, scope, now=now, actor=actor) for one in _each(enrolment_ids)]
    if any(one.live for one in found):
        raise AlreadyThere(count=sum(one.live is not None for one in found))
    _need_ready(found)
    return [_reviewed(session, one, None, "", now=now, actor=actor) for one in found]


def replace(
    session: Session, certificate_id: str, *, reason: str, now: datetime, actor: Actor
) -> CertificateView:
    """Review a newer certificate in the place of one that stands; it is replaced once somebody else issues the newer.

    Raises: Forbidden, CertificateUnknown, WrongState, AlreadyThere, OwnCertificate, NotReady, ReasonMissing.
    """
    old = _held(session, certificate_id, _reach(actor, "certificate.review"))
    if old.state not in STANDING:
        raise WrongState(state=old.state)
    why = _reason(reason, needed=True)
    scope = _reach(actor, "certificate.review")
    found = _candidate(session, old.enrolment_id, scope, now=now, actor=actor)
    if found.live and found.live.state == "reviewed":
        raise AlreadyThere(count=1)
    _need_ready([found])
    return _reviewed(session, found, old.id, why, now=now, actor=actor)


def issue(
    session: Session, certificate_ids: Sequence[str], *, now: datetime, actor: Actor
) -> list[CertificateView]:
    """Issue reviewed certificates as a second person, all of them or none, and tell their owners.

    Raises: Forbidden, CertificateUnknown, WrongState (somebody was first), SamePerson, OwnCertificate, NotReady.
    """
    scope = _reach(actor, "certificate.issue")
    rows = [_held(session, one, scope) for one in _each(certificate_ids)]
    for row in rows:
        _allowed(session, row, "issue", actor)
        if row.reviewed_by == actor.person_id:
            raise SamePerson
    found = [queries.candidate(session, row.enrolment_id, now=now) for row in rows]
    _need_ready(found)
    for row, one in zip(rows, found, strict=True):
        _issued(session, row, one, now=now, actor=actor)
    signs.look(session, rows, now=now, actor=actor)
    return [queries.certificate(session, row.id) for row in rows]


def take(
    session: Session, certificate_id: str, act: str, *, reason: str, now: datetime, actor: Actor
) -> CertificateView:
    """Return, suspend, resume or revoke a certificate with a reason.

    Raises: Forbidden, CertificateUnknown, WrongState, OwnCertificate, ReasonMissing.
    """
    if act in ("issue", "replace"):
        raise ValueError(f"{act} is no act with a reason alone")
    row = _held(session, certificate_id, _reach(actor, _permission(act)))
    found = _allowed(session, row, act, actor)
    why = _reason(reason, needed=found.needs_reason)
    _stepped(session, row, Taken(act, found.to_state, why), now=now, actor=actor)
    return queries.certificate(session, row.id)


def take_or_replace(
    session: Session, certificate_id: str, act: str, *, reason: str, now: datetime, actor: Actor
) -> CertificateView:
    """Take any step that needs a reason, the review of a replacement too. Raises what ``take`` and ``replace`` raise."""
    if act == "replace":
        return replace(session, certificate_id, reason=reason, now=now, actor=actor)
    return take(session, certificate_id, act, reason=reason, now=now, actor=actor)


def _issued(session: Session, row: Certificate, found: Candidate, *, now: datetime, actor: Actor) -> None:
    if row.replaces_id:
        old = session.get(Certificate, row.replaces_id, with_for_update=True, populate_existing=True)
        if old is None or old.state not in STANDING:
            raise WrongState(state=old.state if old else "")
        _stepped(session, old, Taken("replace", "replaced", by=row.id), now=now, actor=actor)
        session.flush()
    drawn = secrets.randbits(rules.DRAWN_BITS)
    number = rules.number(row.division_code, day_of(now).year, drawn)
    code = rules.letters(secrets.randbits(5 * rules.CODE_LETTERS), rules.CODE_LETTERS).lower()
    printed = printed_texts(session, found, number=number, code=code, now=now)
    signed = statement.sign(printed)
    row.number, row.code, row.printed = number, code, printed
    row.statement, row.signature = signed.statement, signed.signature
    row.issued_by, row.issued_ms = actor.person_id, to_ms(now)
    _stepped(session, row, Taken("issue", "issued"), now=now, actor=actor)
    facts = {"title": TITLE, "code": rules.spaced(number), "link": "/learn/certificates"}
    messages.tell(session, row.person_id, "certificate_ready", facts, once=row.id, now=now)


def _reviewed(
    session: Session, found: Candidate, replaces_id: str | None, why: str, *, now: datetime, actor: Actor
) -> CertificateView:
    own = classes.class_(session, found.standing.class_id)
    row = Certificate(
        enrolment_id=found.standing.id,
        person_id=found.standing.person_id,
        class_id=own.id,
        base_id=own.base_id,
        division_code=own.division_code,
        replaces_id=replaces_id,
        reviewed_by=actor.person_id,
        reviewed_ms=to_ms(now),
        state_ms=to_ms(now),
        printed={},
    )
    session.add(row)
    session.flush()
    _stepped(session, row, Taken("review", "reviewed", why), now=now, actor=actor)
    return queries.certificate(session, row.id)


def _stepped(session: Session, row: Certificate, taken: Taken, *, now: datetime, actor: Actor) -> None:
    """Take a step: the state, its row, and its entry in the chain of the class."""
    before = None if taken.act == "review" else row.state
    row.state, row.state_ms = taken.to_state, to_ms(now)
    wanted = select(func.count()).where(CertificateStep.certificate_id == row.id)
    position = (session.scalar(wanted) or 0) + 1
    session.add(
        CertificateStep(
            certificate_id=row.id,
            position=position,
            act=taken.act,
            from_state=before,
            to_state=taken.to_state,
            actor_id=actor.person_id,
            reason=taken.reason,
            at_ms=to_ms(now),
        )
    )
    session.flush()
    body = {
        "certificate": row.id,
        "enrolment": row.enrolment_id,
        "from": before,
        "to": taken.to_state,
        "step": position,
        "statement": digest(row.statement.encode()) if row.statement else None,
        "replaces": row.replaces_id,
        "replaced_by": taken.by,
        "reason": digest_of(taken.reason),
    }
    entry = Entry(("class", row.class_id), f"certificate.{taken.act}", body, to_ms(now), client=actor.client)
    append(session, entry, now=now, actor=actor)


def _candidate(
    session: Session, enrolment_id: str, scope: Scope, *, now: datetime, actor: Actor
) -> Candidate:
    own = classes.enrolment(session, enrolment_id, scope)
    if actor.person_id in people.same_person_ids(session, own.person_id):
        raise OwnCertificate
    return queries.candidate(session, enrolment_id, now=now)


def _need_ready(found: Iterable[Candidate]) -> None:
    lacking = [one for one in found if one.obstacles]
    if lacking:
        first = lacking[0].obstacles[0]
        raise NotReady(count=len(lacking), why=sentence(first.code, first.facts))


def _held(session: Session, certificate_id: str, scope: Scope) -> Certificate:
    """Load a certificate within ``scope`` and hold its row until the transaction ends."""
    queries.certificate(session, certificate_id, scope)
    row = session.get(Certificate, certificate_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise CertificateUnknown(certificate_id=certificate_id)
    return row


def _allowed(session: Session, row: Certificate, act: str, actor: Actor) -> Step:
    found = step(row.state, act)
    if found is None:
        raise WrongState(state=row.state)
    if actor.person_id in people.same_person_ids(session, row.person_id):
        raise OwnCertificate
    return found


def _permission(act: str) -> str:
    return "certificate.issue" if act == "return" else "certificate.revoke"


def _reach(actor: Actor, permission: str) -> Scope:
    scope = scope_of(actor.grants, permission)
    if scope.empty:
        raise Forbidden(permission=permission)
    return scope


def _each(ids: Sequence[str]) -> list[str]:
    found = sorted(set(ids))
    if not 0 < len(found) <= MOST_AT_ONCE:
        raise Refused("certificate.none_chosen", most=MOST_AT_ONCE)
    return found


def _reason(reason: str, *, needed: bool) -> str:
    plain = reason.strip()[:LONGEST_REASON]
    if needed and len(plain) < SHORTEST_REASON:
        raise ReasonMissing(shortest=SHORTEST_REASON)
    return plain
