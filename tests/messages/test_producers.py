"""Who is told what when something happens, in a small world of one running class."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from tests.factories import NINE, world
from tests.factories import tell as happen
from yanglao.capture.attendance import reminders, reversals
from yanglao.classes import queries as classes
from yanglao.classes import timetable
from yanglao.completion import digest, queries, review
from yanglao.demo import acts
from yanglao.evidence import filing
from yanglao.jobs.perform import perform
from yanglao.kernel.clock import SHANGHAI, held
from yanglao.kernel.db import db, run
from yanglao.messages.models import Message
from yanglao.messages.telling import say
from yanglao.people import service as people
from yanglao.web.learn.home import accounts
from yanglao.work import queries as work

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def told(person, kind=None):
    """Return (kind, facts) of what a person was told, oldest first."""
    db.session.remove()
    found = db.session.query(Message).filter_by(person_id=person.person_id).order_by(Message.id)
    return [(row.kind, row.facts) for row in found if kind in (None, row.kind)]


def work_off(now):
    """Perform what is due at ``now``, until nothing is."""
    with held(now):
        db.session.remove()
        while due := work.due(db.session, now=now):
            for task_id in due:
                perform(task_id)
        db.session.remove()


def remind(now):
    with held(now):
        run(lambda: reminders.ask(db.session, now=now))
    work_off(now)


@pytest.fixture
def there(either):
    return world(now=NINE, trainees=3)


def meeting_of(there):
    return classes.session_(db.session, there.session_id)


def test_a_cancelled_session_is_told_to_everybody_of_the_class_and_its_instructor(there):
    admin = there.city.staff["admin_a"]
    with held(NINE - HOUR):
        run(
            lambda: timetable.cancel_session(
                db.session, there.session_id, reason="停电", now=NINE - HOUR, actor=admin
            )
        )
    for one in there.trainees:
        ((_, facts),) = told(one.actor, "session_cancelled")
        assert "停电" in say("session_cancelled", facts).sentence
    ((_, facts),) = told(there.teacher, "session_cancelled")
    assert facts["variant"] == "teach" and say("session_cancelled", facts).link == "/teach/"


def test_a_moved_session_is_told_and_reminded_of_anew_and_a_relieved_instructor_is_told(there):
    admin, other, before = there.city.staff["admin_a"], there.city.staff["teacher_a2"], NINE - 2 * HOUR
    room = meeting_of(there)
    to = timetable.SessionMove(
        room.starts_ms + 3_600_000, room.ends_ms + 3_600_000, "三楼", other.person_id, ()
    )
    remind(NINE - HOUR)
    with held(before):
        run(
            lambda: filing.move_session(
                db.session, there.session_id, to, reason="停电", now=before, actor=admin
            )
        )
    ((_, facts),) = told(there.wang.actor, "session_moved")
    assert say("session_moved", facts).sentence == (
        f"“{room.class_name}”原定 3 月 8 日 09:00 的课，改到 3 月 8 日 10:00，地点：三楼。原因：停电。"
    )
    assert len(told(there.teacher, "session_cancelled")) == len(told(other, "session_moved")) == 1
    remind(NINE)
    assert [one["starts_ms"] for _, one in told(there.wang.actor, "session_reminder")] == [
        room.starts_ms,
        to.starts_ms,
    ]


def test_a_session_of_tomorrow_is_reminded_of_once_in_the_evening_and_once_an_hour_before(there):
    evening = datetime(2026, 3, 7, 18, tzinfo=SHANGHAI)
    remind(evening - MINUTE)
    assert told(there.wang.actor, "session_reminder") == []
    for now in (evening, evening + MINUTE, evening + 3 * HOUR, NINE - HOUR - MINUTE):
        remind(now)
        assert len(told(there.wang.actor, "session_reminder")) == 1
    for now in (NINE - HOUR, NINE - MINUTE, NINE, NINE + MINUTE):
        remind(now)
    assert len(told(there.wang.actor, "session_reminder")) == 2
    assert [facts.get("variant") for _, facts in told(there.teacher, "session_reminder")] == [
        "teach",
        "teach",
    ]


@pytest.mark.parametrize("late", [0, 1, 60])
def test_a_session_that_has_begun_is_never_reminded_of_also_after_the_machine_was_off(there, late):
    remind(NINE + late * MINUTE)
    assert told(there.wang.actor, "session_reminder") == []


def test_a_reminder_that_waited_until_the_session_began_is_dropped(there):
    with held(NINE - MINUTE):
        run(lambda: reminders.ask(db.session, now=NINE - MINUTE))
    work_off(NINE + MINUTE)
    assert told(there.wang.actor, "session_reminder") == []


def test_who_is_still_signed_in_at_the_end_is_reminded_to_sign_out(there):
    room, (wang, li, zhao) = meeting_of(there), there.trainees
    start, end = NINE, datetime.fromtimestamp(room.ends_ms / 1000, timezone.utc)
    scan = {"direction": "in", "at": start + MINUTE}
    happen(
        acts.open_meeting(db.session, there.teacher, room.id, start - MINUTE),
        acts.scan(db.session, there.teacher, room.id, wang, **scan),
        acts.scan(db.session, there.teacher, room.id, li, **scan),
        acts.scan(db.session, there.teacher, room.id, li, direction="out", at=end - MINUTE),
    )
    remind(end - MINUTE)
    assert told(wang.actor, "sign_out_reminder") == []
    for now in (end, end + 5 * MINUTE):
        remind(now)
    ((_, facts),) = told(wang.actor, "sign_out_reminder")
    assert facts["ends_ms"] == room.ends_ms and say("sign_out_reminder", facts).link == "/learn/card"
    assert told(li.actor, "sign_out_reminder") == told(zhao.actor, "sign_out_reminder") == []


def test_hours_that_are_turned_down_are_told_with_the_reason(there):
    """A sign-out without a sign-in waits for a person; the office turns it down."""
    room, wang = meeting_of(there), there.wang
    happen(
        acts.open_meeting(db.session, there.teacher, room.id, NINE),
        acts.scan(db.session, there.teacher, room.id, wang, direction="out", at=NINE + HOUR),
    )
    admin, later = there.city.staff["admin_a"], NINE + 2 * HOUR
    from yanglao.capture.attendance import queries as attendance

    (waiting,) = attendance.scans_of_session(db.session, room.id, outcome="pending_review", limit=5)
    run(
        lambda: reversals.decide(
            db.session, waiting.scan_uuid, accept=False, reason="当天没有来", now=later, actor=admin
        )
    )
    ((_, facts),) = told(wang.actor, "hours_refused")
    assert say("hours_refused", facts).sentence.endswith("没有认定：当天没有来。")


def test_a_doubt_of_the_reviewer_is_told_to_the_trainee(there):
    admin = there.city.staff["admin_a"]
    from yanglao.completion.refresh import refresh
    from yanglao.kernel.actor import EVERYTHING

    def act():
        refresh(db.session, there.wang.actor.person_id, now=NINE)
        review.review(
            db.session, EVERYTHING, there.wang.enrolment_id, there.offline.id,
            verdict="questioned", reason="签到时间对不上", now=NINE, actor=admin,
        )  # fmt: skip

    run(act)
    ((_, facts),) = told(there.wang.actor, "hours_refused")
    assert "签到时间对不上" in say("hours_refused", facts).sentence


@pytest.mark.parametrize(("right", "variant"), [(20, "passed"), (0, "failed")])
def test_the_result_of_a_quiz_is_told_once(there, right, variant):
    happen(*acts.examine(db.session, there.wang, there.online, NINE, right=right))
    ((_, facts),) = told(there.wang.actor, "quiz_result")
    assert facts["variant"] == variant and facts["title"] == there.online.title


def test_the_digest_says_what_the_pages_say(there):
    lesson = there.online.lessons[0]
    happen(*acts.watch(db.session, there.wang, lesson, NINE, until_s=120))
    day, eight = NINE.date(), datetime(2026, 3, 8, 20, tzinfo=SHANGHAI)
    with held(eight):
        run(lambda: digest.ask(db.session, digest.concerned(db.session, now=eight), now=eight))
    work_off(eight)
    work_off(eight + HOUR)
    ((_, facts),) = told(there.wang.actor, "daily_digest")
    (page,) = queries.enrolments_of(db.session, there.wang.actor.person_id, now=eight)
    assert facts["online_s"] == accounts(page)["online"]["counted"] > 0 and facts["offline_s"] == 0
    assert facts["lacking"] == f"{page.sentence}。" and facts["day"] == day.isoformat()
    assert told(there.trainees[1].actor, "daily_digest") == []


@pytest.mark.parametrize("late_run", [False, True])
def test_hours_after_the_evenings_digest_are_told_with_the_next_one_and_once(there, late_run):
    night = datetime(2026, 3, 8, 21, tzinfo=SHANGHAI)
    happen(*acts.watch(db.session, there.wang, there.online.lessons[0], night, until_s=120))
    runs = [night + timedelta(hours=3)] * late_run + [night + timedelta(hours=23)]
    for now in runs:
        with held(now):
            run(lambda now=now: digest.ask(db.session, digest.concerned(db.session, now=now), now=now))
        work_off(now)
    days = [(facts["day"], bool(facts["earlier"])) for _, facts in told(there.wang.actor, "daily_digest")]
    assert days == [("2026-03-08", False) if late_run else ("2026-03-09", True)]


def test_a_new_device_is_told_of_and_the_first_and_a_known_one_are_not(there):
    who = there.wang.actor
    steps = ((("pc", "电脑甲"), 0), (("pc", "电脑甲"), 0), (("pc", "电脑乙"), 1), (("app", "手机"), 2))
    for (client, label), count in steps:
        run(
            lambda c=client, d=label: people.let_in(
                db.session, who.person_id, client=c, device_label=d, now=NINE
            )
        )
        work_off(NINE)
        assert len(told(who, "account_bound")) == count
    assert {facts["device"] for _, facts in told(who, "account_bound")} == {"电脑乙", "手机"}
