"""Sign a PC in by phone: the PC shows a code, the phone scans and confirms, the PC that showed it collects.

``sid`` is the PC's secret (a cookie, never in the code); ``scene`` stands in the code. Every step is one conditional
UPDATE, so that of two at the same moment one happens.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session, scoped_session

from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import changed
from yanglao.kernel.errors import Conflict, Forbidden, NotFound
from yanglao.people import queries
from yanglao.people.entrance import SignedIn, let_in
from yanglao.people.oauth import hashed, random_word
from yanglao.people.states import ticket_after
from yanglao.people.wechat_models import SignInTicket

AnySession = Session | scoped_session[Any]
SCENE_LENGTH = (
    15  # of 62 letters: 89 bits within five minutes; the address in the code stays under 40 characters
)
SCENE = re.compile(r"L[A-Za-z0-9]{15}")
LIFE_MS = 300_000
LAST_MS = 30_000  # what is left to a code that is worth drawing once more
KEPT_MS = 86_400_000


class OfAnother(Forbidden):
    """Say that another person scanned the code first."""

    code = "wechat.ticket_of_another"


@dataclass(frozen=True)
class NewTicket:
    """A ticket for a PC: ``sid`` for its cookie, ``scene`` for the code it shows."""

    sid: str = field(repr=False)
    scene: str


@dataclass(frozen=True)
class TicketView:
    """A ticket as its PC or a phone sees it; ``state`` is also ``expired``, ``left_s`` the seconds it still lives."""

    scene: str = field(repr=False)
    state: str
    next_path: str
    device_label: str
    created_ms: int
    left_s: int
    scanned_by: str | None

    @property
    def lasts(self) -> bool:
        """Tell whether its PC may go on showing it: nobody said no, and there is time to take a phone out."""
        return self.state in ("pending", "scanned", "confirmed") and self.left_s * 1000 >= LAST_MS


@dataclass(frozen=True)
class Collected:
    """A PC that is signed in now, and where it was going."""

    signed_in: SignedIn
    next_path: str


def issue_ticket(
    session: AnySession, *, device_label: str, next_path: str, now: datetime, instead: str = ""
) -> NewTicket:
    """Make a ticket for a PC; those of yesterday leave the table, and with them the PC's own before (``instead``)."""
    made, now_ms = NewTicket(secrets.token_urlsafe(24), f"L{random_word(SCENE_LENGTH)}"), to_ms(now)
    old = SignInTicket.created_ms < now_ms - KEPT_MS
    if instead:
        unused = SignInTicket.state.in_(("pending", "refused"))
        old = or_(old, and_(SignInTicket.sid_hash == hashed(instead), unused))
    session.execute(delete(SignInTicket).where(old).execution_options(synchronize_session=False))
    session.add(
        SignInTicket(
            scene=made.scene,
            sid_hash=hashed(made.sid),
            state="pending",
            next_path=next_path,
            device_label=device_label[:80],
            created_ms=now_ms,
            expires_ms=now_ms + LIFE_MS,
        )
    )
    session.flush()
    return made


def ticket_of_pc(session: AnySession, sid: str, *, now: datetime) -> TicketView | None:
    """Return the ticket of the PC whose secret this is, or None."""
    row = session.scalar(select(SignInTicket).where(SignInTicket.sid_hash == hashed(sid))) if sid else None
    return None if row is None else _view(row, to_ms(now))


def ticket_of_phone(session: AnySession, scene: str, *, now: datetime) -> TicketView:
    """Return the ticket that a phone scanned. Raises NotFound: unknown, over, or out of time."""
    row = _scanned(session, scene)
    view = None if row is None else _view(row, to_ms(now))
    if view is None or view.state in ("expired", "consumed", "refused"):
        raise NotFound("wechat.ticket_over")
    return view


def scan(session: AnySession, scene: str, *, now: datetime, actor: Actor) -> None:
    """Note who scanned; the same person again changes nothing.

    Raises:
        NotFound: over or out of time. Forbidden: another person scanned it first.
    """
    _step(session, scene, "scan", now=now, actor=actor)


def confirm(session: AnySession, scene: str, *, now: datetime, actor: Actor) -> None:
    """Let the PC in; only who scanned it may. Raises NotFound, Forbidden, Conflict when it was not scanned."""
    _step(session, scene, "confirm", now=now, actor=actor)


def refuse(session: AnySession, scene: str, *, now: datetime, actor: Actor) -> None:
    """Say that it was not oneself at that PC. Raises NotFound, Forbidden, Conflict."""
    _step(session, scene, "refuse", now=now, actor=actor)


def collect(session: AnySession, sid: str, *, device_label: str, now: datetime) -> Collected:
    """Sign the PC in that holds ``sid``; of two at once one is let in.

    Raises:
        NotFound: no such ticket, over, or out of time. Conflict: not confirmed yet.
    """
    row = session.scalar(select(SignInTicket).where(SignInTicket.sid_hash == hashed(sid))) if sid else None
    if row is None or row.expires_ms <= to_ms(now):
        raise NotFound("wechat.ticket_over")
    if row.state in ("pending", "scanned"):
        raise Conflict("wechat.ticket_waits")
    if not _move(session, row, "consume", consumed_ms=to_ms(now)) or row.scanned_by is None:
        raise NotFound("wechat.ticket_over")
    person_id = queries.standing_id(session, row.scanned_by)
    found = let_in(session, person_id, client="pc", via="ticket", device_label=device_label, now=now)
    return Collected(found, row.next_path)


def _scanned(session: AnySession, scene: str) -> SignInTicket | None:
    known = SCENE.fullmatch(scene) and select(SignInTicket).where(SignInTicket.scene == scene)
    return session.scalar(known) if known is not None else None


def _step(session: AnySession, scene: str, act: str, *, now: datetime, actor: Actor) -> None:
    row = _scanned(session, scene)
    now_ms = to_ms(now)
    if row is None or row.expires_ms <= now_ms or row.state in ("consumed", "refused"):
        raise NotFound("wechat.ticket_over")
    if row.scanned_by not in (None, actor.person_id):
        raise OfAnother()
    if act == "scan" and row.state != "pending":
        return
    values: dict[str, Any] = {}
    if act == "scan":
        values = {"scanned_by": actor.person_id, "scanned_ms": now_ms, "expires_ms": now_ms + LIFE_MS}
    elif act == "confirm":
        values = {"confirmed_ms": now_ms}
    if _move(session, row, act, **values):
        return
    # A second tap of the same thumb finds the step taken; anything else came out of turn.
    if ticket_after(row.state, act) != row.state or row.scanned_by != actor.person_id:
        raise Conflict("wechat.ticket_waits")


def _move(session: AnySession, row: SignInTicket, act: str, **values: Any) -> bool:
    """Take a step if the row still is where it was read; tell whether it did. The row is read again."""
    before = row.state
    after = ticket_after(before, act)
    if after is None:
        return False
    step = (
        update(SignInTicket)
        .where(SignInTicket.id == row.id, SignInTicket.state == before)
        .values(state=after, **values)
        .execution_options(synchronize_session=False)
    )
    moved = changed(session, step) == 1
    session.refresh(row)
    return moved


def _view(row: SignInTicket, now_ms: int) -> TicketView:
    over = row.expires_ms <= now_ms and row.state not in ("consumed", "refused")
    return TicketView(
        scene=row.scene,
        state="expired" if over else row.state,
        next_path=row.next_path,
        device_label=row.device_label,
        created_ms=row.created_ms,
        left_s=max(0, -(-(row.expires_ms - now_ms) // 1000)),
        scanned_by=row.scanned_by,
    )
