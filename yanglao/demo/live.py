"""What can be done now, whatever the day: a class that runs, an online segment to learn, a session to open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from yanglao.capture.attendance import endings
from yanglao.classes import queries as class_queries
from yanglao.classes import service as classes
from yanglao.classes.registry import EnrolDraft
from yanglao.classes.shapes import ClassView
from yanglao.courses import queries as courses
from yanglao.demo import acts, city
from yanglao.demo.cast import invent
from yanglao.demo.city import City, Plan
from yanglao.evidence import filing
from yanglao.kernel.actor import Grant
from yanglao.kernel.clock import SHANGHAI, day_of, from_ms, held, to_ms
from yanglao.kernel.errors import Problem
from yanglao.people import service as people

log = structlog.get_logger(__name__)

NAME = "演示·现在可以学的班"
FIRST = 1000
PER_CLASS = 50
HOURS = 3
STALE = timedelta(minutes=55)
LASTS = timedelta(days=60)
HEIR_BEFORE = timedelta(days=3)
BEFORE = timedelta(minutes=3)
TEACHERS_FROM = city.STAFF_FROM + 1000


def plans(today: date, trainees: int) -> Iterator[tuple[Plan, range]]:
    """Yield the live classes with their people: one of 30, or as many as ``trainees`` need."""
    for turn, first in enumerate(range(0, trainees, PER_CLASS)):
        yield plan_of(turn, today), range(FIRST + first, FIRST + min(first + PER_CLASS, trainees))


def plan_of(turn: int, today: date) -> Plan:
    """Return live class ``turn`` (from 0) as it begins today."""
    return Plan(
        base="a",
        programme="caregiver_l5",
        starts_on=today,
        ends_on=today + LASTS,
        capacity=PER_CLASS,
        officer="ca_302",
        admin="admin_a",
        teacher="teacher_a" if turn == 0 else f"teacher_live_{turn}",
        name=NAME if turn == 0 else f"{NAME}（{turn + 1}）",
        venue=f"{turn + 1} 号教室（演示）",
    )


def running(session: Session, where: City) -> list[ClassView]:
    """Return the live classes that run, oldest first."""
    filters = class_queries.Filters(states=("running",), base_id=where.bases["a"])
    found = class_queries.classes(session, city.EVERYWHERE, filters, limit=100_000)
    return [one for one in reversed(found) if one.is_demo and one.name.startswith(NAME)]


def make(session: Session, where: City, *, trainees: int, password_hash: str, now: datetime) -> None:
    """Make the live classes that are not there yet, and set them running."""
    there = {one.name for one in running(session, where)}
    for plan, numbers in plans(day_of(now), trainees):
        if plan.name in there:
            continue
        keep = (
            where
            if plan.teacher in where.staff
            else with_teacher(session, where, plan.teacher, password_hash=password_hash, now=now)
        )
        drafted = now - BEFORE
        with held(drafted):
            class_id = city.draft_class(session, keep, plan, now=drafted)
            plan_now(session, keep, plan, class_id, now=now)
            persons = city.enrol(
                session, keep, plan, class_id, numbers=numbers, password_hash=password_hash, now=drafted
            )
            # The last one has not agreed to the privacy notice yet: that is what a first sign-in looks like.
            for person_id in persons[:-1]:
                people.agree(session, person_id, people.PRIVACY_VERSION, client="wechat", now=drafted)
        _start(session, keep, plan, class_id, drafted=drafted, now=now)
        with held(now):
            city.fold(session, persons, now=now)


def _start(
    session: Session, where: City, plan: Plan, class_id: str, *, drafted: datetime, now: datetime
) -> None:
    minute = timedelta(minutes=1)
    city.run_class(
        session, where, plan, class_id, filed=drafted + minute, approved=drafted + 2 * minute, starts=now
    )


def newest(session: Session, where: City) -> list[ClassView]:
    """Return of every live class the one that began last; those before it only wait for their end."""
    return list({one.name: one for one in running(session, where)}.values())


def succeed(session: Session, where: City, *, now: datetime) -> None:
    """Let a live class that nears its end be followed by one with its teacher and people; finish what is over."""
    for own in newest(session, where):
        if own.ends_on - day_of(now) <= HEIR_BEFORE:
            _follow(session, where, own, now=now)
    heirs = {one.id for one in newest(session, where)}
    for own in running(session, where):
        if own.id not in heirs and day_of(now) >= own.ends_on:
            admin = where.staff[plan_of(0, own.starts_on).admin]
            filing.take(session, own.id, "finish", now=now, actor=admin)


def _follow(session: Session, where: City, own: ClassView, *, now: datetime) -> None:
    meetings = class_queries.sessions_of_class(session, own.id)
    plan = plan_of(int(meetings[0].venue.split()[0]) - 1, day_of(now))
    keep = _taught_by(session, where, plan, meetings[0].instructor_id)
    admin = where.staff[plan.admin]
    for meeting in meetings:
        if meeting.state == "planned":
            filing.cancel_session(session, meeting.id, reason="演示城市自动换班", now=now, actor=admin)
        elif meeting.state == "open":
            acts.close_meeting(session, keep.staff[plan.teacher], meeting.id, now).do(now)
    drafted = now - BEFORE
    class_id = city.draft_class(session, keep, plan, now=drafted)
    plan_now(session, keep, plan, class_id, now=now, not_before_ms=to_ms(now))
    roster = class_queries.roster(session, own.id)
    for view in roster:
        draft = EnrolDraft(view.person_id, view.employer, view.trainee_status)
        classes.enrol(session, class_id, draft, now=now, actor=admin)
    _start(session, keep, plan, class_id, drafted=drafted, now=now)
    city.fold(session, [view.person_id for view in roster], now=now)


def with_teacher(session: Session, where: City, key: str, *, password_hash: str, now: datetime) -> City:
    """Return the city with one more instructor at base A."""
    one = invent(TEACHERS_FROM + int(key.rpartition("_")[2]))
    given = Grant("instructor", None, where.bases["a"], None)
    person_id = city.take_on(session, one, given, password_hash=password_hash, now=now)
    return _taught_by(session, where, replace(plan_of(0, day_of(now)), teacher=key), person_id)


def _taught_by(session: Session, where: City, plan: Plan, person_id: str) -> City:
    return City(where.bases, {**where.staff, plan.teacher: people.actor_of(session, person_id)})


def renew(session: Session, where: City, *, now: datetime) -> None:
    """See to it that every live class has a session that can be opened now and runs for three hours.

    A session somebody opened is left alone until nobody signs out any more; one that was never opened moves on with the hour.
    """
    for own in newest(session, where):
        plan = plan_of(0, own.starts_on)
        everything = class_queries.sessions_of_class(session, own.id)
        fresh = False
        for meeting in everything:
            if meeting.state == "open" and endings.is_over(meeting, now=now):
                teacher = people.actor_of(session, meeting.instructor_id)
                acts.close_meeting(session, teacher, meeting.id, now).do(now)
            elif meeting.state == "planned" and meeting.starts_ms < to_ms(now - STALE):
                admin = where.staff[plan.admin]
                filing.cancel_session(session, meeting.id, reason="演示城市自动改期", now=now, actor=admin)
            elif meeting.state in ("planned", "open"):
                fresh = True
        if not fresh:
            last = everything[-1]
            keep = _taught_by(session, where, plan, last.instructor_id)
            left_ms = max([one.closed_ms or 0 for one in class_queries.sessions_of_class(session, own.id)])
            try:
                plan_now(
                    session, keep, replace(plan, venue=last.venue), own.id, now=now, not_before_ms=left_ms
                )
            except (
                Problem
            ) as refusal:  # somebody planned the room or the teacher otherwise: that is theirs to do
                log.warning("demo.not_renewed", code=refusal.code)


def plan_now(
    session: Session,
    where: City,
    plan: Plan,
    class_id: str,
    *,
    now: datetime,
    not_before_ms: int = 0,
) -> str:
    """Plan a meeting that begins about now, but not before the last one was closed; return its id."""
    five_ms, minute_ms = 300_000, 60_000
    begin_ms = max(to_ms(now) // five_ms * five_ms, -(-not_before_ms // minute_ms) * minute_ms)
    programme = courses.programme_by_code(session, plan.programme)
    segment = next(one for one in programme.segments if one.mode == "offline")
    moment = from_ms(begin_ms).astimezone(SHANGHAI)
    return city.plan_meeting(
        session, where, plan, class_id, segment_id=segment.id, starts=moment, hours=HOURS, now=now
    )
