from dataclasses import replace

import pytest

from yanglao.capture.attendance import rules
from yanglao.capture.attendance.rules import Case, Meeting, Span, Times
from yanglao.kernel import policy

LIMITS = policy.latest().attendance
MINUTE = 60_000
NINE = 1_800_000_000_000
NOON = NINE + 180 * MINUTE
OPEN = Meeting("open", NINE, NOON, opened_ms=NINE - 30 * MINUTE, closed_ms=None)


def at(moment_ms, **other):
    times = Times(moment_ms, moment_ms, moment_ms)
    facts = {"direction": "in", "times": times, "meeting": OPEN, "enrolment_state": "enrolled", "spans": ()}
    return Case(at_ms=moment_ms, **(facts | other))


def said(case):
    verdict = rules.judge(case, LIMITS)
    return verdict.outcome, verdict.code


def test_a_timely_scan_in_is_accepted():
    assert said(at(NINE)) == ("accepted", None)


@pytest.mark.parametrize(
    ("late_s", "outcome"),
    [(0, ("accepted", None)), (120, ("accepted", None)), (121, ("pending_review", "attendance.late"))],
)
def test_a_scan_that_waited_longer_than_two_minutes_goes_to_review(late_s, outcome):
    times = Times(NINE, NINE + late_s * 1000, NINE + late_s * 1000)
    assert said(at(NINE, times=times)) == outcome


@pytest.mark.parametrize("skew_s", [301, -301])
def test_a_scan_that_waited_on_a_phone_whose_clock_is_far_off_goes_to_review(skew_s):
    times = Times(NINE, NINE + 30_000, NINE + 30_000 + skew_s * 1000)
    assert said(at(times.corrected_ms, times=times)) == ("pending_review", "attendance.clock_skewed")


@pytest.mark.parametrize("skew_s", [1200, -1200])
def test_a_scan_sent_at_once_is_judged_by_our_clock_however_wrong_the_phones_is(skew_s):
    times = Times(NINE, NINE, NINE + skew_s * 1000)
    assert said(at(times.corrected_ms, times=times)) == ("accepted", None)


def test_a_code_judged_at_its_arrival_takes_no_notice_of_the_phones_clock():
    times = Times(NINE - 7_200_000, NINE - 3_600_000, NINE)
    assert said(replace(at(NINE, times=times), by_arrival=True)) == ("accepted", None)


def test_a_scan_captured_after_it_was_sent_goes_to_review():
    assert said(at(NINE, times=Times(NINE + 5000, NINE, NINE))) == (
        "pending_review",
        "attendance.clock_skewed",
    )


def test_the_corrected_moment_is_never_in_the_future():
    assert Times(NINE + 5000, NINE, NINE).corrected_ms == NINE


@pytest.mark.parametrize(
    ("meeting", "code"),
    [
        (replace(OPEN, state="planned", opened_ms=None), "session.not_open"),
        (replace(OPEN, state="cancelled"), "session.cancelled"),
        (replace(OPEN, state="closed", closed_ms=NINE - 1), "session.closed"),
    ],
)
def test_a_session_that_is_not_open_refuses(meeting, code):
    assert said(at(NINE, meeting=meeting)) == ("refused", code)


def test_a_scan_of_the_open_time_that_arrives_after_the_close_goes_to_review():
    meeting = replace(OPEN, state="closed", closed_ms=NINE)
    assert said(at(NINE, meeting=meeting)) == ("pending_review", "attendance.after_close")


@pytest.mark.parametrize(("moment", "outcome"), [(NOON - 1, "accepted"), (NOON, "refused")])
def test_nobody_signs_in_when_the_session_is_over(moment, outcome):
    assert said(at(moment))[0] == outcome


@pytest.mark.parametrize(("after_min", "outcome"), [(30, "accepted"), (31, "pending_review")])
def test_signing_out_is_taken_for_half_an_hour_after_the_end(after_min, outcome):
    spans = (Span(NINE, None),)
    assert said(at(NOON + after_min * MINUTE, direction="out", spans=spans))[0] == outcome


@pytest.mark.parametrize(
    ("state", "code"), [(None, "attendance.other_class"), ("withdrawn", "attendance.withdrawn")]
)
def test_who_is_not_on_the_roster_is_refused(state, code):
    assert said(at(NINE, enrolment_state=state)) == ("refused", code)


def test_a_second_in_is_refused_and_names_the_first():
    verdict = rules.judge(at(NINE + MINUTE, spans=(Span(NINE, None),)), LIMITS)
    assert (verdict.code, verdict.facts) == ("attendance.already_in", {"in_ms": NINE})


def test_who_left_may_come_back():
    assert said(at(NINE + 60 * MINUTE, spans=(Span(NINE, NINE + 50 * MINUTE),))) == ("accepted", None)


def test_a_second_out_is_refused():
    spans = (Span(NINE, NOON),)
    assert said(at(NOON + MINUTE, direction="out", spans=spans)) == ("refused", "attendance.already_out")


def test_an_out_without_an_in_waits():
    assert said(at(NOON, direction="out")) == ("pending_review", "attendance.no_in")


def test_nobody_is_in_two_rooms():
    assert said(at(NINE, elsewhere="护理班")) == ("refused", "attendance.elsewhere")


@pytest.mark.parametrize(
    ("span", "minutes"),
    [
        (Span(NINE - 10 * MINUTE, NOON + 10 * MINUTE), 165),
        (Span(NINE + 5 * MINUTE, NOON), 160),
        (Span(NINE, None), 0),
        (Span(NINE + 92 * MINUTE, NINE + 100 * MINUTE), 0),
        (Span(NINE - 10 * MINUTE, NINE), 0),
    ],
)
def test_presence_is_clipped_to_the_plan_minus_breaks(span, minutes):
    breaks = ((NINE + 90 * MINUTE, NINE + 105 * MINUTE),)
    assert rules.clipped_ms(span, OPEN, breaks) == minutes * MINUTE


@pytest.mark.parametrize(
    ("now_ms", "code"),
    [
        (NINE - 121 * MINUTE, "session.too_early"),
        (NINE - 120 * MINUTE, None),
        (NOON - 1, None),
        (NOON, "session.over"),
    ],
)
def test_a_session_opens_from_two_hours_before_until_its_end(now_ms, code):
    found = rules.may_open(OPEN, now_ms, LIMITS)
    assert (found and found.code) == code
