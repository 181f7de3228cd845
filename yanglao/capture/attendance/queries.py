"""Read scans and presences as frozen values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from yanglao.capture.attendance.models import Presence, Scan
from yanglao.classes import queries as classes
from yanglao.kernel.clock import DAY_MS, to_ms


@dataclass(frozen=True)
class PresenceView:
    """A presence that is not voided; ``out_ms`` None while it is open. ``assumed``: nobody signed out, the policy ended it."""

    id: str
    session_id: str
    enrolment_id: str
    person_id: str
    in_ms: int
    out_ms: int | None
    method: str
    grade: str
    assumed: bool = False


@dataclass(frozen=True)
class ScanView:
    """A scan as it stands now; ``session_id`` is its offline session."""

    scan_uuid: str
    kind: str
    session_id: str
    enrolment_id: str | None
    person_id: str | None
    by_person_id: str
    direction: str
    outcome: str
    code: str | None
    facts: dict[str, Any]
    grade: str
    at_ms: int
    captured_ms: int
    received_ms: int
    reason: str
    void_reason: str | None
    presence_id: str | None
    decided_by: str | None
    decided_ms: int | None
    voided_ms: int | None


@dataclass(frozen=True)
class Count:
    """How many are on the roster, how many are in the room now, how many came at all."""

    expected: int
    present: int
    came: int


def presences_of_session(session: Session, session_id: str) -> list[PresenceView]:
    """List the presences of a session, earliest first."""
    return _presences(session, Presence.session_id == session_id)


def presences_of_enrolment(session: Session, enrolment_id: str) -> list[PresenceView]:
    """List the presences of an enrolment, earliest first."""
    return _presences(session, Presence.enrolment_id == enrolment_id)


def signed_out_by_policy(session: Session, session_id: str) -> list[str]:
    """Return whose presences in a session ended without a scan out, as the policy says."""
    return [view.person_id for view in presences_of_session(session, session_id) if view.assumed]


def present_now(session: Session, person_id: str, now: datetime) -> str | None:
    """Return the open offline session in which the person is signed in now, or None."""
    held = _presences(
        session,
        Presence.person_id == person_id,
        Presence.out_ms.is_(None),
        Presence.in_ms <= to_ms(now),
        Presence.in_ms > to_ms(now) - DAY_MS,
    )
    rooms = classes.sessions(session, [view.session_id for view in held]) if held else {}
    open_ = [room.id for room in rooms.values() if room.state == "open" and to_ms(now) < room.ends_ms]
    return open_[0] if open_ else None


def present_since(session: Session, person_ids: Sequence[str], now: datetime) -> dict[str, int]:
    """Return since when (ms) offline hours of each of ``person_ids`` run: signed in to an open session that has begun.

    Who came early and waits may still learn online: what is before the planned start counts in no session.
    """
    now_ms = to_ms(now)
    wanted = {"ids": list(person_ids), "now_ms": now_ms, "oldest_ms": now_ms - DAY_MS}
    held = session.connection().execute(_OPEN, wanted).all()
    rooms = classes.sessions(session, [row.session_id for row in held]) if held else {}
    going = {
        room.id: room.starts_ms
        for room in rooms.values()
        if room.state == "open" and room.starts_ms <= now_ms < room.ends_ms
    }
    return {row.person_id: max(row.in_ms, going[row.session_id]) for row in held if row.session_id in going}


_OPEN = (
    select(Presence.person_id, Presence.session_id, Presence.in_ms)
    .where(
        Presence.person_id.in_(bindparam("ids", expanding=True)),
        Presence.voided_ms.is_(None),
        Presence.out_ms.is_(None),
        Presence.in_ms <= bindparam("now_ms"),
        Presence.in_ms > bindparam("oldest_ms"),
    )
    .order_by(Presence.in_ms)
)


def counts(session: Session, session_ids: Iterable[str]) -> dict[str, Count]:
    """Return the head counts of several sessions."""
    wanted = list(session_ids)
    rooms = classes.sessions(session, wanted)
    own = classes.classes_by_id(session, {room.class_id for room in rooms.values()})
    rows = session.execute(
        select(
            Presence.session_id,
            func.count(Presence.enrolment_id.distinct()),
            func.count(Presence.id).filter(Presence.out_ms.is_(None)),
        )
        .where(Presence.session_id.in_(wanted), Presence.voided_ms.is_(None))
        .group_by(Presence.session_id)
    )
    seen = {session_id: (came, present) for session_id, came, present in rows}
    return {
        room.id: Count(
            own[room.class_id].enrolled, seen.get(room.id, (0, 0))[1], seen.get(room.id, (0, 0))[0]
        )
        for room in rooms.values()
    }


def scan(session: Session, scan_uuid: str) -> ScanView | None:
    """Return one scan as it stands, or None."""
    found = _scans(session, Scan.scan_uuid == scan_uuid, limit=1)
    return found[0] if found else None


def scans_of_session(
    session: Session, session_id: str, *, outcome: str = "", limit: int = 500
) -> list[ScanView]:
    """List the scans of a session, newest first, of one outcome or of all."""
    wanted = [Scan.session_id == session_id]
    if outcome:
        wanted.append(Scan.outcome == outcome)
    return _scans(session, *wanted, limit=limit)


def scans_of_person_in(session: Session, session_id: str, person_id: str) -> list[ScanView]:
    """List a person's scans in a session, newest first."""
    return _scans(session, Scan.session_id == session_id, Scan.person_id == person_id, limit=50)


def waiting(session: Session, session_ids: Iterable[str]) -> list[ScanView]:
    """List the scans that a person must look at, of several sessions, newest first."""
    return _scans(
        session, Scan.session_id.in_(list(session_ids)), Scan.outcome == "pending_review", limit=500
    )


def waiting_count(session: Session, session_id: str) -> int:
    """Count the scans of a session that wait."""
    return _count(session, session_id, "pending_review")


def refused_count(session: Session, session_id: str) -> int:
    """Count the scans of a session that were refused."""
    return _count(session, session_id, "refused")


def _count(session: Session, session_id: str, outcome: str) -> int:
    return (
        session.scalar(select(func.count()).where(Scan.session_id == session_id, Scan.outcome == outcome))
        or 0
    )


def _presences(session: Session, *wanted: Any) -> list[PresenceView]:
    rows = session.scalars(
        select(Presence).where(Presence.voided_ms.is_(None), *wanted).order_by(Presence.in_ms)
    )
    return [_view(row, PresenceView) for row in rows]


def _scans(session: Session, *wanted: Any, limit: int) -> list[ScanView]:
    rows = session.scalars(
        select(Scan).where(*wanted).order_by(Scan.judged_ms.desc(), Scan.id.desc()).limit(limit)
    )
    return [_view(row, ScanView) for row in rows]


def _view(row: Any, shape: Any) -> Any:
    return shape(**{name: getattr(row, name) for name in shape.__dataclass_fields__})
