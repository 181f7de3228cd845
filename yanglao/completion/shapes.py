"""How standings are read: frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Missing:
    """One thing still lacking: stable code, facts, and the sentence that everybody reads."""

    code: str
    facts: dict[str, Any]
    sentence: str


@dataclass(frozen=True)
class LessonStanding:
    """A lesson and how much of it is covered, the open window included; ``covered``: [from, to) seconds in order."""

    id: str
    kind: str
    title: str
    duration_s: int
    covered_s: int
    bytes: int
    topic: str | None
    covered: tuple[tuple[int, int], ...] = ()
    module_id: str | None = None


@dataclass(frozen=True)
class SessionStanding:
    """A meeting of the timetable and this person's presence: none, in (no sign-out), or both.

    ``due_s`` is planned without breaks; ``made_up_s`` came from make-up sessions; ``makes_up`` is the session this one makes up.
    """

    id: str
    title: str
    starts_ms: int
    ends_ms: int
    state: str
    venue: str
    in_ms: int | None
    out_ms: int | None
    credited_s: int
    on_leave: bool = False
    due_s: int = 0
    made_up_s: int = 0
    makes_up: str | None = None

    @property
    def missed_s(self) -> int:
        """Return the seconds that are neither attended nor made up."""
        return max(0, self.due_s - self.credited_s - self.made_up_s)


@dataclass(frozen=True)
class QuizStanding:
    """The assessment of a segment. ``quiet``: its trainees are told no score."""

    needed: bool
    pass_mark: int
    best: int | None
    passed: bool
    attempts: int
    most_attempts: int
    quiet: bool = False


@dataclass(frozen=True)
class ModuleStanding:
    """A module that is tested, with its quiz."""

    id: str
    title: str
    quiz: QuizStanding


@dataclass(frozen=True)
class PracticalStanding:
    """The practical assessment of a segment. ``needed``: the segment is complete only with a passed result.

    ``best``: points as people say them, empty without a result; ``waiting``: sheets whose result does not stand yet.
    """

    needed: bool
    pass_mark: int
    best: str
    passed: bool
    attempts: int
    most_attempts: int
    waiting: int


@dataclass(frozen=True)
class SegmentStanding:
    """One segment of one enrolment; ``modules``: those that are tested, in order; ``practical``: None without a rubric."""

    id: str
    title: str
    mode: str
    kind: str
    state: str
    required_s: int
    credited_s: int
    entered_s: int
    missing: tuple[Missing, ...]
    lessons: tuple[LessonStanding, ...]
    sessions: tuple[SessionStanding, ...]
    quiz: QuizStanding
    refused: int
    pending: int
    review: dict[str, Any] | None
    modules: tuple[ModuleStanding, ...] = ()
    practical: PracticalStanding | None = None


@dataclass(frozen=True)
class EnrolmentStanding:
    """One enrolment with all its segments; ``sentence`` says the whole of what is lacking."""

    id: str
    person_id: str
    class_id: str
    class_name: str
    class_state: str
    state: str
    base_id: str
    starts_on: str
    ends_on: str
    segments: tuple[SegmentStanding, ...]

    @property
    def sentence(self) -> str:
        """Return everything lacking in one line, or that nothing is."""
        said = [missing.sentence for segment in self.segments for missing in segment.missing]
        return "；".join(said) if said else "全部学时和考核都已完成"


@dataclass(frozen=True)
class StandingView:
    """One line of the completion log."""

    enrolment_id: str
    segment_id: str
    segment_title: str
    person_id: str
    person_name: str
    masked_id: str
    class_id: str
    class_name: str
    base_id: str
    division_code: str
    mode: str
    kind: str
    state: str
    required_s: int
    credited_s: int
    entered_s: int
    quiz_needed: bool
    quiz_best: int | None
    quiz_passed: bool
    refused: int
    pending: int
    missing: tuple[Missing, ...]
    review: dict[str, Any] | None

    @property
    def sentence(self) -> str:
        """Return what is lacking in one line, or that nothing is."""
        return "；".join(missing.sentence for missing in self.missing) if self.missing else "本段已完成"


@dataclass(frozen=True)
class StandingFilters:
    """What to list; an empty field does not limit. ``text`` finds a person; ``review`` is none or a verdict."""

    class_id: str = ""
    base_id: str = ""
    division_code: str = ""
    segment_id: str = ""
    mode: str = ""
    state: str = ""
    person_id: str = ""
    text: str = ""
    review: str = ""


@dataclass(frozen=True)
class EvidenceLine:
    """One line of evidence as people read it. ``counted_s`` is None where the line carries no hours.

    ``parts``: the stretches of time it is about, [from_ms, to_ms, counted_s], in order. ``joined``: a sign-in whose sign-out
    is told by a later line, which carries the hours of both.
    """

    position: int
    kind: str
    client: str
    grade: str | None
    recorded_ms: int
    occurred_ms: int
    segment_id: str | None
    title: str
    sentence: str
    counted_s: int | None
    not_counted: tuple[tuple[str, int, str], ...]
    facts: dict[str, Any]
    device: str | None
    actor_id: str
    hash: str
    prev_hash: str
    voided: bool
    parts: tuple[tuple[int, int, int], ...] = ()
    joined: bool = False
