"""What an instructor signs at the end of a session: planned against held, and the signature on the glass."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from yanglao.capture.attendance import queries
from yanglao.classes import queries as classes
from yanglao.classes.queries import SessionView
from yanglao.evidence import queries as evidence
from yanglao.files import service as files
from yanglao.files.service import FileView
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import NotFound, Refused, TooLarge
from yanglao.outside import pictures

MOST_BYTES = 512 * 1024
LONGEST_PX = 900
ASKED_LATE_MS = 60_000


class SignatureUnreadable(Refused):
    code = "session.signature_unreadable"


class SignatureExpired(NotFound):
    code = "session.signature_expired"


@dataclass(frozen=True)
class Variance:
    """Planned against held. Seconds without the planned breaks; people are counted once; ``without_sign_out`` are enrolments."""

    planned_s: int
    held_s: int
    expected: int
    headcount: int
    without_sign_out: tuple[str, ...]
    by_hand: int
    refused: int
    waiting: int


@dataclass(frozen=True)
class Word:
    """What the instructor says at the close: how many people are there by count of heads, and when the phone first asked for it."""

    counted: int | None = None
    asked_ms: int | None = None


@dataclass(frozen=True)
class Report:
    """The variance of a session as of now, or as it was noted at the close; ``signature_file`` of who closed it.

    ``expired``: the time of that file is over; the closing entry still has its hash. ``word``: what the instructor said.
    """

    variance: Variance
    signature_file: str = ""
    expired: bool = False
    word: Word = Word()


def variance(session: Session, meeting: SessionView, *, until_ms: int) -> Variance:
    """Return planned against held up to ``until_ms`` or, of a closed session, up to its close."""
    held = queries.presences_of_session(session, meeting.id)
    pauses = tuple(meeting.breaks)
    opened = max(meeting.opened_ms or until_ms, meeting.starts_ms)
    closed = min(meeting.closed_ms or until_ms, meeting.ends_ms)
    return Variance(
        planned_s=_without(pauses, meeting.starts_ms, meeting.ends_ms),
        held_s=_without(pauses, opened, closed),
        expected=len(classes.roster(session, meeting.class_id)),
        headcount=len({view.enrolment_id for view in held}),
        without_sign_out=tuple(
            sorted({view.enrolment_id for view in held if view.out_ms is None or view.assumed})
        ),
        by_hand=sum(view.method == "manual" for view in held),
        refused=queries.refused_count(session, meeting.id),
        waiting=queries.waiting_count(session, meeting.id),
    )


def report(session: Session, meeting: SessionView, *, now: datetime) -> Report:
    """Return what the close noted, or what it would note now."""
    noted = _noted(session, meeting)
    if noted is None:
        return Report(variance(session, meeting, until_ms=to_ms(now)))
    told = {name: noted.get(name, 0) for name in Variance.__dataclass_fields__}
    told["without_sign_out"] = tuple(noted.get("without_sign_out", ()))
    file_id = (noted.get("signature") or {}).get("file", "")
    gone = bool(file_id) and not files.named(session, [file_id], now=now)
    return Report(Variance(**told), file_id, gone, Word(noted.get("counted"), noted.get("asked_ms")))


def drawn(content: bytes) -> bytes:
    """Return a signature as it is kept: a small JPEG drawn anew. Takes no transaction. Raises TooLarge, SignatureUnreadable."""
    if len(content) > MOST_BYTES:
        raise TooLarge("session.signature_too_large")
    try:
        return pictures.drawn(content, longest_px=LONGEST_PX)
    except pictures.NoPicture:
        raise SignatureUnreadable from None


def sign(session: Session, picture: bytes, *, now: datetime, actor: Actor) -> dict[str, str]:
    """Keep a signature (as ``drawn`` gave it) and return what the closing entry says of it: file and SHA-256."""
    file_id = files.store(
        session,
        picture,
        name="signature.jpg",
        media_type="image/jpeg",
        owner_id=actor.person_id,
        purpose="session_signature",
        now=now,
        keep_for=timedelta(days=policy.on(day_of(now)).attendance.signature_days),
    )
    kept = files.open_(session, file_id, now=now)
    return {"file": file_id, "sha256": f"sha256:{kept.sha256}"}


def signature(session: Session, meeting: SessionView, *, now: datetime) -> FileView:
    """Open the signature under a closed session. Raises NotFound: not closed, or closed without one; SignatureExpired."""
    found = report(session, meeting, now=now)
    if not found.signature_file:
        raise NotFound
    if found.expired:
        raise SignatureExpired
    return files.open_(session, found.signature_file, now=now)


def noted(found: Variance) -> dict[str, Any]:
    """Return a variance as the closing entry has it."""
    return asdict(found) | {"without_sign_out": list(found.without_sign_out)}


def worded(word: Word, *, now: datetime) -> dict[str, Any]:
    """Return what the instructor said as the closing entry has it; a request that came at once names no moment of its own."""
    asked_ms = word.asked_ms
    late = asked_ms is not None and to_ms(now) - asked_ms > ASKED_LATE_MS
    told = {"counted": word.counted, "asked_ms": asked_ms if late else None}
    return {name: value for name, value in told.items() if value is not None}


def _noted(session: Session, meeting: SessionView) -> dict[str, Any] | None:
    if meeting.state != "closed":
        return None
    closings = [one for one in evidence.chain(session, "session", meeting.id) if one.kind == "session.closed"]
    return closings[-1].body if closings else None


def _without(pauses: tuple[tuple[int, int], ...], since_ms: int, until_ms: int) -> int:
    """Return the whole seconds between two moments that lie in no break."""
    paused = sum(max(0, min(until, until_ms) - max(since, since_ms)) for since, until in pauses)
    return max(0, until_ms - since_ms - paused) // 1000
