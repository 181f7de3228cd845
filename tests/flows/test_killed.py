"""Whatever was answered survives ``kill -9`` of the server and the loss of Redis, in mid-lesson and in mid-scan."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import uuid4

import pytest

from tests.flows.robot import Robot, one
from tests.ops.processes import WEB, lives, until
from yanglao.kernel.clock import rfc3339

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("city")]


def kill(house, word):
    """Kill all processes of the house that are called so, as a crash would, and wait until they are gone."""
    victims = until(lambda: house.children(word))
    for victim in victims:
        victim.kill()
    until(lambda: not any(lives(victim) for victim in victims))


def segment(robot, mode):
    enrolment = robot.insist("GET", "enrolments")["items"][0]
    return enrolment["id"], next(one for one in enrolment["segments"] if one["mode"] == mode)


def test_a_killed_server_loses_nothing_that_was_answered(city_day):
    """Kill it amid a lesson; with Redis amid a paper and before a scan; and after the paper was handed in."""
    day, house = city_day, city_day.house
    trainee = Robot(house, one(day.accounts, "trainee"))
    enrolment, online = segment(trainee, "online")
    place = {"enrolment_id": enrolment, "lesson_id": online["lessons"][0]["id"], "client": "app"}
    viewing = trainee.insist("POST", "viewings", place)
    credited = 0
    for seq in range(1, 7):
        day.later(15)
        beat = {"seq": seq, "from_s": seq * 15 - 15, "to_s": seq * 15, "rate": 1.0, "client_ms": seq * 15000}
        if seq == 4:
            kill(house, WEB)
        credited = trainee.insist("POST", f"viewings/{viewing['id']}/beats", beat)["credited_s"]
    assert credited == 90

    paper = trainee.insist("POST", "attempts", {"enrolment_id": enrolment, "segment_id": online["id"]})
    saved = save_three(trainee, paper)
    teacher, scan = open_meeting(day, trainee)
    kill(house, "redis-server")
    kill(house, WEB)
    first = teacher.insist("POST", "scans", scan)["items"][0]
    assert first["outcome"] == "accepted", first
    held = trainee.insist("POST", "attempts", {"enrolment_id": enrolment, "segment_id": online["id"]})
    assert (held["id"], held["answers"], held["questions"]) == (paper["id"], saved, paper["questions"])
    result = trainee.insist("POST", f"attempts/{paper['id']}/submit")

    kill(house, WEB)
    assert trainee.insist("POST", f"attempts/{paper['id']}/submit") == result
    told = trainee.insist("GET", f"enrolments/{enrolment}/evidence")["items"]
    assert [one["facts"]["score"] for one in told if one["kind"] == "quiz.submitted"] == [result["score"]]
    with ThreadPoolExecutor(10) as pool:
        again = list(pool.map(lambda _: teacher.insist("POST", "scans", scan)["items"][0], range(50)))
    assert all(item == first for item in again)
    meetings = teacher.insist("GET", "sessions")["items"]
    assert [one["present"] for one in meetings if one["id"] == scan["session_id"]] == [1]
    assert segment(trainee, "online")[1]["credited_s"] == 90


def save_three(trainee, paper):
    """Answer three questions; return what was answered of each."""
    saved = {}
    for n, question in enumerate(paper["questions"][:3]):
        path, ticked = f"attempts/{paper['id']}/answers/{question['id']}", [question["options"][0]["id"]]
        saved[question["id"]] = trainee.insist("PUT", path, {"answer": ticked, "counter": n + 1})["answer"]
    return saved


def open_meeting(day, trainee):
    """Open a session; return its instructor and the scan of the trainee's card there.

    Tests before this one may have moved the clock past a session; the house plans the next one by itself.
    """
    teacher = Robot(day.house, one(day.accounts, "instructor"))

    def coming():
        found = teacher.insist("GET", "sessions")["items"]
        return [
            s for s in found if s["state"] == "planned" and datetime.fromisoformat(s["ends_at"]) > day.now
        ]

    meeting = until(coming)[0]
    teacher.insist("POST", f"sessions/{meeting['id']}/open")
    moment = rfc3339(day.now)
    return teacher, {
        "scan_uuid": str(uuid4()), "kind": "card", "payload": trainee.insist("GET", "me/card")["payload"],
        "session_id": meeting["id"], "direction": "in", "captured_at": moment, "sent_at": moment, "device": str(uuid4()),
    }  # fmt: skip
