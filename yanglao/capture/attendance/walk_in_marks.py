"""Append what became of a walk-in, and turn its marks into scans of an enrolment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from yanglao.capture.attendance import endings, presences, rules, service
from yanglao.capture.attendance.models import Scan
from yanglao.capture.attendance.proof_models import WalkIn
from yanglao.classes.queries import EnrolmentView, SessionView
from yanglao.evidence import ledger
from yanglao.evidence.ledger import Entry
from yanglao.kernel.actor import Actor
from yanglao.kernel.canonical import digest
from yanglao.kernel.clock import to_ms
from yanglao.people import service as persons

CAME = "上课时到场，当时不在名单上"


def count(
    session: Session, row: WalkIn, meeting: SessionView, own: EnrolmentView, *, now: datetime, actor: Actor
) -> None:
    """Let the marks of a walk-in become scans of the enrolment; what clashes with another presence is refused and kept."""
    persons.lock(session, own.person_id)
    row.state, row.person_id, row.id_sealed = "counted", own.person_id, None
    note(session, row, meeting, "counted", more={"enrolment": own.id}, now=now, actor=actor)
    more = {"walk_in": row.entry_position, "decided_by": row.decided_by}
    for direction, at_ms in (("in", row.in_ms), ("out", row.out_ms)):
        if at_ms is None:
            continue
        scan = _scan(row, meeting, own, (direction, at_ms), now=now)
        clash = rules.clash(service.case_of(session, scan, meeting, received_ms=scan.received_ms))
        if clash is not None:
            scan.outcome, scan.code, scan.facts = rules.REFUSED, clash.code, clash.facts
        scan.answer = {"outcome": scan.outcome, "code": scan.code, "facts": scan.facts | {"at_ms": at_ms}}
        session.add(scan)
        session.flush()
        if clash is not None:
            presences.note(session, scan, meeting, "attendance.refused", now=now, actor=actor, more=more)
        elif direction == "in":
            presences.enter(session, scan, meeting, now=now, actor=actor, more=more)
        else:
            presences.leave(session, scan, meeting, now=now, actor=actor, more=more)
    if endings.is_over(meeting, now=now):
        endings.end(session, meeting, now=now, actor=actor, enrolment_id=own.id)


def _scan(
    row: WalkIn, meeting: SessionView, own: EnrolmentView, mark: tuple[str, int], *, now: datetime
) -> Scan:
    direction, at_ms = mark
    scan_uuid = f"walk-in-{row.id}-{direction}"
    return Scan(
        scan_uuid=scan_uuid,
        content_digest=digest({"walk_in": row.id, "way": direction, "at_ms": at_ms, "own": own.id}),
        kind="manual",
        session_id=meeting.id,
        enrolment_id=own.id,
        person_id=own.person_id,
        by_person_id=row.recorded_by,
        direction=direction,
        outcome=rules.ACCEPTED,
        facts={},
        answer={},
        grade="weak",
        captured_ms=at_ms,
        sent_ms=at_ms,
        received_ms=row.recorded_ms if direction == "in" else at_ms,
        judged_ms=to_ms(now),
        at_ms=at_ms,
        client=row.client,
        reason=row.reason or CAME,
        chain_kind="enrolment",
        decided_by=row.decided_by,
        decided_ms=row.decided_ms,
        decision_reason=row.decision_reason[:200],
    )


def note(
    session: Session,
    row: WalkIn,
    meeting: SessionView,
    what: str,
    *,
    more: dict[str, Any],
    now: datetime,
    actor: Actor,
) -> int:
    """Append what happened to a walk-in to the session's chain and return its position."""
    body = {"session": meeting.id, "walk_in": row.id, "in_ms": row.in_ms, "out_ms": row.out_ms}
    entry = Entry(
        chain=("session", meeting.id),
        kind=f"attendance.walk_in_{what}",
        body=body | more,
        occurred_ms=to_ms(now),
        segment_id=meeting.segment_id,
        client=actor.client,
        grade="weak",
    )
    return ledger.append(session, entry, now=now, actor=actor).position
