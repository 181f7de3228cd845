"""The core path over the API on either database: learn, be tested, be scanned in and out, be reviewed, verify."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.factories import NINE, phone_of, world
from tests.web.phone import Phone, watch
from yanglao.completion.refresh import check
from yanglao.courses import queries as courses
from yanglao.evidence.verify import verify
from yanglao.kernel import clock
from yanglao.kernel.clock import rfc3339
from yanglao.kernel.db import db
from yanglao.people import queries as people


@pytest.fixture
def there(either):
    return world(now=NINE)


@pytest.fixture
def begin(either, there, tmp_path):
    """Give a maker of signed-in clients that share one clock."""
    file = tmp_path / "clock"
    clock.use_file(file)

    def sign_in(phone, at=NINE):
        return Phone(either, phone, at, file)

    return sign_in


def staff(there, key):
    return people.person(db.session, there.city.staff[key].person_id).account_phone


def learn(phone, there):
    for number, lesson in enumerate(there.online.lessons):
        opened = phone.open(there, lesson=number, takeover=True)
        watch(phone, opened["id"], 0, lesson.duration_s)
        phone.call("POST", f"viewings/{opened['id']}/close")


def pass_quiz(phone, there):
    body = {"enrolment_id": there.wang.enrolment_id, "segment_id": there.online.id}
    paper = phone.call("POST", "attempts", body)
    keys = courses.questions(db.session, [question["id"] for question in paper["questions"]])
    for question in paper["questions"]:
        right = [option.id for option in keys[question["id"]].options if option.correct]
        phone.call("PUT", f"attempts/{paper['id']}/answers/{question['id']}", {"answer": right})
    return phone.call("POST", f"attempts/{paper['id']}/submit")


def scan(teacher, there, payload, direction):
    moment = rfc3339(teacher.at)
    body = {
        "scan_uuid": str(uuid4()),
        "kind": "card",
        "payload": payload,
        "session_id": there.session_id,
        "direction": direction,
        "captured_at": moment,
        "sent_at": moment,
        "device": str(uuid4()),
    }
    return teacher.call("POST", "scans", body)["items"][0]


def test_from_the_first_lesson_to_the_review_everybody_sees_the_same_hours(there, begin):
    wang = begin(phone_of(there.wang))
    learn(wang, there)
    assert pass_quiz(wang, there)["passed"] is True

    teacher = begin(staff(there, "teacher_a"), wang.at)
    teacher.call("POST", f"sessions/{there.session_id}/open")
    for direction, later in (("in", 10), ("out", 7200)):
        teacher.wait(later)
        payload = wang.call("GET", "me/card")["payload"]
        assert scan(teacher, there, payload, direction)["outcome"] == "accepted"
    teacher.call("POST", f"sessions/{there.session_id}/close")

    admin = begin(staff(there, "admin_a"), teacher.at)
    lines = admin.call("GET", f"standings?class_id={there.class_id}")["items"]
    mine = {line["mode"]: line for line in lines if line["enrolment_id"] == there.wang.enrolment_id}
    own = {mode: wang.segment(there, mode) for mode in ("online", "offline")}
    assert {mode: (line["entered_s"], line["missing"], line["state"]) for mode, line in mine.items()} == {
        mode: (part["entered_s"], part["missing"], part["state"]) for mode, part in own.items()
    }
    assert mine["online"]["state"] == "complete"
    assert mine["offline"]["entered_s"] == 7200
    assert mine["offline"]["sentence"].startswith("还差线下")

    path = f"standings/{there.wang.enrolment_id}/{there.offline.id}/review"
    said = admin.call("POST", path, {"verdict": "questioned", "reason": "提前离开，等老师说明"})
    assert said["review"]["verdict"] == "questioned"
    titles = [
        line["title"] for line in wang.call("GET", f"enrolments/{there.wang.enrolment_id}/evidence")["items"]
    ]
    assert {"线上学习", "考核", "签到", "签退"} <= set(titles)
    db.session.rollback()
    assert verify(db.session).ok
    assert check(db.session) == []
