"""Whatever was answered survives ``kill -9`` of the server and the loss of Redis, in mid-lesson and in mid-scan."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from tests.flows.robot import Robot, city, one
from tests.ops.processes import House, command, until
from yanglao.kernel.clock import now, rfc3339, to_ms


@pytest.fixture
def clock(tmp_path):
    file = tmp_path / "clock"
    file.write_text("+0")
    return file


@pytest.fixture
def house(tmp_path, clock):
    """Give a running demo city whose clock the test moves, and its accounts."""
    more = {"YANGLAO_ENV": "test", "YANGLAO_CLOCK_FILE": str(clock)}
    accounts = city(tmp_path, **more)
    running = House(tmp_path, **more)
    try:
        yield running.ready(), accounts, tmp_path, more
    finally:
        running.end()


def kill(house, word):
    """Kill a process of the house as a crash would, and wait until the house is ready again."""
    victim = until(lambda: house.child(word))
    victim.kill()
    until(lambda: not victim.is_running() or victim.status() == "zombie")


def server_of(house):
    return "yanglao.supervisor.web"


def segment(robot, mode):
    enrolment = robot.insist("GET", "enrolments")["items"][0]
    return enrolment["id"], next(one for one in enrolment["segments"] if one["mode"] == mode)


def test_a_killed_server_loses_no_beat_and_no_scan_that_was_answered(house, clock):
    running, accounts, folder, more = house
    trainee = Robot(running, one(accounts, "trainee"))
    enrolment, online = segment(trainee, "online")
    lesson = online["lessons"][0]["id"]
    viewing = trainee.insist(
        "POST", "viewings", {"enrolment_id": enrolment, "lesson_id": lesson, "client": "app"}
    )

    credited = 0
    for seq in range(1, 7):
        clock.write_text(f"+{seq * 15}")
        beat = {"seq": seq, "from_s": seq * 15 - 15, "to_s": seq * 15, "rate": 1.0, "client_ms": seq * 15000}
        if seq in (3, 5):
            kill(running, server_of(running))
        credited = trainee.insist("POST", f"viewings/{viewing['id']}/beats", beat)["credited_s"]
    assert credited == 90

    teacher = Robot(running, one(accounts, "instructor"))
    meeting = next(s for s in teacher.insist("GET", "sessions")["items"] if s["state"] == "planned")
    teacher.insist("POST", f"sessions/{meeting['id']}/open")
    card = trainee.insist("GET", "me/card")["payload"]
    scan = _scan(card, meeting["id"], int(clock.read_text()))
    kill(running, "redis-server")
    kill(running, server_of(running))
    first = teacher.insist("POST", "scans", scan)["items"][0]
    assert first["outcome"] == "accepted", first

    with ThreadPoolExecutor(10) as pool:
        again = list(pool.map(lambda _: teacher.insist("POST", "scans", scan)["items"][0], range(50)))
    assert all(item == first for item in again)
    present = next(s for s in teacher.insist("GET", "sessions")["items"] if s["id"] == meeting["id"])[
        "present"
    ]
    assert present == 1
    assert segment(trainee, "online")[1]["credited_s"] == 90
    _paper_survives(running, trainee, {"enrolment_id": enrolment, "segment_id": online["id"]})
    _all_is_well(running, folder, more)


def _paper_survives(running, trainee, place):
    """Kill the server between saved answers and handing in, and after it: nothing that was answered is lost."""
    paper = trainee.insist("POST", "attempts", place)
    saved = {}
    for n, question in enumerate(paper["questions"][:3]):
        ticked = [question["options"][0]["id"]]
        path = f"attempts/{paper['id']}/answers/{question['id']}"
        saved[question["id"]] = trainee.insist("PUT", path, {"answer": ticked, "counter": n + 1})["answer"]
    kill(running, server_of(running))
    held = trainee.insist("POST", "attempts", place)
    assert (held["id"], held["answers"], held["questions"]) == (paper["id"], saved, paper["questions"])
    result = trainee.insist("POST", f"attempts/{paper['id']}/submit")
    kill(running, server_of(running))
    assert trainee.insist("POST", f"attempts/{paper['id']}/submit") == result
    told = trainee.insist("GET", f"enrolments/{place['enrolment_id']}/evidence")["items"]
    assert [one["facts"]["score"] for one in told if one["kind"] == "quiz.submitted"] == [result["score"]]


def _scan(card, session_id, offset_s):
    moment = rfc3339(to_ms(now()) + offset_s * 1000)
    return {
        "scan_uuid": str(uuid4()),
        "kind": "card",
        "payload": card,
        "session_id": session_id,
        "direction": "in",
        "captured_at": moment,
        "sent_at": moment,
        "device": str(uuid4()),
    }


def _all_is_well(running, folder, more):
    running.end()
    for words in (("ledger", "verify"), ("completion", "rebuild", "--check")):
        done = command(folder, *words, **more)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
