"""Take a photo of somebody whose code was just scanned and of whom there is none; it waits for the base, and nobody must."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.attendance.models import Scan
from yanglao.capture.attendance.reversals import ScanUnknown
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict
from yanglao.people import queries as people
from yanglao.people import service as persons


class TooLate(Conflict):
    code = "first_photo.too_late"


def keep(session: Session, scan_uuid: str, picture: bytes, *, now: datetime, actor: Actor) -> None:
    """Keep the photo of who was signed in by a card that ``actor`` scanned; the same again changes nothing.

    Raises: ScanUnknown (no such scan of the actor's that counts), TooLate, and what ``persons.keep_first_photo`` raises.
    """
    scan = session.scalar(select(Scan).where(Scan.scan_uuid == scan_uuid))
    if scan is None or not _counts(scan) or scan.by_person_id != actor.person_id or scan.person_id is None:
        raise ScanUnknown
    limits = policy.on(day_of(now)).attendance
    if to_ms(now) - scan.received_ms > limits.mark_photo_s * 1000:
        raise TooLate(within_s=limits.mark_photo_s)
    person_id = people.standing_id(session, scan.person_id)
    persons.lock(session, person_id)
    persons.keep_first_photo(session, person_id, picture, now=now, actor=actor)


def _counts(scan: Scan) -> bool:
    on_roster = scan.enrolment_id is not None and scan.voided_ms is None
    return on_roster and scan.kind == "card" and scan.outcome == "accepted"
