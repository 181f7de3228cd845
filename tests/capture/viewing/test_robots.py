"""Robots that know the truth: nobody is credited more, and who is honest not less than 99 of 100 seconds."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.capture.viewing.robot import FIGURES, GAP_S, Robot
from yanglao.capture.viewing.rules import Beat
from yanglao.capture.viewing.steps import take
from yanglao.kernel.clock import day_of, to_ms

LATE_EVENING = to_ms(datetime(2026, 3, 8, 15, 50, tzinfo=timezone.utc))
HONEST = {
    "one hour": lambda: Robot().play(3600),
    "beats of a second": lambda: Robot(beat_s=1).play(1500),
    "a fast clock": lambda: Robot(drift=1.01).play(3600),
    "a slow clock": lambda: Robot(drift=0.98).play(3600),
    "a slow network": lambda: Robot(latency_ms=3000).play(1200),
    "twenty minutes without network, a list": lambda: Robot().play(300).offline(1200).play(60),
    "twenty minutes without network, one by one": lambda: Robot().play(300).offline(1200, as_list=False).play(60),
    "the answer behind the beats": lambda: Robot().play(300).offline(1200, answers_first=False).play(60),
    "no network from the first second": lambda: Robot().offline(1200),
    "no network in beats of a second": lambda: Robot(beat_s=1).play(30).offline(1200).play(30),
    "twice half an hour": lambda: Robot(duration_s=9000).offline(1500).play(120).offline(1500).play(60),
    "ten minutes' pause": lambda: Robot().play(450).pause(600).play(600),
    "a pause over the question": lambda: Robot().play(GAP_S - 15).pause(600).play(600),
    "a locked phone whose clock stands": lambda: Robot().play(300).suspend(900).play(900),
    "a locked phone whose clock goes on": lambda: Robot().play(300).suspend(900, clock_stands=False).play(900),
    "a locked phone, beats of a second": lambda: Robot(beat_s=1).play(60).suspend(900).play(2400),
    "looking at a part twice": lambda: Robot().play(600).again(120).play(300),
    "over midnight": lambda: Robot(at_ms=LATE_EVENING).play(1200),
    "a tiny end": lambda: Robot(duration_s=1203).play(1203),
    "without network over midnight": lambda: Robot(at_ms=LATE_EVENING).play(60).offline(1200).play(15),
}  # fmt: skip


@pytest.mark.parametrize("how", HONEST)
def test_who_is_honest_is_credited_what_was_watched(how):
    robot = HONEST[how]()

    assert robot.true_s * 0.99 <= robot.credited_s <= robot.true_s
    assert robot.asked_times >= (robot.true_s - 90) // 900 or "without network" in how or "no network" in how


def test_over_midnight_each_day_gets_its_own():
    robot = Robot(at_ms=LATE_EVENING).play(1200)

    assert dict(robot.watch.ground.day_used) == {"2026-03-08": 600, "2026-03-09": 600}
    assert day_of(robot.watch.pieces[0].wall_ms).isoformat() == "2026-03-08"


def test_of_forty_five_minutes_without_network_thirty_count():
    robot = Robot().play(300).offline(2700).play(60)

    assert 300 + FIGURES.backlog_limit_s <= robot.credited_s <= 360 + FIGURES.backlog_limit_s + 30


def test_a_question_never_answered_holds_what_follows_its_due_time():
    robot = Robot(answers=False).play(1500)

    assert 0 <= GAP_S + FIGURES.challenge_answer_s - robot.credited_s <= 1


@pytest.mark.parametrize(("back_ms", "in_time"), [(0, False), (300_000, False)])
def test_a_late_answer_loses_what_was_held_also_when_it_says_it_was_earlier(back_ms, in_time):
    robot = Robot(answers=False).play(GAP_S + FIGURES.challenge_answer_s + 300)
    robot.pressed.append((robot.watch.asked.id, robot.client_ms() - back_ms))
    robot.tell()
    robot.play(300)

    # While beats come without waiting, an answer may have waited thirty seconds and no longer.
    assert robot.credited_s <= GAP_S + FIGURES.challenge_answer_s + 300 + (30 if back_ms else 0)


def test_an_answer_before_the_question_is_none():
    robot = Robot(answers=False).play(60)
    robot.pressed.append((robot.watch.asked.id, robot.client_ms()))
    robot.tell()

    assert robot.watch.asked is not None
    assert robot.asked_times == 0


def posts(robot, made):
    """Let a robot post what it likes: (server seconds later, from, span, client seconds, rate)."""
    for seq, (later_s, start, span, client_s) in enumerate(made, 1):
        robot.now_ms += later_s * 1000
        beat = Beat(seq, start, start + span, client_s * 1000)
        robot.watch = take(robot.watch, [beat], now_ms=robot.now_ms, figures=FIGURES, offline_since_ms=None)
    return robot.credited_s


CHEATS = {
    "all of it in one post": ([(900, 0, 7200, 900)], FIGURES.beat_cap_s),
    "sixteen times as fast": ([(15, n * 240, 240, (n + 1) * 15) for n in range(30)], 30),
    "sixteen times as fast in small beats": ([(1, n * 15, 15, n + 1) for n in range(480)], 480),
    "jumping ahead": ([(15, 0, 15, 15), (15, 3000, 15, 30), (15, 3015, 15, 45)], 15),
    "a clock from the future": ([(1, n * 30, 30, 10_000 * (n + 1)) for n in range(60)], 60),
    "a clock that goes back": ([(1, n * 30, 30, 10_000 - n) for n in range(60)], 60),
    "the same seconds again and again": ([(15, 0, 15, n * 15) for n in range(1, 40)], 15),
    "overlapping": ([(15, n * 5, 15, (n + 1) * 15) for n in range(20)], 110),
    "pretending to have had no network while it was there": (
        [(15, 0, 15, 15), (1500, 0, 0, 1515), *[(1, 15 + n * 15, 15, 30 + n * 15) for n in range(90)]],
        15 + 30 + 90,
    ),
}


@pytest.mark.parametrize("how", CHEATS)
def test_who_cheats_gets_no_more_than_the_time_that_passed(how):
    made, most = CHEATS[how]

    assert posts(Robot(answers=False), made) <= most


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["play", "offline", "rest", "suspend"]), st.integers(1, 80).map(lambda n: n * 15)
        ),
        max_size=8,
    ),
    st.sampled_from([1, 5, 15]),
    st.booleans(),
)
def test_whatever_a_day_is_like_the_honest_lose_less_than_one_second_in_a_hundred(day, beat_s, as_list):
    robot = Robot(duration_s=20_000, beat_s=beat_s)
    for what, seconds in day:
        if what == "offline":
            robot.offline(seconds, as_list=as_list)
        else:
            getattr(robot, what)(seconds)
        robot.play(45)

    assert robot.credited_s <= robot.true_s
    # Whoever locks the phone in the very second of a question answers it late.
    missed_s = 15 * [what for what, _ in day].count("suspend")
    assert robot.credited_s >= min(robot.true_s, 21_600) * 0.99 - missed_s
