"""A phone without network, its person goes on at a PC, the phone comes back: what it holds counts up to that moment, and no further."""

from __future__ import annotations

import pytest

from tests.factories import NINE, phone_of, world
from tests.web.phone import Phone, beat, watch
from yanglao.capture.viewing.models import ViewingChallenge
from yanglao.evidence.verify import verify
from yanglao.kernel import clock
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db


@pytest.fixture
def there(either, tmp_path):
    made = world(now=NINE)
    clock.use_file(tmp_path / "clock")
    return made


@pytest.fixture
def phone(either, there, tmp_path):
    return Phone(either, phone_of(there.wang), NINE, tmp_path / "clock")


def kept(start, end, *, first_seq=1):
    """Return the beats a page keeps of so many seconds."""
    return [beat(first_seq + n, at, min(at + 15, end)) for n, at in enumerate(range(start, end, 15))]


def send(phone, viewing, beats, *, status=None):
    return phone.call("POST", f"viewings/{viewing['id']}/beats", beats, status=status)


def test_what_was_watched_without_network_before_another_device_began_counts(phone, there):
    lost = phone.open(there)
    watch(phone, lost["id"], 0, 30)
    phone.wait(60)
    pc = phone.open(there, client="pc", lesson=1)
    watch(phone, pc["id"], 0, 45)
    answer = send(phone, lost, kept(30, 105, first_seq=3))

    assert answer["next_seq"] == 7  # up to 90: the last one began when the PC did
    assert sum(item["credited_s"] for item in answer["items"]) == 60 and answer["challenge"] is None
    assert answer["closed"] == "taken_over"
    assert send(phone, lost, beat(7, 90, 105), status=409)["code"] == "viewing.closed"
    assert send(phone, lost, kept(30, 90, first_seq=3))["items"] == answer["items"]
    going_on = phone.wait(15).call("POST", f"viewings/{pc['id']}/beats", beat(4, 45, 60))
    assert going_on["credited_s"] == phone.segment(there)["credited_s"] == 30 + 60 + 60
    phone.call("POST", f"viewings/{pc['id']}/close")
    assert phone.segment(there)["entered_s"] == 150
    assert verify(db.session).ok


@pytest.mark.parametrize(("into_s", "counted_s"), [(0.4, 0), (1, 1), (7, 7), (14.9, 14)])
def test_the_beat_under_way_when_another_device_began_counts_up_to_that_moment(
    phone, there, into_s, counted_s
):
    first = phone.open(there)
    watch(phone, first["id"], 0, 30)
    phone.wait(into_s).open(there, client="pc", lesson=1, takeover=True)
    phone.wait(15 - into_s)
    if not counted_s:
        assert send(phone, first, beat(3, 30, 45), status=409)["code"] == "viewing.closed"
        return
    answer = send(phone, first, beat(3, 30, 45))

    assert answer["closed"] == "taken_over" and answer["credited_s"] == 30 + counted_s
    (item,) = answer["items"]
    assert [(one["code"], one["seconds"]) for one in item["not_counted"]] == [
        ("viewing.taken_over", 15 - counted_s)
    ]
    assert send(phone, first, beat(4, 45, 60), status=409)["code"] == "viewing.closed"
    assert send(phone, first, beat(3, 30, 45))["items"] == [item]
    assert phone.segment(there)["entered_s"] == 30 + counted_s


@pytest.mark.parametrize(("long_s", "client_s"), [(15, 30), (600, 90), (15, 600), (1, 0)])
def test_a_forged_beat_across_the_moment_another_device_began_brings_no_more_than_passed(
    phone, there, long_s, client_s
):
    first = phone.open(there)
    watch(phone, first["id"], 0, 30)
    phone.wait(2).open(there, client="pc", lesson=1, takeover=True)
    phone.wait(58)
    phone.http.post(
        f"/api/v1/viewings/{first['id']}/beats",
        json=beat(3, 30, 30 + long_s, client_s * 1000),
        headers={"Authorization": f"Bearer {phone.token}"},
    )

    assert phone.segment(there)["credited_s"] <= 32


def test_the_same_seconds_on_both_count_once_and_every_number_is_the_same(phone, there):
    lost = phone.open(there)
    phone.wait(90)
    pc = phone.open(there, client="pc", takeover=True)
    watch(phone, pc["id"], 0, 60)
    send(phone, lost, kept(0, 90))

    assert phone.segment(there)["credited_s"] == 90
    going_on = phone.wait(15).call("POST", f"viewings/{pc['id']}/beats", beat(5, 60, 75))
    assert (going_on["credited_s"], going_on["covered_s"]) == (90, 90)
    assert phone.segment(there)["lessons"][0]["covered_s"] == 90


def test_no_more_counts_than_the_time_that_passed_before_the_other_device_began(phone, there):
    lost = phone.open(there)
    phone.wait(60)
    phone.open(there, client="pc", lesson=1, takeover=True)
    phone.wait(600)
    send(phone, lost, [beat(n + 1, n * 10, n * 10 + 10, 1000 + n) for n in range(11)])

    assert phone.segment(there)["credited_s"] <= 60


def test_a_beat_for_time_that_is_used_up_is_told_that_another_device_goes_on(phone, there):
    first = phone.open(there)
    watch(phone, first["id"], 0, 15)
    phone.open(there, client="pc", lesson=1, takeover=True)

    assert send(phone, first, beat(2, 15, 30, 15_000), status=409)["code"] == "viewing.closed"
    assert phone.segment(there)["credited_s"] == 15


@pytest.mark.parametrize(("pressed_s", "counted_s"), [(35, 105), (None, 50)])
def test_a_question_pressed_without_network_lets_go_what_it_held(phone, there, pressed_s, counted_s):
    lost = phone.open(there)
    asked = db.session.get(ViewingChallenge, lost["challenge"]["id"])
    asked.show_ms, asked.due_ms = to_ms(NINE) + 30_000, to_ms(NINE) + 50_000
    db.session.commit()
    phone.wait(110)
    phone.open(there, client="pc", lesson=1)
    if pressed_s:
        pressed = {"answer": "here", "client_ms": pressed_s * 1000}
        phone.call("POST", f"viewings/{lost['id']}/challenges/{lost['challenge']['id']}", pressed)
    send(phone, lost, kept(0, 105))

    assert phone.segment(there)["credited_s"] == counted_s


def test_a_viewing_that_was_closed_or_is_somebody_elses_takes_nothing(either, phone, there, tmp_path):
    first = phone.open(there)
    phone.wait(60).call("POST", f"viewings/{first['id']}/close")
    assert send(phone, first, kept(0, 60), status=409)["code"] == "viewing.closed"

    second = phone.open(there)
    phone.wait(60)
    phone.open(there, client="pc", takeover=True)
    stranger = Phone(either, phone_of(there.trainees[1]), phone.at, phone.clock_file)
    assert send(stranger, second, kept(0, 60), status=404)["code"] == "viewing.not_found"
    asked = f"viewings/{second['id']}/challenges/{second['challenge']['id']}"
    assert stranger.call("POST", asked, {"answer": "here", "client_ms": 1}, status=404)
    assert (
        phone.call("POST", asked, {"answer": "here", "client_ms": 1}, status=409)["code"] == "viewing.closed"
    )
