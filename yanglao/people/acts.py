"""Merge two records of one person, correct an ID number, show a full one: always by name, with a reason, kept.

Merge and correction take two persons: a base administrator files, an officer of the division decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, scoped_session

from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, Forbidden, NotFound, Refused
from yanglao.outside.ciphers import ciphers
from yanglao.people import queries, wechat
from yanglao.people.admission import WrongId, add_act, note_act, record_digest, write_id
from yanglao.people.models import Account, Person, PersonAct, RoleGrant, SignIn
from yanglao.people.reach import need, person_row, scope_for
from yanglao.people.roles import may
from yanglao.people.rules import IdFault, check_id
from yanglao.places import queries as places

AnySession = Session | scoped_session[Any]
SHORTEST_REASON = 4
PERMISSION = {"merge": "people.merge", "id_correction": "people.correct_id"}
DECIDES = {"merge": "people.decide_merge", "id_correction": "people.decide_id"}


def merge(
    session: AnySession, keep_id: str, merge_id: str, *, reason: str, now: datetime, actor: Actor
) -> str:
    """File that ``merge_id`` is the same person as ``keep_id``; return the act's id. Nothing changes until decided.

    Raises:
        NotFound: one of them is outside the caller's scope. Conflict: merged already, or an act is pending.
        Refused: the same record, or no reason.
    """
    if keep_id == merge_id:
        raise Refused("person.merge_same")
    scope = scope_for(actor, PERMISSION["merge"])
    keep = person_row(session, keep_id, scope)
    person_row(session, merge_id, scope)
    if keep.merged_into_id:
        raise Conflict("person.merged_already")
    return _file(session, "merge", merge_id, other=keep_id, reason=reason, sealed=None, now=now, actor=actor)


def correct_id(
    session: AnySession,
    person_id: str,
    *,
    id_type: str,
    number: str,
    reason: str,
    now: datetime,
    actor: Actor,
) -> str:
    """File another ID number for a person; return the act's id. Nothing changes until decided.

    Raises:
        WrongId. NotFound: outside the caller's scope. Conflict: ``person.id_taken`` by another person (then they are
        to be merged), or an act is pending.
    """
    checked = check_id(id_type, number, today=day_of(now))
    if isinstance(checked, IdFault):
        raise WrongId(checked.code)
    person_row(session, person_id, scope_for(actor, PERMISSION["id_correction"]))
    if session.scalar(select(Person.id).where(Person.id_hash == queries.id_hash(id_type, checked.number))):
        raise Conflict("person.id_taken")
    sealed = ciphers().seal(f"{checked.id_type}:{checked.number}")
    return _file(
        session, "id_correction", person_id, other=None, reason=reason, sealed=sealed, now=now, actor=actor
    )


def _file(
    session: AnySession,
    kind: str,
    person_id: str,
    *,
    other: str | None,
    reason: str,
    sealed: str | None,
    now: datetime,
    actor: Actor,
) -> str:
    need(actor, PERMISSION[kind])
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused("person.reason_missing")
    row = person_row(session, person_id)
    if row.merged_into_id:
        raise Conflict("person.merged_already")
    pending = select(PersonAct.id).where(PersonAct.person_id == person_id, PersonAct.state == "pending")
    if session.scalar(pending) is not None:
        raise Conflict("person.act_pending")
    base_id = _base_between(session, person_id, actor)
    act = PersonAct(
        kind=kind,
        state="pending",
        person_id=person_id,
        other_person_id=other,
        base_id=base_id,
        division_code=places.base(session, base_id).division_code if base_id else None,
        reason=reason.strip()[:500],
        sealed=sealed,
        before_digest=record_digest(row),
        filed_by=actor.person_id,
        filed_ms=to_ms(now),
    )
    session.add(act)
    session.flush()
    return act.id


def _base_between(session: AnySession, person_id: str, actor: Actor) -> str | None:
    """Return the filer's base that the person belongs to: in its division the act is decided."""
    own = {grant.base for grant in actor.grants if grant.role == "base_admin" and grant.base}
    held = select(RoleGrant.base_id).where(
        RoleGrant.person_id == person_id, RoleGrant.revoked_ms.is_(None), RoleGrant.base_id.in_(own)
    )
    return session.scalar(held.order_by(RoleGrant.id).limit(1))


def decide(
    session: AnySession, act_id: str, *, accept: bool, reason: str, now: datetime, actor: Actor
) -> None:
    """Accept or refuse a filed merge or correction.

    Raises:
        NotFound: outside the caller's scope. Forbidden: the role, or one's own filing. Conflict: decided already, the
        record changed meanwhile, or the number was taken meanwhile.
    """
    act = session.get(PersonAct, act_id, with_for_update=True)
    if act is None or act.kind not in DECIDES:
        raise NotFound("person.no_act")
    need(actor, DECIDES[act.kind])
    if not may(actor.grants, DECIDES[act.kind], division=act.division_code or places.CITY, base=act.base_id):
        raise NotFound("person.no_act")
    if act.filed_by == actor.person_id:
        raise Forbidden("person.own_filing")
    if act.state != "pending":
        raise Conflict("person.act_decided")
    row = person_row(session, act.person_id)
    if accept:
        if record_digest(row) != act.before_digest:
            raise Conflict("person.changed_meanwhile")
        _APPLY[act.kind](session, act, row, now)
        act.after_digest = record_digest(row)
    act.state = "done" if accept else "refused"
    act.decided_by, act.decided_ms, act.decision_reason = actor.person_id, to_ms(now), reason.strip()[:500]
    act.sealed = None
    session.flush()


def _apply_merge(session: AnySession, act: PersonAct, row: Person, now: datetime) -> None:
    """Close the merged record's account, or hand it to the kept record when that has none; let its trainee roles hold for both."""
    keep = person_row(session, act.other_person_id or "")
    if keep.merged_into_id:
        raise Conflict("person.merged_already")
    row.merged_into_id = keep.id
    wechat.carry_over(session, row.id, keep.id, now=now)
    live = SignIn.person_id == row.id
    session.execute(update(SignIn).where(live, SignIn.revoked_ms.is_(None)).values(revoked_ms=to_ms(now)))
    accounts = {
        one.person_id: one
        for one in session.scalars(select(Account).where(Account.person_id.in_([row.id, keep.id])))
    }
    if row.id in accounts and keep.id in accounts:
        session.delete(accounts[row.id])
    elif row.id in accounts:
        accounts[row.id].person_id = keep.id
    held = {(one.role, one.reach_key) for one in session.scalars(_live_grants(keep.id))}
    for one in list(session.scalars(_live_grants(row.id))):
        # The merged record stays in its base's sight; every other role ends and is to be granted anew.
        if one.role != "trainee":
            one.revoked_ms = to_ms(now)
        elif (one.role, one.reach_key) not in held:
            session.add(_same_for(keep.id, one, now))


def _same_for(person_id: str, one: RoleGrant, now: datetime) -> RoleGrant:
    return RoleGrant(
        person_id=person_id,
        role=one.role,
        division_code=one.division_code,
        base_id=one.base_id,
        department=one.department,
        reach_key=one.reach_key,
        granted_ms=to_ms(now),
    )


def _live_grants(person_id: str) -> Any:
    return select(RoleGrant).where(RoleGrant.person_id == person_id, RoleGrant.revoked_ms.is_(None))


def _apply_correction(session: AnySession, act: PersonAct, row: Person, now: datetime) -> None:
    id_type, number = ciphers().open(act.sealed or "").split(":", 1)
    checked = check_id(id_type, number, today=day_of(now))
    if isinstance(checked, IdFault):
        raise WrongId(checked.code)
    if session.scalar(select(Person.id).where(Person.id_hash == queries.id_hash(id_type, number))):
        raise Conflict("person.id_taken")
    write_id(row, checked)


_APPLY = {"merge": _apply_merge, "id_correction": _apply_correction}


def reveal_id(session: AnySession, person_id: str, *, actor: Actor, reason: str, now: datetime) -> str:
    """Return a full ID number and keep who saw it and why. Raises NotFound, Forbidden, Refused without a reason."""
    need(actor, "people.reveal_id")
    row = person_row(session, person_id, scope_for(actor, "people.reveal_id"))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused("person.reason_missing")
    note_act(session, "id_revealed", person_id, reason=reason.strip()[:500], actor=actor, now=now)
    session.flush()
    return ciphers().open(row.id_cipher)


def id_numbers(session: AnySession, person_ids: Sequence[str], *, actor: Actor) -> dict[str, str]:
    """Return person id -> full ID number, for papers that must show it; ``note_ids_shown`` keeps who asked. Raises Forbidden."""
    need(actor, "people.reveal_id")
    found: dict[str, str] = {}
    for row in _rows(session, person_ids):
        found[row.id] = ciphers().open(row.id_cipher)
    return found


def note_ids_shown(
    session: AnySession, person_ids: Sequence[str], *, reason: str, actor: Actor, now: datetime
) -> None:
    """Keep of each person that somebody asked for a paper with full ID numbers. Raises Forbidden."""
    need(actor, "people.reveal_id")
    for row in _rows(session, person_ids):
        add_act(session, "id_revealed", row, reason=reason, actor=actor, now=now)
    session.flush()


def _rows(session: AnySession, person_ids: Sequence[str]) -> Iterator[Person]:
    wanted = sorted(set(person_ids))
    for start in range(0, len(wanted), 500):
        yield from session.scalars(select(Person).where(Person.id.in_(wanted[start : start + 500])))


def merge_targets(session: AnySession, person_id: str, *, actor: Actor) -> list[queries.PersonView]:
    """Return persons of the same name within the caller's scope: whom a record may be merged into."""
    scope = scope_for(actor, PERMISSION["merge"])
    name = queries.person(session, person_id, scope).name
    found = queries.search(session, scope, text=name, limit=20)
    return [one for one in found.items if one.id != person_id and one.name == name]
