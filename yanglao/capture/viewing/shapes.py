"""What goes into and comes out of a viewing: frozen values, no rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yanglao.kernel.errors import Conflict, NotFound, Refused


class Elsewhere(Conflict):
    """Say that the person is learning on another client now; ``takeover`` moves the lesson here."""

    code = "viewing.elsewhere"


class PartnerWatches(Conflict):
    """Say that whoever shares this person's WeChat is learning now; ``takeover`` ends that and begins here."""

    code = "viewing.partner_watches"


class PartnerJustNow(Conflict):
    """Say that whoever shares this person's WeChat has learned within this minute; it begins after ``wait_s``."""

    code = "viewing.partner_just_now"


class Closed(Conflict):
    """Say that the viewing has ended (closed, or taken over elsewhere)."""

    code = "viewing.closed"


class Gap(Conflict):
    """Say that a beat before this one never arrived; ``next_seq`` is the one awaited."""

    code = "viewing.gap"


class NotYours(NotFound):
    """Say that there is no such viewing for this person."""

    code = "viewing.not_found"


class NotYet(Conflict):
    """Say that a challenge was answered before it was asked; it is asked after ``wait_s``."""

    code = "viewing.challenge_not_yet"


class BeyondLesson(Refused):
    """Say that a beat names seconds outside the lesson, or in the wrong order."""

    code = "viewing.span_beyond_lesson"


class NotNow(Conflict):
    """Say that the class does not run now, so that nothing can be credited."""

    code = "viewing.class_not_running"


@dataclass(frozen=True)
class Known:
    """What the standings say when a viewing begins or goes on after an entry.

    Attributes: ``covered`` of this lesson in this enrolment, ``entered_s`` and ``required_s`` of its segment,
    ``day_used`` ISO day -> online seconds credited to the person over all enrolments.
    """

    covered: tuple[tuple[int, int], ...]
    entered_s: int
    required_s: int
    day_used: dict[str, int]


@dataclass(frozen=True)
class Place:
    """Where the lesson stands: whose it is and how long it runs."""

    person_id: str
    enrolment_id: str
    segment_id: str
    lesson_id: str
    duration_s: int


@dataclass(frozen=True)
class Challenge:
    """A challenge as the client sees it; milliseconds of server time."""

    id: str
    show_ms: int
    due_ms: int


@dataclass(frozen=True)
class Opened:
    """A viewing that has begun."""

    id: str
    position_s: int
    covered: tuple[tuple[int, int], ...]
    credited_s: int
    beat_interval_s: int
    beat_cap_s: int
    next_seq: int
    challenge: Challenge | None


@dataclass(frozen=True)
class BeatAnswer:
    """The answer to one beat; the same ``seq`` gets the same again."""

    seq: int
    credited_s: int
    not_counted: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Answered:
    """The answer to one post of beats. ``credited_s`` is the segment's, ``covered_s`` the lesson's.

    ``full``: why the open window is to be entered now, or None.
    """

    next_seq: int
    credited_s: int
    covered_s: int
    position_s: int
    items: tuple[BeatAnswer, ...]
    challenge: Challenge | None
    full: str | None
    entered: bool


@dataclass(frozen=True)
class OpenWindow:
    """What is credited but not yet in the ledger."""

    enrolment_id: str
    segment_id: str
    lesson_id: str
    credited_s: int
    covered: tuple[Any, ...]
