"""Two who share a WeChat learn one at a time: no minute of the clock is ever credited to both."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.wechat_binding.test_shared_phone import admin, people_scope, shared
from tests.web.wechat_sign_in.conftest import PHONE_UA
from yanglao.capture.attendance import codes
from yanglao.capture.viewing.models import Viewing
from yanglao.classes import queries as classes
from yanglao.evidence import queries as evidence
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.db import db, run
from yanglao.outside.ciphers import ciphers
from yanglao.people import service as people
from yanglao.people import shares


class Learner:
    """One of the pair with a sign-in through the shared WeChat, and the viewing they have open."""

    def __init__(self, house, number, *, client="wechat"):
        self.house, self.number, self.client = house, number, client
        self.token, self.viewing, self.seq, self.at_s, self.opened = "", "", 1, 0, house.now
        self.sign_in()

    def sign_in(self):
        person_id = self.house.people[self.number].person_id
        found = run(
            lambda: people.let_in(
                db.session,
                person_id,
                carrier="bearer",
                client=self.client,
                via="wechat" if self.client == "wechat" else "password",
                now=self.house.now,
            )
        )
        self.token = found.token

    def post(self, path, body):
        db.session.remove()
        return self.house.app.test_client().post(
            path,
            json=body,
            headers={"Authorization": f"Bearer {self.token}", "User-Agent": PHONE_UA},
        )

    def open(self, *, takeover=False):
        body = {
            "enrolment_id": self.house.there.trainees[self.number].enrolment_id,
            "lesson_id": self.house.there.online.lessons[0].id,
            "client": self.client,
            "takeover": takeover,
        }
        answer = self.post("/api/v1/viewings", body)
        if answer.status_code == 201:
            self.viewing, self.at_s, self.seq = answer.json["id"], answer.json["position_s"], 1
            self.opened = self.house.now
        return answer

    def beat(self, seconds=15):
        sent_ms = int((self.house.now - self.opened).total_seconds() * 1000)
        body = {
            "seq": self.seq,
            "from_s": self.at_s,
            "to_s": self.at_s + seconds,
            "rate": 1.0,
            "client_ms": sent_ms,
        }
        answer = self.post(f"/api/v1/viewings/{self.viewing}/beats", body)
        if answer.status_code == 200:
            self.seq, self.at_s = answer.json["next_seq"], self.at_s + seconds
        return answer


def minutes(house, number):
    """Return the minutes of the clock in which a person was credited online, entered or not."""
    person_id = house.people[number].person_id
    chain = evidence.chain(db.session, "enrolment", house.there.trainees[number].enrolment_id)
    pieces = [piece for entry in chain if entry.kind == "viewing.span" for piece in entry.body["pieces"]]
    rows = db.session.query(Viewing).filter(Viewing.person_id == person_id)
    pieces += [piece for row in rows for piece in row.pieces]
    return {
        second // 60
        for wall_ms, _, seconds, _ in pieces
        for second in range(wall_ms // 1000, -(-(wall_ms + seconds * 1000) // 1000))
    }


@pytest.fixture
def pair(wang_at_home):
    """Give the house and the two learners, who share a WeChat."""
    house = wang_at_home
    shared(house)
    return house, Learner(house, 0), Learner(house, 1)


def learned(house, learner, beats=4):
    for _ in range(beats):
        house.wait(15)
        assert learner.beat().status_code == 200


def test_who_switches_stops_the_others_beats_at_once(pair):
    house, wang, li = pair
    wang.sign_in()
    assert wang.open().status_code == 201
    learned(house, wang)
    li.sign_in()
    house.wait(15)
    assert wang.beat().status_code == 401
    assert li.open().json["code"] == "viewing.partner_watches"
    just = li.open(takeover=True)
    assert just.status_code == 409 and just.json["code"] == "viewing.partner_just_now"
    house.wait(just.json["facts"]["wait_s"])
    assert li.open(takeover=True).status_code == 201
    learned(house, li)
    assert minutes(house, 0) and minutes(house, 1) and not minutes(house, 0) & minutes(house, 1)


def test_nobody_of_a_pair_learns_beside_the_other_on_a_pc_either(pair):
    house, wang, _ = pair
    wang.sign_in()
    wang.open()
    learned(house, wang)
    at_pc = Learner(house, 1, client="pc")
    house.wait(60)
    assert at_pc.open(takeover=True).status_code == 201
    house.wait(15)
    answer = wang.beat()
    assert (answer.status_code, answer.json["code"]) == (409, "viewing.closed")
    assert at_pc.beat().json["credited_s"] == 15


def test_what_runs_through_a_shared_wechat_is_marked_in_the_ledger(pair):
    house, wang, _ = pair
    wang.sign_in()
    wang.open()
    learned(house, wang)
    wang.post(f"/api/v1/viewings/{wang.viewing}/close", {})
    chain = evidence.chain(db.session, "enrolment", house.there.trainees[0].enrolment_id)
    assert [entry.body["shared"] for entry in chain if entry.kind == "viewing.span"] == [True]
    alone = Learner(house, 2)
    house.wait(60)
    alone.open()
    learned(house, alone)
    alone.post(f"/api/v1/viewings/{alone.viewing}/close", {})
    chain = evidence.chain(db.session, "enrolment", house.there.trainees[2].enrolment_id)
    assert all("shared" not in entry.body for entry in chain)


def test_after_the_end_of_the_share_both_learn_at_once_again(pair):
    house, wang, _ = pair
    share = shares.shares(db.session, people_scope(house), state="approved")[0]
    run(
        lambda: people.end_share(
            db.session, share.id, reason="各有各的手机了", now=house.now, actor=admin(house)
        )
    )
    wang.sign_in()
    li = Learner(house, 1, client="pc")
    assert (wang.open().status_code, li.open().status_code) == (201, 201)
    house.wait(15)
    assert (wang.beat().json["credited_s"], li.beat().json["credited_s"]) == (15, 15)


def room_code(house):
    """Return the payload of the room code of the open session."""
    meeting = classes.sessions(db.session, [house.there.session_id])[house.there.session_id]
    step_s = policy.on(day_of(house.now)).attendance.room_step_s
    return codes.room_payload(meeting.code_no, codes.step_of(to_ms(house.now), step_s), ciphers().mac)


def scanned(house, learner):
    moment = house.now.isoformat()
    body = {
        "scan_uuid": str(uuid4()),
        "kind": "room",
        "payload": room_code(house),
        "direction": "in",
        "captured_at": moment,
        "sent_at": moment,
        "device": "6f1c1f4e-0000-4000-8000-000000000001",
    }
    return learner.post("/api/v1/scans", body).json["items"][0]


def test_both_sit_in_one_room_and_are_marked_as_a_known_shared_phone(pair):
    house, wang, li = pair
    from tests.web.wechat_binding.conftest import staff

    assert (
        staff(house, "teacher_a").post(f"/api/v1/sessions/{house.there.session_id}/open").status_code == 200
    )
    wang.sign_in()
    first = scanned(house, wang)
    li.sign_in()
    second = scanned(house, li)
    assert (first["outcome"], second["outcome"]) == ("accepted", "accepted")
    assert first["facts"]["shared"] is True and second["facts"]["shared"] is True
    assert "device_shared" not in second["facts"]
    chain = evidence.chain(db.session, "enrolment", house.there.trainees[1].enrolment_id)
    (arrival,) = [entry for entry in chain if entry.kind == "attendance.in"]
    assert arrival.body["shared"] is True and arrival.grade == "fair"


STEP = st.tuples(
    st.sampled_from(["open", "take", "beat", "beat", "beat", "wait", "switch"]),
    st.sampled_from([0, 1]),
    st.integers(min_value=1, max_value=70),
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(steps=st.lists(STEP, min_size=10, max_size=30))
def test_whatever_the_two_do_no_minute_is_credited_to_both(pair, steps):
    house, *two = pair
    for act, number, seconds in steps:
        one = two[number]
        if act == "switch":
            one.sign_in()
        elif act == "wait":
            house.wait(seconds)
        elif act == "beat" and one.viewing:
            house.wait(min(seconds, 30))
            one.beat()
        else:
            one.open(takeover=act == "take")
    assert not minutes(house, 0) & minutes(house, 1)
