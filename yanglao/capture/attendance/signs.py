"""Look at the scans of a closed session and raise what looks wrong as flags, once each; the caller commits.

Asked for when a session closes and whenever something arrives for one that is closed. A flag says what was seen and never
where: distances are rounded, and positions and networks stay in rows that are erased.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yanglao.capture.attendance import signs_rules as rules
from yanglao.capture.attendance.models import Presence, Scan, ScanNetwork, ScanPlace
from yanglao.capture.attendance.signs_rules import Seen, Stay
from yanglao.classes import queries as classes
from yanglao.classes import timetable_queries as timetable
from yanglao.classes.queries import SessionView
from yanglao.flags.service import raise_flag
from yanglao.kernel import policy
from yanglao.kernel.canonical import digest
from yanglao.kernel.clock import DAY_MS, day_of, midnight_ms
from yanglao.kernel.policy import Signs
from yanglao.work import service as work

TOPIC = "attendance.signs"
ROUND_M = 50
MOST_NAMED = 100
# What a scan's row and ``Seen`` call the same.
SAME = (
    "enrolment_id",
    "person_id",
    "kind",
    "direction",
    "outcome",
    "code",
    "at_ms",
    "captured_ms",
    "sent_ms",
    "received_ms",
    "code_step",
)


@dataclass(frozen=True)
class Sign:
    """One thing to ask about. ``of`` tells it from others of its kind in the session; ``subject`` None is the session."""

    kind: str
    of: str
    facts: dict[str, Any]
    subject: tuple[str, str] | None = None


def ask(session: Session, session_id: str, *, now: datetime) -> None:
    """Ask for a look at a closed session; asked twice before it is done, it is done once."""
    work.enqueue(session, TOPIC, session_id, {"session_id": session_id}, now=now)


def look(session: Session, session_id: str, *, now: datetime) -> list[str]:
    """Raise the signs of one session and return their kinds; looked at again, only what is new is raised."""
    meeting = classes.sessions(session, [session_id]).get(session_id)
    if meeting is None:
        return []
    limits = policy.on(day_of(meeting.starts_ms))
    seen = _seen(session, meeting)
    found = [
        *_of_phones(seen, limits.signs, limits.attendance.room_step_s),
        *_of_places(session, seen, meeting, limits.signs),
        *_of_two_places(session, meeting, limits.signs),
        *_of_hands(session, meeting, limits.signs, now=now),
    ]
    for sign in found:
        raise_flag(
            session,
            sign.kind,
            subject=sign.subject or ("session", session_id),
            facts={"at_ms": meeting.starts_ms, **sign.facts},
            once=f"{sign.kind}:{sign.of if sign.kind in ANYWHERE else f'{session_id}:{sign.of}'}"[:160],
            now=now,
            class_id=meeting.class_id,
        )
    return [sign.kind for sign in found]


# What is one flag whichever session it is seen from.
ANYWHERE = frozenset({"attendance.two_places", "attendance.teacher_by_hand"})


def _seen(session: Session, meeting: SessionView) -> list[Seen]:
    columns = [getattr(Scan, name) for name in SAME]
    place = ScanPlace.latitude_e6, ScanPlace.longitude_e6, ScanPlace.accuracy_m
    rows = session.execute(
        select(*columns, Scan.device_digest, ScanNetwork.digest, Scan.facts, *place)
        .outerjoin(ScanPlace, ScanPlace.scan_id == Scan.id)
        .outerjoin(ScanNetwork, ScanNetwork.scan_id == Scan.id)
        .where(Scan.session_id == meeting.id, Scan.enrolment_id.is_not(None), Scan.voided_ms.is_(None))
        .order_by(Scan.at_ms, Scan.id)
    ).all()
    numbers = {view.id: view.roster_no for view in classes.roster(session, meeting.class_id, withdrawn=True)}
    seen = []
    for row in rows:
        same, (device, network, facts, *there) = row[: len(SAME)], row[len(SAME) :]
        more: dict[str, Any] = dict(zip(SAME, same, strict=True))
        more |= {"device": device, "network": network, "shared": bool(facts.get("shared"))}
        more |= {"place": tuple(there) if there[0] is not None else None}
        seen.append(Seen(**more, roster_no=numbers.get(more["enrolment_id"]) or 0))
    return seen


def _of_phones(seen: list[Seen], figures: Signs, step_s: int) -> Iterator[Sign]:
    for phone, persons in rules.devices(seen, figures).items():
        yield Sign("attendance.one_phone", phone[-32:], _named(persons))
    for network, persons in rules.networks(seen, figures).items():
        yield Sign("attendance.one_network", network[-32:], _named(persons))
    for own, (times, delay_s) in rules.relayed(seen, figures, step_s).items():
        facts = {"times": times, "delay_s": delay_s}
        yield Sign("attendance.relayed", own, facts, ("enrolment", own))
    for persons_there, took_s in rules.in_order(seen, figures):
        facts = _named(persons_there) | {"took_s": took_s}
        yield Sign("attendance.in_order", persons_there[0], facts)
    for own, off_s in rules.clocks(seen, figures).items():
        yield Sign("attendance.clock_off", own, {"off_s": off_s}, ("enrolment", own))


def _of_places(session: Session, seen: list[Seen], meeting: SessionView, figures: Signs) -> Iterator[Sign]:
    for place, persons in rules.same_places(seen, figures).items():
        # The digest tells positions apart without naming one.
        yield Sign("attendance.same_place", digest([meeting.id, *place])[-32:], _named(persons))
    venue = timetable.venue(session, meeting.venue_id) if meeting.venue_id else None
    if venue is None or venue.latitude_e6 is None or venue.longitude_e6 is None or venue.radius_m is None:
        return
    away = rules.outside(seen, (venue.latitude_e6, venue.longitude_e6), venue.radius_m)
    placed = {one.enrolment_id for one in seen if one.own and one.place and one.counts}
    if len(placed) > 1 and len(away) * 10_000 > len(placed) * figures.outside_hall_bp:
        yield Sign("attendance.venue_misplaced", "hall", {"people": len(away), "with_place": len(placed)})
        return
    for own, metres in away.items():
        facts = {"about_m": -(-metres // ROUND_M) * ROUND_M, "radius_m": venue.radius_m}
        yield Sign("attendance.outside", own, facts, ("enrolment", own))


def _of_two_places(session: Session, meeting: SessionView, figures: Signs) -> Iterator[Sign]:
    here = select(Presence.person_id).where(Presence.session_id == meeting.id, Presence.voided_ms.is_(None))
    rows = session.scalars(
        select(Presence).where(
            Presence.person_id.in_(here),
            Presence.voided_ms.is_(None),
            Presence.in_ms > meeting.starts_ms - DAY_MS,
            Presence.in_ms < meeting.ends_ms + DAY_MS,
        )
    ).all()
    rooms = classes.sessions(session, {row.session_id for row in rows})
    stays = [
        Stay(row.person_id, row.session_id, row.in_ms, row.out_ms or rooms[row.session_id].ends_ms)
        for row in rows
    ]
    own = {row.person_id: row.enrolment_id for row in rows if row.session_id == meeting.id}
    for (person_id, low, high), both_s in rules.two_places(stays, figures).items():
        if meeting.id in (low, high):
            facts, key = {"both_s": both_s}, f"{person_id}:{low}:{high}"
            yield Sign("attendance.two_places", key, facts, ("enrolment", own[person_id]))


def _of_hands(session: Session, meeting: SessionView, figures: Signs, *, now: datetime) -> Iterator[Sign]:
    by_hand, signed = _hands(session, [meeting.id])
    if rules.much_by_hand(by_hand, signed, figures):
        yield Sign("attendance.much_by_hand", "hall", {"by_hand": by_hand, "signed": signed})
    until = day_of(meeting.starts_ms)
    since_ms = midnight_ms(until) - figures.manual_days * DAY_MS
    lately = [
        one.id
        for one in classes.sessions_of_instructor(session, meeting.instructor_id)
        if since_ms <= one.starts_ms <= meeting.starts_ms
    ]
    by_hand, signed = _hands(session, lately)
    if len(lately) > 1 and rules.much_by_hand(by_hand, signed, figures):
        facts = {"by_hand": by_hand, "signed": signed, "day": until.isoformat()}
        facts["persons"] = [meeting.instructor_id]
        month = until.isoformat()[:7]
        yield Sign("attendance.teacher_by_hand", f"{meeting.instructor_id}:{month}", facts)


def _hands(session: Session, session_ids: list[str]) -> tuple[int, int]:
    """Return (marked by hand, signed in by any means) of presences in sessions."""
    found = session.execute(
        select(Presence.method, func.count())
        .where(Presence.session_id.in_(session_ids), Presence.voided_ms.is_(None))
        .group_by(Presence.method)
    )
    counted: dict[str, int] = {method: number for method, number in found}
    return counted.get("manual", 0), sum(counted.values())


def _named(persons: Any) -> dict[str, Any]:
    listed = sorted(persons)
    return {"people": len(listed), "persons": listed[:MOST_NAMED]}
