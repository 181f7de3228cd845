"""A robot learns over HTTP as an app would: honest, forging, repeating, on two devices, over midnight."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.factories import phone_of, world
from tests.web.phone import Phone, beat, watch
from yanglao.completion.refresh import check
from yanglao.evidence.verify import verify
from yanglao.kernel import clock
from yanglao.kernel.clock import SHANGHAI
from yanglao.kernel.db import db

EVENING = datetime(2026, 3, 8, 20, 0, tzinfo=SHANGHAI)


@pytest.fixture
def there(either):
    return world(now=EVENING)


@pytest.fixture
def phone(either, there, tmp_path):
    file = tmp_path / "clock"
    clock.use_file(file)
    return Phone(either, phone_of(there.wang), EVENING, file)


def test_an_honest_robot_is_credited_all_it_watched_and_the_numbers_agree(phone, there):
    opened = phone.open(there)
    duration = there.online.lessons[0].duration_s

    answer = watch(phone, opened["id"], 0, duration)

    assert answer["credited_s"] == answer["covered_s"] == duration
    assert phone.segment(there)["credited_s"] == phone.segment(there)["entered_s"] == duration
    assert phone.call("POST", f"viewings/{opened['id']}/close")["credited_s"] == duration
    lines = phone.call("GET", f"enrolments/{there.wang.enrolment_id}/evidence")["items"]
    assert sum(line["counted_s"] for line in lines) == duration
    assert verify(db.session).ok
    assert check(db.session) == []


def test_the_open_window_is_credited_before_it_is_entered(phone, there):
    watch(phone, phone.open(there)["id"], 0, 45)

    found = phone.segment(there)

    assert (found["credited_s"], found["entered_s"]) == (45, 0)
    assert found["lessons"][0]["covered_s"] == 45


def test_a_forged_watched_it_all_post_earns_one_cap_at_most(phone, there):
    opened = phone.wait(0).open(there)
    phone.wait(600)

    answer = phone.call(
        "POST", f"viewings/{opened['id']}/beats", beat(1, 0, there.online.lessons[0].duration_s)
    )

    assert answer["credited_s"] <= opened["beat_cap_s"]


def test_the_same_beat_again_gets_its_first_answer_also_after_it_was_entered(phone, there):
    opened = phone.open(there)
    phone.wait(15)
    first = phone.call("POST", f"viewings/{opened['id']}/beats", beat(1, 0, 15))
    phone.wait(3)
    again = phone.call("POST", f"viewings/{opened['id']}/beats", beat(1, 0, 15))
    phone.call("POST", f"viewings/{opened['id']}/close")
    after_close = phone.call("POST", f"viewings/{opened['id']}/beats", [beat(1, 0, 15)])

    assert first["items"] == again["items"] == after_close["items"]
    assert first["credited_s"] == after_close["credited_s"] == 15


def test_a_gap_is_told_with_the_awaited_number(phone, there):
    opened = phone.open(there)

    problem = phone.wait(30).call("POST", f"viewings/{opened['id']}/beats", beat(3, 0, 15), status=409)

    assert problem["code"] == "viewing.gap"
    assert problem["facts"]["next_seq"] == problem["next_seq"] == 1


def test_another_device_is_told_and_may_take_over_where_it_was(phone, there):
    first = phone.open(there)
    watch(phone, first["id"], 0, 30)

    problem = phone.open(there, client="pc", status=409)
    taken = phone.open(there, client="pc", takeover=True)

    assert problem["code"] == "viewing.elsewhere"
    assert (taken["position_s"], taken["covered"]) == (30, [[0, 30]])
    closed = phone.wait(15).call("POST", f"viewings/{first['id']}/beats", beat(3, 30, 45), status=409)
    assert closed["code"] == "viewing.closed"
    assert phone.segment(there)["entered_s"] == 30


def test_watching_over_midnight_is_entered_for_both_days(phone, there):
    phone.wait(int(timedelta(hours=3, minutes=59, seconds=30).total_seconds()))
    opened = phone.open(there)
    watch(phone, opened["id"], 0, 60)
    phone.call("POST", f"viewings/{opened['id']}/close")

    lines = phone.call("GET", f"enrolments/{there.wang.enrolment_id}/evidence")["items"]

    assert [line["counted_s"] for line in lines if line["counted_s"]] == [30, 30]
    assert phone.segment(there)["entered_s"] == 60


def test_beats_of_another_persons_viewing_are_not_found(either, phone, there, tmp_path):
    opened = phone.open(there)
    stranger = Phone(either, phone_of(there.trainees[1]), phone.at, phone.clock_file)

    problem = stranger.wait(15).call("POST", f"viewings/{opened['id']}/beats", beat(1, 0, 15), status=404)

    assert problem["code"] == "viewing.not_found"
    stranger.call("GET", f"enrolments/{there.wang.enrolment_id}", status=404)


@pytest.mark.parametrize(
    "body",
    [
        {"seq": 0, "from_s": 0, "to_s": 15, "rate": 1.0, "client_ms": 1},
        {"seq": 1, "from_s": 15, "to_s": 0, "rate": 1.0, "client_ms": 1},
        {"seq": 1, "from_s": 0, "to_s": 99999, "rate": 1.0, "client_ms": 1},
        {"seq": 1, "from_s": 0.5, "to_s": 15, "rate": 1.0, "client_ms": 1},
        {"seq": "1", "from_s": 0, "to_s": 15, "rate": 1.0, "client_ms": 1},
        {"seq": 1, "from_s": 0, "to_s": 15, "rate": 1.0, "client_ms": 1, "credit": 9},
        {"seq": 1},
        "beat",
    ],
)
def test_a_malformed_beat_is_refused_and_changes_nothing(phone, there, body):
    opened = phone.open(there)

    problem = phone.wait(15).call("POST", f"viewings/{opened['id']}/beats", body, status=422)

    assert problem["code"]
    assert phone.segment(there)["credited_s"] == 0
