"""Hand courses around as frozen values. Pure."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class LessonView:
    """A lesson. ``media_name``, ``poster`` and ``captions`` are file names in the media folder (see media.py).

    Where ``material_id`` is set they are empty: what is shown then comes from materials.py.
    """

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
    material_id: str | None
    topic_code: str | None
    module_id: str | None = None


@dataclass(frozen=True)
class ModuleView:
    """A module of a segment. Its lessons are those of the segment that name it, in their order."""

    id: str
    segment_id: str
    key: str
    position: int
    title: str


@dataclass(frozen=True)
class QuizPlanView:
    """How a module is tested, or what a segment's quiz adds to the segment's figures (see question_models.QuizPlan)."""

    segment_id: str
    module_id: str | None
    bank_key: str
    pass_mark: int
    questions: int
    time_limit_s: int
    attempts: int
    min_gap_s: int
    feedback: str
    blueprint: dict[str, Any] | None


@dataclass(frozen=True)
class RubricItemView:
    """One item of a rubric (see rubric_models.RubricItem)."""

    key: str
    title: str
    look_for: str
    points: int
    must_pass: bool


@dataclass(frozen=True)
class RubricView:
    """How the practical work of a segment is scored, its items in order; once published their points add up to 100."""

    segment_id: str
    required: bool
    pass_mark: int
    note: str
    items: tuple[RubricItemView, ...]


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
    modules: tuple[ModuleView, ...] = ()
    own_topics: tuple[str, ...] = ()
    quiz_plans: tuple[QuizPlanView, ...] = ()
    practical: RubricView | None = None

    @property
    def quiet(self) -> bool:
        """Tell whether the segment's own quiz tells its trainees no score."""
        return any(one.feedback == "nothing" for one in self.quiz_plans if one.module_id is None)

    @property
    def module_quizzes(self) -> tuple[tuple[ModuleView, QuizPlanView], ...]:
        """Return the modules that are tested, in order, each with its plan."""
        plans = {one.module_id: one for one in self.quiz_plans}
        return tuple((one, plans[one.id]) for one in self.modules if one.id in plans)

    def of_module(self, module_id: str | None) -> tuple[LessonView, ...]:
        """Return the lessons of a module in order; with None those in no module."""
        return tuple(one for one in self.lessons if one.module_id == module_id)


@dataclass(frozen=True)
class ProgrammeView:
    """A programme with its segments in order. ``hours_note`` says where the hours come from (示例 for the bundled ones).

    Without a base it is the city's. ``revision`` counts changes; who changes says which one was seen.
    """

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
    syllabus_id: str | None = None
    base_id: str | None = None
    revision: int = 1
    created_ms: int = 0
    edited_by: str | None = None
    edited_ms: int | None = None
    published_by: str | None = None


@dataclass(frozen=True)
class SyllabusLine:
    """A line of a syllabus. Seconds; None means that the document does not say."""

    position: int
    title: str
    topic_code: str | None
    theory_s: int | None
    practice_s: int | None


@dataclass(frozen=True)
class SyllabusView:
    """A syllabus with its lines in order. Without a base it is the city's; ``valid_from`` is an ISO day."""

    id: str
    code: str
    version: int
    name: str
    category_code: str
    level_code: str | None
    source: str
    valid_from: str
    base_id: str | None
    state: str
    revision: int
    edited_by: str | None
    edited_ms: int
    published_ms: int | None
    lines: tuple[SyllabusLine, ...]

    def total_s(self, kind: str) -> int | None:
        """Return the seconds of ``theory`` or ``practice``, None where a line does not say or there is none."""
        known = [one.theory_s if kind == "theory" else one.practice_s for one in self.lines]
        return sum(one for one in known if one is not None) if known and None not in known else None


@dataclass(frozen=True)
class OptionView:
    """An option with its place and whether it belongs to the key."""

    id: str
    position: int
    text: str
    correct: bool


@dataclass(frozen=True)
class QuestionView:
    """One version of a question with its key (``correct``, ``blanks``): never hand it to a view that prints it too early.

    ``parts`` belong to a case; ``case_id`` says of which case this is a part. ``made_by`` is None for the course files.
    """

    id: str
    bank_key: str
    key: str
    version: int
    kind: str
    text: str
    explanation: str
    topic_code: str | None
    options: tuple[OptionView, ...]
    difficulty: str | None = None
    blanks: tuple[tuple[str, ...], ...] = ()
    numerals: bool = False
    marks: int = 1
    case_id: str | None = None
    position: int | None = None
    parts: "tuple[QuestionView, ...]" = ()
    picture_name: str | None = None
    picture_id: str | None = None
    audio_name: str | None = None
    created_ms: int = 0
    made_by: str | None = None
    retired_ms: int | None = None

    @property
    def correct(self) -> frozenset[str]:
        """Return the ids of the options that must be ticked, all of them and no others."""
        return frozenset(option.id for option in self.options if option.correct)


@dataclass(frozen=True)
class BankView:
    """A question bank and how many current questions it holds (a case counts once). No base: the city's."""

    key: str
    name: str
    base_id: str | None
    multiple_rule: str | None
    count: int
