"""点名: draw people in mid-session who must show within minutes that they are there.

Who answers has one more proof of presence in the ledger. Who does not is listed, entered and flagged; what that costs is the policy's
(``roll_call_missed``). An answer from a phone that was offline still counts until the call is settled, a little after its end.
"""

from __future__ import annotations

import secrets
from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from yanglao.capture.attendance import by_hand, endings, presences, rules
from yanglao.capture.attendance.models import Presence, Scan
from yanglao.capture.attendance.proof_models import RollCall, RollCallSeat
from yanglao.capture.attendance.readings import teaches
from yanglao.capture.attendance.roll_call_queries import RollCallUnknown, RollCallView, view
from yanglao.capture.attendance.rules import Verdict
from yanglao.classes import queries as classes
from yanglao.classes.queries import SessionUnknown, SessionView
from yanglao.evidence import ledger
from yanglao.evidence.ledger import Entry
from yanglao.flags import service as flags
from yanglao.kernel import policy
from yanglao.kernel.actor import SYSTEM, Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.db import changed
from yanglao.kernel.errors import Conflict, Forbidden, Refused
from yanglao.people import service as persons
from yanglao.people.roles import may


class NobodyThere(Conflict):
    code = "roll_call.nobody_there"


class RollCallRunning(Conflict):
    code = "roll_call.running"


class NotInClass(Conflict):
    code = "roll_call.not_in_class"


class NotMissed(Conflict):
    code = "roll_call.not_missed"


class RollCallTime(Refused):
    code = "roll_call.time"


class ExcuseReasonMissing(Refused):
    code = "roll_call.reason_missing"


class OwnExcuse(Forbidden):
    code = "roll_call.own"


def start(
    session: Session,
    session_id: str,
    *,
    people: int | None,
    within_s: int | None,
    now: datetime,
    actor: Actor,
) -> RollCallView:
    """Draw ``people`` (None: all) of those in the room, who were drawn least before first, and let them answer.

    Raises: SessionUnknown (not the actor's), NotInClass, RollCallRunning, RollCallTime, NobodyThere.
    """
    meeting = _own(session, session_id, actor)
    until_ms = to_ms(now) + lasts_s(within_s, now=now) * 1000
    if meeting.state != "open" or not meeting.starts_ms <= to_ms(now) < meeting.ends_ms:
        raise NotInClass(starts_ms=meeting.starts_ms, ends_ms=meeting.ends_ms)
    open_call = running(session, session_id)
    if open_call is not None and to_ms(now) < open_call.until_ms:
        raise RollCallRunning(until_ms=open_call.until_ms)
    if open_call is not None:
        settle(session, open_call, meeting, now=now, actor=actor)
    there = {one.enrolment_id: one for one in session.scalars(_there(session_id))}
    if not there:
        raise NobodyThere
    seed = secrets.token_hex(8)
    count = len(there) if people is None else min(people, len(there))
    chosen = rules.drawn(list(there), _asked_before(session, session_id), count, seed)
    call = RollCall(
        session_id=session_id,
        started_by=actor.person_id,
        started_ms=to_ms(now),
        until_ms=until_ms,
        present=len(there),
    )
    drawn = {enrolment_id: there[enrolment_id] for enrolment_id in chosen}
    begin(session, call, meeting, drawn, more={"seed": seed}, now=now, actor=actor)
    return view(session, call.id)


def lasts_s(within_s: int | None, *, now: datetime) -> int:
    """Return how long a roll call waits, None: as the policy says. Raises RollCallTime."""
    limits = policy.on(day_of(now)).attendance
    lasts = limits.roll_call_s if within_s is None else within_s
    if not limits.roll_call_least_s <= lasts <= limits.roll_call_most_s:
        raise RollCallTime(least_s=limits.roll_call_least_s, most_s=limits.roll_call_most_s)
    return lasts


def begin(
    session: Session,
    call: RollCall,
    meeting: SessionView,
    drawn: dict[str, Presence],
    *,
    more: dict[str, Any],
    now: datetime,
    actor: Actor,
) -> None:
    """Keep a new call with those drawn, enrolment -> presence, and note it."""
    session.add(call)
    session.flush()
    for enrolment_id, one in drawn.items():
        session.add(
            RollCallSeat(
                roll_call_id=call.id,
                enrolment_id=enrolment_id,
                person_id=one.person_id,
                presence_id=one.id,
                state="waiting",
                excused_reason="",
            )
        )
    told = {"until_ms": call.until_ms, "present": call.present, "drawn": list(drawn)} | more
    _note(session, call, meeting, "attendance.roll_call", more=told, now=now, actor=actor)
    session.flush()


def answering(session: Session, scan: Scan, meeting: SessionView) -> Verdict | None:
    """Return the verdict that a scan in of somebody who is in answers a roll call, or None.

    Refused are a mark by hand above the cap, and an answer that arrives when the call is settled: who is above takes that back.
    """
    seat, settled = _asked_at(session, scan.session_id, str(scan.enrolment_id), scan.at_ms)
    if seat is None:
        return None
    if settled:
        return Verdict(rules.REFUSED, "roll_call.answer_late", {"at_ms": scan.at_ms})
    over = by_hand.over_cap(session, scan, meeting)
    if over is not None:
        return Verdict(rules.REFUSED, "roll_call.over_cap", over.facts)
    return Verdict(rules.ACCEPTED, rules.HERE, {"roll_call": seat.roll_call_id})


def answer(session: Session, scan: Scan, meeting: SessionView, *, now: datetime, actor: Actor) -> None:
    """Write down the answer that ``answering`` found; the caller holds the person lock."""
    seat = session.get(RollCallSeat, (scan.facts["roll_call"], scan.enrolment_id))
    assert seat is not None
    seat.state, seat.answered_ms, seat.method = "here", scan.at_ms, scan.kind
    presences.note(
        session, scan, meeting, rules.HERE, now=now, actor=actor, more={"roll_call": seat.roll_call_id}
    )


def awaited_until_ms(session: Session, session_id: str, enrolment_id: str, *, now: datetime) -> int | None:
    """Return until when a roll call of a session waits for somebody, None where none does."""
    seat, settled = _asked_at(session, session_id, enrolment_id, to_ms(now))
    call = session.get(RollCall, seat.roll_call_id) if seat and not settled else None
    return call.until_ms if call else None


def sweep(session: Session, *, now: datetime) -> int:
    """Settle the calls whose time, and that of phones which were offline, is over; return how many."""
    grace_ms = policy.on(day_of(now)).attendance.late_review_s * 1000
    before_ms = to_ms(now) - grace_ms
    arrived = or_(RollCall.arrived_ms.is_(None), RollCall.arrived_ms <= before_ms)
    due = session.scalars(
        select(RollCall)
        .where(RollCall.settled_ms.is_(None), RollCall.until_ms <= before_ms, arrived)
        .order_by(RollCall.id)
    ).all()
    for call in due:
        settle(session, call, classes.session_(session, call.session_id), now=now, actor=SYSTEM)
    return len(due)


def end_with(session: Session, meeting: SessionView, *, now: datetime, actor: Actor) -> None:
    """Settle the open call of a session that is closed; one whose time was not over asks nothing of anybody any more."""
    call = running(session, meeting.id)
    if call is not None:
        settle(session, call, meeting, now=now, actor=actor)


def excuse(
    session: Session, roll_call_id: str, enrolment_id: str, *, reason: str, now: datetime, actor: Actor
) -> RollCallView:
    """Take a missed call back as a person with the right who did not start it and is not meant; the entry stays, voided.

    Raises: RollCallUnknown, OwnExcuse, NotMissed, ExcuseReasonMissing.
    """
    call = session.get(RollCall, roll_call_id)
    seat = session.get(RollCallSeat, (roll_call_id, enrolment_id))
    if call is None or seat is None:
        raise RollCallUnknown
    meeting = classes.session_(session, call.session_id)
    if not may(actor.grants, "scan.decide", base=meeting.base_id, division=meeting.division_code):
        raise RollCallUnknown
    if actor.person_id in (call.started_by, seat.person_id):
        raise OwnExcuse
    persons.lock(session, seat.person_id)
    session.refresh(seat)
    if seat.state != "missed":
        raise NotMissed
    if not reason.strip():
        raise ExcuseReasonMissing
    body = {"voids": seat.missed_position, "roll_call": call.id, "reason": presences.digest_of(reason)}
    _enter(session, seat, meeting, "attendance.void", body=body, now=now, actor=actor)
    seat.state, seat.excused_by, seat.excused_reason = "excused", actor.person_id, reason.strip()[:200]
    session.flush()
    return view(session, roll_call_id)


def _own(session: Session, session_id: str, actor: Actor) -> SessionView:
    meeting = classes.session_(session, session_id)
    if not teaches(meeting, actor):
        raise SessionUnknown(session_id=session_id)
    return meeting


def running(session: Session, session_id: str) -> RollCall | None:
    """Return the call of a session that is not settled, or None."""
    return session.scalar(
        select(RollCall).where(RollCall.session_id == session_id, RollCall.settled_ms.is_(None))
    )


def _there(session_id: str) -> Select[Presence]:
    open_ = (Presence.out_ms.is_(None), Presence.voided_ms.is_(None))
    return select(Presence).where(Presence.session_id == session_id, *open_).order_by(Presence.in_ms)


def _asked_before(session: Session, session_id: str) -> Counter[str]:
    rows = select(RollCallSeat.enrolment_id).join(RollCall, RollCall.id == RollCallSeat.roll_call_id)
    return Counter(session.scalars(rows.where(RollCall.session_id == session_id)))


def _asked_at(
    session: Session, session_id: str, enrolment_id: str, at_ms: int
) -> tuple[RollCallSeat | None, bool]:
    """Return the seat of somebody whom a call asked for at a moment and who has not answered, and whether that call is settled."""
    row = session.execute(
        select(RollCallSeat, RollCall.settled_ms)
        .join(RollCall, RollCall.id == RollCallSeat.roll_call_id)
        .where(
            RollCall.session_id == session_id,
            RollCall.started_ms <= at_ms,
            RollCall.until_ms >= at_ms,
            RollCallSeat.enrolment_id == enrolment_id,
            RollCallSeat.state.in_(("waiting", "missed")),
        )
        .order_by(RollCall.started_ms.desc())
        .limit(1)
    ).first()
    return (row[0], row[1] is not None) if row else (None, False)


def settle(session: Session, call: RollCall, meeting: SessionView, *, now: datetime, actor: Actor) -> None:
    """End a call: who did not answer and was there to the end of it has missed it."""
    claim = update(RollCall).where(RollCall.id == call.id, RollCall.settled_ms.is_(None))
    if not changed(session, claim.values(settled_ms=to_ms(now))):
        return
    over = to_ms(now) >= call.until_ms
    waiting = session.scalars(
        select(RollCallSeat)
        .where(RollCallSeat.roll_call_id == call.id, RollCallSeat.state == "waiting")
        .order_by(RollCallSeat.person_id)
    ).all()
    missed: list[str] = []
    for seat in waiting:
        persons.lock(session, seat.person_id)
        session.refresh(seat)
        presence = session.get(Presence, seat.presence_id, populate_existing=True)
        assert presence is not None
        if seat.state != "waiting":
            continue
        if not over or presence.voided_ms is not None or presence.out_scan_id is not None:
            seat.state = "left"
            continue
        _miss(session, call, seat, presence=presence, meeting=meeting, now=now, actor=actor)
        missed.append(seat.enrolment_id)
    told = {"missed": missed, "over": over}
    _note(session, call, meeting, "attendance.roll_call_settled", more=told, now=now, actor=actor)
    session.flush()


def _miss(
    session: Session,
    call: RollCall,
    seat: RollCallSeat,
    *,
    presence: Presence,
    meeting: SessionView,
    now: datetime,
    actor: Actor,
) -> None:
    proof = endings.last_proof(session, presence, until_ms=call.until_ms)
    rule = policy.on(day_of(meeting.starts_ms)).attendance.roll_call_missed
    body = {
        "session": meeting.id,
        "roll_call": call.id,
        "asked_ms": [call.started_ms, call.until_ms],
        "proof": {"at_ms": proof.at_ms, "scan": proof.scan, "method": proof.method},
    }
    if rule == rules.MISSED_GAP:
        body["gap"] = [proof.at_ms, call.until_ms]
    seat.state = "missed"
    seat.missed_position = _enter(
        session, seat, meeting, "attendance.roll_missed", body=body, now=now, actor=actor
    )
    flags.raise_flag(
        session,
        "attendance.roll_missed",
        subject=("enrolment", seat.enrolment_id),
        facts={"at_ms": call.started_ms, "proof_ms": proof.at_ms, "session": meeting.id},
        once=f"attendance.roll_missed:{seat.enrolment_id}:{call.id}",
        now=now,
    )


def _enter(
    session: Session,
    seat: RollCallSeat,
    meeting: SessionView,
    kind: str,
    *,
    body: dict[str, Any],
    now: datetime,
    actor: Actor,
) -> int:
    entry = Entry(
        chain=("enrolment", seat.enrolment_id),
        kind=kind,
        body=body,
        occurred_ms=to_ms(now),
        person_id=seat.person_id,
        enrolment_id=seat.enrolment_id,
        segment_id=meeting.segment_id,
        client=actor.client,
    )
    return ledger.append(session, entry, now=now, actor=actor).position


def _note(
    session: Session,
    call: RollCall,
    meeting: SessionView,
    kind: str,
    *,
    more: dict[str, Any],
    now: datetime,
    actor: Actor,
) -> None:
    entry = Entry(
        chain=("session", meeting.id),
        kind=kind,
        body={"session": meeting.id, "roll_call": call.id, **more},
        occurred_ms=to_ms(now),
        segment_id=meeting.segment_id,
        client=actor.client,
    )
    ledger.append(session, entry, now=now, actor=actor)
