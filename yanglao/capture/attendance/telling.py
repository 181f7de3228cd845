"""Tell a trainee that a scan does not count and why, and both sides of leave, in the transaction of the fact."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from yanglao.capture.attendance.models import Leave, Scan
from yanglao.classes.queries import SessionView
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of
from yanglao.kernel.wording import sentence
from yanglao.messages import service as messages
from yanglao.people import queries as people

# Refusals that another scan does not mend.
FINAL = frozenset(
    {
        "attendance.session_over",
        "attendance.elsewhere",
        "attendance.withdrawn",
        "session.closed",
        "session.cancelled",
    }
)
# Refusals that take nothing away: the first scan counts.
HARMLESS = frozenset({"attendance.already_in", "attendance.already_out"})


def refused(session: Session, scan: Scan, meeting: SessionView, *, now: datetime) -> None:
    """Tell of a scan that was refused at once: a final one, or one that came so late that nobody saw the answer."""
    late_ms = policy.on(day_of(now)).attendance.late_review_s * 1000
    unseen = scan.received_ms - scan.captured_ms > late_ms and scan.code not in HARMLESS
    if scan.enrolment_id and scan.code and (scan.code in FINAL or unseen):
        reason = sentence(scan.code, scan.facts)
        _tell(session, scan, meeting, reason, once=f"{meeting.id}:{scan.code}", now=now)


def turned_down(session: Session, scan: Scan, meeting: SessionView, *, reason: str, now: datetime) -> None:
    """Tell of a scan that waited and was turned down, with what the decider wrote."""
    said = reason.strip() or sentence("attendance.turned_down")
    _tell(session, scan, meeting, said, once=f"{scan.id}:decided", now=now)


def voided(session: Session, scan: Scan, meeting: SessionView, *, reason: str, now: datetime) -> None:
    """Tell of a scan that had counted and was taken back by the office."""
    said = sentence("attendance.taken_back", {"at_ms": scan.at_ms, "reason": reason.strip() or "记错了"})
    _tell(session, scan, meeting, said, once=f"{scan.id}:voided", now=now)


def leave_asked(session: Session, leave: Leave, meeting: SessionView, *, now: datetime) -> None:
    """Tell the instructor of the session that somebody asks for leave."""
    name = people.person(session, leave.person_id).name
    facts = _of(meeting) | {
        "name": name,
        "reason": leave.reason,
        "link": f"/teach/sessions/{meeting.id}/present",
    }
    messages.tell(session, meeting.instructor_id, "leave_asked", facts, once=leave.id, now=now)


def leave_decided(session: Session, leave: Leave, meeting: SessionView, *, now: datetime) -> None:
    """Tell who asked for leave what was decided, and why where it was refused."""
    facts = _of(meeting) | {"variant": leave.state, "reason": leave.decision_reason}
    facts["link"] = f"/learn/leave/{meeting.id}"
    messages.tell(session, leave.person_id, "leave_decided", facts, once=leave.id, now=now)


def _of(meeting: SessionView) -> dict[str, Any]:
    return {"class_name": meeting.class_name, "starts_ms": meeting.starts_ms}


def _tell(
    session: Session, scan: Scan, meeting: SessionView, reason: str, *, once: str, now: datetime
) -> None:
    if scan.person_id is None or scan.enrolment_id is None:
        return
    facts: dict[str, Any] = {"class_name": meeting.class_name, "at_ms": scan.at_ms, "reason": _ended(reason)}
    messages.tell(session, scan.person_id, "hours_refused", facts, once=once, now=now)


def _ended(words: str) -> str:
    return words if words.endswith(("。", "！", "？")) else f"{words}。"
