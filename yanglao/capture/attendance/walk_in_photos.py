"""Keep the photo an instructor took of a walk-in; the session's chain says which file it is and its hash, no table besides."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.attendance import meetings, walk_in_marks
from yanglao.capture.attendance.mark_photos import Drawn, PhotoExpired, PhotoThere, PhotoTooLate, PhotoUnknown
from yanglao.capture.attendance.proof_models import WalkIn
from yanglao.capture.attendance.walk_ins import WalkInUnknown
from yanglao.classes import queries as classes
from yanglao.evidence import queries as evidence
from yanglao.files import service as files
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import DAY_MS, day_of, to_ms
from yanglao.kernel.errors import NotFound
from yanglao.people.roles import may

PURPOSE = "walk_in_photo"
KIND = "attendance.walk_in_photo"


def keep(session: Session, walk_in_id: str, photo: Drawn, *, now: datetime, actor: Actor) -> None:
    """Keep the photo of a walk-in as who wrote them down; the same again changes nothing.

    Raises: WalkInUnknown (not the actor's), PhotoThere, PhotoTooLate.
    """
    row = session.get(WalkIn, walk_in_id, with_for_update=True)
    if row is None or row.recorded_by != actor.person_id:
        raise WalkInUnknown
    before = _noted(session, [row.session_id]).get(row.id)
    if before is not None:
        if before["sent"] == f"sha256:{photo.sent_sha256}":
            return
        raise PhotoThere
    limits = policy.on(day_of(now)).attendance
    if to_ms(now) - row.recorded_ms > limits.mark_photo_s * 1000:
        raise PhotoTooLate(within_s=limits.mark_photo_s)
    file_id = files.store(
        session,
        photo.content,
        name="walk-in.jpg",
        media_type="image/jpeg",
        owner_id=actor.person_id,
        purpose=PURPOSE,
        now=now,
        keep_for=timedelta(days=limits.walk_in_photo_days),
    )
    more = {
        "file": file_id,
        "sha256": f"sha256:{hashlib.sha256(photo.content).hexdigest()}",
        "sent": f"sha256:{photo.sent_sha256}",
    }
    meeting = classes.session_(session, row.session_id)
    walk_in_marks.note(session, row, meeting, "photo", more=more, now=now, actor=actor)


def file_of(session: Session, walk_in_id: str, *, now: datetime, actor: Actor) -> str:
    """Return the id of the file, for who teaches or administers the session, or decides on its walk-ins.

    Raises: PhotoUnknown, PhotoExpired.
    """
    row = session.get(WalkIn, walk_in_id)
    if row is None or not _reads(session, row, actor):
        raise PhotoUnknown
    noted = _noted(session, [row.session_id]).get(row.id)
    if noted is None:
        raise PhotoUnknown
    if not files.named(session, [noted["file"]], now=now):
        raise PhotoExpired
    return noted["file"]


def having(session: Session, session_ids: Iterable[str], *, now: datetime) -> dict[str, bool]:
    """Return walk-ins of some sessions that got a photo, and whether it is still there: deleted ones are False."""
    noted = _noted(session, session_ids)
    there = files.named(session, [one["file"] for one in noted.values()], now=now) if noted else {}
    return {walk_in_id: one["file"] in there for walk_in_id, one in noted.items()}


def forget(session: Session, *, now: datetime) -> int:
    """Let the photos of who was refused go with their names, once their time is over; return how many. Before the names."""
    kept_ms = policy.on(day_of(now)).attendance.walk_in_kept_days * DAY_MS
    old = select(WalkIn).where(
        WalkIn.state == "refused", WalkIn.decided_ms < to_ms(now) - kept_ms, WalkIn.phone != ""
    )
    gone = {row.id: row.session_id for row in session.scalars(old)}
    noted = _noted(session, set(gone.values()))
    found = [noted[walk_in_id]["file"] for walk_in_id in gone if walk_in_id in noted]
    for file_id in found:
        files.drop(session, file_id, now=now)
    return len(found)


def _reads(session: Session, row: WalkIn, actor: Actor) -> bool:
    meeting = classes.session_(session, row.session_id)
    if may(actor.grants, "late.request", base=meeting.base_id, division=meeting.division_code):
        return True
    try:
        meetings.own(session, meeting.id, actor)
    except NotFound:
        return False
    return True


def _noted(session: Session, session_ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return walk-in -> what the chains of the sessions say of its photo: file, sha256, sent."""
    return {
        entry.body["walk_in"]: entry.body
        for session_id in session_ids
        for entry in evidence.chain(session, "session", session_id)
        if entry.kind == KIND
    }
