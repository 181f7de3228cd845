"""What can be done now, whatever the day: a class that runs, an online segment to learn, a session to open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from yanglao.classes import queries as class_queries
from yanglao.classes import service as classes
from yanglao.classes.registry import EnrolDraft
from yanglao.classes.shapes import ClassView
from yanglao.courses import queries as courses
from yanglao.demo import acts, city
from yanglao.demo.cast import invent
from yanglao.demo.city import City, Plan
from yanglao.kernel.actor import Grant
from yanglao.kernel.clock import SHANGHAI, day_of, from_ms, held, to_ms
from yanglao.people import service as people

NAME = "演示·现在可以学的班"
FIRST = 1000
PER_CLASS = 50
HOURS = 3
STALE = timedelta(minutes=55)
LASTS = timedelta(days=60)
HEIR_BEFORE = timedelta(days=3)
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
        drafted = now - timedelta(hours=30)
        with held(drafted):
            class_id = city.draft_class(session, keep, plan, now=drafted)
            plan_now(session, keep, plan, class_id, now=now)
            persons = city.enrol(
                session, keep, plan, class_id, numbers=numbers, password_hash=password_hash, now=drafted
            )
            # The last one has not agreed to the privacy notice yet: that is what a first sign-in looks like.
            for person_id in persons[:-1]:
                people.agree(session, person_id, people.PRIVACY_VERSION, client="wechat", now=drafted)
        city.run_class(session, keep, plan, class_id, filed=drafted + timedelta(minutes=30), starts=now)
        with held(now):
            city.fold(session, persons, now=now)


def succeed(session: Session, where: City, *, now: datetime) -> None:
    """Let a live class that nears its end be followed by one of the same name, teacher and people."""
    for own in running(session, where):
        if own.ends_on - day_of(now) > HEIR_BEFORE:
            continue
        meetings = class_queries.sessions_of_class(session, own.id)
        turn = int(meetings[0].venue.split()[0]) - 1
        plan = plan_of(turn, day_of(now))
        keep = _taught_by(session, where, plan, meetings[0].instructor_id)
        for meeting in meetings:
            if meeting.state == "planned":
                classes.cancel_session(
                    session, meeting.id, reason="演示城市自动换班", now=now, actor=where.staff[plan.admin]
                )
            elif meeting.state == "open":
                acts.close_meeting(session, keep.staff[plan.teacher], meeting.id, now).do(now)
        roster = class_queries.roster(session, own.id)
        drafted = now - timedelta(hours=30)
        class_id = city.draft_class(session, keep, plan, now=drafted)
        plan_now(session, keep, plan, class_id, now=now)
        for view in roster:
            draft = EnrolDraft(view.person_id, view.employer, view.trainee_status)
            classes.enrol(session, class_id, draft, now=now, actor=where.staff[plan.admin])
        city.run_class(session, keep, plan, class_id, filed=drafted + timedelta(minutes=30), starts=now)
        city.fold(session, [view.person_id for view in roster], now=now)
        if day_of(now) >= own.ends_on:
            classes.finish(session, own.id, now=now, actor=where.staff[plan.admin])


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

    A session somebody opened is left alone until it is over; one that was never opened moves on with the hour.
    """
    for own in running(session, where):
        plan = plan_of(0, own.starts_on)
        everything = class_queries.sessions_of_class(session, own.id)
        fresh = False
        for meeting in everything:
            if meeting.state == "open" and meeting.ends_ms <= to_ms(now):
                teacher = people.actor_of(session, meeting.instructor_id)
                acts.close_meeting(session, teacher, meeting.id, now).do(now)
            elif meeting.state == "planned" and meeting.starts_ms < to_ms(now - STALE):
                admin = where.staff[plan.admin]
                classes.cancel_session(session, meeting.id, reason="演示城市自动改期", now=now, actor=admin)
            elif meeting.state in ("planned", "open"):
                fresh = True
        if not fresh:
            last = everything[-1]
            keep = _taught_by(session, where, plan, last.instructor_id)
            plan_now(session, keep, replace(plan, venue=last.venue), own.id, now=now)


def plan_now(session: Session, where: City, plan: Plan, class_id: str, *, now: datetime) -> str:
    """Plan a meeting that begins about now; return its id."""
    moment = from_ms(to_ms(now) // 300_000 * 300_000).astimezone(SHANGHAI)
    programme = courses.programme_by_code(session, plan.programme)
    segment = next(one for one in programme.segments if one.mode == "offline")
    return city.plan_meeting(
        session, where, plan, class_id, segment_id=segment.id, starts=moment, hours=HOURS, now=now
    )
