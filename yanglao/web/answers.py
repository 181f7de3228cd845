"""What the API answers, as models for its description only: views build these shapes from frozen values.

Durations are whole seconds (``…_s``), instants RFC 3339 in UTC, ids opaque strings.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel

from yanglao.web.class_answers import CLASS_ANSWERS
from yanglao.web.quiz_answers import AttemptOut, ResultOut, SavedOut, ShownOut

Mode = Literal["online", "offline"]
Kind = Literal["theory", "practice"]
State = Literal["not_started", "in_progress", "hours_met", "complete"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Problem(BaseModel):
    """A refusal (RFC 9457); every fact is a member of its own too."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    todo: str
    facts: dict[str, Any]


class MissingOut(BaseModel):
    """One thing still lacking, with the sentence everybody reads."""

    code: str
    facts: dict[str, Any]
    sentence: str


class LessonOut(BaseModel):
    """A lesson and how much of it is covered."""

    id: str
    kind: str
    title: str
    duration_s: int
    covered_s: int
    bytes: int


class MeetingOut(BaseModel):
    """A session of the timetable and the caller's presence in it; seconds due without breaks, attended, made up, still missed."""

    id: str
    title: str
    starts_at: datetime
    ends_at: datetime
    state: Literal["planned", "open", "closed", "cancelled"]
    venue: str
    in_at: datetime | None
    out_at: datetime | None
    credited_s: int
    on_leave: bool
    due_s: int
    present_s: int
    made_up_s: int
    missed_s: int
    makes_up_session_id: str | None


class QuizOut(BaseModel):
    """The assessment of a segment."""

    needed: bool
    pass_mark: int
    best: int | None
    passed: bool
    attempts: int
    most_attempts: int


class TestedModuleOut(BaseModel):
    """A module whose quiz must be passed for its segment to be complete."""

    id: str
    title: str
    quiz: QuizOut


class PracticalOut(BaseModel):
    """The practical assessment of a segment; ``best`` is points out of 100 in words, null without a result."""

    needed: bool
    pass_mark: int
    best: str | None
    passed: bool
    attempts: int
    most_attempts: int
    waiting: int


class SegmentOut(BaseModel):
    """One segment: ``credited_s`` is entered in the ledger plus the open window."""

    id: str
    title: str
    mode: Mode
    kind: Kind
    state: State
    required_s: int
    credited_s: int
    entered_s: int
    missing: list[MissingOut]
    lessons: list[LessonOut]
    sessions: list[MeetingOut]
    quiz: QuizOut
    modules: list[TestedModuleOut]
    practical: PracticalOut | None
    refused: int
    pending: int
    review: dict[str, Any] | None


class EnrolmentOut(BaseModel):
    """One enrolment with its segments."""

    id: str
    class_id: str
    class_name: str
    class_state: str
    starts_on: date
    ends_on: date
    sentence: str
    segments: list[SegmentOut]


class EnrolmentsOut(BaseModel):
    """The caller's enrolments."""

    items: list[EnrolmentOut]
    next: str | None


class NotCountedOut(BaseModel):
    """Seconds that do not count, and why."""

    code: str
    seconds: int
    sentence: str


class EvidenceLineOut(BaseModel):
    """One ledger entry as people read it; ``facts`` is its body."""

    position: int
    kind: str
    client: str
    grade: str | None
    recorded_at: datetime
    occurred_at: datetime
    segment_id: str | None
    title: str
    sentence: str
    counted_s: int | None
    not_counted: list[NotCountedOut]
    device: str | None
    voided: bool
    facts: dict[str, Any]
    hash: str
    prev_hash: str


class EvidenceOut(BaseModel):
    """The entries of an enrolment, oldest first."""

    items: list[EvidenceLineOut]
    next: str | None


class ChallengeOut(BaseModel):
    """Is somebody there? Shown from ``show_at``, to be answered by ``due_at``."""

    id: str
    kind: str
    prompt: str
    show_at: datetime
    due_at: datetime


class ViewingOut(BaseModel):
    """A viewing that has begun."""

    id: str
    position_s: int
    covered: list[list[int]]
    credited_s: int
    next_seq: int
    beat_interval_s: int
    beat_cap_s: int
    challenge: ChallengeOut | None


class BeatOut(BaseModel):
    """What became of one beat; the same ``seq`` again gets the same."""

    seq: int
    credited_s: int
    not_counted: list[NotCountedOut]


class BeatsOut(BaseModel):
    """The answer to beats: ``credited_s`` of the segment, ``covered_s`` of the lesson.

    ``closed``: only where the viewing had ended before they came (``taken_over``), and they count all the same.
    """

    next_seq: int
    credited_s: int
    covered_s: int
    position_s: int
    items: list[BeatOut]
    challenge: ChallengeOut | None
    closed: str | None = None


class AnsweredOut(BaseModel):
    """A challenge that was answered."""

    id: str
    answered: bool


class TodaySessionOut(BaseModel):
    """A session of today: when one came and left, what waits for a person, and which scan comes next."""

    id: str
    class_name: str
    title: str
    venue: str
    starts_at: datetime
    ends_at: datetime
    state: Literal["planned", "open", "closed", "cancelled"]
    in_at: datetime | None
    out_at: datetime | None
    waiting: bool
    direction: Literal["in", "out"] | None


class TodayOut(BaseModel):
    """One's own sessions of today."""

    items: list[TodaySessionOut]
    next: str | None
    server_time: datetime


class WhoOut(BaseModel):
    """A trainee on the completion log."""

    id: str
    name: str
    masked_id: str


class StandingOut(BaseModel):
    """One line of the completion log."""

    enrolment_id: str
    person: WhoOut
    class_id: str
    class_name: str
    base_id: str
    division: str
    segment_id: str
    segment_title: str
    mode: Mode
    kind: Kind
    state: State
    required_s: int
    credited_s: int
    entered_s: int
    quiz: dict[str, Any]
    refused: int
    pending: int
    missing: list[MissingOut]
    sentence: str
    review: dict[str, Any] | None


class StandingsOut(BaseModel):
    """The completion log within the caller's scope."""

    items: list[StandingOut]
    next: str | None


class CheckpointOut(BaseModel):
    """A signed daily head; ``statement`` is what is signed."""

    id: str
    day: date
    made_at: datetime
    chains: int
    entries: int
    root: str
    statement: str
    signature: str


class CheckpointsOut(BaseModel):
    """Checkpoints, oldest first, with the keys that verify them."""

    items: list[CheckpointOut]
    next: str | None
    public_keys: dict[str, str]


class ExportOut(BaseModel):
    """An export in the making; ``progress`` in percent."""

    id: str
    kind: str
    state: Literal["queued", "running", "done", "failed"]
    progress: int
    url: str | None
    name: str | None
    fault: str | None


Models = type[BaseModel] | tuple[type[BaseModel], ...]

# Endpoint -> status and model of what it answers; of several models one.
ANSWERS: dict[str, tuple[str, Models]] = {
    **CLASS_ANSWERS,
    "api_enrolments.list_enrolments": ("200", EnrolmentsOut),
    "api_enrolments.read_enrolment": ("200", EnrolmentOut),
    "api_enrolments.read_evidence": ("200", EvidenceOut),
    "api_viewings.open_viewing": ("201", ViewingOut),
    "api_viewings.take_beats": ("200", BeatsOut),
    "api_viewings.answer_challenge": ("200", AnsweredOut),
    "api_viewings.close_viewing": ("200", BeatsOut),
    "api_attempts.start_attempt": ("201", AttemptOut),
    "api_attempts.show_attempt": ("200", (AttemptOut, ResultOut)),
    "api_attempts.save_answer": ("200", SavedOut),
    "api_attempts.show_questions": ("200", ShownOut),
    "api_attempts.submit_attempt": ("200", ResultOut),
    "api_card.get_attendance": ("200", TodayOut),
    "api_standings.list_standings": ("200", StandingsOut),
    "api_standings.read_standing": ("200", StandingOut),
    "api_standings.review_standing": ("200", StandingOut),
    "api_standings.list_checkpoints": ("200", CheckpointsOut),
    "api_exports.ask_export": ("200", ExportOut),
    "api_exports.read_export": ("200", ExportOut),
    "api_exports.cancel_export": ("200", ExportOut),
}

# Endpoint -> the types of the file that it sends.
PHOTOS = ("image/jpeg",)
FILES: dict[str, tuple[str, ...]] = {
    "api_attempts.show_picture": ("image/jpeg", "image/png", "image/webp"),
    "api_photos.own_file": PHOTOS,
    "api_photos.waiting_file": PHOTOS,
    "api_photos.of_person": PHOTOS,
    "api_enrolments.take_pack": ("application/x-ndjson",),
    "api_exports.fetch_export": (XLSX, "application/x-ndjson", "application/pdf", "application/zip"),
    "api_rosters.result_file": (XLSX,),
    "api_question_imports.report_file": (XLSX,),
    "api_question_imports.show_picture": PHOTOS,
    "api_question_imports.play_sound": ("audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav"),
    "api_question_imports.template_file": (XLSX,),
    "api_question_imports.bank_file": (XLSX, "text/plain", "application/xml"),
}
