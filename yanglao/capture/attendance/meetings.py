"""Open and close an offline session, and say its code of the moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from yanglao.capture.attendance import cards, closing, codes, endings, live_checks, roll_calls, rules, signs
from yanglao.capture.attendance.readings import teaches
from yanglao.classes import queries as classes
from yanglao.classes import timetable
from yanglao.classes.queries import SessionUnknown, SessionView
from yanglao.evidence import ledger
from yanglao.evidence.ledger import Entry
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict
from yanglao.outside.ciphers import ciphers


class NotNow(Conflict):
    """Say that the session cannot be opened now; the code says why."""

    code = "session.not_open"


@dataclass(frozen=True)
class RoomNow:
    """The codes of one session in one step. ``spoken`` is read out to those whose camera does not do."""

    payload: str
    url: str
    step: int
    step_s: int
    expires_ms: int
    server_ms: int
    spoken: str
    spoken_expires_ms: int


def own(session: Session, session_id: str, actor: Actor) -> SessionView:
    """Return a session that ``actor`` teaches or administers. Raises SessionUnknown."""
    meeting = classes.session_(session, session_id)
    if not teaches(meeting, actor):
        raise SessionUnknown(session_id=session_id)
    return meeting


def open_session(session: Session, session_id: str, *, now: datetime, actor: Actor) -> SessionView:
    """Open a session of a running class; one that is open stays as it is.

    Raises: SessionUnknown (not the actor's), NotNow (too early, over, cancelled, the class does not run).
    """
    meeting = own(session, session_id, actor)
    if meeting.state == "open":
        return meeting
    if meeting.state == "cancelled":
        raise NotNow("session.cancelled", starts_ms=meeting.starts_ms)
    if classes.class_(session, meeting.class_id).state != "running":
        raise NotNow("session.class_not_running")
    too = rules.may_open(facts_of(meeting), to_ms(now), policy.on(day_of(now)).attendance)
    if too is not None:
        raise NotNow(too.code, **too.facts)
    timetable.mark_session_open(session, session_id, now=now, actor=actor)
    enrolled = classes.roster(session, meeting.class_id)
    cards.keep(session, (view.person_id for view in enrolled), now=now)
    _note(session, meeting, "session.opened", {"expected": len(enrolled)}, now=now, actor=actor)
    return classes.session_(session, session_id)


def close_session(
    session: Session,
    session_id: str,
    *,
    now: datetime,
    actor: Actor,
    signature: bytes = b"",
    word: closing.Word | None = None,
) -> SessionView:
    """Close an open session and note planned against held; one that is closed stays as it is.

    ``signature``, as ``closing.drawn`` gave it, is kept, and its hash noted with the close, and ``word`` of the instructor with it.
    Who did not sign out is signed out as the policy says, in an entry of its own.

    Raises: SessionUnknown (not the actor's), NotNow (never opened).
    """
    meeting = own(session, session_id, actor)
    if meeting.state == "closed":
        return meeting
    if meeting.state != "open":
        raise NotNow("session.not_open", starts_ms=meeting.starts_ms)
    roll_calls.end_with(session, meeting, now=now, actor=actor)
    live_checks.end_with(session, meeting, now=now, actor=actor)
    endings.end(session, meeting, now=now, actor=actor)
    timetable.mark_session_closed(session, session_id, now=now, actor=actor)
    closed = classes.session_(session, session_id)
    body = closing.noted(closing.variance(session, closed, until_ms=to_ms(now)))
    body |= closing.worded(word or closing.Word(), now=now)
    if signature:
        body["signature"] = closing.sign(session, signature, now=now, actor=actor)
    _note(session, closed, "session.closed", body, now=now, actor=actor)
    signs.ask(session, session_id, now=now)
    return closed


def room_now(meeting: SessionView, *, base_url: str, now: datetime) -> RoomNow:
    """Return the codes of ``meeting`` for the present step only. Raises NotNow when it is not open."""
    if meeting.state != "open":
        raise NotNow("session.closed" if meeting.state == "closed" else "session.not_open", **_when(meeting))
    limits = policy.on(day_of(now)).attendance
    step = codes.step_of(to_ms(now), limits.room_step_s)
    said = codes.step_of(to_ms(now), limits.spoken_step_s)
    payload = codes.room_payload(meeting.code_no, step, ciphers().mac)
    return RoomNow(
        payload=payload,
        url=codes.room_url(base_url, payload),
        step=step,
        step_s=limits.room_step_s,
        expires_ms=codes.step_start_ms(step + 1, limits.room_step_s),
        server_ms=to_ms(now),
        spoken=codes.spoken_code(meeting.code_no, said, ciphers().mac),
        spoken_expires_ms=codes.step_start_ms(said + 1, limits.spoken_step_s),
    )


def facts_of(meeting: SessionView) -> rules.Meeting:
    """Return what the rules know of a session."""
    return rules.Meeting(
        meeting.state, meeting.starts_ms, meeting.ends_ms, meeting.opened_ms, meeting.closed_ms
    )


def _when(meeting: SessionView) -> dict[str, Any]:
    return {"starts_ms": meeting.starts_ms, "closed_ms": meeting.closed_ms}


def _note(
    session: Session, meeting: SessionView, kind: str, more: dict[str, Any], *, now: datetime, actor: Actor
) -> None:
    body = {
        "session": meeting.id,
        "class": meeting.class_id,
        "segment": meeting.segment_id,
        "at_ms": to_ms(now),
        "planned": [meeting.starts_ms, meeting.ends_ms],
        "breaks": [list(pause) for pause in meeting.breaks],
    }
    entry = Entry(
        chain=("session", meeting.id),
        kind=kind,
        body=body | more,
        occurred_ms=to_ms(now),
        segment_id=meeting.segment_id,
        client=actor.client,
    )
    ledger.append(session, entry, now=now, actor=actor)
