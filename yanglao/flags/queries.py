"""Read flags as frozen values, within a scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.flags.kinds import VERDICT_NAMES, WEIGHT_NAMES, shown
from yanglao.flags.models import Flag
from yanglao.kernel.actor import EVERYTHING, Scope
from yanglao.kernel.clock import midnight_ms
from yanglao.kernel.errors import NotFound
from yanglao.kernel.wording import fill, sentence, words
from yanglao.people import queries as people


class FlagUnknown(NotFound):
    code = "flag.unknown"


@dataclass(frozen=True)
class FlagView:
    """A flag in words. ``enrolment_id`` is where its evidence stands, empty where no single enrolment is meant.

    ``persons`` are (id, name, enrolment id or empty) of everybody it names; ``told`` are (label, words) of its facts.
    """

    id: str
    kind: str
    title: str
    sentence: str
    weight: str
    subject_kind: str
    subject_id: str
    person_id: str | None
    person_name: str
    class_id: str | None
    class_name: str
    base_id: str | None
    division_code: str | None
    enrolment_id: str
    facts: dict[str, Any]
    told: tuple[tuple[str, str], ...]
    persons: tuple[tuple[str, str, str], ...]
    raised_ms: int
    state: str
    verdict: str | None
    reason: str
    settled_by: str | None
    settled_by_name: str
    settled_ms: int | None

    @property
    def weight_name(self) -> str:
        """Return the weight in Chinese."""
        return WEIGHT_NAMES[self.weight]

    @property
    def verdict_name(self) -> str:
        """Return the verdict in Chinese, empty while it is open."""
        return VERDICT_NAMES.get(self.verdict or "", "")


@dataclass(frozen=True)
class Filters:
    """What a list is limited to; an empty one does not limit. Days are Shanghai's, both included."""

    kind: str = ""
    weight: str = ""
    state: str = ""
    base_id: str = ""
    division_code: str = ""
    class_id: str = ""
    person_id: str = ""
    text: str = ""
    since: date | None = None
    until: date | None = None


def filters_of(wanted: dict[str, Any]) -> Filters:
    """Return filters of what stands in an address; the names are those of the API, days are ISO."""
    plain = ("kind", "weight", "state", "base_id", "class_id", "person_id", "text")
    days = {name: date.fromisoformat(wanted[name]) for name in ("since", "until") if wanted.get(name)}
    return Filters(
        **{name: wanted.get(name) or "" for name in plain},
        division_code=wanted.get("division") or "",
        since=days.get("since"),
        until=days.get("until"),
    )


def flag(session: Session, flag_id: str, scope: Scope) -> FlagView:
    """Return one flag within ``scope``. Raises FlagUnknown."""
    return _views(session, [seen(session, flag_id, scope)])[0]


def flags(
    session: Session, scope: Scope, filters: Filters = Filters(), *, after: str = "", limit: int = 100
) -> list[FlagView]:
    """List flags within ``scope``, the newest first; ``after`` is the last id seen."""
    wanted = _filtered(select(Flag), scope, filters).order_by(Flag.id.desc()).limit(limit)
    if after:
        wanted = wanted.where(Flag.id < after)
    return _views(session, list(session.scalars(wanted)))


def count(session: Session, scope: Scope, filters: Filters = Filters()) -> dict[str, int]:
    """Count flags within ``scope`` per state."""
    inner = _filtered(select(Flag), scope, filters).subquery()
    found = session.execute(select(inner.c.state, func.count()).group_by(inner.c.state))
    return {"open": 0, "settled": 0} | {state: number for state, number in found}


def count_open(session: Session, scope: Scope) -> int:
    """Count the open flags within ``scope``."""
    return count(session, scope, Filters(state="open"))["open"]


def blocking(session: Session, enrolment_id: str) -> list[FlagView]:
    """Return the flags that hold up every claim for an enrolment, the newest first.

    Those of weight ``blocks_claim`` about it, about its person in its class or in none, or about its class as a
    whole, that are open or were confirmed. Raises EnrolmentUnknown.
    """
    own = classes.enrolment(session, enrolment_id)
    same = people.same_person_ids(session, own.person_id)
    about = or_(
        and_(Flag.subject_kind == "enrolment", Flag.subject_id == enrolment_id),
        and_(Flag.person_id.in_(same), or_(Flag.class_id == own.class_id, Flag.class_id.is_(None))),
        and_(Flag.subject_kind == "class", Flag.subject_id == own.class_id),
    )
    standing = or_(Flag.state == "open", Flag.verdict == "confirmed")
    wanted = select(Flag).where(Flag.weight == "blocks_claim", about, standing)
    return _views(session, list(session.scalars(wanted.order_by(Flag.id.desc()))))


def count_blocking(session: Session, enrolment_ids: Sequence[str]) -> dict[str, int]:
    """Return enrolment id -> how many flags ``blocking`` would name, for many at once; those without any are left out."""
    own = classes.enrolments(session, enrolment_ids)
    standing = or_(Flag.state == "open", Flag.verdict == "confirmed")
    about = or_(Flag.class_id.in_({one.class_id for one in own.values()}), Flag.class_id.is_(None))
    rows = list(session.scalars(select(Flag).where(Flag.weight == "blocks_claim", standing, about)))
    if not rows:
        return {}
    found: dict[str, int] = {}
    for one in own.values():
        same = people.same_person_ids(session, one.person_id)
        number = sum(
            (row.subject_kind, row.subject_id) in {("enrolment", one.id), ("class", one.class_id)}
            or (row.person_id in same and row.class_id in (one.class_id, None))
            for row in rows
        )
        found |= {one.id: number} if number else {}
    return found


def about(session: Session, class_id: str, person_ids: Sequence[str]) -> list[FlagView]:
    """Return every flag of a class, and those of its people that belong to no class, the first raised first."""
    found = list(session.scalars(select(Flag).where(Flag.class_id == class_id)))
    for start in range(0, len(person_ids), 400):
        part = Flag.person_id.in_(person_ids[start : start + 400])
        found += session.scalars(select(Flag).where(Flag.class_id.is_(None), part))
    return _views(session, sorted(found, key=lambda row: row.id))


def seen(session: Session, flag_id: str, scope: Scope = EVERYTHING) -> Flag:
    """Return the row of a flag within ``scope``, for this package. Raises FlagUnknown."""
    row = session.scalars(_within(select(Flag), scope).where(Flag.id == flag_id)).first()
    if row is None:
        raise FlagUnknown(flag_id=flag_id)
    return row


def _within(wanted: Select[Any], scope: Scope) -> Select[Any]:
    if scope.all:
        return wanted
    if scope.empty:
        return wanted.where(false())
    return wanted.where(or_(Flag.base_id.in_(scope.bases), Flag.division_code.in_(scope.divisions)))


def _filtered(wanted: Select[Any], scope: Scope, filters: Filters) -> Select[Any]:
    wanted = _within(wanted, scope)
    for name in ("kind", "weight", "state", "base_id", "division_code", "class_id", "person_id"):
        if value := getattr(filters, name):
            wanted = wanted.where(getattr(Flag, name) == value)
    if filters.text:
        wanted = wanted.where(Flag.person_id.in_(people.ids_matching(filters.text)))
    if filters.since:
        wanted = wanted.where(Flag.raised_ms >= midnight_ms(filters.since))
    if filters.until:
        wanted = wanted.where(Flag.raised_ms < midnight_ms(filters.until + timedelta(days=1)))
    return wanted


def _views(session: Session, rows: list[Flag]) -> list[FlagView]:
    named = {one for row in rows for one in (row.person_id, row.settled_by, *_persons(row)) if one}
    known = people.persons(session, named)
    own = classes.classes_by_id(session, {row.class_id for row in rows if row.class_id})
    at = _enrolled(session, named, {row.class_id for row in rows if row.class_id})

    def name(person_id: str | None) -> str:
        return known[person_id].name if person_id in known else ""

    return [
        FlagView(
            id=row.id,
            kind=row.kind,
            title=words(f"flags.{row.kind}").title,
            sentence=sentence(f"flags.{row.kind}", row.facts),
            weight=row.weight,
            subject_kind=row.subject_kind,
            subject_id=row.subject_id,
            person_id=row.person_id,
            person_name=name(row.person_id),
            class_id=row.class_id,
            class_name=own[row.class_id].name if row.class_id in own else "",
            base_id=row.base_id,
            division_code=row.division_code,
            enrolment_id=row.subject_id
            if row.subject_kind == "enrolment"
            else at.get((row.class_id, row.person_id), ""),
            facts=row.facts,
            told=tuple((label, _said(value, shape)) for label, value, shape in shown(row.facts)),
            persons=tuple((one, name(one), at.get((row.class_id, one), "")) for one in _persons(row)),
            raised_ms=row.raised_ms,
            state=row.state,
            verdict=row.verdict,
            reason=row.reason,
            settled_by=row.settled_by,
            settled_by_name=name(row.settled_by),
            settled_ms=row.settled_ms,
        )
        for row in rows
    ]


def _persons(row: Flag) -> list[str]:
    return list(row.facts.get("persons", ()))


def _enrolled(
    session: Session, person_ids: Iterable[str], class_ids: set[str]
) -> dict[tuple[str | None, str | None], str]:
    """Return (class, person) -> enrolment of those in one of ``class_ids``."""
    found = classes.enrolments_of_persons(session, sorted(person_ids)) if class_ids else {}
    return {
        (one.class_id, person): one.id
        for person, own in found.items()
        for one in own
        if one.class_id in class_ids
    }


def _said(value: Any, shape: str) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return fill(f"{{value:{shape}}}", {"value": value})
