"""Judge scans: read, look up, decide, write. One verb for every kind of code, one at a time or many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from yanglao.capture.attendance import (
    by_hand,
    presences,
    printed_signs,
    readings,
    roll_calls,
    rules,
    telling,
    waste,
)
from yanglao.capture.attendance.models import Presence, Scan, ScanNetwork, ScanPlace, SessionDevice
from yanglao.capture.attendance.readings import Reading
from yanglao.capture.attendance.rules import Case, Meeting, Verdict
from yanglao.capture.attendance.shapes import Answer, Brief, ScanDraft
from yanglao.classes import queries as classes
from yanglao.classes.queries import SessionView
from yanglao.evidence.ledger import device_digest
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.canonical import digest
from yanglao.kernel.clock import DAY_MS, day_of, to_ms
from yanglao.kernel.db import changed
from yanglao.outside.ciphers import ciphers
from yanglao.people import queries as people
from yanglao.people import service as persons


def judge(session: Session, draft: ScanDraft, *, now: datetime, actor: Actor) -> Answer:
    """Judge one scan received at ``now`` and keep it with its outcome; never raises for what the scan says.

    A ``scan_uuid`` seen before gets its first answer; with other content it is refused. Two identical posts at once
    meet at the person lock and at ``UNIQUE(scan_uuid)``; the later one is run again by ``kernel.db.run`` and replays.
    """
    return judge_batch(session, [draft], now=now, actor=actor)[0]


def judge_batch(
    session: Session, drafts: Sequence[ScanDraft], *, now: datetime, actor: Actor
) -> list[Answer]:
    """Judge scans in the order of their corrected capture, in before out; answers stand in the order of ``drafts``."""
    read = [readings.read(session, draft, now=now, actor=actor) for draft in drafts]
    for person_id in sorted({found.person_id for found in read if found.person_id}):
        persons.lock(session, person_id)
    answers: dict[int, Answer] = {}
    for place in sorted(range(len(read)), key=lambda at: (*_moment(read[at], to_ms(now)), at)):
        answers[place] = _judge_read(session, read[place], now=now, actor=actor)
    return [answers[place] for place in range(len(read))]


def forget_places(session: Session, *, now: datetime) -> int:
    """Erase where phones said they were, and their networks, once the time is over; return how many. The scans stay."""
    kept_ms = policy.on(day_of(now)).attendance.place_kept_days * DAY_MS
    old = select(Scan.id).where(Scan.received_ms < to_ms(now) - kept_ms)
    forgotten = 0
    for kind in (ScanPlace, ScanNetwork):
        gone = delete(kind).where(kind.scan_id.in_(old)).execution_options(synchronize_session=False)
        forgotten += changed(session, gone)
    return forgotten


def first_answer(session: Session, scan_uuid: str, session_id: str, *, actor: Actor) -> Answer | None:
    """Return what was said of a scan that ``actor`` made at a session, None when there is none."""
    made = (Scan.scan_uuid == scan_uuid, Scan.session_id == session_id, Scan.by_person_id == actor.person_id)
    row = session.scalar(select(Scan).where(*made))
    return _answer(session, row) if row is not None else None


def case_of(session: Session, scan: Scan, meeting: SessionView, *, received_ms: int) -> Case:
    """Gather what the rules need to know about a scan of a known person."""
    enrolment = classes.enrolment_in(session, meeting.class_id, str(scan.person_id))
    held = presences.spans(session, meeting.id, enrolment.id) if enrolment else ()
    return Case(
        direction=scan.direction,
        at_ms=scan.at_ms,
        times=rules.Times(scan.captured_ms, scan.sent_ms, received_ms),
        meeting=Meeting(
            meeting.state, meeting.starts_ms, meeting.ends_ms, meeting.opened_ms, meeting.closed_ms
        ),
        enrolment_state=enrolment.state if enrolment else None,
        spans=held,
        elsewhere=_elsewhere(session, scan),
        by_arrival=scan.kind in ("room", "spoken"),
    )


def _moment(found: Reading, received_ms: int) -> tuple[int, bool]:
    return found.draft.times(received_ms).corrected_ms, found.draft.direction == "out"


def _judge_read(session: Session, found: Reading, *, now: datetime, actor: Actor) -> Answer:
    draft, meeting = found.draft, found.meeting
    content = content_of(draft, actor)
    before = session.scalar(select(Scan).where(Scan.scan_uuid == draft.scan_uuid))
    if before is not None:
        if before.content_digest == content:
            return _answer(session, before)
        return _only_counted(session, draft, "scan.uuid_reused", now=now, actor=actor)
    if meeting is None:
        return _only_counted(session, draft, found.refusal or "session.unknown", now=now, actor=actor)
    scan = Scan(**row_of(found, meeting, content, now=now, actor=actor))
    verdict = _verdict(session, found, scan, meeting, now=now)
    if verdict.outcome == rules.REFUSED and waste.flooding(session, actor.person_id, now=now):
        return _only_counted(session, draft, "scan.too_many", now=now, actor=actor)
    scan.outcome, scan.code, scan.facts = verdict.outcome, verdict.code, verdict.facts
    scan.claim_digest = None if verdict.outcome == rules.REFUSED else claim_digest_of(found)
    scan.answer = {"outcome": verdict.outcome, "code": verdict.code, "facts": _told(scan, verdict)}
    session.add(scan)
    session.flush()
    if draft.place:
        session.add(ScanPlace(scan_id=scan.id, **vars(draft.place)))
    if draft.network:
        session.add(ScanNetwork(scan_id=scan.id, digest=network_digest(meeting.id, draft.network)))
    _write(session, scan, meeting, now=now, actor=actor)
    session.flush()
    printed_signs.look(session, scan, meeting, now=now)
    return _answer(session, scan)


def _write(session: Session, scan: Scan, meeting: SessionView, *, now: datetime, actor: Actor) -> None:
    if scan.code == rules.HERE:
        roll_calls.answer(session, scan, meeting, now=now, actor=actor)
    elif scan.outcome == rules.ACCEPTED and scan.direction == "in":
        presences.enter(session, scan, meeting, now=now, actor=actor)
    elif scan.outcome == rules.ACCEPTED:
        presences.leave(session, scan, meeting, now=now, actor=actor)
    elif scan.outcome == rules.PENDING:
        presences.note(session, scan, meeting, "attendance.pending", now=now, actor=actor)
    else:
        presences.note(session, scan, meeting, "attendance.refused", now=now, actor=actor)
        telling.refused(session, scan, meeting, now=now)


def row_of(
    found: Reading, meeting: SessionView, content: str, *, now: datetime, actor: Actor
) -> dict[str, Any]:
    """Return the columns of a new row of a scan, without its outcome."""
    draft, received_ms = found.draft, to_ms(now)
    return {
        "scan_uuid": draft.scan_uuid,
        "content_digest": content,
        "kind": draft.kind,
        "session_id": meeting.id,
        "enrolment_id": found.enrolment.id if found.enrolment else None,
        "person_id": found.person_id,
        "by_person_id": actor.person_id,
        "direction": draft.direction,
        "grade": found.grade,
        "code_step": found.code_step,
        "captured_ms": draft.captured_ms,
        "sent_ms": draft.sent_ms,
        "received_ms": received_ms,
        "judged_ms": received_ms,
        "at_ms": found.at_ms,
        "client": actor.client,
        "device_digest": device_digest(draft.device),
        "reason": draft.reason.strip(),
        "chain_kind": "session",
    }


def _verdict(session: Session, found: Reading, scan: Scan, meeting: SessionView, *, now: datetime) -> Verdict:
    if found.refusal:
        return Verdict(rules.REFUSED, found.refusal, found.facts)
    if found.claim and session.scalar(select(Scan.id).where(Scan.claim_digest == claim_digest_of(found))):
        return Verdict(rules.REFUSED, "code.claim_used")
    limits = policy.on(day_of(now)).attendance
    verdict = rules.judge(case_of(session, scan, meeting, received_ms=to_ms(now)), limits)
    if verdict.code == "attendance.already_in":
        verdict = roll_calls.answering(session, scan, meeting) or verdict
    elif verdict.outcome == rules.ACCEPTED or verdict.code == "attendance.no_in":
        verdict = _second_person(verdict, by_hand.over_cap(session, scan, meeting))
    verdict = replace(verdict, facts=verdict.facts | found.facts)
    if verdict.outcome != rules.REFUSED and scan.kind in ("room", "spoken") and found.shared:
        verdict = replace(verdict, facts=verdict.facts | {"shared": True})
        scan.grade = "weak" if scan.grade == "weak" else "fair"
    elif (
        verdict.outcome != rules.REFUSED and scan.kind in ("room", "spoken") and _signs_another(session, scan)
    ):
        return Verdict(rules.REFUSED, "attendance.device_used")
    return verdict


def _second_person(verdict: Verdict, over: Verdict | None) -> Verdict:
    """Let a mark by hand above the cap wait; a scan out that waits for its scan in waits for a person afterwards."""
    if over is None or verdict.outcome == rules.ACCEPTED:
        return over or verdict
    return replace(verdict, facts=verdict.facts | {"review": verdict.facts.get("review") or over.code})


def _told(scan: Scan, verdict: Verdict) -> dict[str, Any]:
    """Return the facts of the answer: an acceptance names its moment."""
    return verdict.facts | ({"at_ms": scan.at_ms} if verdict.outcome == rules.ACCEPTED else {})


def _answer(session: Session, scan: Scan) -> Answer:
    person = people.persons(session, [scan.person_id]).get(scan.person_id) if scan.person_id else None
    known = scan.enrolment_id is not None or scan.person_id == scan.by_person_id
    brief = Brief(person.id, person.name if known else person.masked_name) if person else None
    said = scan.answer
    return Answer(
        scan_uuid=scan.scan_uuid,
        outcome=said["outcome"],
        code=said["code"],
        facts=said["facts"],
        direction=scan.direction,
        person=brief,
        recorded_ms=scan.judged_ms,
        touched_person_id=scan.person_id if scan.enrolment_id else None,
    )


def _only_counted(session: Session, draft: ScanDraft, code: str, *, now: datetime, actor: Actor) -> Answer:
    waste.count(session, actor.person_id, code, now=now)
    return Answer(draft.scan_uuid, rules.REFUSED, code, {}, draft.direction, None, to_ms(now))


def content_of(draft: ScanDraft, actor: Actor) -> str:
    """Return the digest by which a replay is told from a reused ``scan_uuid``."""
    named = ("kind", "payload", "direction", "captured_ms", "session_id", "device", "reason")
    ticks = {name: True for name in ("photo_ticked", "id_checked") if getattr(draft, name)}
    return digest({name: getattr(draft, name) for name in named} | {"by": actor.person_id} | ticks)


def network_digest(session_id: str, address: str) -> str:
    """Return what is kept of an address: the same within a session, and not to be joined with another one's."""
    return f"hmac-sha256:{ciphers().mac('attendance.network', f'{session_id}:{address}'.encode())[:16].hex()}"


def claim_digest_of(found: Reading) -> str | None:
    """Return the digest that a claim is used up by, None without one."""
    if found.claim is None:
        return None
    return f"hmac-sha256:{ciphers().mac('attendance.claim_used', found.claim.encode())[:16].hex()}"


def _elsewhere(session: Session, scan: Scan) -> str | None:
    """Return the class name of another session that holds the person at the scan's moment, or None."""
    rows = session.scalars(
        select(Presence).where(
            Presence.person_id == scan.person_id,
            Presence.session_id != scan.session_id,
            Presence.voided_ms.is_(None),
            Presence.in_ms <= scan.at_ms,
            Presence.in_ms > scan.at_ms - DAY_MS,
        )
    ).all()
    rooms = classes.sessions(session, {row.session_id for row in rows}) if rows else {}
    for row in rows:
        room = rooms[row.session_id]
        still = row.out_ms is None and room.state == "open" and scan.at_ms < room.ends_ms
        if still or (row.out_ms is not None and scan.at_ms < row.out_ms):
            return room.class_name
    return None


def _signs_another(session: Session, scan: Scan) -> bool:
    """Tell whether this device has signed another person in this session; if not, it is this person's from now on.

    Two persons at once meet at the table's key: the later one is run again by ``kernel.db.run`` and refused.
    """
    if scan.device_digest is None:
        return False
    held = session.get(SessionDevice, (scan.session_id, scan.device_digest))
    if held is None:
        session.add(
            SessionDevice(
                session_id=scan.session_id, device_digest=scan.device_digest, person_id=scan.person_id
            )
        )
        session.flush()
        return False
    return held.person_id != scan.person_id
