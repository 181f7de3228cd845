"""Issue, print and revoke printed cards, for people with no, a dead or a shared phone. One card is good for all classes.

A card carries its number and a keyed digest; nothing that could make another one is kept anywhere. It proves that the card was
there, not its owner: an instructor ticks that this is the person, and even so it is a weaker proof than a code of the moment.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.attendance import codes
from yanglao.capture.attendance.card_models import PrintedCard
from yanglao.classes import queries as classes
from yanglao.classes.queries import EnrolmentView
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import NotFound, Refused
from yanglao.outside.ciphers import ciphers
from yanglao.people import queries as people
from yanglao.people import service as persons
from yanglao.people.roles import may, scope_of

RIGHT = "people.manage"
SHORTEST_REASON = 2


@dataclass(frozen=True)
class PrintedView:
    """A live card: its number, whose it is, when it was issued, when last printed."""

    number: int
    person_id: str
    issued_ms: int
    printed_ms: int | None

    @property
    def payload(self) -> str:
        """Return what the card's code holds."""
        return codes.printed_payload(self.number, self.person_id, ciphers().mac)


@dataclass(frozen=True)
class Held:
    """What is known of a card that was read. ``person_id``: the record that stands today."""

    person_id: str
    revoked_ms: int | None


def of_persons(session: Session, person_ids: Iterable[str]) -> dict[str, PrintedView]:
    """Return the live cards of ``person_ids``, by person."""
    wanted = PrintedCard.person_id.in_(list(person_ids)), PrintedCard.revoked_ms.is_(None)
    return {row.person_id: _view(row) for row in session.scalars(select(PrintedCard).where(*wanted))}


def issue(
    session: Session,
    class_id: str,
    enrolment_ids: Sequence[str],
    *,
    anew: bool = False,
    now: datetime,
    actor: Actor,
) -> list[PrintedView]:
    """Give the people of a class cards; who has one keeps it unless ``anew``, which revokes it at once.

    Returns them in the order of the roster. Nobody named means everybody enrolled.

    Raises: Refused (outside the class), Forbidden, ClassUnknown (also outside the actor's scope).
    """
    chosen = _chosen(session, class_id, enrolment_ids, actor=actor)
    for one in sorted(chosen, key=lambda one: one.person_id):
        persons.lock(session, one.person_id)
    held = of_persons(session, (one.person_id for one in chosen))
    for one in chosen:
        if anew and one.person_id in held:
            _end(session, one.person_id, "换新卡", now=now, actor=actor)
        if anew or one.person_id not in held:
            session.add(_fresh(session, one.person_id, now=now, actor=actor))
    session.flush()
    cards = of_persons(session, (one.person_id for one in chosen))
    return [cards[one.person_id] for one in chosen]


def note_printed(
    session: Session, class_id: str, enrolment_ids: Sequence[str], *, now: datetime, actor: Actor
) -> list[PrintedView]:
    """Return the live cards of a class's people to be printed now, in the order of the roster, and note that they are.

    Raises as ``issue``; Refused: none of them has a card.
    """
    chosen = _chosen(session, class_id, enrolment_ids, actor=actor)
    cards = of_persons(session, (one.person_id for one in chosen))
    if not cards:
        raise Refused("printed_card.none")
    for row in session.scalars(
        select(PrintedCard).where(PrintedCard.number.in_([one.number for one in cards.values()]))
    ):
        row.printed_ms = to_ms(now)
    session.flush()
    return [cards[one.person_id] for one in chosen if one.person_id in cards]


def revoke(session: Session, person_id: str, *, reason: str, now: datetime, actor: Actor) -> None:
    """Revoke a person's card: from now on a scan of it is refused. Raises NotFound (also outside the scope), Refused.

    Within the scope is who is or was enrolled at one's base.
    """
    own = classes.enrolments_of(session, person_id)
    if not any(may(actor.grants, RIGHT, base=one.base_id, division=one.class_division_code) for one in own):
        raise NotFound("person.not_found")
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused("printed_card.reason_missing")
    persons.lock(session, person_id)
    if not _end(session, person_id, reason, now=now, actor=actor):
        raise NotFound("printed_card.unknown")


def seen(session: Session, code: codes.PrintedCode) -> Held | None:
    """Return what is known of the card that says ``code``, None when it is not ours.

    A card of a record that was merged into another is that one's, unless it has a card of its own.
    """
    row = session.get(PrintedCard, code.number)
    if row is None:
        return None
    words = codes.printed_words(code, row.person_id)
    if not codes.is_printed(code, ciphers().macs("attendance.printed_card", words)):
        return None
    standing = people.standing_id(session, row.person_id)
    revoked = row.revoked_ms
    if revoked is None and standing != row.person_id:
        own = of_persons(session, [standing]).get(standing)
        revoked = own.issued_ms if own else None
    return Held(standing, revoked)


def _chosen(
    session: Session, class_id: str, enrolment_ids: Sequence[str], *, actor: Actor
) -> list[EnrolmentView]:
    classes.class_(session, class_id, scope_of(actor.grants, RIGHT))
    roster = classes.roster(session, class_id)
    if not enrolment_ids:
        return roster
    if set(enrolment_ids) - {one.id for one in roster}:
        raise Refused("attendance.not_on_roster")
    return [one for one in roster if one.id in enrolment_ids]


def _fresh(session: Session, person_id: str, *, now: datetime, actor: Actor) -> PrintedCard:
    number = secrets.randbelow(2**31 - 1) + 1
    while session.get(PrintedCard, number) is not None:
        number = secrets.randbelow(2**31 - 1) + 1
    return PrintedCard(
        number=number, person_id=person_id, issued_ms=to_ms(now), issued_by=actor.person_id, reason=""
    )


def _end(session: Session, person_id: str, reason: str, *, now: datetime, actor: Actor) -> int:
    wanted = PrintedCard.person_id == person_id, PrintedCard.revoked_ms.is_(None)
    rows = session.scalars(select(PrintedCard).where(*wanted)).all()
    for row in rows:
        row.revoked_ms, row.revoked_by, row.reason = to_ms(now), actor.person_id, reason.strip()[:200]
    session.flush()
    return len(rows)


def _view(row: Any) -> PrintedView:
    return PrintedView(row.number, row.person_id, row.issued_ms, row.printed_ms)
