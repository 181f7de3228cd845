"""A trainee whose two records were merged goes on learning and being scanned under the record that stands."""

from __future__ import annotations

from datetime import timedelta

from tests.factories import NINE, phone_of, world
from yanglao.capture.attendance import queries
from yanglao.completion import queries as standings
from yanglao.completion.refresh import check
from yanglao.demo import acts
from yanglao.evidence.verify import verify
from yanglao.kernel.actor import SYSTEM
from yanglao.kernel.clock import held
from yanglao.kernel.db import db, run
from yanglao.people import service as people


def merged(there):
    """Merge the first trainee's record into a new one, as two persons decide; return the trainee as they stand now."""
    draft = people.Draft(name="王秀英", id_number="11010519491231002X", base_id=there.city.bases["a"])
    keep = run(lambda: people.admit(db.session, draft, now=NINE, actor=SYSTEM)).person_id
    admin, officer = there.city.staff["admin_a"], there.city.staff["ca_302"]
    old = there.wang.actor.person_id
    act = run(lambda: people.merge(db.session, keep, old, reason="同一个人", now=NINE, actor=admin))
    run(lambda: people.decide(db.session, act, accept=True, reason="", now=NINE, actor=officer))
    return acts.trainee(db.session, keep, there.wang.enrolment_id)


def tell(*happened):
    for act in sorted(happened, key=lambda one: one.at):
        with held(act.at):
            run(lambda act=act: act.do(act.at))


def test_hours_go_on_under_the_record_that_stands(either):
    there = world()
    lesson = there.online.lessons[0]
    tell(*acts.watch(db.session, there.wang, lesson, NINE, until_s=58))
    assert phone_of(there.wang)
    wang = merged(there)
    later = NINE + timedelta(minutes=30)
    teacher, meeting = there.teacher, there.session_id
    tell(
        *acts.watch(db.session, wang, there.online.lessons[1], later),
        acts.open_meeting(db.session, teacher, meeting, later + timedelta(minutes=10)),
        acts.scan(db.session, teacher, meeting, wang, direction="in", at=later + timedelta(minutes=11)),
        acts.scan(db.session, teacher, meeting, wang, direction="out", at=later + timedelta(minutes=71)),
    )

    page = standings.enrolment_page(db.session, wang.enrolment_id, now=later + timedelta(hours=2))
    hours = {part.mode: part.entered_s for part in page.segments}
    assert hours == {"online": 58 + there.online.lessons[1].duration_s, "offline": 3600}
    assert len(queries.presences_of_session(db.session, meeting)) == 1
    assert verify(db.session).ok
    assert check(db.session) == []
