"""Decide what a scan is worth. Pure: facts in, verdict out. All moments are milliseconds UTC, all limits seconds."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from yanglao.kernel.policy import Attendance

ACCEPTED = "accepted"
PENDING = "pending_review"
REFUSED = "refused"

# What becomes of a presence without a sign-out (``sign_out_forgotten``).
FORGOTTEN_NOTHING = 0
FORGOTTEN_PLANNED_END = 2

# What a scan in says of somebody who is in and whom a roll call asks for.
HERE = "attendance.here"
MISSED_GAP = 1

# What an answer to a live question proves: the instructor's word, or one's own phone with the code that was read out in the room.
ANSWER_GRADES = {"instructor": "weak", "phone": "fair"}

"""Strength of proof, strongest first: live card scanned by the instructor; room code on one's own phone; spoken code,
stock card, shared phone or a claim made before signing in; marked by hand."""

CLOCK_TOLERANCE_MS = 2_000


@dataclass(frozen=True)
class Times:
    """When a phone says it captured and sent, and when the server received. The phone's clock is not trusted."""

    captured_ms: int
    sent_ms: int
    received_ms: int

    @property
    def skew_ms(self) -> int:
        """Return how far the phone's clock runs behind the server's, the way included."""
        return self.received_ms - self.sent_ms

    @property
    def late_ms(self) -> int:
        """Return how long the scan waited on the phone; negative when it claims to be sent before it was captured."""
        return self.sent_ms - self.captured_ms

    @property
    def corrected_ms(self) -> int:
        """Return the captured moment on the server's clock, never later than the moment it was received."""
        return min(self.captured_ms + self.skew_ms, self.received_ms)


@dataclass(frozen=True)
class Meeting:
    """The offline session as planned and as held."""

    state: str
    starts_ms: int
    ends_ms: int
    opened_ms: int | None
    closed_ms: int | None


@dataclass(frozen=True)
class Span:
    """A presence that is not voided; ``out_ms`` None while it is open. ``assumed``: nobody signed out, the policy ended it."""

    in_ms: int
    out_ms: int | None
    assumed: bool = False

    @property
    def open(self) -> bool:
        """Tell whether a scan out can still end it."""
        return self.out_ms is None or self.assumed

    def holds(self, moment_ms: int) -> bool:
        """Tell whether the moment lies within."""
        return self.in_ms <= moment_ms and (self.out_ms is None or self.assumed or moment_ms < self.out_ms)


@dataclass(frozen=True)
class Case:
    """All that a verdict on one scan rests on. ``elsewhere`` is the class of another room that holds the person now.

    ``by_arrival``: the moment is that of the request (room and spoken codes); the phone's clock plays no part.
    """

    direction: str
    at_ms: int
    times: Times
    meeting: Meeting
    enrolment_state: str | None
    spans: tuple[Span, ...]
    elsewhere: str | None = None
    by_arrival: bool = False


@dataclass(frozen=True)
class Verdict:
    """What becomes of a scan; ``code`` is None only when it is accepted."""

    outcome: str
    code: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def judge(case: Case, limits: Attendance) -> Verdict:
    """Return the first reason to refuse, else the first reason to have a person look, else acceptance."""
    refusal = (
        _meeting_refusal(case, limits)
        or _roster_refusal(case)
        or _direction_refusal(case)
        or _elsewhere_refusal(case)
    )
    if refusal:
        return refusal
    doubt = review_doubt(case, limits)
    if case.direction == "out" and not _ends_one(case):
        return Verdict(
            PENDING, "attendance.no_in", {"at_ms": case.at_ms, "review": doubt.code if doubt else None}
        )
    return doubt or Verdict(ACCEPTED)


def review_doubt(case: Case, limits: Attendance) -> Verdict | None:
    """Return why a person must look at an otherwise good scan: a wrong clock, a late upload, an odd moment."""
    times, meeting = case.times, case.meeting
    facts = {"captured_ms": times.corrected_ms, "received_ms": times.received_ms}
    # A scan sent at once is judged by our clock alone, however wrong the phone's is; one that waited rests on the phone's.
    waited = not case.by_arrival and abs(times.late_ms) > CLOCK_TOLERANCE_MS
    if waited and (abs(times.skew_ms) > limits.skew_review_s * 1000 or times.late_ms < 0):
        return Verdict(PENDING, "attendance.clock_skewed", facts | {"skew_s": times.skew_ms // 1000})
    if waited and times.late_ms > limits.late_review_s * 1000:
        return Verdict(PENDING, "attendance.late", facts)
    if meeting.state == "closed":
        return Verdict(PENDING, "attendance.after_close", facts)
    if meeting.opened_ms is not None and case.at_ms < meeting.opened_ms - CLOCK_TOLERANCE_MS:
        return Verdict(PENDING, "attendance.before_open", facts)
    if case.direction == "out" and case.at_ms > meeting.ends_ms + limits.close_after_s * 1000:
        return Verdict(PENDING, "attendance.out_late", facts | {"ends_ms": meeting.ends_ms})
    return None


def clash(case: Case) -> Verdict | None:
    """Return why a scan that waits cannot be accepted even by a person, or None."""
    found = _roster_refusal(case) or _direction_refusal(case) or _elsewhere_refusal(case)
    if found is None and case.direction == "out" and not _ends_one(case):
        return Verdict(REFUSED, "attendance.no_in", {"at_ms": case.at_ms})
    return found


def manual_most(enrolled: int, limits: Attendance) -> int:
    """Return how many of ``enrolled`` people may be marked by hand without a second person; always one."""
    return max(1, enrolled * limits.manual_share_max_bp // 10_000)


def drawn(present: Sequence[str], asked: Mapping[str, int], count: int, seed: str) -> list[str]:
    """Return ``count`` of those ``present``, who were asked least before first; the same seed gives the same people."""
    dice = random.Random(seed)
    order = {one: dice.random() for one in sorted(present)}
    return sorted(order, key=lambda one: (asked.get(one, 0), order[one]))[:count]


def may_open(meeting: Meeting, now_ms: int, limits: Attendance) -> Verdict | None:
    """Return why a session cannot be opened now, or None."""
    opens_ms = meeting.starts_ms - limits.open_before_s * 1000
    if now_ms < opens_ms:
        return Verdict(REFUSED, "session.too_early", {"opens_ms": opens_ms, "starts_ms": meeting.starts_ms})
    if now_ms >= meeting.ends_ms:
        return Verdict(REFUSED, "session.over", {"ends_ms": meeting.ends_ms})
    return None


def clipped_ms(span: Span, meeting: Meeting, breaks: tuple[tuple[int, int], ...]) -> int:
    """Return the milliseconds of a closed presence within the planned session, minus breaks; 0 while it is open."""
    if span.out_ms is None:
        return 0
    start, end = max(span.in_ms, meeting.starts_ms), min(span.out_ms, meeting.ends_ms)
    held = max(0, end - start)
    return held - sum(max(0, min(end, until) - max(start, since)) for since, until in breaks if end > start)


def _ends_one(case: Case) -> bool:
    return any(span.open and span.in_ms <= case.at_ms for span in case.spans)


def _meeting_refusal(case: Case, limits: Attendance) -> Verdict | None:
    meeting = case.meeting
    if meeting.state == "cancelled":
        return Verdict(REFUSED, "session.cancelled", {"starts_ms": meeting.starts_ms})
    if meeting.state == "planned" or meeting.opened_ms is None:
        opens_ms = meeting.starts_ms - limits.open_before_s * 1000
        return Verdict(REFUSED, "session.not_open", {"starts_ms": meeting.starts_ms, "opens_ms": opens_ms})
    if meeting.state == "closed" and case.at_ms > (meeting.closed_ms or 0):
        return Verdict(REFUSED, "session.closed", {"closed_ms": meeting.closed_ms})
    if case.direction == "in" and case.at_ms >= meeting.ends_ms:
        return Verdict(REFUSED, "attendance.session_over", {"ends_ms": meeting.ends_ms})
    return None


def _roster_refusal(case: Case) -> Verdict | None:
    if case.enrolment_state is None:
        return Verdict(REFUSED, "attendance.other_class")
    if case.enrolment_state != "enrolled":
        return Verdict(REFUSED, "attendance.withdrawn")
    return None


def _direction_refusal(case: Case) -> Verdict | None:
    if case.direction == "in":
        held = next((span for span in case.spans if span.holds(case.at_ms)), None)
        return Verdict(REFUSED, "attendance.already_in", {"in_ms": held.in_ms}) if held else None
    left = [span for span in case.spans if not span.open and span.in_ms <= case.at_ms]
    if left and not any(span.open for span in case.spans):
        return Verdict(REFUSED, "attendance.already_out", {"out_ms": left[-1].out_ms})
    return None


def _elsewhere_refusal(case: Case) -> Verdict | None:
    if case.direction == "in" and case.elsewhere is not None:
        return Verdict(REFUSED, "attendance.elsewhere", {"class_name": case.elsewhere})
    return None
