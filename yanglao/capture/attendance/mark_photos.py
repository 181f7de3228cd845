"""Keep the photo that an instructor took with a mark by hand: looked at by content, drawn anew, cited by its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.attendance.models import Scan
from yanglao.capture.attendance.proof_models import MarkPhoto
from yanglao.capture.attendance.readings import teaches
from yanglao.capture.attendance.reversals import ScanUnknown
from yanglao.classes import queries as classes
from yanglao.evidence import ledger
from yanglao.evidence.ledger import Entry
from yanglao.files import service as files
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, NotFound, Refused, TooLarge
from yanglao.outside import pictures
from yanglao.people import service as persons
from yanglao.people.roles import may

PURPOSE = "attendance_photo"


class PhotoTooLate(Conflict):
    code = "mark_photo.too_late"


class PhotoThere(Conflict):
    code = "mark_photo.there"


class PhotoUnknown(NotFound):
    code = "mark_photo.unknown"


class PhotoExpired(NotFound):
    code = "mark_photo.expired"


@dataclass(frozen=True)
class Drawn:
    """A photo as it is kept, and the hash of what was sent."""

    content: bytes
    sent_sha256: str


@dataclass(frozen=True)
class Marked:
    """A mark by hand of a session; ``photo``: it has one, ``expired``: had one, ``open``: the reader may still send one."""

    scan_uuid: str
    person_id: str
    direction: str
    outcome: str
    at_ms: int
    reason: str
    photo: bool
    expired: bool
    open: bool


def drawn_anew(content: bytes, *, now: datetime) -> Drawn:
    """Return a photo as it is kept, without what a phone hides in it; outside any transaction.

    Raises TooLarge; Refused: no JPEG, PNG or WebP that can be read.
    """
    limits = policy.on(day_of(now)).attendance
    if len(content) > limits.mark_photo_bytes:
        raise TooLarge("mark_photo.too_large", most_mb=limits.mark_photo_bytes // 1024 // 1024)
    try:
        return Drawn(
            pictures.drawn(content, longest_px=limits.mark_photo_px), hashlib.sha256(content).hexdigest()
        )
    except pictures.NoPicture:
        raise Refused("photo.unreadable") from None


def keep(session: Session, scan_uuid: str, photo: Drawn, *, now: datetime, actor: Actor) -> None:
    """Keep the photo of a mark by hand as who made the mark; the same again changes nothing.

    Raises: ScanUnknown (no mark by hand of the actor's), PhotoThere, PhotoTooLate.
    """
    scan = session.scalar(select(Scan).where(Scan.scan_uuid == scan_uuid))
    if scan is None or not _is_own(scan, actor) or scan.person_id is None:
        raise ScanUnknown
    persons.lock(session, scan.person_id)
    before = session.get(MarkPhoto, scan.id)
    if before is not None:
        if before.sent_sha256 == photo.sent_sha256:
            return
        raise PhotoThere
    limits = policy.on(day_of(now)).attendance
    if not _in_time(scan, now=now):
        raise PhotoTooLate(within_s=limits.mark_photo_s)
    file_id = files.store(
        session,
        photo.content,
        name="attendance.jpg",
        media_type="image/jpeg",
        owner_id=actor.person_id,
        purpose=PURPOSE,
        now=now,
        keep_for=timedelta(days=limits.mark_photo_days),
    )
    row = MarkPhoto(
        scan_id=scan.id,
        file_id=file_id,
        sent_sha256=photo.sent_sha256,
        by_person_id=actor.person_id,
        received_ms=to_ms(now),
        entry_position=_note(session, scan, photo, now=now, actor=actor),
    )
    session.add(row)
    session.flush()


def file_of(session: Session, scan_uuid: str, *, now: datetime, actor: Actor) -> str:
    """Return the id of the file, for who teaches or made the mark, is meant by it, or may read evidence there.

    Raises: PhotoUnknown, PhotoExpired.
    """
    scan = session.scalar(select(Scan).where(Scan.scan_uuid == scan_uuid))
    row = session.get(MarkPhoto, scan.id) if scan else None
    if scan is None or row is None:
        raise PhotoUnknown
    meeting = classes.session_(session, scan.session_id)
    reach = {"base": meeting.base_id, "division": meeting.division_code}
    reads = any(may(actor.grants, one, **reach) for one in ("scan.decide", "evidence.read"))
    if (
        not reads
        and not teaches(meeting, actor)
        and actor.person_id not in (scan.by_person_id, scan.person_id)
    ):
        raise PhotoUnknown
    if not files.named(session, [row.file_id], now=now):
        raise PhotoExpired
    return row.file_id


def having(session: Session, scan_uuids: Iterable[str], *, now: datetime) -> dict[str, bool]:
    """Return which of the scans got a photo, and whether it is still there: deleted ones are False."""
    asked = select(Scan.scan_uuid, MarkPhoto.file_id).join(MarkPhoto, MarkPhoto.scan_id == Scan.id)
    rows = session.execute(asked.where(Scan.scan_uuid.in_(list(scan_uuids)))).all()
    there = files.named(session, [file_id for _, file_id in rows], now=now) if rows else {}
    return {scan_uuid: file_id in there for scan_uuid, file_id in rows}


def of_session(session: Session, session_id: str, *, now: datetime, actor: Actor) -> list[Marked]:
    """List the marks by hand of a session that stand or wait, newest first."""
    rows = session.scalars(
        select(Scan)
        .where(
            Scan.session_id == session_id,
            Scan.kind == "manual",
            Scan.outcome != "refused",
            Scan.voided_ms.is_(None),
            Scan.person_id.is_not(None),
        )
        .order_by(Scan.judged_ms.desc(), Scan.id)
    ).all()
    pictured = having(session, [row.scan_uuid for row in rows], now=now)
    return [
        Marked(
            scan_uuid=row.scan_uuid,
            person_id=str(row.person_id),
            direction=row.direction,
            outcome=row.outcome,
            at_ms=row.at_ms,
            reason=row.reason,
            photo=pictured.get(row.scan_uuid, False),
            expired=pictured.get(row.scan_uuid) is False,
            open=row.scan_uuid not in pictured and _is_own(row, actor) and _in_time(row, now=now),
        )
        for row in rows
    ]


def _is_own(scan: Scan, actor: Actor) -> bool:
    by_hand = scan.kind == "manual" and not scan.facts.get("paper") and scan.outcome != "refused"
    return by_hand and scan.by_person_id == actor.person_id and scan.voided_ms is None


def _in_time(scan: Scan, *, now: datetime) -> bool:
    return to_ms(now) - scan.received_ms <= policy.on(day_of(now)).attendance.mark_photo_s * 1000


def _note(session: Session, scan: Scan, photo: Drawn, *, now: datetime, actor: Actor) -> int:
    meeting = classes.session_(session, scan.session_id)
    body = {
        "session": scan.session_id,
        "scan": scan.scan_uuid,
        "mark": scan.entry_position,
        "file": f"sha256:{hashlib.sha256(photo.content).hexdigest()}",
    }
    entry = Entry(
        chain=("enrolment", str(scan.enrolment_id)),
        kind="attendance.photo",
        body=body,
        occurred_ms=to_ms(now),
        person_id=scan.person_id,
        enrolment_id=scan.enrolment_id,
        segment_id=meeting.segment_id,
        client=actor.client,
        grade=scan.grade,
    )
    return ledger.append(session, entry, now=now, actor=actor).position
