"""What this package writes holds on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy.exc import IntegrityError

from tests.classes import sheets
from tests.classes.conftest import NOW
from tests.classes.makers import actor_with, at, made_programme
from yanglao.classes import queries, roster, service
from yanglao.classes.models import Enrolment, TrainingClass
from yanglao.classes.service import SessionDraft
from yanglao.kernel.actor import Grant
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Conflict
from yanglao.places import service as places


@pytest.fixture
def made(either):
    """Give a draft class of a fresh house with its administrator."""

    def act():
        places.load_notice(db.session)
        base = places.add_base(db.session, places.BaseDraft("沂水仁和培训基地", "沂水仁和", "371323"))
        programme, _, offline = made_programme(db.session)
        admin = actor_with(db.session, "李管理", 1, Grant("base_admin", base=base))
        teacher = actor_with(db.session, "王老师", 2, Grant("instructor", base=base))
        draft = service.ClassDraft(base, programme, date(2026, 3, 2), date(2026, 3, 20), 5)
        own = service.create_class(db.session, draft, now=NOW, actor=admin)
        return own, admin, teacher, offline

    return run(act)


def test_a_roster_is_entered_and_a_session_planned(made):
    own, admin, teacher, offline = made
    upload = roster.Upload("a.xlsx", sheets.xlsx(sheets.people_rows()))
    view = run(lambda: roster.preview(db.session, own.id, upload, now=NOW, actor=admin))
    done = run(lambda: roster.commit(db.session, view.id, now=NOW, actor=admin))
    draft = SessionDraft(own.id, offline, at(5, 9), at(5, 11), "实训室一", teacher.person_id)
    planned = run(lambda: service.plan_session(db.session, draft, now=NOW, actor=admin))
    assert (done.totals["added"], planned.state) == (3, "planned")
    assert run(lambda: service.file(db.session, own.id, now=NOW, actor=admin)).state == "filed"
    assert queries.count_by_state(db.session, queries.EVERYTHING) == {"filed": 1}


def test_the_tables_themselves_refuse_what_must_not_be(made):
    own, admin, *_ = made

    def twice():
        for number in (1, 2):
            facts = {
                "class_id": own.id,
                "person_id": admin.person_id,
                "division_code": "371323",
                "created_ms": 1,
            }
            db.session.add(Enrolment(roster_no=number, **facts))
        db.session.flush()

    def own_approval():
        row = db.session.get(TrainingClass, own.id)
        row.filed_by = row.approved_by = admin.person_id
        db.session.flush()

    for act in (twice, own_approval):
        with pytest.raises(IntegrityError):
            run(act)


def test_of_two_plans_for_one_room_at_one_moment_one_waits_and_is_refused(either, made):
    own, admin, teacher, offline = made

    def another():
        colleague = actor_with(db.session, "冯老师", 3, Grant("instructor", base=own.base_id))
        draft = service.ClassDraft(own.base_id, own.programme_id, own.starts_on, own.ends_on, 5, "另一个班")
        return service.create_class(db.session, draft, now=NOW, actor=admin).id, colleague.person_id

    second = run(another)
    db.session.remove()
    begin = Barrier(2)

    def plan(class_id, instructor_id):
        draft = SessionDraft(class_id, offline, at(5, 9), at(5, 11), "实训室一", instructor_id)
        with either.app_context():
            begin.wait()
            try:
                return run(lambda: service.plan_session(db.session, draft, now=NOW, actor=admin)).state
            except Conflict as refusal:
                return refusal.code
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as both:
        found = both.map(lambda one: plan(*one), [(own.id, teacher.person_id), second])
    assert sorted(found) == ["planned", "timetable.venue_busy"]
