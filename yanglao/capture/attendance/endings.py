"""End presences whose sign-out was forgotten, as the policy of the day says: never silently full, always an entry of its own.

An assumed end has no scan behind it. A scan out that is accepted later takes its place: the entry of the assumption is voided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, true
from sqlalchemy.orm import Session

from yanglao.capture.attendance import made_up, rules
from yanglao.capture.attendance.models import Presence, Scan
from yanglao.capture.attendance.proof_models import LiveCheck, LiveQuestion
from yanglao.classes import queries as classes
from yanglao.classes.queries import SessionView
from yanglao.evidence import ledger
from yanglao.evidence.ledger import Entry
from yanglao.kernel import policy
from yanglao.kernel.actor import SYSTEM, Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.people import service as persons

LOOKED_BACK = timedelta(days=7)


@dataclass(frozen=True)
class Proof:
    """The last sign that somebody was there: the moment, the scan's uuid, its method and grade."""

    at_ms: int
    scan: str
    method: str
    grade: str


def sweep(session: Session, *, now: datetime) -> int:
    """End the open presences of all sessions that were over long enough; return how many."""
    closing = timedelta(seconds=policy.on(day_of(now)).attendance.close_after_s)
    over = classes.sessions_between(
        session, to_ms(now - LOOKED_BACK), to_ms(now - closing), states=("open", "closed")
    )
    rooms = {one.id: one for one in over if one.ends_ms <= to_ms(now - closing)}
    held = session.scalars(
        select(Presence.session_id).where(Presence.session_id.in_(rooms), *_open()).distinct()
    )
    return sum(
        len(end(session, rooms[session_id], now=now, actor=SYSTEM)) for session_id in sorted(held.all())
    )


def end(
    session: Session, meeting: SessionView, *, now: datetime, actor: Actor, enrolment_id: str = ""
) -> list[str]:
    """End the open presences of a session, or of one enrolment in it; return whose they are. Nothing where policy says so."""
    rule = policy.on(day_of(meeting.starts_ms)).attendance.sign_out_forgotten
    wanted = select(Presence).where(Presence.session_id == meeting.id, *_open()).order_by(Presence.person_id)
    if enrolment_id:
        wanted = wanted.where(Presence.enrolment_id == enrolment_id)
    if rule == rules.FORGOTTEN_NOTHING:
        return []
    ended = []
    for presence in session.scalars(wanted).all():
        persons.lock(session, presence.person_id)
        session.refresh(presence)
        if presence.out_ms is None and presence.voided_ms is None:
            _end_one(session, presence, meeting, rule, now=now, actor=actor)
            ended.append(presence.person_id)
    session.flush()
    return ended


def undo(
    session: Session, presences: Sequence[Presence], meeting: SessionView, *, now: datetime, actor: Actor
) -> None:
    """Take the assumed ends among ``presences`` back; the caller holds the person lock."""
    for presence in presences:
        if not presence.assumed:
            continue
        entry = Entry(
            chain=("enrolment", presence.enrolment_id),
            kind="attendance.void",
            body={"voids": presence.out_position, "reason": "", "assumed": True},
            occurred_ms=to_ms(now),
            person_id=presence.person_id,
            enrolment_id=presence.enrolment_id,
            segment_id=meeting.segment_id,
            client=actor.client,
        )
        ledger.append(session, entry, now=now, actor=actor)
        presence.out_ms = presence.out_position = None
    session.flush()


def undo_of(
    session: Session, enrolment_id: str, meeting: SessionView, *, now: datetime, actor: Actor
) -> None:
    """Take the assumed ends of an enrolment in a session back."""
    held = select(Presence).where(
        Presence.session_id == meeting.id,
        Presence.enrolment_id == enrolment_id,
        Presence.voided_ms.is_(None),
        Presence.out_scan_id.is_(None),
        Presence.out_ms.is_not(None),
    )
    undo(session, session.scalars(held).all(), meeting, now=now, actor=actor)


def is_over(meeting: SessionView, *, now: datetime) -> bool:
    """Tell whether presences of a session are ended where nobody signs out: it is closed, or over long enough."""
    closing_ms = policy.on(day_of(meeting.starts_ms)).attendance.close_after_s * 1000
    return meeting.state == "closed" or meeting.ends_ms + closing_ms <= to_ms(now)


def last_proof(session: Session, presence: Presence, *, until_ms: int | None = None) -> Proof:
    """Return the latest moment, up to ``until_ms``, at which a scan or an answer to a live question shows that the person was there.

    A scan in of somebody who is in is refused, and still shows it, when it came at once.
    """
    answered = _last_answer(session, presence, until_ms)
    scanned = _last_scan(session, presence, until_ms)
    return max(scanned, answered, key=lambda one: one.at_ms) if answered else scanned


def _last_answer(session: Session, presence: Presence, until_ms: int | None) -> Proof | None:
    row = session.execute(
        select(LiveQuestion.answered_ms, LiveQuestion.way)
        .join(LiveCheck, LiveCheck.id == LiveQuestion.check_id)
        .where(
            LiveCheck.session_id == presence.session_id,
            LiveCheck.enrolment_id == presence.enrolment_id,
            LiveQuestion.verdict.in_(("right", "wrong")),
            LiveQuestion.answered_ms >= presence.in_ms,
            LiveQuestion.answered_ms <= until_ms if until_ms is not None else true(),
        )
        .order_by(LiveQuestion.answered_ms.desc())
        .limit(1)
    ).first()
    return Proof(row.answered_ms, "", "check", rules.ANSWER_GRADES[row.way]) if row else None


def _last_scan(session: Session, presence: Presence, until_ms: int | None) -> Proof:
    at_once = Scan.received_ms - Scan.at_ms <= rules.CLOCK_TOLERANCE_MS
    scan = session.scalar(
        select(Scan)
        .where(
            Scan.session_id == presence.session_id,
            Scan.enrolment_id == presence.enrolment_id,
            Scan.direction == "in",
            Scan.at_ms >= presence.in_ms,
            Scan.at_ms <= until_ms if until_ms is not None else true(),
            Scan.voided_ms.is_(None),
            or_(
                Scan.outcome == rules.ACCEPTED,
                and_(Scan.outcome == rules.REFUSED, Scan.code == "attendance.already_in", at_once),
            ),
        )
        .order_by(Scan.at_ms.desc(), Scan.id.desc())
        .limit(1)
    )
    if scan is None:
        return Proof(presence.in_ms, "", presence.method, presence.grade)
    return Proof(scan.at_ms, scan.scan_uuid, scan.kind, scan.grade)


def _open() -> tuple[Any, ...]:
    return Presence.out_ms.is_(None), Presence.voided_ms.is_(None)


def _end_one(
    session: Session, presence: Presence, meeting: SessionView, rule: int, *, now: datetime, actor: Actor
) -> None:
    proof = last_proof(session, presence)
    planned = rule == rules.FORGOTTEN_PLANNED_END
    at_ms = max(meeting.ends_ms, presence.in_ms) if planned else proof.at_ms
    body = {
        "session": meeting.id,
        "segment": meeting.segment_id,
        "direction": "out",
        "method": "assumed",
        "rule": "planned_end" if planned else "last_proof",
        "at_ms": at_ms,
        "proof": {"at_ms": proof.at_ms, "scan": proof.scan, "method": proof.method},
        "in_entry": presence.in_position,
        "planned": [meeting.starts_ms, meeting.ends_ms],
        "breaks": [list(pause) for pause in meeting.breaks],
    } | made_up.named_by(session, meeting)
    entry = Entry(
        chain=("enrolment", presence.enrolment_id),
        kind="attendance.ended",
        body=body,
        occurred_ms=at_ms,
        person_id=presence.person_id,
        enrolment_id=presence.enrolment_id,
        segment_id=meeting.segment_id,
        client=actor.client,
        grade="weak" if planned else proof.grade,
    )
    appended = ledger.append(session, entry, now=now, actor=actor)
    presence.out_ms, presence.out_position = at_ms, appended.position
