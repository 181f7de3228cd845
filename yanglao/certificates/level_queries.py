"""Read certificates of skill level as frozen values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from yanglao.certificates.level_models import LevelCertificate, LevelStep
from yanglao.people import queries as people
from yanglao.places import queries as places


@dataclass(frozen=True)
class LevelView:
    """One certificate of skill level, with the name of its level."""

    id: str
    number: str
    person_id: str
    occupation: str
    level_code: str
    level_name: str
    issuer: str
    issued_on: date
    recorded_by: str
    recorded_ms: int
    state: str

    @property
    def withdrawn(self) -> bool:
        """Tell whether it no longer counts."""
        return self.state == "withdrawn"


@dataclass(frozen=True)
class LevelStepView:
    """One step of a certificate of skill level: record, correct, withdraw or restore; what it said before and says after, and who asked for it."""

    act: str
    actor_name: str
    reason: str
    at_ms: int
    before: dict[str, str]
    after: dict[str, str]
    filed_name: str = ""


def recorded(session: Session, *, by: str = "", after: str = "", limit: int = 100) -> list[LevelView]:
    """List what was recorded (``by`` whom, if given), the newest first; ``after`` is the last id seen."""
    wanted = select(LevelCertificate).order_by(LevelCertificate.id.desc()).limit(limit)
    if by:
        wanted = wanted.where(LevelCertificate.recorded_by == by)
    return _views(session, wanted.where(LevelCertificate.id < after) if after else wanted)


def of_persons(session: Session, person_ids: Iterable[str]) -> list[LevelView]:
    """Return the certificates of persons and of those merged into them, the latest day first; none that was withdrawn."""
    families = people.families(session, person_ids)
    return held_by(session, sorted({one for family in families.values() for one in family}))


def held_by(session: Session, person_ids: Sequence[str]) -> list[LevelView]:
    """Return the certificates kept under these very ids, the latest day first; none that was withdrawn."""
    wanted = select(LevelCertificate).where(
        LevelCertificate.person_id.in_(person_ids), LevelCertificate.state == "recorded"
    )
    return _views(session, wanted.order_by(LevelCertificate.issued_on.desc(), LevelCertificate.id))


def by_number(session: Session, number: str) -> LevelView | None:
    """Return the certificate with this number, or None."""
    found = _views(session, select(LevelCertificate).where(LevelCertificate.number == number))
    return found[0] if found else None


def by_numbers(session: Session, numbers: Iterable[str]) -> dict[str, LevelView]:
    """Return the certificates that are on record, by number."""
    wanted = sorted(set(numbers))
    found: dict[str, LevelView] = {}
    for start in range(0, len(wanted), 400):
        part = select(LevelCertificate).where(LevelCertificate.number.in_(wanted[start : start + 400]))
        found |= {one.number: one for one in _views(session, part)}
    return found


def one(session: Session, certificate_id: str) -> LevelView | None:
    """Return a certificate by its id, or None."""
    found = _views(session, select(LevelCertificate).where(LevelCertificate.id == certificate_id))
    return found[0] if found else None


def steps(session: Session, certificate_id: str) -> list[LevelStepView]:
    """List the steps of a certificate, the first one first; one recorded before steps were kept begins with its correction."""
    wanted = select(LevelStep).where(LevelStep.certificate_id == certificate_id).order_by(LevelStep.position)
    rows = list(session.scalars(wanted))
    names = people.persons(session, {one for row in rows for one in (row.actor_id, row.filed_by) if one})
    return [
        LevelStepView(
            row.act,
            names[row.actor_id].name,
            row.reason,
            row.at_ms,
            row.before,
            row.after,
            names[row.filed_by].name if row.filed_by else "",
        )
        for row in rows
    ]


def count_on(session: Session, issuer: str, day: date) -> int:
    """Count what an issuer dated a day."""
    wanted = select(func.count()).where(LevelCertificate.issuer == issuer, LevelCertificate.issued_on == day)
    return session.scalar(wanted) or 0


def _views(session: Session, wanted: Select[LevelCertificate]) -> list[LevelView]:
    named = {one.code: one.name for one in places.levels(session)}
    return [
        LevelView(
            row.id,
            row.number,
            row.person_id,
            row.occupation,
            row.level_code,
            named[row.level_code],
            row.issuer,
            row.issued_on,
            row.recorded_by,
            row.recorded_ms,
            row.state,
        )
        for row in session.scalars(wanted)
    ]
