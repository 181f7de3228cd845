"""Admit persons, open their accounts, grant and revoke roles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, scoped_session

from yanglao.kernel.actor import Actor, Grant
from yanglao.kernel.canonical import digest
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, Forbidden, NotFound, Refused
from yanglao.kernel.identifiers import mask_id
from yanglao.outside.ciphers import ciphers
from yanglao.people import passwords, queries
from yanglao.people.models import Account, Person, PersonAct, RoleGrant, SignIn, WrongTries
from yanglao.people.reach import actor_id, is_staff_beyond, need, person_row, scope_for
from yanglao.people.roles import grant_fault, may
from yanglao.people.rules import (
    CheckedId,
    IdFault,
    check_id,
    clean_name,
    clean_phone,
    name_holds,
    phone_holds,
)

AnySession = Session | scoped_session[Any]


class WrongId(Refused):
    """Say what is wrong with an ID number; the code names it, the number itself is never repeated."""

    code = "id.wrong"


class PhoneTaken(Conflict):
    """Say that somebody else signs in with this phone number."""

    code = "account.phone_taken"


@dataclass(frozen=True)
class Draft:
    """What is known of a person. ``base_id``: the base that admits them as a trainee.

    Without it, the one base that a base administrator acts for; staff are admitted by the system or the system
    administrator and get their roles by ``grant``.
    """

    name: str
    id_number: str
    id_type: str = "resident"
    phone: str = ""
    base_id: str | None = None
    is_demo: bool = False


@dataclass(frozen=True)
class Admitted:
    """Who a draft turned out to be. ``name_differs``: this ID number stands on record with another name."""

    person_id: str
    created: bool
    name_differs: bool = False
    name_on_record: str = ""


@dataclass(frozen=True)
class Opened:
    """A new account; ``one_time_password`` is shown once, None when a password was given."""

    account_id: str
    one_time_password: str | None


def admit(session: AnySession, draft: Draft, *, now: datetime, actor: Actor) -> Admitted:
    """Find the person with this ID number or admit a new one; a differing name changes nothing and is said.

    Raises:
        WrongId: with the code of what is wrong.
        Refused: ``person.wrong_name``, ``person.wrong_phone``.
    """
    name, phone, checked = _checked(draft, now)
    known = queries.find_by_id_number(session, checked.number, checked.id_type)
    if known is not None and known.name != name:
        return Admitted(known.id, created=False, name_differs=True, name_on_record=known.name)
    person_id = known.id if known else _add(session, name, phone, checked, is_demo=draft.is_demo, now=now)
    if known is not None and phone and not known.phone:
        session.execute(update(Person).where(Person.id == known.id).values(phone=phone))
    base_id = draft.base_id or _own_base(actor)
    if base_id:
        _grant(session, person_id, Grant("trainee", base=base_id), by=actor_id(actor), now=now)
    session.flush()
    return Admitted(person_id, created=known is None, name_on_record=name)


def _checked(draft: Draft, now: datetime) -> tuple[str, str, CheckedId]:
    name, phone = clean_name(draft.name), clean_phone(draft.phone)
    checked = check_id(draft.id_type, draft.id_number, today=day_of(now))
    if isinstance(checked, IdFault):
        raise WrongId(checked.code)
    if not name_holds(name):
        raise Refused("person.wrong_name")
    if phone and not phone_holds(phone):
        raise Refused("person.wrong_phone")
    return name, phone, checked


def _add(
    session: AnySession, name: str, phone: str, checked: CheckedId, *, is_demo: bool, now: datetime
) -> str:
    row = Person(name=name, phone=phone, is_demo=is_demo, created_ms=to_ms(now))
    write_id(row, checked)
    session.add(row)
    session.flush()
    return row.id


def write_id(row: Person, checked: CheckedId) -> None:
    """Write an ID number into a person's row: sealed, hashed, masked, and what it tells of birth and sex."""
    row.id_type = checked.id_type
    row.id_cipher = ciphers().seal(checked.number)
    row.id_hash = queries.id_hash(checked.id_type, checked.number)
    row.id_key_id = row.id_cipher.split(":")[1]
    row.id_masked = mask_id(checked.number)
    row.id_tail4 = checked.number[-4:]
    row.birth_on, row.sex = checked.birth_on, checked.sex


def _own_base(actor: Actor) -> str | None:
    own = {grant.base for grant in actor.grants if grant.role == "base_admin" and grant.base}
    return own.pop() if len(own) == 1 else None


def open_account(
    session: AnySession,
    person_id: str,
    *,
    phone: str,
    password: str | None = None,
    password_hash: str | None = None,
    now: datetime,
    actor: Actor,
) -> Opened:
    """Let a person sign in with ``phone``. Without a password a one-time one is made, to be changed at first sign-in.

    ``password_hash`` spares the 20 ms of hashing where many demo accounts share a password.

    Raises:
        NotFound: outside the caller's scope. PhoneTaken: of somebody else. Conflict: ``account.exists``.
        Refused: ``person.wrong_phone``.
    """
    may_manage(session, person_id, actor)
    phone = clean_phone(phone)
    if not phone_holds(phone):
        raise Refused("person.wrong_phone")
    held = session.scalars(
        select(Account).where((Account.person_id == person_id) | (Account.phone == phone))
    ).all()
    if any(account.person_id == person_id for account in held):
        raise Conflict("account.exists")
    if held:
        raise PhoneTaken()
    one_time = passwords.one_time() if password is None and password_hash is None else None
    account = Account(
        person_id=person_id,
        phone=phone,
        password_hash=password_hash or passwords.hash_password(password or one_time or ""),
        must_change=one_time is not None,
        created_ms=to_ms(now),
        password_ms=to_ms(now),
    )
    session.add(account)
    note_act(session, "account_opened", person_id, reason="开通账号", actor=actor, now=now)
    session.flush()
    return Opened(account.id, one_time)


def reset_password(session: AnySession, person_id: str, *, reason: str, now: datetime, actor: Actor) -> str:
    """Give a person a one-time password and sign them out everywhere; return it, to be shown once.

    Raises:
        NotFound: outside the caller's scope, or without an account. Forbidden: one's own, or a person whose roles
        reach further than the caller's.
    """
    may_manage(session, person_id, actor)
    account = session.scalar(select(Account).where(Account.person_id == person_id))
    if account is None:
        raise NotFound("account.missing")
    password = passwords.one_time()
    account.password_hash = passwords.hash_password(password)
    account.must_change, account.password_ms = True, to_ms(now)
    session.execute(
        update(SignIn)
        .where(SignIn.person_id == person_id, SignIn.revoked_ms.is_(None))
        .values(revoked_ms=to_ms(now))
    )
    tries = session.get(WrongTries, phone_key(account.phone))
    if tries is not None:
        session.delete(tries)
    note_act(session, "password_reset", person_id, reason=reason or "重置密码", actor=actor, now=now)
    session.flush()
    return password


def may_manage(session: AnySession, person_id: str, actor: Actor) -> None:
    """Raise unless ``actor`` may open and reset this person's account: a base its trainees, the system its staff."""
    if actor.client == "system":
        return
    if person_id == actor.person_id:
        raise Forbidden("account.own")
    if may(actor.grants, "staff.manage"):
        person_row(session, person_id)
        return
    need(actor, "people.manage")
    scope = scope_for(actor, "people.manage")
    person_row(session, person_id, scope)
    if is_staff_beyond(session, person_id, scope):
        raise Forbidden("account.staff")


def phone_key(phone: str) -> str:
    """Return the keyed hash under which tries of a phone number are counted."""
    return ciphers().mac("wrong tries", clean_phone(phone).encode()).hex()


def grant(session: AnySession, person_id: str, given: Grant, *, now: datetime, actor: Actor) -> str:
    """Give a person a role and return the grant's id; the same again gives the same.

    Raises:
        Forbidden: not allowed, or to oneself. NotFound: no such person. Refused: with the code of what is wrong.
    """
    need(actor, "role.grant")
    if person_id == actor.person_id:
        raise Forbidden("roles.to_oneself")
    fault = grant_fault(given)
    if fault is not None:
        raise Refused(fault, role=given.role)
    person_row(session, person_id)
    return _grant(session, person_id, given, by=actor_id(actor), now=now)


def _grant(session: AnySession, person_id: str, given: Grant, *, by: str | None, now: datetime) -> str:
    reach_key = "/".join((given.division or "", given.base or "", given.department or ""))
    live = select(RoleGrant.id).where(
        RoleGrant.person_id == person_id,
        RoleGrant.role == given.role,
        RoleGrant.reach_key == reach_key,
        RoleGrant.revoked_ms.is_(None),
    )
    held = session.scalar(live)
    if held is not None:
        return held
    row = RoleGrant(
        person_id=person_id,
        role=given.role,
        division_code=given.division,
        base_id=given.base,
        department=given.department,
        reach_key=reach_key,
        granted_by=by if by != person_id else None,
        granted_ms=to_ms(now),
    )
    session.add(row)
    session.flush()
    return row.id


def revoke(session: AnySession, grant_id: str, *, now: datetime, actor: Actor) -> None:
    """Take a role away; again changes nothing. Raises Forbidden (also one's own), NotFound."""
    need(actor, "role.grant")
    row = session.get(RoleGrant, grant_id)
    if row is None:
        raise NotFound("roles.no_grant")
    if row.person_id == actor.person_id:
        raise Forbidden("roles.to_oneself")
    if row.revoked_ms is None:
        row.revoked_ms, row.revoked_by = to_ms(now), actor_id(actor)
    session.flush()


def note_act(
    session: AnySession, kind: str, person_id: str, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Keep that somebody did something to a person's record, and in whose scope."""
    add_act(session, kind, person_row(session, person_id), reason=reason, actor=actor, now=now)


def add_act(session: AnySession, kind: str, row: Person, *, reason: str, actor: Actor, now: datetime) -> None:
    """Keep it of a row at hand."""
    session.add(
        PersonAct(
            kind=kind,
            state="done",
            person_id=row.id,
            base_id=_own_base(actor),
            reason=reason,
            before_digest=record_digest(row),
            filed_by=actor_id(actor),
            filed_ms=to_ms(now),
        )
    )


def record_digest(row: Person) -> str:
    """Return the digest of a personal record; it holds the keyed hash of the ID number, never the number."""
    return digest({"id": row.id, "id_hash": row.id_hash, "name": row.name, "merged_into": row.merged_into_id})
