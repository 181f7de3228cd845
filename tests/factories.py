"""Makers of a small world through the services: one base, one running class, an instructor, a few trainees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests import kept
from yanglao.classes import queries as class_queries
from yanglao.courses import queries as courses
from yanglao.courses import service as course_service
from yanglao.courses.shapes import SegmentView
from yanglao.demo import acts, city, live
from yanglao.demo.acts import Trainee
from yanglao.demo.cast import PASSWORD
from yanglao.demo.city import City
from yanglao.kernel.clock import SHANGHAI, day_of, held
from yanglao.kernel.db import db, run
from yanglao.people import service as people
from yanglao.places import service as places

NINE = datetime(2026, 3, 8, 9, 0, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class World:
    """What a test may name: the city, the class, its segments, its session of today and its trainees."""

    city: City
    class_id: str
    online: SegmentView
    offline: SegmentView
    session_id: str
    trainees: list[Trainee]

    @property
    def teacher(self) -> Any:
        """Return the instructor of today's session."""
        return self.city.staff["teacher_a"]

    @property
    def wang(self) -> Trainee:
        """Return the first trainee."""
        return self.trainees[0]


def world(*, now: datetime = NINE, trainees: int = 3, consent: bool = True) -> World:
    """Make a base, its staff and a running class with a three-hour session from ``now`` on."""
    return kept.filled(("world", now, trainees, consent), lambda: run(lambda: _world(now, trainees, consent)))


def _world(now: datetime, trainees: int, consent: bool) -> World:
    session = db.session
    places.load_notice(session)
    with held(now - timedelta(days=2)):
        course_service.load_courses(session, now - timedelta(days=2))
    where = city.build(session, now=now - timedelta(days=2))
    live.make(session, where, trainees=trainees, password_hash=people.hash_password(PASSWORD), now=now)
    class_id = live.running(session, where)[0].id
    roster = class_queries.roster(session, class_id)
    if consent:
        for view in roster:
            people.agree(session, view.person_id, people.PRIVACY_VERSION, client="wechat", now=now)
    programme = courses.programme_by_code(session, "caregiver_l5")
    online, offline = (
        next(s for s in programme.segments if s.mode == mode) for mode in ("online", "offline")
    )
    meeting = class_queries.sessions_of_class(session, class_id)[0]
    people_there = [acts.trainee(session, view.person_id, view.id) for view in roster]
    assert day_of(meeting.starts_ms) == day_of(now)
    return World(where, class_id, online, offline, meeting.id, people_there)


def tell(*happenings: acts.Act) -> None:
    """Let things happen in order of time, each in its own transaction."""
    for act in sorted(happenings, key=lambda one: one.at):
        with held(act.at):
            run(lambda act=act: act.do(act.at))


def phone_of(trainee: Trainee) -> str:
    """Return the phone number a trainee signs in with."""
    from yanglao.people import queries

    found = queries.person(db.session, trainee.actor.person_id).account_phone
    assert found
    return found
