"""Write down when a walk-in left, as a phone says that may have had no network: by our id of the walk-in or by the phone's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from yanglao.capture.attendance import meetings, rules, service, walk_ins
from yanglao.capture.attendance.models import Scan
from yanglao.capture.attendance.proof_models import WalkIn
from yanglao.capture.attendance.shapes import Answer, ScanDraft
from yanglao.capture.attendance.walk_ins import Recorded, WalkInUnknown
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import to_ms


@dataclass(frozen=True)
class Left:
    """When a phone says that somebody left; ``out_uuid`` is the phone's own name for it."""

    out_uuid: str
    captured_ms: int
    sent_ms: int
    device: str = ""


def leave(
    session: Session, session_id: str, walk_in: str, left: Left, *, now: datetime, actor: Actor
) -> Recorded:
    """Write down when a walk-in of a session left; who turned out to stand on the roster is signed out by hand. The first time stays.

    Raises: SessionUnknown, WalkInUnknown, Decided, NotThen.
    """
    meetings.own(session, session_id, actor)
    named = or_(WalkIn.id == walk_in, WalkIn.walk_in_uuid == walk_in)
    row = session.scalar(select(WalkIn).where(WalkIn.session_id == session_id, named))
    if row is None:
        return Recorded(None, _by_hand(session, session_id, walk_in, left, now=now, actor=actor))
    times = rules.Times(left.captured_ms, left.sent_ms, to_ms(now))
    return Recorded(walk_ins.leave(session, row.id, times=times, now=now, actor=actor), None)


def _by_hand(
    session: Session, session_id: str, scan_uuid: str, left: Left, *, now: datetime, actor: Actor
) -> Answer:
    made = (Scan.scan_uuid == scan_uuid, Scan.session_id == session_id, Scan.by_person_id == actor.person_id)
    scan = session.scalar(select(Scan).where(*made, Scan.kind == "manual", Scan.enrolment_id.is_not(None)))
    if scan is None:
        raise WalkInUnknown
    draft = ScanDraft(
        scan_uuid=left.out_uuid,
        kind="manual",
        payload=str(scan.enrolment_id),
        direction="out",
        captured_ms=left.captured_ms,
        sent_ms=left.sent_ms,
        session_id=session_id,
        device=left.device,
        reason=scan.reason,
    )
    return service.judge(session, draft, now=now, actor=actor)
