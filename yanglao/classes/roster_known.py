"""Gather what is known of the people of a roster before its rows are judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.classes import queries
from yanglao.classes.models import TrainingClass
from yanglao.classes.roster_rules import Circumstances, Known, Row
from yanglao.classes.shapes import EnrolmentView
from yanglao.kernel.clock import day_of
from yanglao.people import queries as people
from yanglao.places import queries as places

ALIVE = frozenset({"approved", "running"})


def circumstances(
    session: Session, own: TrainingClass, rows: Sequence[Row], *, now: datetime
) -> Circumstances:
    """Return what the rows are judged against: known people, their classes and phones, and the room left."""
    wanted = {(row.id_type, row.id_number) for row in rows if row.id_number and not row.dropped}
    found = {key: people.find_by_id_number(session, key[1], key[0]) for key in wanted}
    persons = {key: person for key, person in found.items() if person is not None}
    enrolled = queries.enrolments_of_persons(session, [person.id for person in persons.values()])
    phones: dict[str, str] = {}
    for phone in {row.phone for row in rows if row.phone}:
        owner = people.find_by_phone(session, phone)
        if owner is not None:
            phones[phone] = owner.id
    return Circumstances(
        today=day_of(now),
        starts_on=own.starts_on,
        room=own.capacity - len(queries.roster(session, own.id)),
        persons={key: _known(person, enrolled.get(person.id, []), own) for key, person in persons.items()},
        phones=phones,
        divisions={one.name: one.code for one in places.divisions(session) if one.kind != "city"},
    )


def _known(person: people.PersonView, enrolments: Iterable[EnrolmentView], own: TrainingClass) -> Known:
    here, busy = "", []
    for one in enrolments:
        if one.class_id == own.id:
            here = one.state
        elif one.state == "enrolled" and one.class_state in ALIVE and _overlap(one, own):
            busy.append(one.class_name)
    return Known(person.id, person.name, here, tuple(busy), person.account_phone is not None)


def _overlap(one: EnrolmentView, own: TrainingClass) -> bool:
    return one.starts_on <= own.ends_on and one.ends_on >= own.starts_on
