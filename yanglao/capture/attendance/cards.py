"""Give each person a card number and draw up personal codes from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from yanglao.capture.attendance import codes
from yanglao.capture.attendance.models import PersonCard
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of, to_ms
from yanglao.outside.ciphers import ciphers
from yanglao.people import queries as people

TRIES = 16


@dataclass(frozen=True)
class Code:
    """One personal code and the time in which it is shown."""

    payload: str
    valid_from_ms: int
    expires_ms: int


@dataclass(frozen=True)
class Card:
    """The code to show now and the coming ones for dead zones; ``kept`` tells whether the number has its row yet."""

    now: Code
    stock: tuple[Code, ...]
    step_s: int
    kept: bool


def card(session: Session, person_id: str, *, now: datetime) -> Card:
    """Return the personal code of now and the stock. Reads only: a person without a number is shown the one to come."""
    figures = policy.on(day_of(now)).attendance
    number, kept = _number(session, person_id)
    current = codes.step_of(to_ms(now), figures.card_step_s)

    def code(step: int, stock: bool) -> Code:
        start = codes.step_start_ms(step, figures.card_step_s)
        payload = codes.card_payload(number, person_id, step, ciphers().mac, stock=stock)
        return Code(payload, start, start + figures.card_step_s * 1000)

    coming = tuple(code(current + ahead, True) for ahead in range(1, figures.stock_codes + 1))
    return Card(code(current, False), coming, figures.card_step_s, kept)


def keep(session: Session, person_ids: Iterable[str], *, now: datetime) -> None:
    """Give every one of ``person_ids`` a number that has none; two at the same time do not get in each other's way."""
    # A card belongs to the record that stands after a merge: that is who signs in and shows it.
    wanted = sorted({people.standing_id(session, one) for one in person_ids})
    held = set(session.scalars(select(PersonCard.person_id).where(PersonCard.person_id.in_(wanted))))
    for person_id in wanted:
        if person_id not in held:
            _keep_one(session, person_id, now=now)


def person_of(session: Session, number: int) -> str | None:
    """Return whose card carries ``number``, or None."""
    return session.scalar(select(PersonCard.person_id).where(PersonCard.number == number))


def numbers(session: Session, person_ids: Iterable[str]) -> dict[str, int]:
    """Return the numbers that the cards of persons carry in clear; who has none yet is left out."""
    wanted = select(PersonCard.person_id, PersonCard.number).where(PersonCard.person_id.in_(set(person_ids)))
    return {person_id: number for person_id, number in session.execute(wanted)}


def _keep_one(session: Session, person_id: str, *, now: datetime) -> None:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    number, _ = _number(session, person_id)
    row = {"person_id": person_id, "number": number, "made_ms": to_ms(now)}
    session.execute(dialect.insert(PersonCard).values(**row).on_conflict_do_nothing())


def _number(session: Session, person_id: str) -> tuple[int, bool]:
    kept = session.scalar(select(PersonCard.number).where(PersonCard.person_id == person_id))
    if kept is not None:
        return kept, True
    derived = [_derive(person_id, attempt) for attempt in range(TRIES)]
    taken = set(session.scalars(select(PersonCard.number).where(PersonCard.number.in_(derived))))
    return next(number for number in derived if number not in taken), False


def _derive(person_id: str, attempt: int) -> int:
    digest = ciphers().mac("attendance.card_number", f"{person_id}:{attempt}".encode())
    return (int.from_bytes(digest[:4], "big") & 0x7FFFFFFF) or 1
