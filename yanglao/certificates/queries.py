"""Read certificates and who may be given one, as frozen values and within a scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import Session

from yanglao.certificates import rules
from yanglao.certificates.models import Certificate, CertificateStep
from yanglao.certificates.rules import Obstacle
from yanglao.certificates.states import STANDING, STATE_NAMES, UNISSUED
from yanglao.completion import queries as completion
from yanglao.completion.shapes import EnrolmentStanding
from yanglao.flags import queries as flags
from yanglao.kernel.actor import EVERYTHING, Scope
from yanglao.kernel.errors import NotFound
from yanglao.kernel.wording import sentence
from yanglao.people import queries as people


class CertificateUnknown(NotFound):
    """Say that there is no such certificate within the scope."""

    code = "certificate.unknown"


@dataclass(frozen=True)
class CertificateView:
    """One certificate. ``printed`` are the texts on the paper by field, empty before it is issued."""

    id: str
    enrolment_id: str
    person_id: str
    class_id: str
    base_id: str
    division_code: str
    state: str
    state_ms: int
    replaces_id: str | None
    reviewed_by: str
    reviewed_ms: int
    issued_by: str | None
    issued_ms: int | None
    number: str | None
    code: str | None
    printed: dict[str, str]
    statement: str | None
    signature: str | None

    @property
    def state_name(self) -> str:
        """Return the state in Chinese."""
        return STATE_NAMES[self.state]


@dataclass(frozen=True)
class StepView:
    """One step of a certificate, the first at position 1."""

    certificate_id: str
    position: int
    act: str
    from_state: str | None
    to_state: str
    actor_id: str
    reason: str
    at_ms: int


@dataclass(frozen=True)
class Candidate:
    """One person of a class: what stands in the way, and the certificates there are, the latest first."""

    standing: EnrolmentStanding
    person: people.PersonView
    obstacles: tuple[Obstacle, ...]
    certificates: tuple[CertificateView, ...]

    @property
    def live(self) -> CertificateView | None:
        """Return the certificate that waits or stands, the one that waits first."""
        held = [one for one in self.certificates if one.state == "reviewed" or one.state in STANDING]
        return min(held, key=lambda one: one.state != "reviewed") if held else None

    @property
    def state(self) -> str:
        """Return the state of the live certificate, else ready or lacking."""
        return self.live.state if self.live else "lacking" if self.obstacles else "ready"

    @property
    def sentences(self) -> list[str]:
        """Return what stands in the way, in words."""
        return [sentence(one.code, one.facts) for one in self.obstacles]


@dataclass(frozen=True)
class Filters:
    """What a list is limited to; an empty one does not limit. ``text`` finds a person or a whole number."""

    class_id: str = ""
    base_id: str = ""
    state: str = ""
    text: str = ""


def certificate(session: Session, certificate_id: str, scope: Scope = EVERYTHING) -> CertificateView:
    """Return one certificate. Raises CertificateUnknown."""
    row = session.scalars(_within(scope).where(Certificate.id == certificate_id)).first()
    if row is None:
        raise CertificateUnknown(certificate_id=certificate_id)
    return _view(row)


def certificates(
    session: Session, scope: Scope, filters: Filters = Filters(), *, after: str = "", limit: int = 100
) -> list[CertificateView]:
    """List certificates within ``scope``, the newest first; ``after`` is the last id seen."""
    wanted = _filtered(scope, filters).order_by(Certificate.id.desc()).limit(limit)
    return [_view(row) for row in session.scalars(wanted.where(Certificate.id < after) if after else wanted)]


def count(session: Session, scope: Scope, filters: Filters = Filters()) -> dict[str, int]:
    """Count certificates within ``scope`` per state."""
    inner = _filtered(scope, filters).subquery()
    found = session.execute(select(inner.c.state, func.count()).group_by(inner.c.state))
    return {state: number for state, number in found}


def by_code(session: Session, code: str) -> CertificateView | None:
    """Return the certificate that a QR leads to, or None."""
    row = session.scalars(select(Certificate).where(Certificate.code == code)).first()
    return _view(row) if row else None


def by_number(session: Session, number: str) -> CertificateView | None:
    """Return the certificate with this number, or None."""
    row = session.scalars(select(Certificate).where(Certificate.number == number)).first()
    return _view(row) if row else None


def replaced_by(session: Session, certificate_id: str) -> CertificateView | None:
    """Return the certificate that was issued in the place of another, or None."""
    wanted = select(Certificate).where(
        Certificate.replaces_id == certificate_id, Certificate.state.not_in(UNISSUED)
    )
    row = session.scalars(wanted.order_by(Certificate.id.desc())).first()
    return _view(row) if row else None


def own(session: Session, person_id: str) -> list[CertificateView]:
    """Return what was issued to a person and to those merged into them, the latest first."""
    wanted = select(Certificate).where(
        Certificate.person_id.in_(people.same_person_ids(session, person_id)),
        Certificate.state.not_in(UNISSUED),
    )
    return [_view(row) for row in session.scalars(wanted.order_by(Certificate.issued_ms.desc()))]


def steps(session: Session, certificate_id: str) -> list[StepView]:
    """Return what happened to a certificate, in order."""
    return steps_of(session, [certificate_id]).get(certificate_id, [])


def steps_of(session: Session, certificate_ids: Sequence[str]) -> dict[str, list[StepView]]:
    """Return what happened to certificates, each in order."""
    wanted = select(CertificateStep).where(CertificateStep.certificate_id.in_(certificate_ids))
    found: dict[str, list[StepView]] = {}
    for row in session.scalars(wanted.order_by(CertificateStep.certificate_id, CertificateStep.position)):
        found.setdefault(row.certificate_id, []).append(StepView(**_columns(row, StepView)))
    return found


def candidates(session: Session, class_id: str, *, now: datetime) -> list[Candidate]:
    """Return everybody on the roster of a class with what stands in the way of their certificate."""
    standings = completion.class_page(session, class_id, now=now)
    return _candidates(session, standings)


def candidate(session: Session, enrolment_id: str, *, now: datetime) -> Candidate:
    """Return one enrolment with what stands in the way of its certificate. Raises EnrolmentUnknown."""
    return _candidates(session, [completion.enrolment_page(session, enrolment_id, now=now)])[0]


def issued_in(session: Session, class_id: str) -> int:
    """Count the certificates of a class that stand."""
    wanted = select(func.count()).where(Certificate.class_id == class_id, Certificate.state.in_(STANDING))
    return session.scalar(wanted) or 0


def issued_since(session: Session, person_id: str, since_ms: int) -> int:
    """Count what a person issued since a moment."""
    wanted = select(func.count()).where(Certificate.issued_by == person_id, Certificate.issued_ms >= since_ms)
    return session.scalar(wanted) or 0


def _candidates(session: Session, standings: Sequence[EnrolmentStanding]) -> list[Candidate]:
    known = people.persons(
        session, {people.standing_id(session, one.person_id) for one in standings}
    ) | people.persons(session, {one.person_id for one in standings})
    held = by_enrolment(session, [one.id for one in standings])
    found = []
    for one in standings:
        obstacles = rules.obstacles(one.segments, enrolled=one.state == "enrolled")
        if not obstacles:
            wrong = [flag.title for flag in flags.blocking(session, one.id)]
            obstacles = rules.obstacles(one.segments, enrolled=True, flags=wrong)
        person = known[people.standing_id(session, one.person_id)]
        found.append(Candidate(one, person, tuple(obstacles), tuple(held.get(one.id, []))))
    return found


def by_enrolment(session: Session, enrolment_ids: Iterable[str]) -> dict[str, list[CertificateView]]:
    """Return the certificates of enrolments, in any state, the latest first."""
    wanted = select(Certificate).where(Certificate.enrolment_id.in_(list(enrolment_ids)))
    found: dict[str, list[CertificateView]] = {}
    for row in session.scalars(wanted.order_by(Certificate.id.desc())):
        found.setdefault(row.enrolment_id, []).append(_view(row))
    return found


def _within(scope: Scope) -> Select[Certificate]:
    wanted = select(Certificate)
    if scope.all:
        return wanted
    if scope.empty:
        return wanted.where(false())
    return wanted.where(
        or_(Certificate.base_id.in_(scope.bases), Certificate.division_code.in_(scope.divisions))
    )


def _filtered(scope: Scope, filters: Filters) -> Select[Certificate]:
    wanted = _within(scope)
    for name in ("class_id", "base_id", "state"):
        if value := getattr(filters, name):
            wanted = wanted.where(getattr(Certificate, name) == value)
    if filters.text:
        number = rules.number_in(filters.text)
        wanted = wanted.where(
            Certificate.number == number
            if number
            else Certificate.person_id.in_(people.ids_matching(filters.text))
        )
    return wanted


def _view(row: Certificate) -> CertificateView:
    return CertificateView(**_columns(row, CertificateView))


def _columns(row: Any, view: Any) -> dict[str, Any]:
    names = set(row.__table__.columns.keys()) & set(view.__dataclass_fields__)
    return {name: getattr(row, name) for name in names}
