"""Enrol a strange PC as the screen of one session: it waits with a pairing code, an instructor binds it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from yanglao.capture.attendance import meetings, queries, roll_call_queries
from yanglao.capture.attendance.models import Screen, SessionShow
from yanglao.classes import queries as classes
from yanglao.classes.queries import SessionView
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import changed
from yanglao.kernel.errors import NotFound, TooMany, Unauthenticated
from yanglao.people import queries as people

PAIRING_S = 600
UNUSED_KEPT_MS = 86_400_000
MOST_WAITING = 2_000


class PairingUnknown(NotFound):
    code = "screen.pairing_unknown"


class ScreenUnknown(Unauthenticated):
    code = "screen.unknown"


@dataclass(frozen=True)
class Waiting:
    """A screen that waits. ``token`` is told once; the database keeps its digest only."""

    token: str
    pairing: str
    until_ms: int


def enrol(session: Session, *, now: datetime) -> Waiting:
    """Make a screen that waits to be bound; screens never bound within a day are swept away.

    Raises TooMany while very many wait: anybody may ask for one.
    """
    stale = Screen.created_ms < to_ms(now) - UNUSED_KEPT_MS
    session.execute(delete(Screen).where(Screen.session_id.is_(None), stale))
    unbound = select(func.count()).where(Screen.session_id.is_(None), Screen.pairing_until_ms > to_ms(now))
    if (session.scalar(unbound) or 0) >= MOST_WAITING:
        raise TooMany(retry_after_s=60)
    waiting = Waiting(secrets.token_urlsafe(32), secrets.token_urlsafe(9), to_ms(now) + PAIRING_S * 1000)
    session.add(
        Screen(
            token_hash=_hash(waiting.token),
            pairing=waiting.pairing,
            pairing_until_ms=waiting.until_ms,
            created_ms=to_ms(now),
        )
    )
    session.flush()
    return waiting


def bind(session: Session, pairing: str, session_id: str, *, now: datetime, actor: Actor) -> SessionView:
    """Make the waiting screen show one session that ``actor`` teaches. Raises PairingUnknown, SessionUnknown."""
    meeting = meetings.own(session, session_id, actor)
    screen = session.scalar(select(Screen).where(Screen.pairing == pairing).with_for_update())
    if screen is None or screen.session_id or screen.pairing_until_ms < to_ms(now):
        raise PairingUnknown
    screen.session_id, screen.bound_by, screen.bound_ms = session_id, actor.person_id, to_ms(now)
    session.flush()
    return meeting


def release(session: Session, session_id: str, *, now: datetime, actor: Actor) -> int:
    """Take the session off all its screens and return how many they were. Raises SessionUnknown."""
    meetings.own(session, session_id, actor)
    bound = Screen.session_id == session_id
    held = update(Screen).where(bound, Screen.released_ms.is_(None))
    return changed(session, held.values(released_ms=to_ms(now)))


def shown(session: Session, token: str) -> SessionView | None:
    """Return the session that the screen with ``token`` shows, None while it waits. Raises ScreenUnknown."""
    screen = session.scalar(select(Screen).where(Screen.token_hash == _hash(token)))
    if screen is None or screen.released_ms is not None:
        raise ScreenUnknown
    return classes.session_(session, screen.session_id) if screen.session_id else None


def seen_by(session: Session, session_id: str, *, token: str, actor: Actor | None) -> SessionView:
    """Return a session to its own screen or to one who teaches it. Raises ScreenUnknown, SessionUnknown."""
    if token:
        held = shown(session, token)
        if held is None or held.id != session_id:
            raise ScreenUnknown
        return held
    if actor is None:
        raise Unauthenticated
    return meetings.own(session, session_id, actor)


def arrivals(session: Session, meeting: SessionView) -> list[dict[str, str]]:
    """List the last people who came in, newest first, as the instructor wants names shown to a whole hall."""
    shown_as = names(session, meeting.id)
    if shown_as == "none":
        return []
    held = queries.presences_of_session(session, meeting.id)[-8:][::-1]
    known = people.persons(session, [view.person_id for view in held])
    full = shown_as == "full"
    return [
        {
            "id": view.id,
            "name": known[view.person_id].name if full else known[view.person_id].masked_name,
        }
        for view in held
    ]


@dataclass(frozen=True)
class Calling:
    """A roll call that runs: until when, how many have not answered, and who of them as names are shown here."""

    until_ms: int
    waiting: int
    names: tuple[str, ...]


def calling(session: Session, meeting: SessionView, *, now: datetime) -> Calling | None:
    """Return the roll call that a session is in the middle of, or None."""
    running = [
        one
        for one in roll_call_queries.of_session(session, meeting.id)[:1]
        if one.settled_ms is None and one.until_ms > to_ms(now)
    ]
    if not running:
        return None
    waiting = [seat.person_id for seat in running[0].seats if seat.state == "waiting"]
    shown_as = names(session, meeting.id)
    known = people.persons(session, waiting) if shown_as != "none" else {}
    full = shown_as == "full"
    told = [known[one].name if full else known[one].masked_name for one in waiting if one in known]
    return Calling(running[0].until_ms, len(waiting), tuple(told))


def names(session: Session, session_id: str) -> str:
    """Return how the screens of a session show names: full, masked (unless somebody said otherwise) or none."""
    row = session.get(SessionShow, session_id)
    return row.names if row else "masked"


def bound(session: Session, session_id: str) -> int:
    """Return how many screens show a session."""
    mine = select(func.count()).where(Screen.session_id == session_id, Screen.released_ms.is_(None))
    return session.scalar(mine) or 0


def show_names(session: Session, session_id: str, how: str, *, now: datetime, actor: Actor) -> None:
    """Say how the screens of a session show names: full, masked or none. Raises SessionUnknown."""
    meetings.own(session, session_id, actor)
    row = session.get(SessionShow, session_id)
    if row is None:
        row = SessionShow(session_id=session_id)
        session.add(row)
    row.names, row.set_by, row.set_ms = how, actor.person_id, to_ms(now)
    session.flush()


def _hash(token: str) -> str:
    return f"sha256:{sha256(token.encode()).hexdigest()}"
