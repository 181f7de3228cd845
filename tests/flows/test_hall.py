"""Robots play a hall before the running product: honest people and every trick; presences and minutes against the truth, by the API alone."""

from __future__ import annotations

import random
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.flows.robot import Day, Robot, one
from tests.ops.processes import until
from yanglao.kernel.clock import rfc3339

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("city")]
TWENTY = timedelta(minutes=20)


class Hall:
    """The hall of one morning, 10:00 to 13:00 with a break at noon; ``true_s`` is what somebody at the door has seen."""

    def __init__(self, day):
        self.day, self.true_s = day, {}
        self.admin = Robot(day.house, one(day.accounts, "base_admin"))
        self.teacher = Robot(day.house, one(day.accounts, "instructor"))
        meeting = self.teacher.insist("GET", "sessions")["items"][0]
        planned = self.admin.insist("GET", f"classes/{meeting['class_id']}/sessions")["items"][0]
        same = {name: planned[name] for name in ("starts_at", "ends_at", "venue_id", "instructor_id")}
        self.noon = [self.at(12, 0), self.at(12, 30)]
        breaks = [[rfc3339(moment) for moment in self.noon]]
        body = {**same, "breaks": breaks, "reason": "中午吃饭"}
        self.id, self.class_id = meeting["id"], meeting["class_id"]
        self.admin.insist("POST", f"sessions/{self.id}/move", body)
        self.starts, self.ends = self.at(10, 0), self.at(13, 0)
        after = {**same, "segment_id": planned["segment_id"], "reason": "下午加课"}
        after |= {"starts_at": rfc3339(self.at(14, 0)), "ends_at": rfc3339(self.at(15, 0))}
        self.after = self.admin.insist("POST", f"classes/{self.class_id}/sessions", after)["id"]
        self.teacher.insist("POST", f"sessions/{self.id}/open")
        self.pupils = [Robot(day.house, one(day.accounts, "trainee", number)) for number in range(24)]

    def at(self, hour, minute):
        return self.day.now.replace(hour=hour, minute=minute, second=0, microsecond=0)

    def go_on(self, hour, minute, second=0):
        """Let the clock of the house go on to a moment."""
        self.day.later((self.at(hour, minute) + timedelta(seconds=second) - self.day.now).total_seconds())

    def code(self, session_id=""):
        return self.teacher.insist("GET", f"sessions/{session_id or self.id}/code")["payload"]

    def body(self, kind, payload, direction, device, **more):
        moment = rfc3339(self.day.now)
        fixed = {"scan_uuid": str(uuid4()), "kind": kind, "payload": payload, "direction": direction}
        return {**fixed, "captured_at": moment, "sent_at": moment, "device": device, **more}

    def sign(self, number, direction="in", payload="", *, device="", **more):
        """Let a pupil scan the screen; return (code or outcome, body)."""
        robot = self.pupils[number]
        body = self.body("room", payload or self.code(), direction, device or robot.device, **more)
        return self.said(robot, body), body

    def card(self, number, direction="in", *, payload="", **more):
        """Let the instructor scan a pupil's card; return its body, not sent yet."""
        payload = payload or self.pupils[number].insist("GET", "me/card")["payload"]
        return self.body("card", payload, direction, self.teacher.device, session_id=self.id, **more)

    def said(self, robot, body):
        item = robot.insist("POST", "scans", body)["items"][0]
        return item["code"] or item["outcome"]

    def was_there(self, number, *stays):
        """Note the truth: seconds from and to, within the plan and without the break at noon."""
        for came, left in stays:
            came, left = max(came, self.starts), min(left, self.ends)
            lunch = min(left, self.noon[1]) - max(came, self.noon[0])
            held = left - came - max(timedelta(0), lunch)
            self.true_s[number] = self.true_s.get(number, 0) + int(held.total_seconds())

    def counted_s(self, number):
        (own,) = self.pupils[number].insist("GET", "enrolments")["items"]
        return next(part["credited_s"] for part in own["segments"] if part["mode"] == "offline")


@pytest.fixture
def hall(tmp_path):
    day = Day(tmp_path).start()
    try:
        day.house.ready()
        yield Hall(day)
        day.is_well()
    finally:
        day.house.end()


def cheats(hall):
    """Try what must not bring anybody in: forged, future, old and foreign codes, one phone for five, a reused number."""
    good = hall.code()
    forged = good[:-1] + ("A" if good[-1] != "A" else "B")
    assert hall.sign(9, payload=forged)[0] == "code.forged"
    assert hall.sign(9, payload="A" * 16)[0] == "code.forged"
    hall.day.later(40)  # a photo of the screen, sent on
    assert hall.sign(8, payload=good)[0] == "code.expired"
    hall.day.later(25)
    assert hall.sign(8, payload=good)[0] == "code.expired"
    ahead = hall.pupils[9].insist("GET", "me/card")["stock"][-1]["payload"]
    assert hall.said(hall.teacher, hall.card(9, payload=ahead)) == "code.future"
    assert hall.said(hall.pupils[9], hall.card(9)) == "scan.not_your_session"
    assert hall.said(hall.teacher, hall.card(9, payload="YL1." + "A" * 26)) == "code.forged"
    one_phone = [hall.sign(number, device="one-phone")[0] for number in range(10, 15)]
    assert one_phone == ["accepted"] + ["attendance.device_used"] * 4
    said, body = hall.sign(15)
    again = [hall.said(hall.pupils[15], body) for _ in range(3)]
    assert [said, *again] == ["accepted"] * 4
    assert hall.said(hall.pupils[15], {**body, "direction": "out"}) == "scan.uuid_reused"
    assert hall.said(hall.pupils[9], body) == "scan.uuid_reused"
    assert hall.sign(15)[0] == "attendance.already_in"


def queue_without_network(hall):
    """Scan the cards of six people in and out five times without network; return the scans in order."""
    queue = []
    for _ in range(5):
        for direction in ("in", "out"):
            hall.day.later(60)
            for number in range(18, 24):
                queue.append(hall.card(number, direction))
            if direction == "in":
                came = hall.day.now
            else:
                for number in range(18, 24):
                    hall.was_there(number, (came, hall.day.now))
    assert len(queue) == 60
    return queue


def decide(hall):
    """Let the base accept what waits, in order of time."""
    for item in sorted(hall.admin.insist("GET", "scans/waiting")["items"], key=lambda one: one["at"]):
        body = {"accept": True, "reason": "教师在断网时扫的，已核对"}
        hall.admin.insist("POST", f"scans/{item['scan_uuid']}/decision", body)


def morning(hall):
    """Let people come, cheat and be scanned without network; return when the first came, when the cheats were over, who was late."""
    hall.go_on(10, 2)
    came = hall.day.now
    assert [hall.sign(number)[0] for number in (0, 1, 2, 3, 4, 6, 7)] == ["accepted"] * 7
    assert hall.sign(4)[0] == "attendance.already_in"
    skewed = {name: rfc3339(hall.day.now - TWENTY) for name in ("captured_at", "sent_at")}
    assert hall.sign(16, **skewed)[0] == "accepted"  # a phone twenty minutes wrong
    assert hall.said(hall.teacher, hall.card(17, **skewed)) == "accepted"
    cheats(hall)
    after = hall.day.now
    mistake = hall.card(5)
    assert hall.said(hall.teacher, mistake) == "accepted"
    void = {"device": hall.teacher.device, "reason": "扫错了人"}
    hall.teacher.insist("POST", f"scans/{mistake['scan_uuid']}/void", void)
    hall.go_on(10, 30)
    assert hall.sign(5)[0] == "accepted"
    late = hall.day.now
    queue = queue_without_network(hall)
    hall.go_on(11, 0)
    sent = rfc3339(hall.day.now)
    mixed = [{**scan, "sent_at": sent} for scan in queue]
    random.Random(5).shuffle(mixed)
    first, second = (hall.teacher.insist("POST", "scans", {"scans": mixed})["items"] for _ in range(2))
    assert first == second and {item["outcome"] for item in first} == {"pending_review"}
    decide(hall)
    return came, after, late


def noon(hall):
    """Let one go to lunch and come back, one go for good, and one try a second room; return when they left and came back."""
    hall.go_on(12, 0)
    lunch = hall.day.now
    assert hall.sign(6, "out")[0] == "accepted"
    hall.teacher.insist("POST", f"sessions/{hall.after}/open")
    assert hall.sign(0, payload=hall.code(hall.after))[0] == "attendance.elsewhere"
    hall.go_on(12, 30)
    assert hall.sign(6)[0] == hall.sign(5, "out")[0] == "accepted"
    return lunch, hall.day.now


def test_a_hall_of_honest_people_and_tricks_gives_the_truth_to_the_second(hall):
    came, after, late = morning(hall)
    lunch, back = noon(hall)
    hall.go_on(13, 5)
    for number in (0, 1, 2, 3, 4, 6, 10, 15, 16):
        assert hall.sign(number, "out")[0] == "accepted", number
    assert hall.said(hall.teacher, hall.card(17, "out")) == "accepted"
    left = hall.day.now
    for number in (0, 1, 2, 3, 4, 16, 17):
        hall.was_there(number, (came, left))
    hall.was_there(6, (came, lunch), (back, left))
    hall.was_there(5, (late, back))
    hall.was_there(10, (after, left))
    hall.was_there(15, (after, left))
    # Nobody signed 7 out: what counts ends at the last proof, which is the scan in.
    hall.teacher.insist("POST", f"sessions/{hall.id}/close")
    truth = [hall.true_s.get(number, 0) for number in range(24)]
    assert [hall.counted_s(number) for number in range(24)] == truth
    meeting = next(item for item in hall.teacher.insist("GET", "sessions")["items"] if item["id"] == hall.id)
    assert meeting["came"] == sum(1 for held in truth if held) + 1 == 18
    officer = Robot(hall.day.house, one(hall.day.accounts, "officer"))
    wanted = {"attendance.one_phone", "attendance.relayed", "attendance.clock_off"}
    until(lambda: wanted <= {item["kind"] for item in officer.insist("GET", "flags")["items"]}, 30)
