"""Hand courses around as frozen values. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LessonView:
    """A lesson. ``media_name``, ``poster`` and ``captions`` are file names in the media folder (see media.py)."""

    id: str
    segment_id: str
    key: str
    position: int
    kind: str
    title: str
    duration_s: int
    media_name: str
    media_digest: str
    bytes: int
    poster: str | None
    captions: str | None
    topic_code: str | None


@dataclass(frozen=True)
class SegmentView:
    """A segment with its lessons in order. ``required_s`` is 0 only while ``hours_missing`` (never once published).

    The quiz figures are 0 where ``assessment`` is "none".
    """

    id: str
    programme_id: str
    key: str
    position: int
    title: str
    mode: str
    kind: str
    required_s: int
    hours_missing: bool
    assessment: str
    bank_key: str | None
    pass_mark: int
    quiz_questions: int
    quiz_time_limit_s: int
    quiz_attempts: int
    min_gap_s: int
    topics: tuple[str, ...]
    lessons: tuple[LessonView, ...]


@dataclass(frozen=True)
class ProgrammeView:
    """A programme with its segments in order. ``hours_note`` says where the hours come from (示例 for the bundled ones)."""

    id: str
    code: str
    version: int
    name: str
    category_code: str
    level_code: str | None
    syllabus: str
    hours_note: str
    state: str
    published_ms: int | None
    is_demo: bool
    segments: tuple[SegmentView, ...]


@dataclass(frozen=True)
class OptionView:
    """An option with its place and whether it belongs to the key."""

    id: str
    position: int
    text: str
    correct: bool


@dataclass(frozen=True)
class QuestionView:
    """A question with its key (``correct``): never hand it to a view that prints it before the attempt is passed."""

    id: str
    bank_key: str
    key: str
    version: int
    kind: str
    text: str
    explanation: str
    topic_code: str | None
    options: tuple[OptionView, ...]

    @property
    def correct(self) -> frozenset[str]:
        """Return the ids of the options that must be ticked, all of them and no others."""
        return frozenset(option.id for option in self.options if option.correct)
