"""What was watched without network counts, also when not one beat arrived before the outage."""

from __future__ import annotations

from datetime import date, datetime

from yanglao.capture.viewing.rules import Beat, Ground, Stops, judge
from yanglao.kernel import policy
from yanglao.kernel.clock import SHANGHAI, to_ms

OPENED_MS = to_ms(datetime(2026, 3, 9, 10, tzinfo=SHANGHAI))
FIGURES = policy.on(date(2026, 3, 9)).viewing


def _credited(delay_s: int, arrivals_apart_ms: int) -> int:
    ground = Ground(
        cursor_ms=OPENED_MS, reach_s=0, covered=(), day_used=(), arrival_ms=OPENED_MS, offset_ms=OPENED_MS
    )
    total = 0
    for number in range(8):
        beat = Beat(number + 1, number * 15, number * 15 + 15, (number + 1) * 15_000)
        arrived = OPENED_MS + delay_s * 1000 + number * arrivals_apart_ms
        judged = judge(beat, ground, now_ms=arrived, figures=FIGURES, stops=Stops())
        ground, total = judged.ground, total + judged.credited_s
    return total


def test_a_first_outage_of_twenty_minutes_sent_as_one_list_counts_in_full() -> None:
    assert _credited(1200, 0) == 120


def test_a_first_outage_of_twenty_minutes_sent_one_by_one_counts_in_full() -> None:
    assert _credited(1200, 200) == 120


def test_what_was_watched_counts_however_long_the_outage_went_on_afterwards() -> None:
    assert _credited(2400, 0) == 120


def test_beats_that_claim_more_than_the_time_since_the_viewing_began_stay_within_it() -> None:
    assert _credited(15, 0) <= 30
