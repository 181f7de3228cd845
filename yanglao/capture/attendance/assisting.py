"""Let two or three more phones scan at one session: a code once for five minutes, a narrow right, gone with a tap or the close.

What such a phone may: hand in scans of cards of its one session, see their answers with the photos that its instructor would see, take one of its
own back, and take the first photo of whom it signed in. It signs nobody in as itself; what it sends is judged as its instructor's, and the entry
names the phone. After the close it may only hand in what it scanned before:
that waits for a person, as any late scan does.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from yanglao.capture.attendance import first_photos, meetings, reversals, service
from yanglao.capture.attendance.assisting_models import HelperPhone
from yanglao.capture.attendance.shapes import Answer, ScanDraft
from yanglao.classes import queries as classes
from yanglao.classes import timetable
from yanglao.classes.queries import SessionView
from yanglao.evidence import ledger
from yanglao.evidence.ledger import Entry
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import DAY_MS, day_of, to_ms
from yanglao.kernel.db import changed
from yanglao.kernel.errors import Conflict, Forbidden, NotFound, Refused, Unauthenticated
from yanglao.people import service as persons


class CodeUnknown(NotFound):
    code = "helper.code_unknown"


class HelperUnknown(Unauthenticated):
    code = "helper.unknown"


class HelperOver(Forbidden):
    code = "helper.over"


class TooManyHelpers(Conflict):
    code = "helper.too_many"


@dataclass(frozen=True)
class Invitation:
    """A code that one phone may use until ``until_ms``; told once."""

    code: str
    until_ms: int


@dataclass(frozen=True)
class HelperView:
    """A phone that helps: who it says it is, since when, how many scans it sent, when it ended."""

    id: str
    label: str
    joined_ms: int
    ended_ms: int | None
    scans: int


@dataclass(frozen=True)
class Helping:
    """A phone that showed its token: its session, and the instructor in whose name it scans."""

    id: str
    meeting: SessionView
    actor: Actor


def invite(session: Session, session_id: str, *, now: datetime, actor: Actor) -> Invitation:
    """Make a code for one more phone; the code before, if nobody used it, is good no longer.

    Raises: SessionUnknown, HelperOver (not open), TooManyHelpers.
    """
    meeting = meetings.own(session, session_id, actor)
    timetable.hold_session(session, session_id)
    _check_room(session, meeting, now=now)
    session.execute(
        delete(HelperPhone).where(HelperPhone.session_id == session_id, HelperPhone.joined_ms.is_(None))
    )
    seconds = policy.on(day_of(now)).attendance.helper_code_s
    made = Invitation(secrets.token_urlsafe(9), to_ms(now) + seconds * 1000)
    session.add(
        HelperPhone(
            session_id=session_id,
            invited_by=actor.person_id,
            code_hash=_hash(made.code),
            code_until_ms=made.until_ms,
        )
    )
    session.flush()
    return made


def invited_to(session: Session, code: str, *, now: datetime) -> SessionView:
    """Return the session that an unused code is for. Raises CodeUnknown: used, too old, or none."""
    row = session.scalar(select(HelperPhone).where(HelperPhone.code_hash == _hash(code)))
    if row is None or row.joined_ms is not None or row.code_until_ms < to_ms(now):
        raise CodeUnknown
    return classes.session_(session, row.session_id)


def join(session: Session, code: str, *, label: str, now: datetime) -> str:
    """Let the phone that shows ``code`` help and return its token, told once; ``label`` says who holds it.

    Raises: CodeUnknown (two at once: the later one), HelperOver, TooManyHelpers, Refused (no name).
    """
    if not label.strip():
        raise Refused("helper.nameless")
    meeting = invited_to(session, code, now=now)
    timetable.hold_session(session, meeting.id)
    _check_room(session, meeting, now=now)
    token = secrets.token_urlsafe(32)
    unused = HelperPhone.code_hash == _hash(code), HelperPhone.joined_ms.is_(None)
    taken = (
        update(HelperPhone)
        .where(*unused)
        .values(token_hash=_hash(token), joined_ms=to_ms(now), label=label.strip()[:20])
    )
    if changed(session, taken) != 1:
        raise CodeUnknown
    row = session.scalars(select(HelperPhone).where(HelperPhone.code_hash == _hash(code))).one()
    inviter = persons.actor_of(session, row.invited_by)
    _note(session, row, meeting, "session.helper_joined", now=now, actor=inviter)
    return token


def end(session: Session, session_id: str, helper_id: str, *, now: datetime, actor: Actor) -> None:
    """Take the right from a phone at once; again changes nothing. Raises SessionUnknown, NotFound."""
    meeting = meetings.own(session, session_id, actor)
    row = session.get(HelperPhone, helper_id, with_for_update=True)
    if row is None or row.session_id != session_id or row.joined_ms is None:
        raise NotFound("helper.unknown")
    if row.ended_ms is None:
        row.ended_ms, row.ended_by = to_ms(now), actor.person_id
        _note(session, row, meeting, "session.helper_ended", now=now, actor=actor)


def of_session(session: Session, session_id: str, *, actor: Actor) -> list[HelperView]:
    """List the phones that help or helped at a session, the latest first. Raises SessionUnknown."""
    meetings.own(session, session_id, actor)
    rows = session.scalars(
        select(HelperPhone)
        .where(HelperPhone.session_id == session_id, HelperPhone.joined_ms.is_not(None))
        .order_by(HelperPhone.joined_ms.desc(), HelperPhone.id)
    )
    return [HelperView(row.id, row.label, row.joined_ms or 0, row.ended_ms, row.scans) for row in rows]


def helping(session: Session, token: str, *, now: datetime, closed_too: bool = False) -> Helping:
    """Return what the phone with ``token`` helps at; ``closed_too`` also after the close, to hand in what waited.

    Raises: HelperUnknown, HelperOver (ended, closed, a day old).
    """
    row = session.scalar(select(HelperPhone).where(HelperPhone.token_hash == _hash(token))) if token else None
    if row is None:
        raise HelperUnknown
    meeting = classes.session_(session, row.session_id)
    good = {"open", "closed"} if closed_too else {"open"}
    old = to_ms(now) > (row.joined_ms or 0) + DAY_MS
    if row.ended_ms is not None or meeting.state not in good or old:
        raise HelperOver
    inviter = persons.actor_of(session, row.invited_by, client="app")
    return Helping(row.id, meeting, replace(inviter, extra={"helper": row.id}))


def scan(session: Session, token: str, drafts: Sequence[ScanDraft], *, now: datetime) -> list[Answer]:
    """Judge scans of cards that a helping phone sends, for its own session whatever they say.

    Raises: HelperUnknown, HelperOver; Refused: another kind of scan than of a card.
    """
    held = helping(session, token, now=now, closed_too=True)
    if any(one.kind != "card" for one in drafts):
        raise Refused("helper.cards_only")
    own = [
        replace(one, session_id=held.meeting.id, device=device_of(held.id), reason="", place=None)
        for one in drafts
    ]
    found = service.judge_batch(session, own, now=now, actor=held.actor)
    counted = HelperPhone.scans + len(own)
    session.execute(update(HelperPhone).where(HelperPhone.id == held.id).values(scans=counted))
    return found


def void(session: Session, token: str, scan_uuid: str, *, now: datetime) -> str:
    """Take back what this very phone scanned at the session it helps at, within the window; return whose it was.

    What the instructor may besides, the phone may not. Raises: HelperUnknown, HelperOver, and what ``reversals.void`` raises.
    """
    held = helping(session, token, now=now)
    _check_own(session, held, scan_uuid)
    narrow = replace(held.actor, grants=())
    device = device_of(held.id)
    return reversals.void(session, scan_uuid, device=device, reason="", now=now, actor=narrow)


def first_photo(session: Session, token: str, scan_uuid: str, picture: bytes, *, now: datetime) -> None:
    """Keep the photo (as ``photos.drawn_anew`` gave it) of somebody whom this very phone signed in, as its instructor might.

    Raises: HelperUnknown, HelperOver (ended), ScanUnknown, and what ``first_photos.keep`` raises.
    """
    held = helping(session, token, now=now, closed_too=True)
    _check_own(session, held, scan_uuid)
    first_photos.keep(session, scan_uuid, picture, now=now, actor=held.actor)


def device_of(helper_id: str) -> str:
    """Return the device that scans of a helping phone are noted with."""
    return f"helper-{helper_id}"


def _check_own(session: Session, held: Helping, scan_uuid: str) -> None:
    device = device_of(held.id)
    if not reversals.came_from(session, scan_uuid, device, session_id=held.meeting.id):
        raise reversals.ScanUnknown


def _check_room(session: Session, meeting: SessionView, *, now: datetime) -> None:
    if meeting.state != "open":
        raise HelperOver
    most = policy.on(day_of(now)).attendance.helpers_most
    joined = HelperPhone.joined_ms.is_not(None), HelperPhone.ended_ms.is_(None)
    live = session.scalars(select(HelperPhone.id).where(HelperPhone.session_id == meeting.id, *joined)).all()
    if len(live) >= most:
        raise TooManyHelpers(most=most)


def _note(
    session: Session, row: HelperPhone, meeting: SessionView, kind: str, *, now: datetime, actor: Actor
) -> None:
    entry = Entry(
        chain=("session", meeting.id),
        kind=kind,
        body={"session": meeting.id, "helper": row.id, "at_ms": to_ms(now)},
        occurred_ms=to_ms(now),
        segment_id=meeting.segment_id,
        client=actor.client,
    )
    ledger.append(session, entry, now=now, actor=actor)


def _hash(word: str) -> str:
    return f"sha256:{sha256(word.encode()).hexdigest()}"
