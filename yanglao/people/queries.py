"""Answer who there is, within the caller's scope; ID numbers leave this package masked only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Select, exists, false, or_, select
from sqlalchemy.orm import Session, scoped_session

from yanglao.kernel.actor import EVERYTHING, Grant, Scope
from yanglao.kernel.errors import NotFound
from yanglao.kernel.identifiers import mask_id, mask_name, mask_phone
from yanglao.outside.ciphers import ciphers
from yanglao.people.models import Account, Consent, Person, PersonAct, RoleGrant, SignIn
from yanglao.people.rules import ID_TYPES, age_on, clean_id
from yanglao.places import queries as places

AnySession = Session | scoped_session[Any]
MOST = 200


@dataclass(frozen=True)
class PersonView:
    """A person as others may see them; ``sex`` is male, female or None, ``account_phone`` None without an account."""

    id: str
    name: str
    masked_name: str
    id_type: str
    masked_id: str
    id_tail4: str
    birth_on: date | None
    sex: str | None
    phone: str
    masked_phone: str
    is_demo: bool
    merged_into_id: str | None
    created_ms: int
    account_phone: str | None = None

    @property
    def id_type_name(self) -> str:
        """Return the ID type in Chinese."""
        return ID_TYPES[self.id_type]

    def with_phones_masked(self) -> PersonView:
        """Return the same person for readers who do not have to call them: 138****5678."""
        signs_in = None if self.account_phone is None else mask_phone(self.account_phone)
        return replace(self, phone=self.masked_phone, account_phone=signs_in)

    def age_on(self, day: date) -> int | None:
        """Return full years of age, None where the ID does not tell."""
        return None if self.birth_on is None else age_on(self.birth_on, day)


@dataclass(frozen=True)
class GrantView:
    """A live grant with the names of what it reaches."""

    id: str
    person_id: str
    person_name: str
    grant: Grant
    division_name: str
    base_name: str
    granted_ms: int


@dataclass(frozen=True)
class SignInView:
    """A signed-in device."""

    id: str
    carrier: str
    client: str
    device_label: str
    created_ms: int
    last_seen_ms: int
    via: str = "password"


@dataclass(frozen=True)
class ActView:
    """An act on a personal record, with the names of those in it.

    ``proposed`` is the masked number that a correction asks for, while it waits; else empty.
    """

    id: str
    kind: str
    state: str
    person: PersonView
    other: PersonView | None
    reason: str
    filed_by: str | None
    filed_name: str
    filed_ms: int
    decided_name: str
    decided_ms: int | None
    decision_reason: str
    proposed: str = ""


@dataclass(frozen=True)
class PeoplePage:
    """Some persons in order of their ids; ``next`` is where to go on, None at the end."""

    items: tuple[PersonView, ...]
    next: str | None


def id_hash(id_type: str, number: str) -> str:
    """Return the keyed hash by which an ID number of a type is found again."""
    return ciphers().id_hash(f"{id_type}:{clean_id(number)}")


def person(session: AnySession, person_id: str, scope: Scope = EVERYTHING) -> PersonView:
    """Return one person. Raises NotFound, also when outside ``scope``."""
    found = _persons().where(Person.id == person_id, _within(session, scope))
    row = session.execute(found).first()
    if row is None:
        raise NotFound("person.not_found")
    return _view(row[0], row[1])


def persons(session: AnySession, ids: Iterable[str]) -> dict[str, PersonView]:
    """Return person id -> person for the ids that exist."""
    wanted = list(set(ids))
    found: dict[str, PersonView] = {}
    for start in range(0, len(wanted), 500):
        rows = session.execute(_persons().where(Person.id.in_(wanted[start : start + 500])))
        found.update({row.id: _view(row, phone) for row, phone in rows})
    return found


def id_hash_prefix() -> str:
    """Return what the keyed hash of every ID number begins with under the current key: algorithm and key id."""
    return ciphers().id_hash("").rpartition(":")[0] + ":"


def id_hashes(session: AnySession, ids: Sequence[str]) -> dict[str, str]:
    """Return person id -> the keyed hash of the ID number, for comparing with lists that hold hashes only."""
    found: dict[str, str] = {}
    for start in range(0, len(ids), 500):
        rows = session.execute(
            select(Person.id, Person.id_hash).where(Person.id.in_(ids[start : start + 500]))
        )
        found.update({person_id: sealed for person_id, sealed in rows})
    return found


def find_by_id_number(session: AnySession, number: str, id_type: str = "resident") -> PersonView | None:
    """Return the person with this ID number, the one that stands after a merge, or None."""
    row = session.scalar(select(Person).where(Person.id_hash == id_hash(id_type, number)))
    return None if row is None else person(session, standing_id(session, row.id))


def find_within(session: AnySession, scope: Scope, number: str) -> PersonView:
    """Return the person within ``scope`` whose ID number, of whatever type, this is. Raises NotFound."""
    hashes = [id_hash(id_type, number) for id_type in ID_TYPES]
    found = session.scalar(
        select(Person.id).where(Person.id_hash.in_(hashes), _within(session, scope)).limit(1)
    )
    return person(session, found or "", scope)


def find_by_phone(session: AnySession, phone: str) -> PersonView | None:
    """Return the person who signs in with ``phone``, or None."""
    found = select(Account.person_id).where(Account.phone == phone)
    person_id = session.scalar(found)
    return None if person_id is None else person(session, person_id)


def standing_id(session: AnySession, person_id: str) -> str:
    """Return the id that stands for this person after merges; the id itself when it was never merged."""
    seen = {person_id}
    into = select(Person.merged_into_id)
    while (kept := session.scalar(into.where(Person.id == person_id))) and kept not in seen:
        seen, person_id = seen | {kept}, kept
    return person_id


def same_person_ids(session: AnySession, person_id: str) -> tuple[str, ...]:
    """Return every id whose evidence belongs to this human being: the standing one first, then those merged into it."""
    near = or_(Person.id == person_id, Person.merged_into_id == person_id)
    if session.execute(select(Person.id, Person.merged_into_id).where(near)).all() == [(person_id, None)]:
        return (person_id,)
    found = [standing_id(session, person_id)]
    for one in found:
        found += session.scalars(select(Person.id).where(Person.merged_into_id == one).order_by(Person.id))
    return tuple(found)


def merged(session: AnySession) -> dict[str, str]:
    """Return every record that was merged -> the record that stands for it now."""
    rows = session.execute(select(Person.id, Person.merged_into_id).where(Person.merged_into_id.is_not(None)))
    into = {str(one): str(kept) for one, kept in rows}
    found = {}
    for one, kept in into.items():
        while kept in into:
            kept = into[kept]
        found[one] = kept
    return found


def families(session: AnySession, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return person id -> what ``same_person_ids`` says of it, for many at once: merged records are few."""
    into = merged(session)
    members: dict[str, list[str]] = {}
    for one, kept in sorted(into.items()):
        members.setdefault(kept, []).append(one)
    return {one: (into.get(one, one), *members.get(into.get(one, one), ())) for one in ids}


def consents(session: AnySession, ids: Iterable[str]) -> dict[str, list[tuple[str, int]]]:
    """Return person id -> (version of the privacy notice, when it was agreed to), the first one first."""
    wanted = select(Consent.person_id, Consent.version, Consent.agreed_ms).where(
        Consent.person_id.in_(set(ids))
    )
    found: dict[str, list[tuple[str, int]]] = {}
    for person_id, version, agreed_ms in session.execute(wanted.order_by(Consent.agreed_ms)):
        found.setdefault(person_id, []).append((version, agreed_ms))
    return found


def search(
    session: AnySession, scope: Scope, *, text: str = "", role: str = "", after: str = "", limit: int = 50
) -> PeoplePage:
    """Return the persons within ``scope``; ``text`` is part of a name, a whole phone, or the last four of an ID.

    A whole ID number is looked for by ``find_within`` only: it must not stand in an address."""
    limit = max(1, min(limit, MOST))
    found = _persons().where(_within(session, scope), Person.merged_into_id.is_(None), Person.id > after)
    if text:
        found = found.where(_matching(text.strip()))
    if role:
        found = found.where(exists().where(_live(RoleGrant.person_id == Person.id, RoleGrant.role == role)))
    rows = session.execute(found.order_by(Person.id).limit(limit + 1)).all()
    items = tuple(_view(row, phone) for row, phone in rows[:limit])
    return PeoplePage(items, items[-1].id if len(rows) > limit else None)


def ids_matching(text: str) -> Select[str]:
    """Return a query for the ids of the persons that ``text`` finds (see ``search``), to limit another query by."""
    found = select(Person.id).outerjoin(Account, Account.person_id == Person.id)
    return found.where(_matching(text.strip()))


def grants(session: AnySession, person_id: str) -> list[GrantView]:
    """Return the live grants of a person, by role."""
    return _grants(session, RoleGrant.person_id == person_id)


def staff_grants(session: AnySession) -> list[GrantView]:
    """Return every live grant that is not a trainee's, by role and place."""
    return _grants(session, RoleGrant.role != "trainee")


def sign_ins(session: AnySession, person_id: str, *, since_ms: int = 0) -> list[SignInView]:
    """Return the devices a person is signed in on since ``since_ms``, the last seen first."""
    found = (
        select(SignIn)
        .where(SignIn.person_id == person_id, SignIn.revoked_ms.is_(None), SignIn.created_ms > since_ms)
        .order_by(SignIn.last_seen_ms.desc(), SignIn.id)
    )
    return [
        SignInView(
            row.id, row.carrier, row.client, row.device_label, row.created_ms, row.last_seen_ms, row.via
        )
        for row in session.scalars(found)
    ]


def acts(session: AnySession, scope: Scope, *, state: str = "pending", person_id: str = "") -> list[ActView]:
    """Return acts on records within ``scope``, the latest first; of one person when given, in any state."""
    found = select(PersonAct).order_by(PersonAct.filed_ms.desc(), PersonAct.id.desc()).limit(MOST)
    found = (
        found.where(PersonAct.person_id == person_id) if person_id else found.where(PersonAct.state == state)
    )
    if not scope.all:
        found = found.where(
            or_(
                PersonAct.base_id.in_(_base_ids(session, scope)), PersonAct.division_code.in_(scope.divisions)
            )
        )
    rows = list(session.scalars(found))
    everybody = {
        one
        for row in rows
        for one in (row.person_id, row.other_person_id, row.filed_by, row.decided_by)
        if one
    }
    known = persons(session, everybody)
    return [_act(row, known) for row in rows]


def _act(row: PersonAct, known: dict[str, PersonView]) -> ActView:
    filed, decided = known.get(row.filed_by or ""), known.get(row.decided_by or "")
    return ActView(
        id=row.id,
        kind=row.kind,
        state=row.state,
        person=known[row.person_id],
        other=known.get(row.other_person_id or ""),
        reason=row.reason,
        filed_by=row.filed_by,
        filed_name=filed.name if filed else "系统",
        filed_ms=row.filed_ms,
        decided_name=decided.name if decided else "",
        decided_ms=row.decided_ms,
        decision_reason=row.decision_reason,
        proposed=_proposed(row),
    )


def _proposed(row: PersonAct) -> str:
    if row.kind != "id_correction" or row.state != "pending" or not row.sealed:
        return ""
    id_type, number = ciphers().open(row.sealed).split(":", 1)
    return f"{ID_TYPES[id_type]} {mask_id(number)}"


def _persons() -> Any:
    return select(Person, Account.phone).outerjoin(Account, Account.person_id == Person.id)


def _view(row: Person, account_phone: str | None) -> PersonView:
    return PersonView(
        id=row.id,
        name=row.name,
        masked_name=mask_name(row.name),
        id_type=row.id_type,
        masked_id=row.id_masked,
        id_tail4=row.id_tail4,
        birth_on=row.birth_on,
        sex=row.sex,
        phone=row.phone,
        masked_phone=mask_phone(row.phone),
        is_demo=row.is_demo,
        merged_into_id=row.merged_into_id,
        created_ms=row.created_ms,
        account_phone=account_phone,
    )


def _live(*conditions: Any) -> Any:
    held = RoleGrant.revoked_ms.is_(None)
    for condition in conditions:
        held = held & condition
    return held


def _base_ids(session: AnySession, scope: Scope) -> set[str]:
    return {base.id for base in places.bases(session, scope)}


def _within(session: AnySession, scope: Scope) -> Any:
    if scope.all:
        return Person.id.is_not(None)
    if scope.empty:
        return false()
    reach = or_(
        RoleGrant.base_id.in_(_base_ids(session, scope)), RoleGrant.division_code.in_(scope.divisions)
    )
    return exists().where(_live(RoleGrant.person_id == Person.id, reach))


def _matching(text: str) -> Any:
    number = clean_id(text)
    ways = [Person.name.contains(text, autoescape=True), Person.phone == number, Account.phone == number]
    if len(number) == 4:
        ways.append(Person.id_tail4 == number)
    return or_(*ways)


def _grants(session: AnySession, condition: Any) -> list[GrantView]:
    found = (
        select(RoleGrant, Person.name)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(_live(condition))
        .order_by(RoleGrant.role, RoleGrant.division_code, RoleGrant.base_id, Person.name, RoleGrant.id)
    )
    rows = session.execute(found).all()
    divisions = {one.code: one.name for one in places.divisions(session)} if rows else {}
    bases = {one.id: one.short_name for one in places.bases(session)} if rows else {}
    return [
        GrantView(
            id=row.id,
            person_id=row.person_id,
            person_name=name,
            grant=Grant(row.role, row.division_code, row.base_id, row.department),
            division_name=divisions.get(row.division_code or "", ""),
            base_name=bases.get(row.base_id or "", ""),
            granted_ms=row.granted_ms,
        )
        for row, name in rows
    ]
