"""Plain scans that come together leave exactly what they leave one by one, and nothing else is plain."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from tests.factories import NINE, world
from yanglao.capture.attendance import codes, meetings, plain, service
from yanglao.capture.attendance.models import Presence, Scan
from yanglao.capture.attendance.plain import Post
from yanglao.capture.attendance.shapes import Place, ScanDraft
from yanglao.classes import queries as classes
from yanglao.completion.entering import refresh_all, refresh_entered
from yanglao.completion.models import Standing
from yanglao.completion.refresh import check, refresh
from yanglao.evidence import queries as evidence
from yanglao.evidence import verify
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db, run
from yanglao.outside.ciphers import ciphers

OWN = {"id", "scan_uuid", "content_digest", "enrolment_id", "person_id", "by_person_id", "device_digest"}
OWN |= {"presence_id", "in_scan_id"}


def room(there, at=NINE):
    number = classes.session_(db.session, there.session_id).code_no
    return codes.room_payload(number, codes.step_of(to_ms(at), 15), ciphers().mac)


def post(there, number, **other):
    draft = ScanDraft(str(uuid4()), "room", room(there), "in", to_ms(NINE), to_ms(NINE), device=f"d{number}")
    return Post(replace(draft, **other), there.trainees[number].actor, NINE)


def together(posts):
    def act():
        found = plain.take(db.session, posts)
        refresh_all(
            db.session, [one.touched_person_id for one in found if one and one.touched_person_id], now=NINE
        )
        return found

    return run(act)


def alone(one):
    answer = run(lambda: service.judge(db.session, one.draft, now=one.now, actor=one.actor))
    run(lambda: refresh(db.session, one.actor.person_id, now=NINE))
    return answer


def left_by(trainee):
    """Return what stands of a trainee's scan, without what is their own."""
    rows = [
        db.session.scalars(db.select(kind).where(kind.person_id == trainee.actor.person_id)).one()
        for kind in (Scan, Presence)
    ]
    scan, presence = (
        {c.name: getattr(row, c.name) for c in row.__table__.columns if c.name not in OWN} for row in rows
    )
    entry = evidence.chain(db.session, "enrolment", trainee.enrolment_id)[-1]
    standing = db.session.scalars(db.select(Standing).where(Standing.enrolment_id == trainee.enrolment_id))
    hours = sorted((one.segment_id, one.state, one.entered_s, str(one.presences)) for one in standing)
    return scan, presence, entry.kind, {**entry.body, "scan": ""}, entry.position, hours


def test_plain_scans_leave_together_what_they_leave_one_by_one(either):
    there = world(now=NINE, trainees=12)
    run(lambda: meetings.open_session(db.session, there.session_id, now=NINE, actor=there.teacher))
    before = post(there, 5)
    assert alone(before).outcome == "accepted"
    run(lambda: refresh(db.session, there.trainees[0].actor.person_id, now=NINE))  # has standings already
    stranger = there.city.staff["teacher_b"]
    good = [post(there, 0), post(there, 1, place=Place(35_000_000, 118_000_000, 20))]
    others = [
        before,
        post(there, 5),
        post(there, 2, payload=room(there, NINE - timedelta(minutes=5))),
        post(there, 3, direction="out"),
        post(there, 4, device="d5"),
        post(there, 6, device="d0"),
        replace(post(there, 7), actor=stranger),
        post(there, 8, device=""),
        post(there, 9, kind="spoken", payload="123456"),
    ]
    found = together(good + others)
    assert [one and one.outcome for one in found] == ["accepted"] * 2 + [None] * len(others)
    assert [alone(one) for one in good] == found[:2]  # the long way finds them there, and says the same
    said = [alone(one).code for one in others]
    assert said[2:] == ["code.expired", "attendance.no_in", "attendance.device_used", "attendance.device_used",
                        "attendance.other_class", None, "code.wrong"]  # fmt: skip
    assert (said[0], said[1]) == (None, "attendance.already_in")
    slow = post(there, 10)
    assert alone(slow).outcome == "accepted"
    assert left_by(there.trainees[0]) == left_by(there.trainees[1]) == left_by(there.trainees[10])
    db.session.rollback()
    assert check(db.session) == [] and verify.verify(db.session).faults == []


def test_who_signs_in_alone_is_folded_the_short_way_to_the_same_end(either):
    there = world(now=NINE, trainees=3)
    run(lambda: meetings.open_session(db.session, there.session_id, now=NINE, actor=there.teacher))
    folds = (refresh_entered, refresh, refresh_entered)  # the third has no standings yet
    for number, fold in enumerate(folds):
        one = post(there, number)
        if number < 2:
            run(lambda who=one.actor.person_id: refresh(db.session, who, now=NINE))
        run(lambda one=one: service.judge(db.session, one.draft, now=one.now, actor=one.actor))
        run(lambda who=one.actor.person_id, fold=fold: fold(db.session, who, now=NINE))
    assert left_by(there.trainees[0]) == left_by(there.trainees[1]) == left_by(there.trainees[2])
    db.session.rollback()
    assert check(db.session) == []
