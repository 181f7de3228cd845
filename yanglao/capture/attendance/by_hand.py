"""Keep marks by hand, the weakest proof, to a share of the roster: above it a second person must confirm."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yanglao.capture.attendance import rules
from yanglao.capture.attendance.models import Scan
from yanglao.capture.attendance.rules import Verdict
from yanglao.classes import queries as classes
from yanglao.classes import timetable
from yanglao.classes.queries import SessionView
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of

OVER_CAP = "attendance.manual_over_cap"


def over_cap(session: Session, scan: Scan, meeting: SessionView) -> Verdict | None:
    """Return the verdict that ``scan`` waits when its person is one too many marked by hand in the session, else None.

    Counted are people whose mark nobody but its sender has seen. The session's row is held until the end of the transaction:
    two posts at once cannot both take the last place.
    """
    if scan.kind != "manual":
        return None
    timetable.hold_session(session, meeting.id)
    marked = (
        Scan.session_id == meeting.id,
        Scan.kind == "manual",
        Scan.outcome == rules.ACCEPTED,
        Scan.decided_by.is_(None),
        Scan.voided_ms.is_(None),
    )
    others = session.scalar(
        select(func.count(Scan.enrolment_id.distinct())).where(
            *marked, Scan.enrolment_id != scan.enrolment_id
        )
    )
    enrolled = len(classes.roster(session, meeting.class_id))
    most = rules.manual_most(enrolled, policy.on(day_of(meeting.starts_ms)).attendance)
    if (others or 0) < most:
        return None
    return Verdict(rules.PENDING, OVER_CAP, {"most": most, "enrolled": enrolled})
