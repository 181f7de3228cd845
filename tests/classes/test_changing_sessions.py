"""After filing a change has a reason and a record; a substitute teaches at once; a series is planned whole; what is made up is named."""

from __future__ import annotations

from datetime import date, time

import pytest

from tests.classes.conftest import NOW
from tests.classes.makers import at, meeting
from yanglao.capture.attendance.readings import teaches
from yanglao.classes import next_steps, planning_notes, queries, series, service, timetable, timetable_queries
from yanglao.classes.calendar_rules import Repeat
from yanglao.evidence import filing
from yanglao.kernel.errors import Forbidden, NotFound
from yanglao.messages.models import Message


def plan(session, city, own, **changes):
    return service.plan_session(session, meeting(city, own, **changes), now=NOW, actor=city.admin)


def substitute(session, city, view, **changes):
    facts = {"instructor_id": city.teacher2.person_id, "reason": "老师发烧", "now": NOW, "actor": city.admin}
    return service.substitute(session, view.id, **{**facts, **changes})


def told(session, person_id):
    return [one.facts["variant"] for one in session.query(Message).filter_by(person_id=person_id)]


def test_a_session_added_after_filing_has_a_reason_and_is_told_once_the_class_goes_ahead(
    session, city, class_in
):
    own = class_in("approved")
    later = {"starts_ms": at(6, 9), "ends_ms": at(6, 11), "breaks": ()}
    with pytest.raises(timetable.PlanReasonMissing):
        plan(session, city, own, **later, reason=" ")
    view = plan(session, city, own, **later, reason="停电补上")
    (change,) = timetable_queries.changes(session, [view.id])[view.id]
    assert (change.act, change.reason, change.actor_id) == ("added", "停电补上", city.admin.person_id)
    assert [one.kind for one in session.query(Message)] == [
        "session_added"
    ] * 2  # the trainee and the instructor


def test_a_substitute_teaches_at_once_and_the_former_instructor_no_more(session, city, class_in):
    own = class_in("running")
    held = queries.sessions_of_class(session, own.id)[0]
    open_ = service.mark_session_open(session, held.id, now=NOW, actor=city.teacher)
    now_theirs = substitute(session, city, open_)
    assert (now_theirs.state, now_theirs.instructor_id) == ("open", city.teacher2.person_id)
    assert now_theirs.planned_instructor == city.teacher.person_id
    assert teaches(now_theirs, city.teacher2) and not teaches(now_theirs, city.teacher)
    assert told(session, city.teacher2.person_id) == ["substitute_teach"]
    assert told(session, city.teacher.person_id) == ["relieved"]
    trainee = queries.roster(session, own.id)[0].person_id
    assert told(session, trainee) == ["substitute"]
    (change,) = timetable_queries.changes(session, [held.id])[held.id]
    assert (change.act, change.before, change.after) == (
        "substituted",
        {"instructor_id": city.teacher.person_id},
        {"instructor_id": city.teacher2.person_id},
    )
    back = substitute(session, city, open_, instructor_id=city.teacher.person_id)
    assert back.planned_instructor_id is None


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"reason": " "}, timetable.SubstituteReasonMissing),
        ({"instructor_id": "own"}, timetable.SameInstructor),
        ({"instructor_id": "admin"}, timetable.NotAnInstructor),
        ({"actor": "stranger"}, NotFound),
        ({"actor": "county"}, Forbidden),
        ({"actor": "teacher2"}, Forbidden),
    ],
)
def test_a_substitute_who_cannot_be_is_refused_by_name(session, city, draft_class, changes, refusal):
    people = {"own": city.teacher.person_id, "admin": city.admin.person_id}
    view = plan(session, city, draft_class)
    given = {
        name: getattr(city, value) if name == "actor" else people.get(value, value)
        for name, value in changes.items()
    }
    with pytest.raises(refusal):
        substitute(session, city, view, **given)


def test_nobody_substitutes_while_they_teach_elsewhere_or_once_it_is_over(session, city, class_in):
    own = class_in("running")
    held = queries.sessions_of_class(session, own.id)[0]
    other = service.create_class(
        session,
        service.ClassDraft(city.base, city.programme, own.starts_on, own.ends_on, 5, "另一个班"),
        now=NOW,
        actor=city.admin,
    )
    plan(session, city, other, venue="二", instructor_id=city.teacher2.person_id)
    with pytest.raises(timetable.InstructorBusy):
        substitute(session, city, held)
    service.mark_session_open(session, held.id, now=NOW, actor=city.teacher)
    service.mark_session_closed(session, held.id, now=NOW, actor=city.teacher)
    with pytest.raises(timetable.SessionStepNotInTable):
        substitute(session, city, held)


def weekly(city, own, **changes):
    facts = {
        "class_id": own.id,
        "segment_id": city.offline,
        "repeat": Repeat(date(2026, 3, 3), frozenset({1, 3}), 4),
        "starts": time(8, 30),
        "ends": time(11, 30),
        "instructor_id": city.teacher.person_id,
        "venue": "实训室一",
    }
    return series.Series(**{**facts, **changes})


def test_a_series_is_previewed_with_a_clash_per_row_and_planned_whole_or_not_at_all(
    session, city, draft_class
):
    taken = plan(session, city, draft_class)  # Thursday 5 March
    wanted = weekly(city, draft_class)
    lines = series.preview(session, wanted, now=NOW, actor=city.admin)
    assert [(one.day.day, one.refusal and one.refusal.code) for one in lines] == [
        (3, None),
        (5, "timetable.class_busy"),
        (10, None),
        (12, None),
    ]
    assert {one.taught_s for one in lines} == {10_800}
    with pytest.raises(series.SeriesRefused) as refusal:
        filing.plan_series(session, wanted, now=NOW, actor=city.admin)
    assert [one["day"] for one in refusal.value.facts["lines"]] == ["2026-03-05"]
    assert len(queries.sessions_of_class(session, draft_class.id)) == 1
    service.cancel_session(session, taken.id, reason="改时间", now=NOW, actor=city.admin)
    made = filing.plan_series(session, wanted, now=NOW, actor=city.admin)
    assert [one.starts_ms for one in made] == [at(day, 8, 30) for day in (3, 5, 10, 12)]
    with pytest.raises(NotFound):
        series.preview(session, wanted, now=NOW, actor=city.stranger)
    for repeat in (Repeat(date(2026, 3, 3), frozenset(), 4), Repeat(date(2026, 3, 3), frozenset({1}), 61)):
        with pytest.raises(series.RepeatWrong):
            series.preview(session, weekly(city, draft_class, repeat=repeat), now=NOW, actor=city.admin)


def test_a_make_up_session_names_an_earlier_one_and_plans_no_further_hours(session, city, draft_class):
    missed = plan(session, city, draft_class)
    planned = next_steps.segment_plans(session, draft_class)[1].planned_s
    later = {"starts_ms": at(6, 9), "ends_ms": at(6, 11), "breaks": ()}
    again = plan(session, city, draft_class, **later, makes_up_session_id=missed.id)
    assert again.makes_up_session_id == missed.id
    assert next_steps.segment_plans(session, draft_class)[1].planned_s == planned == 7200
    early = {"starts_ms": at(4, 9), "ends_ms": at(4, 11), "breaks": ()}
    latest = {"starts_ms": at(7, 9), "ends_ms": at(7, 11), "breaks": ()}
    for wrong in ({**early, "makes_up_session_id": missed.id}, {**latest, "makes_up_session_id": again.id},
                  {**latest, "makes_up_session_id": "nothing"}):  # fmt: skip
        with pytest.raises(timetable.MakesUpWrong):
            plan(session, city, draft_class, **wrong)
    service.cancel_session(session, missed.id, reason="停电", now=NOW, actor=city.admin)
    assert (
        next_steps.segment_plans(session, draft_class)[1].planned_s == 7200
    )  # in place of what did not take place


def test_more_hours_than_needed_are_said(session, city, draft_class):
    first = plan(session, city, draft_class)
    assert planning_notes.hours_notes(session, first) == []
    more = plan(session, city, draft_class, starts_ms=at(6, 9), ends_ms=at(6, 11), breaks=())
    (note,) = planning_notes.hours_notes(session, more)
    assert (note.facts["planned_s"], note.facts["over_s"]) == (14_400, 7200)


def test_the_calendar_shows_each_official_their_own_days(session, city, class_in):
    own = class_in("approved")
    wanted = timetable_queries.Wanted(date(2026, 3, 5), date(2026, 3, 5))
    scope = {name: timetable_queries.calendar(session, service.scope_of(getattr(city, name).grants, "standing.read"), wanted)
             for name in ("admin", "county", "auditor", "stranger", "teacher")}  # fmt: skip
    assert {name: [one.class_id for one in found] for name, found in scope.items()} == {
        "admin": [own.id], "county": [own.id], "auditor": [own.id], "stranger": [], "teacher": [],
    }  # fmt: skip
    beside = timetable_queries.Wanted(date(2026, 3, 6), date(2026, 3, 31))
    everything = service.scope_of(city.auditor.grants, "standing.read")
    assert timetable_queries.calendar(session, everything, beside) == []
