"""Keep photos and short films of practical work: looked at by content, measured, kept for a time, cited by their hash."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from yanglao.capture.practical import service
from yanglao.capture.practical.models import PracticalEvidence
from yanglao.files import service as files
from yanglao.files.errors import WrongKind
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Refused, TooLarge
from yanglao.kernel.policy import Practical
from yanglao.outside import media, media_tools, pictures

PURPOSE = "practical_evidence"
PICTURES = ("image/jpeg", "image/png", "image/webp")
FILMS = ("video/mp4", "video/webm")


class TooLong(Refused):
    code = "practical.film_too_long"


@dataclass(frozen=True)
class Made:
    """What is kept of what was sent: its bytes, what they are, and the hash of what the phone sent."""

    content: bytes
    kind: str
    media_type: str
    sent_sha256: str


@dataclass(frozen=True)
class Kept:
    """A photo or film that was taken in."""

    evidence_uuid: str
    kind: str
    sha256: str
    size_bytes: int


def most_bytes(*, now: datetime) -> int:
    """Return the size of the largest file that may be sent."""
    limits = policy.on(day_of(now)).practical
    return max(limits.photo_max_bytes, limits.video_max_bytes)


def prepare(content: bytes, *, now: datetime) -> Made:
    """Look at what was sent, outside any transaction: a photo is drawn anew without hidden facts, a film measured whole.

    Raises:
        WrongKind: neither. TooLarge, TooLong: over the limits. Refused: it cannot be read.
    """
    limits = policy.on(day_of(now)).practical
    kind, sent = media.kind_of(content), hashlib.sha256(content).hexdigest()
    if kind in PICTURES:
        if len(content) > limits.photo_max_bytes:
            raise TooLarge("practical.evidence_too_large", most_bytes=limits.photo_max_bytes)
        try:
            drawn = pictures.drawn(content, longest_px=limits.photo_side_px)
        except pictures.NoPicture:
            raise Refused("photo.unreadable") from None
        return Made(drawn, "photo", "image/jpeg", sent)
    if kind not in FILMS:
        raise WrongKind(declared="image/jpeg", found=kind)
    if len(content) > limits.video_max_bytes:
        raise TooLarge("practical.evidence_too_large", most_bytes=limits.video_max_bytes)
    _measure(content, limits)
    return Made(content, "video", kind, sent)


def _measure(content: bytes, limits: Practical) -> None:
    with tempfile.TemporaryDirectory(prefix="practical-") as folder:
        path = Path(folder) / "film"
        path.write_bytes(content)
        found = media_tools.probe(path, "video")
    if found["duration_s"] > limits.video_max_s:
        raise TooLong(duration_s=found["duration_s"], most_s=limits.video_max_s)


def keep(
    session: Session,
    evidence_uuid: str,
    made: Made,
    *,
    enrolment_id: str,
    segment_id: str,
    now: datetime,
    actor: Actor,
) -> Kept:
    """Keep what ``prepare`` made, until a sheet cites it; the same again gets the first answer.

    Raises what ``service.place`` raises, and UuidReused.
    """
    row = session.get(PracticalEvidence, evidence_uuid)
    if row is not None:
        if (row.assessor_id, row.sent_sha256) != (actor.person_id, made.sent_sha256):
            raise service.UuidReused()
        return Kept(row.evidence_uuid, row.kind, row.sha256, row.size_bytes)
    service.place(session, enrolment_id, segment_id, actor)
    days = policy.on(day_of(now)).practical.evidence_kept_days
    file_id = files.store(
        session,
        made.content,
        name="practical.jpg" if made.kind == "photo" else "practical.mp4",
        media_type=made.media_type,
        owner_id=actor.person_id,
        purpose=PURPOSE,
        now=now,
        keep_for=timedelta(days=days),
    )
    row = PracticalEvidence(
        evidence_uuid=evidence_uuid,
        enrolment_id=enrolment_id,
        segment_id=segment_id,
        assessor_id=actor.person_id,
        kind=made.kind,
        file_id=file_id,
        sha256=hashlib.sha256(made.content).hexdigest(),
        sent_sha256=made.sent_sha256,
        size_bytes=len(made.content),
        received_ms=to_ms(now),
    )
    session.add(row)
    session.flush()
    return Kept(row.evidence_uuid, row.kind, row.sha256, row.size_bytes)
