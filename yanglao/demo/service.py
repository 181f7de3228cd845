"""Load the demo city once, renew what can be done now, list its accounts."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from yanglao.classes import queries as class_queries
from yanglao.courses import service as courses
from yanglao.demo import city, lessons, live, past, shelf
from yanglao.demo.cast import PASSWORD, STAFF, invent
from yanglao.kernel.clock import day_of, held
from yanglao.people import queries as people
from yanglao.people import service as people_service
from yanglao.places import service as places


def loaded(session: Session) -> bool:
    """Tell whether the demo city is there."""
    return len(city.known_bases(session)) == len(city.BASES)


def load(session: Session, *, trainees: int = 30, now: datetime) -> None:
    """Make the demo city: bases, staff, three months of past, and classes for ``trainees`` people to learn in now.

    Where it is there already, only what is missing for ``trainees`` is added.
    """
    today = day_of(now)
    began = now - timedelta(days=100)
    fresh = not loaded(session)
    places.load_notice(session)
    with held(began):
        courses.load_courses(session, began)
    where = city.build(session, now=began)
    password_hash = people_service.hash_password(PASSWORD)
    if fresh:
        past.tell(session, where, today=today, password_hash=password_hash)
        shelf.fill(session, where, now=began)
        lessons.publish(session, where, now=now - timedelta(days=1))
    live.make(session, where, trainees=trainees, password_hash=password_hash, now=now)
    renew(session, now=now)


def renew(session: Session, *, now: datetime) -> None:
    """Keep the promise that there is something to learn and a session to open now; classes that are over get heirs."""
    where = city.find(session)
    if not where.bases:
        return
    live.succeed(session, where, now=now)
    live.renew(session, where, now=now)


def accounts(session: Session) -> list[dict[str, str | None]]:
    """Return who can sign in: {role, department, name, phone, id_end, password, scope, use}, staff, then live trainees."""
    where = city.find(session)
    rows = []
    for part in STAFF:
        actor = where.staff.get(part.key)
        if actor is None:
            continue
        person = people.person(session, actor.person_id)
        scope = where.bases.get(part.base or "") or part.division or "all"
        rows.append(_row(part.role, part.department, person, scope=scope, use=part.use))
    if not where.bases:
        return rows
    for own in live.newest(session, where):
        roster = class_queries.roster(session, own.id)
        known = people.persons(session, [view.person_id for view in roster])
        for number, view in enumerate(roster):
            use = (
                "学员：第一次登录，还没有同意隐私告知"
                if number == len(roster) - 1
                else "学员：有一段线上课可学，今天有线下课"
            )
            rows.append(_row("trainee", None, known[view.person_id], scope=own.id, use=use))
    return rows


def _row(
    role: str, department: str | None, person: people.PersonView, *, scope: str, use: str
) -> dict[str, str | None]:
    return {
        "role": role,
        "department": department,
        "name": person.name,
        "phone": person.account_phone,
        "id_end": invent(int((person.account_phone or "0")[4:] or 0)).id_number[-6:],
        "password": PASSWORD,
        "scope": scope,
        "use": use,
    }
