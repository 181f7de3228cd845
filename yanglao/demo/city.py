"""The lasting parts of the demo city: two bases, staff, and how a class comes to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import product

from sqlalchemy.orm import Session

from yanglao.classes import seasons, timetable_queries, venues
from yanglao.classes import service as classes
from yanglao.classes.registry import EnrolDraft
from yanglao.classes.seasons import SeasonDraft
from yanglao.classes.service import ClassDraft
from yanglao.classes.timetable import SessionDraft
from yanglao.classes.venues import VenueDraft
from yanglao.completion.refresh import refresh
from yanglao.courses import queries as courses
from yanglao.demo.cast import PASSWORD, STAFF, Invented, invent, told_of
from yanglao.evidence import filing
from yanglao.kernel.actor import SYSTEM, Actor, Grant, Scope
from yanglao.kernel.clock import SHANGHAI, held, to_ms
from yanglao.people import particulars
from yanglao.people import queries as people
from yanglao.people import service as people_service
from yanglao.people.service import Draft
from yanglao.places import queries as places
from yanglao.places import service as places_service
from yanglao.places.service import BaseDraft

STAFF_FROM = 900_000
EVERYWHERE = Scope(all=True)
BASES = {
    "a": BaseDraft(
        name="示例仁和养老服务培训基地（演示）",
        short_name="仁和（演示）",
        division_code="371302",
        address="示例路 1 号（演示）",
        is_demo=True,
    ),
    "b": BaseDraft(
        name="示例沂水康养实训基地（演示）",
        short_name="沂水（演示）",
        division_code="371323",
        address="示例路 2 号（演示）",
        is_demo=True,
    ),
}

ROOMS = (
    ("a", "1 号教室（演示）", 60),
    ("a", "一号实训室（演示）", 50),
    ("a", "二号实训室（演示）", 36),  # fewer than its classes have places: the pages say so
    ("b", "实训大厅（演示）", 80),
)
POSITIONS = {
    "a": (35_100_000, 118_300_000),
    "b": (35_800_000, 118_600_000),
}  # round figures: nobody's address
SEASONS = (("三夏", (6, 1), (6, 20)), ("三秋", (9, 20), (10, 15)))


@dataclass(frozen=True)
class City:
    """Who and what the demo city is made of: base ids by key, actors by key."""

    bases: dict[str, str]
    staff: dict[str, Actor]


def known_bases(session: Session) -> dict[str, str]:
    """Return the demo bases that are there, by key."""
    by_name = {base.name: base.id for base in places.bases(session)}
    return {key: by_name[draft.name] for key, draft in BASES.items() if draft.name in by_name}


def build(session: Session, *, now: datetime) -> City:
    """Register the bases and take on the staff; what is there already stays."""
    with held(now):
        bases = known_bases(session)
        for key, draft in BASES.items():
            if key not in bases:
                bases[key] = places_service.add_base(session, draft)
        password_hash = people_service.hash_password(PASSWORD)
        for number, part in enumerate(STAFF):
            invented = invent(STAFF_FROM + number)
            given = Grant(part.role, part.division, bases.get(part.base or ""), part.department)
            take_on(session, replace(invented, name=part.name), given, password_hash=password_hash, now=now)
        made = find(session)
        _furnish(session, made, now=now)
    return made


def _furnish(session: Session, city: City, *, now: datetime) -> None:
    """Give the bases rooms with places, and their divisions example farming seasons; what is there already stays."""
    for key, name, places_ in ROOMS:
        if venues.named_venue(session, city.bases[key], name) is None:
            latitude_e6, longitude_e6 = POSITIONS[key]
            draft = VenueDraft(name, places_, latitude_e6, longitude_e6)
            admin = city.staff[f"admin_{key}"]
            venues.add_venue(session, city.bases[key], draft, now=now, actor=admin)
    year = now.astimezone(SHANGHAI).year
    for key, officer in (("a", "ca_302"), ("b", "ca_323")):
        division = BASES[key].division_code
        span = date(year, 1, 1), date(year + 1, 12, 31)
        if timetable_queries.seasons(session, divisions=[division], bases=[], first=span[0], last=span[1]):
            continue
        for one, (name, starts, ends) in product((year, year + 1), SEASONS):
            draft_season = SeasonDraft(name, date(one, *starts), date(one, *ends), division, is_example=True)
            seasons.keep_season(session, draft_season, now=now, actor=city.staff[officer])


def take_on(
    session: Session, one: Invented, given: Grant | None, *, password_hash: str, now: datetime
) -> str:
    """Admit one invented person with an account that has agreed to the privacy notice; return the person's id."""
    draft = Draft(name=one.name, id_number=one.id_number, phone=one.phone, is_demo=True)
    person_id = people_service.admit(session, draft, now=now, actor=SYSTEM).person_id
    if people.person(session, person_id).account_phone is None:
        people_service.open_account(
            session, person_id, phone=one.phone, password_hash=password_hash, now=now, actor=SYSTEM
        )
    if given is not None:
        people_service.grant(session, person_id, given, now=now, actor=SYSTEM)
        people_service.agree(session, person_id, people_service.PRIVACY_VERSION, client="pc", now=now)
    return person_id


def find(session: Session) -> City:
    """Return the demo city that is there."""
    staff = {}
    for number, part in enumerate(STAFF):
        person = people.find_by_id_number(session, invent(STAFF_FROM + number).id_number)
        if person is not None:
            staff[part.key] = people_service.actor_of(session, person.id)
    return City(known_bases(session), staff)


@dataclass(frozen=True)
class Plan:
    """A class to make: where, what, when, and who decides it. ``meetings`` are (segment key, day, hour, hours)."""

    base: str
    programme: str
    starts_on: date
    ends_on: date
    capacity: int
    officer: str
    admin: str
    teacher: str
    name: str
    meetings: tuple[tuple[str, date, int, int], ...] = ()
    venue: str = "一号实训室（演示）"


def draft_class(session: Session, city: City, plan: Plan, *, now: datetime) -> str:
    """Make a draft class with its timetable; return its id."""
    admin = city.staff[plan.admin]
    programme = courses.programme_by_code(session, plan.programme)
    made = filing.create_class(
        session,
        ClassDraft(
            base_id=city.bases[plan.base],
            programme_id=programme.id,
            starts_on=plan.starts_on,
            ends_on=plan.ends_on,
            capacity=plan.capacity,
            name=plan.name,
            is_demo=True,
        ),
        now=now,
        actor=admin,
    )
    keys = {segment.key: segment.id for segment in programme.segments}
    for key, day, hour, hours in plan.meetings:
        starts = datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)
        plan_meeting(session, city, plan, made.id, segment_id=keys[key], starts=starts, hours=hours, now=now)
    return made.id


def plan_meeting(
    session: Session,
    city: City,
    plan: Plan,
    class_id: str,
    *,
    segment_id: str,
    starts: datetime,
    hours: int,
    now: datetime,
) -> str:
    """Plan one meeting; return its id."""
    draft = SessionDraft(
        class_id=class_id,
        segment_id=segment_id,
        starts_ms=to_ms(starts),
        ends_ms=to_ms(starts + timedelta(hours=hours)),
        venue=plan.venue,
        instructor_id=city.staff[plan.teacher].person_id,
        reason="演示城市自动排课",
    )
    return filing.plan_session(session, draft, now=now, actor=city.staff[plan.admin]).id


def enrol(
    session: Session,
    city: City,
    plan: Plan,
    class_id: str,
    *,
    numbers: Sequence[int],
    password_hash: str,
    now: datetime,
) -> list[str]:
    """Admit invented people, open their accounts and enter them on the roster; return their person ids."""
    admin = city.staff[plan.admin]
    persons = []
    for number in numbers:
        one = invent(number)
        draft = Draft(
            name=one.name,
            id_number=one.id_number,
            phone=one.phone,
            base_id=city.bases[plan.base],
            is_demo=True,
        )
        person_id = people_service.admit(session, draft, now=now, actor=SYSTEM).person_id
        if people.person(session, person_id).account_phone is None:
            people_service.open_account(
                session, person_id, phone=one.phone, password_hash=password_hash, now=now, actor=SYSTEM
            )
        particulars.fill(session, person_id, told_of(number), now=now, actor=SYSTEM)
        classes.enrol(session, class_id, EnrolDraft(person_id, one.employer, "在职"), now=now, actor=admin)
        persons.append(person_id)
    return persons


def run_class(
    session: Session,
    city: City,
    plan: Plan,
    class_id: str,
    *,
    filed: datetime,
    approved: datetime,
    starts: datetime,
) -> None:
    """File, approve and start a class at their times."""
    admin, officer = city.staff[plan.admin], city.staff[plan.officer]
    with held(filed):
        filing.take(session, class_id, "file", now=filed, actor=admin)
    with held(approved):
        filing.take(session, class_id, "approve", now=approved, actor=officer)
    with held(starts):
        filing.take(session, class_id, "start", now=starts, actor=admin)


def fold(session: Session, persons: list[str], *, now: datetime) -> None:
    """Fold the evidence of several persons."""
    for person_id in persons:
        refresh(session, person_id, now=now)
