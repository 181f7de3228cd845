"""The fold: pairs, clips, breaks, reversals, offline first; stepping equals rebuilding, whatever comes in whatever order."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yanglao.completion.rules import EMPTY, add_up, gather, gather_all, state_of
from yanglao.kernel.clock import DAY_MS

NINE = 1_772_931_600_000
MINUTE = 60_000
PLANNED = [NINE, NINE + 180 * MINUTE]
BREAK = [NINE + 90 * MINUTE, NINE + 105 * MINUTE]


@dataclass(frozen=True)
class Entry:
    kind: str
    body: dict[str, Any]
    position: int = 1
    enrolment_id: str = "e1"
    segment_id: str = "off"
    actor_id: str = "a"
    recorded_ms: int = NINE
    extra: dict[str, Any] = field(default_factory=dict)


def mark(direction, minute, position, *, session="s1", enrolment="e1", planned=None, breaks=()):
    body = {
        "session": session,
        "direction": direction,
        "at_ms": NINE + int(minute * MINUTE),
        "planned": planned or PLANNED,
        "breaks": [list(one) for one in breaks],
        "scan": f"scan{position}",
    }
    return Entry(f"attendance.{direction}", body, position, enrolment)


def span(minute, seconds, position, *, media=0, lesson="l1", enrolment="e1"):
    body = {"lesson": lesson, "pieces": [[NINE + int(minute * MINUTE), media, seconds, 0]]}
    return Entry("viewing.span", body, position, enrolment, "on")


def sums(*entries, cap=21600):
    return add_up(gather_all(dict(EMPTY), entries), daily_cap_s=lambda day: cap)


def entered(segment, *entries, enrolment="e1", **more):
    return sums(*entries, **more).of(enrolment, segment).entered_s


def test_an_assumed_end_counts_like_a_sign_out_and_says_so_until_it_is_voided():
    ended = mark("ended", 60, 2)
    void = Entry("attendance.void", {"voids": 2}, 3)
    assert entered("off", mark("in", 0, 1), ended) == 60 * 60
    assert sums(mark("in", 0, 1), ended).of("e1", "off").presences["s1"][0][2:] == [3600, 1]
    later = (mark("in", 0, 1), ended, void, mark("out", 90, 4))
    assert entered("off", *later) == 90 * 60
    assert len(sums(*later).of("e1", "off").presences["s1"][0]) == 3


def made_up(direction, minute, position, *, session="s2", enrolment="e1"):
    later = mark(
        direction, minute, position, session=session, enrolment=enrolment, planned=[NINE, NINE + 2 * DAY_MS]
    )
    return replace(
        later, body=later.body | {"makes_up": {"session": "s1", "planned": PLANNED, "breaks": [BREAK]}}
    )


@pytest.mark.parametrize(
    ("attended", "stayed", "minutes"),
    [(0, 200, 165), (0, 60, 60), (45, 200, 120), (45, 120, 120), (45, 119, 119), (200, 90, 0)],
)
def test_a_make_up_session_gives_back_what_was_missed_and_never_more(attended, stayed, minutes):
    came = [mark("in", 0, 3, breaks=[BREAK]), mark("out", attended, 4, breaks=[BREAK])] if attended else []
    found = sums(
        made_up("in", 600, 1), made_up("out", 600 + stayed, 2), *came
    )  # in whatever order it arrives
    before = min(attended, 165)
    assert found.of("e1", "off").entered_s == (before + minutes) * 60
    assert found.lost.get(("e1", 2), {}).get("hours.made_up_enough", 0) == (stayed - minutes) * 60
    again = sums(made_up("in", 600, 1), made_up("out", 600 + stayed, 2), *came,
                 made_up("in", 900, 5, session="s3"), made_up("out", 1100, 6, session="s3"))  # fmt: skip
    assert again.of("e1", "off").entered_s == 165 * 60


@pytest.mark.parametrize(
    ("came", "left", "breaks", "minutes"),
    [
        (-20, 200, (), 180),
        (0, 180, (), 180),
        (0, 180, (BREAK,), 165),
        (45, 180, (), 135),
        (0, 95, (BREAK,), 90),
        (92, 100, (BREAK,), 0),
        (-20, 0, (), 0),
        (181, 200, (), 0),
        (179.5, 181, (), 0.5),
    ],
)
def test_presence_is_clipped_to_the_planned_session_minus_its_breaks(came, left, breaks, minutes):
    there = (mark("in", came, 1, breaks=breaks), mark("out", left, 2, breaks=breaks))

    assert entered("off", *there) == minutes * 60


def test_an_in_without_an_out_gives_no_hours():
    assert entered("off", mark("in", 0, 1)) == 0


def test_an_out_that_is_voided_leaves_the_in_open():
    void = Entry("attendance.void", {"voids": 2}, 3)

    assert entered("off", mark("in", 0, 1), mark("out", 180, 2), void) == 0


def test_the_same_minute_in_two_sessions_counts_once():
    other = [
        mark("in", 60, 3, session="s2", enrolment="e2"),
        mark("out", 120, 4, session="s2", enrolment="e2"),
    ]
    found = sums(mark("in", 0, 1), mark("out", 90, 2), *other)

    assert found.of("e1", "off").entered_s + found.of("e2", "off").entered_s == 120 * 60


def test_offline_wins_a_shared_minute_also_when_it_arrives_late():
    online = span(10, 600, 1)
    found = sums(online, mark("in", 15, 2), mark("out", 60, 3))

    assert found.of("e1", "on").entered_s == 300
    assert found.of("e1", "off").entered_s == 45 * 60


@pytest.mark.parametrize(
    ("minute", "worth"), [(-31, 0), (-30, 0), (-1, 0), (0, 60), (179, 60), (180, 0), (181, 0)]
)
def test_who_waits_in_the_room_before_or_after_the_session_may_learn_online(minute, worth):
    found = sums(mark("in", -30, 1), mark("out", 200, 2), span(minute, 60, 3))

    assert found.of("e1", "off").entered_s == 180 * 60
    assert found.of("e1", "on").entered_s == 60 - worth


def test_two_devices_in_the_same_minute_earn_it_once():
    assert entered("on", span(0, 300, 1), span(2, 300, 2, media=300)) == 300 + 300 - 180


def test_a_lesson_covered_twice_counts_once():
    assert entered("on", span(0, 300, 1), span(60, 300, 2)) == 300


def test_the_same_lesson_in_another_enrolment_counts_there_too_at_another_time():
    found = sums(span(0, 300, 1), span(60, 300, 1, enrolment="e2"))

    assert found.of("e2", "on").entered_s == 300


def test_the_daily_cap_holds_over_all_enrolments():
    found = sums(span(0, 300, 1), span(60, 300, 1, enrolment="e2"), cap=500)

    assert found.of("e1", "on").entered_s + found.of("e2", "on").entered_s == 500
    assert found.day_used == {"2026-03-08": 500}


@pytest.mark.parametrize(
    ("hours", "required", "assessed", "passed", "state"),
    [
        (0, 100, True, False, "in_progress"),
        (99, 100, False, False, "in_progress"),
        (100, 100, False, False, "complete"),
        (100, 100, True, False, "hours_met"),
        (100, 100, True, True, "complete"),
        (99, 100, True, True, "in_progress"),
    ],
)
def test_a_segment_is_complete_with_hours_and_assessment(hours, required, assessed, passed, state):
    found = sums(
        span(0, hours, 1), Entry("quiz.submitted", {"score": 60, "passed": passed}, 2, segment_id="on")
    )

    assert state_of(found.of("e1", "on"), required_s=required, assessed=assessed) == state


marks = st.builds(
    lambda direction, minute, session, enrolment: ("mark", direction, minute, session, enrolment),
    st.sampled_from(["in", "out", "ended"]),
    st.integers(-30, 400),
    st.sampled_from(["s1", "s2"]),
    st.sampled_from(["e1", "e2"]),
)
spans = st.builds(
    lambda minute, seconds, media, enrolment: ("span", minute, seconds, media, enrolment),
    st.integers(-60, 1400),
    st.integers(1, 1800),
    st.integers(0, 2000),
    st.sampled_from(["e1", "e2"]),
)
repeats = st.builds(
    lambda direction, minute, session, enrolment: ("repeat", direction, minute, session, enrolment),
    st.sampled_from(["in", "out", "ended"]),
    st.integers(100, 1400),
    st.sampled_from(["s3", "s4"]),
    st.sampled_from(["e1", "e2"]),
)
voids = st.builds(
    lambda position, enrolment: ("void", position, enrolment),
    st.integers(1, 10),
    st.sampled_from(["e1", "e2"]),
)


def build(happened):
    for position, (kind, *facts) in enumerate(happened, 1):
        if kind == "mark":
            direction, minute, session, enrolment = facts
            yield mark(direction, minute, position, session=session, enrolment=enrolment)
        elif kind == "repeat":
            direction, minute, session, enrolment = facts
            yield made_up(direction, minute, position, session=session, enrolment=enrolment)
        elif kind == "span":
            minute, seconds, media, enrolment = facts
            yield span(minute, seconds, position, media=media, enrolment=enrolment)
        else:
            yield Entry("attendance.void", {"voids": facts[0]}, position, facts[1])


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.one_of(marks, repeats, spans, voids), max_size=20))
def test_stepping_equals_rebuilding_and_nobody_gains_a_minute_twice(happened):
    entries = list(build(happened))
    stepped = dict(EMPTY)
    for entry in entries:
        stepped = gather(stepped, entry)
        add_up(stepped, daily_cap_s=lambda day: 21600)
    found = sums(*entries)

    assert add_up(stepped, daily_cap_s=lambda day: 21600) == found
    total = sum(one.entered_s for one in found.segments.values())
    assert total <= 2 * DAY_MS // 1000
    online = sum(found.of(own, "on").entered_s for own in ("e1", "e2"))
    assert online == sum(found.day_used.values())
    assert all(used <= 21600 for used in found.day_used.values())
    explained = {}
    for entry in entries:
        key = (entry.enrolment_id, entry.position)
        mine = (entry.enrolment_id, entry.segment_id)
        explained[mine] = explained.get(mine, 0) + found.counted.get(key, 0)
        parts = found.parts.get(key, [])
        assert sum(seconds for _, _, seconds in parts) == found.counted.get(key, 0)
        if entry.kind == "viewing.span":
            watched = sum(piece[2] for piece in entry.body["pieces"])
            assert watched == found.counted[key] + sum(found.lost.get(key, {}).values())
    assert all(explained[mine] == found.of(*mine).entered_s for mine in explained)


def test_what_the_fold_takes_away_is_named_by_its_reason():
    there = (mark("in", 0, 1, breaks=(BREAK,)), mark("out", 200, 2, breaks=(BREAK,)))
    watched = (
        span(-1, 120, 3),  # its second minute lies in the meeting
        span(300, 60, 4, media=200),
        span(300.5, 60, 5, media=400),  # half of it on another device at the same time
        span(310, 60, 6, media=200),  # seen before
        span(320, 60, 7, media=500),  # the day is nearly full
    )
    lost = sums(*there, *watched, cap=180).lost

    assert lost["e1", 2] == {"hours.outside_plan": 20 * 60, "hours.break": 15 * 60}
    assert lost["e1", 3] == {"viewing.offline_now": 60}
    assert lost["e1", 5] == {"hours.same_time": 30}
    assert lost["e1", 6] == {"viewing.already_covered": 60}
    assert lost["e1", 7] == {"viewing.daily_cap": 30}
