"""Nobody and no room is in two sessions at once, and what is planned stays within the class."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.classes.conftest import NOW
from tests.classes.makers import at, meeting
from yanglao.classes import queries, service, timetable
from yanglao.kernel.errors import Conflict, Forbidden, NotFound


def plan(session, city, own, actor=None, **changes):
    return service.plan_session(session, meeting(city, own, **changes), now=NOW, actor=actor or city.admin)


@pytest.fixture
def second_class(session, city, draft_class):
    draft = service.ClassDraft(
        city.base, city.programme, draft_class.starts_on, draft_class.ends_on, 5, "另一个班"
    )
    return service.create_class(session, draft, now=NOW, actor=city.admin)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ends_ms": at(5, 9)}, "timetable.ends_before_start"),
        ({"ends_ms": at(5, 9, 14), "breaks": ()}, "timetable.length"),
        ({"starts_ms": at(5, 1), "ends_ms": at(5, 13, 1), "breaks": ()}, "timetable.length"),
        ({"starts_ms": at(1, 9), "ends_ms": at(1, 11), "breaks": ()}, "timetable.outside_class"),
        ({"starts_ms": at(21, 9), "ends_ms": at(21, 11), "breaks": ()}, "timetable.outside_class"),
        ({"breaks": ((at(5, 8), at(5, 10)),)}, "timetable.breaks"),
        ({"breaks": ((at(5, 10), at(5, 10, 30)), (at(5, 10, 15), at(5, 11)))}, "timetable.breaks"),
        ({"breaks": ((at(5, 9), at(5, 11, 15)),)}, "timetable.breaks"),
    ],
)
def test_times_that_cannot_be_are_refused_by_name(session, city, draft_class, changes, code):
    with pytest.raises(timetable.TimesWrong) as refusal:
        plan(session, city, draft_class, **changes)
    assert code in [gap["code"] for gap in refusal.value.facts["gaps"]]


def test_a_session_that_is_over_cannot_be_planned_afterwards(session, city, draft_class):
    with pytest.raises(timetable.TimesWrong):
        service.plan_session(
            session, meeting(city, draft_class), now=NOW + timedelta(days=10), actor=city.admin
        )


def test_a_session_of_an_online_segment_is_refused(session, city, draft_class):
    with pytest.raises(timetable.SegmentNotOffline):
        plan(session, city, draft_class, segment_id=city.online)


def test_somebody_who_does_not_teach_at_the_base_cannot_be_the_instructor(session, city, draft_class):
    with pytest.raises(timetable.NotAnInstructor):
        plan(session, city, draft_class, instructor_id=city.admin.person_id)


@pytest.mark.parametrize(("start", "end", "clash"), [((11, 14), (13, 0), True), ((11, 15), (13, 0), False)])
def test_one_class_has_one_session_at_a_time(session, city, draft_class, start, end, clash):
    plan(session, city, draft_class)
    changes = {"starts_ms": at(5, *start), "ends_ms": at(5, *end), "breaks": ()}
    if clash:
        with pytest.raises(timetable.ClassBusy):
            plan(session, city, draft_class, **changes)
    else:
        assert plan(session, city, draft_class, **changes).state == "planned"


def test_an_instructor_and_a_room_are_in_one_session_at_a_time(session, city, draft_class, second_class):
    plan(session, city, draft_class)
    with pytest.raises(timetable.InstructorBusy):
        plan(session, city, second_class, venue="实训室二")
    with pytest.raises(timetable.VenueBusy):
        plan(session, city, second_class, instructor_id=city.teacher2.person_id)
    apart = {"venue": "实训室二", "instructor_id": city.teacher2.person_id}
    assert plan(session, city, second_class, **apart).venue == "实训室二"


def test_a_trainee_of_two_classes_is_in_one_session_at_a_time(
    session, city, draft_class, second_class, enrolled
):
    enrolment = queries.enrolment(session, enrolled(draft_class.id))
    service.enrol(
        session, second_class.id, service.EnrolDraft(enrolment.person_id), now=NOW, actor=city.admin
    )
    plan(session, city, draft_class)
    with pytest.raises(timetable.TraineeBusy) as refusal:
        plan(session, city, second_class, venue="实训室二", instructor_id=city.teacher2.person_id)
    assert refusal.value.facts == {"trainees": 1}


def test_a_cancelled_session_frees_the_time_and_gives_no_hours(session, city, draft_class):
    view = plan(session, city, draft_class)
    gone = service.cancel_session(session, view.id, reason="老师生病", now=NOW, actor=city.admin)
    assert (gone.state, gone.cancel_reason) == ("cancelled", "老师生病")
    assert service.gaps_before(session, draft_class.id, "file", today=draft_class.starts_on)
    assert plan(session, city, draft_class).code_no != view.code_no


def to(city, **changes):
    facts = {
        "starts_ms": at(6, 9),
        "ends_ms": at(6, 11),
        "venue": "实训室二",
        "instructor_id": city.teacher.person_id,
    }
    return timetable.SessionMove(**{**facts, **changes})


def move(session, city, view, actor=None, reason="老师生病", **changes):
    return service.move_session(
        session, view.id, to(city, **changes), reason=reason, now=NOW, actor=actor or city.admin
    )


def test_a_planned_session_moves_and_stays_the_same_session(session, city, draft_class):
    view = plan(session, city, draft_class)
    gone = move(session, city, view)
    assert (gone.id, gone.code_no, gone.starts_ms, gone.venue) == (
        view.id,
        view.code_no,
        at(6, 9),
        "实训室二",
    )
    assert plan(session, city, draft_class).starts_ms == view.starts_ms  # its old time is free


def test_a_session_may_move_within_its_own_time_but_not_into_another(session, city, draft_class):
    first = plan(session, city, draft_class)
    assert move(session, city, first, starts_ms=at(5, 9, 30), ends_ms=at(5, 11)).starts_ms == at(5, 9, 30)
    plan(session, city, draft_class, starts_ms=at(6, 9), ends_ms=at(6, 11), breaks=())
    with pytest.raises(timetable.ClassBusy):
        move(session, city, first)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"reason": " "}, timetable.MoveReasonMissing),
        ({"ends_ms": at(6, 8)}, timetable.TimesWrong),
        ({"venue": " "}, timetable.VenueMissing),
        ({"instructor_id": "nobody"}, timetable.NotAnInstructor),
    ],
)
def test_a_move_that_cannot_be_is_refused_by_name(session, city, draft_class, changes, refusal):
    with pytest.raises(refusal):
        move(session, city, plan(session, city, draft_class), **changes)


def test_a_move_that_changes_nothing_is_refused(session, city, draft_class):
    view = plan(session, city, draft_class)
    same = {"starts_ms": view.starts_ms, "ends_ms": view.ends_ms, "venue": view.venue, "breaks": view.breaks}
    with pytest.raises(timetable.NothingMoved):
        move(session, city, view, **same)


def test_only_the_base_moves_its_sessions_and_none_that_was_cancelled(session, city, draft_class):
    view = plan(session, city, draft_class)
    for actor, refusal in ((city.stranger, NotFound), (city.county, Forbidden)):
        with pytest.raises(refusal):
            move(session, city, view, actor=actor)
    service.cancel_session(session, view.id, reason="停电", now=NOW, actor=city.admin)
    with pytest.raises(timetable.SessionStepNotInTable):
        move(session, city, view, actor=city.colleague)


def test_only_the_base_plans_its_timetable(session, city, draft_class):
    with pytest.raises(NotFound):
        plan(session, city, draft_class, actor=city.stranger)
    with pytest.raises(Forbidden):
        plan(session, city, draft_class, actor=city.county)
    assert plan(session, city, draft_class, actor=city.colleague).state == "planned"


def test_a_session_opens_only_in_a_running_class_and_twice_changes_nothing(session, city, class_in):
    own = class_in("approved")
    held = queries.sessions_of_class(session, own.id)[0]
    with pytest.raises(timetable.ClassNotRunning):
        service.mark_session_open(session, held.id, now=NOW, actor=city.teacher)
    service.start(session, own.id, now=NOW + timedelta(days=2), actor=city.admin)
    first = service.mark_session_open(session, held.id, now=NOW + timedelta(days=4), actor=city.teacher)
    assert (
        service.mark_session_open(session, held.id, now=NOW + timedelta(days=5), actor=city.teacher) == first
    )
    with pytest.raises(Conflict):
        service.cancel_session(session, held.id, reason="不上了", now=NOW, actor=city.admin)
    closed = service.mark_session_closed(session, held.id, now=NOW + timedelta(days=5), actor=city.teacher)
    assert (closed.state, queries.session_by_code_no(session, closed.code_no)) == ("closed", closed)
