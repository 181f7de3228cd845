"""What a beat is worth: borders of cap, time, coverage, lateness and day, and what no client can get."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yanglao.capture.viewing.rules import Beat, Ground, Piece, Stops, cut_at_midnight, join, judge
from yanglao.kernel import policy
from yanglao.kernel.clock import to_ms
from yanglao.kernel.intervals import length

FIGURES = policy.latest().viewing
NINE = to_ms(datetime(2026, 3, 8, 1, 0, tzinfo=timezone.utc))


def ground(**more):
    return replace(Ground(NINE, 0, (), (), NINE), **more)


def after(seconds, beat, start=None, **more):
    """Judge a beat that arrives ``seconds`` after the viewing began."""
    return judge(
        beat, start or ground(), now_ms=NINE + int(seconds * 1000), figures=FIGURES, stops=Stops(**more)
    )


def test_fifteen_seconds_watched_are_fifteen_seconds_credited():
    judged = after(15.4, Beat(1, 0, 15, 15_200))

    assert judged.credited_s == 15
    assert judged.not_counted == ()


@pytest.mark.parametrize(
    ("elapsed", "claimed", "credited", "lost"),
    [
        (15, 15, 15, ()),
        (14.999, 15, 14, (("viewing.too_fast", 1),)),
        (30, 30, 30, ()),
        (60, 31, 30, (("viewing.beat_too_long", 1),)),
        (3600, 600, 30, (("viewing.beat_too_long", 570),)),
        (0, 600, 0, (("viewing.beat_too_long", 570), ("viewing.too_fast", 30))),
        (15, 0, 0, ()),
    ],
)
def test_a_beat_is_bounded_by_time_passed_and_by_one_cap(elapsed, claimed, credited, lost):
    judged = after(elapsed, Beat(1, 0, claimed, int(elapsed * 1000)))

    assert judged.credited_s == credited
    assert judged.not_counted == lost


def test_a_jump_ahead_is_not_counted_and_does_not_move_the_reach():
    judged = after(60, Beat(1, 600, 615, 60_000))

    assert judged.not_counted == (("viewing.jump_ahead", 15),)
    assert after(80, Beat(2, 615, 630, 80_000), judged.ground).credited_s == 0


def test_what_was_watched_before_is_not_counted_twice():
    first = after(15, Beat(1, 0, 15, 15_000))
    again = after(30, Beat(2, 0, 15, 30_000), first.ground)

    assert again.not_counted == (("viewing.already_covered", 15),)


def test_a_honest_viewer_loses_nothing_to_a_slow_network():
    state, credited = ground(), 0
    for number, delay in enumerate([2.5, 0.1, 3.0, 0.0, 1.7, 0.2, 2.9, 0.4], 1):
        judged = after(
            number * 15 + delay, Beat(number, number * 15 - 15, number * 15, number * 15_000), state
        )
        state, credited = judged.ground, credited + judged.credited_s

    assert credited == 120


def outage(minutes, *, one_by_one):
    """Watch two beats, then lose the network for ``minutes`` while watching on, then send what waited."""
    state, credited, late = ground(), 0, 0
    count = 2 + minutes * 4
    arrives = count * 15 + 1
    for number in range(1, count + 1):
        at = number * 15 if number <= 2 else arrives + (number * 0.05 if one_by_one else 0)
        judged = after(at, Beat(number, number * 15 - 15, number * 15, number * 15_000), state)
        state, credited = judged.ground, credited + judged.credited_s
        late += any(piece.late for piece in judged.pieces)
    return credited, late, count * 15


@pytest.mark.parametrize("one_by_one", [True, False])
def test_twenty_minutes_without_network_cost_an_honest_viewer_nothing_and_are_marked_late(one_by_one):
    credited, late, truth = outage(20, one_by_one=one_by_one)

    assert credited == truth
    assert late > 70


@pytest.mark.parametrize("one_by_one", [True, False])
def test_of_a_longer_outage_the_last_half_hour_counts(one_by_one):
    credited, _, _ = outage(45, one_by_one=one_by_one)

    assert 1800 <= credited <= 1800 + 30 + FIGURES.beat_cap_s


@pytest.mark.parametrize("one_by_one", [True, False])
def test_what_waited_from_the_first_second_counts_also_when_it_comes_an_hour_late(one_by_one):
    state, credited = ground(offset_ms=NINE), 0
    for number in range(1, 41):
        at = 3600 + (number * 0.05 if one_by_one else 0)
        judged = after(at, Beat(number, number * 15 - 15, number * 15, number * 15_000), state)
        state, credited = judged.ground, credited + judged.credited_s

    assert credited == 600


@pytest.mark.parametrize(("used_s", "credited"), [(0, 15), (1785, 15), (1786, 14), (1800, 0)])
def test_one_gap_without_network_counts_up_to_its_limit(used_s, credited):
    state = ground(offset_ms=NINE, late_s=used_s)
    judged = after(600, Beat(1, 0, 15, 15_000), state)

    assert judged.credited_s == credited


def test_a_clock_that_stood_still_is_noticed_and_later_beats_are_no_longer_late():
    first = after(15, Beat(1, 0, 15, 15_000))
    woke = after(615, Beat(2, 15, 30, 30_000), first.ground)
    second = after(630, Beat(3, 30, 45, 45_000), woke.ground)
    third = after(645, Beat(4, 45, 60, 60_000), second.ground)

    assert not any(piece.late for piece in third.pieces)
    assert third.credited_s == 15


def test_nothing_counts_while_present_in_a_hall():
    judged = after(15, Beat(1, 0, 15, 15_000), offline_since_ms=NINE)

    assert judged.not_counted == (("viewing.offline_now", 15),)


@pytest.mark.parametrize(("due_s", "credited"), [(15, 15), (14, 14), (0, 0), (16, 15)])
def test_an_unanswered_challenge_holds_what_follows_its_due_time(due_s, credited):
    judged = after(15, Beat(1, 0, 15, 15_000), challenge_due_ms=NINE + due_s * 1000)

    assert judged.credited_s == credited


def test_the_daily_cap_takes_the_rest_away():
    used = (("2026-03-08", FIGURES.daily_cap_s - 4),)
    judged = after(15, Beat(1, 0, 15, 15_000), ground(day_used=used))

    assert judged.credited_s == 4
    assert judged.not_counted == (("viewing.daily_cap", 11),)


def test_a_piece_over_midnight_belongs_to_both_days():
    before_midnight = to_ms(datetime(2026, 3, 8, 15, 59, 50, 500_000, tzinfo=timezone.utc))

    first, second = cut_at_midnight(Piece(before_midnight, 100, 15))

    assert (first.seconds, second.seconds) == (10, 5)
    assert second.media_s == 110


beats = st.lists(
    st.tuples(st.integers(0, 120_000), st.integers(0, 3000), st.integers(0, 700), st.integers(0, 4_000_000)),
    max_size=40,
)


@given(beats)
def test_whatever_is_posted_credit_never_exceeds_time_cap_and_coverage(posted):
    state, now_ms, pieces = ground(), NINE, []
    for seq, (gap_ms, start, span, client_ms) in enumerate(posted, 1):
        now_ms += gap_ms
        judged = judge(
            Beat(seq, start, start + span, client_ms), state, now_ms=now_ms, figures=FIGURES, stops=Stops()
        )
        assert judged.credited_s <= FIGURES.beat_cap_s
        assert judged.credited_s + sum(seconds for _, seconds in judged.not_counted) == span
        state = judged.ground
        pieces = join(pieces, judged.pieces)
    total = sum(piece.seconds for piece in pieces)
    assert total * 1000 <= now_ms - NINE
    assert total == length(state.covered)
    for one, other in zip(pieces, pieces[1:], strict=False):
        assert one.wall_end_ms <= other.wall_ms
    assert all(piece.wall_end_ms <= now_ms for piece in pieces)
