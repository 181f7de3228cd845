"""Hand papers, answers and results around as frozen values. Pure."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Terms:
    """How a segment or a module is tested. ``title`` names it; ``assessed`` is False where there is no quiz.

    ``feedback`` is nothing, score or explanations_after_passing; ``blueprint`` see courses/blueprint.py.
    """

    segment_id: str
    module_id: str | None
    programme_id: str
    title: str
    assessed: bool
    bank_key: str
    pass_mark: int
    questions: int
    time_limit_s: int
    attempts: int
    min_gap_s: int
    feedback: str
    blueprint: dict[str, Any] | None = None


@dataclass(frozen=True)
class CaseOf:
    """The case a question belongs to: its story, and which part of how many this is (from 1)."""

    id: str
    text: str
    part: int
    parts: int
    picture: bool


@dataclass(frozen=True)
class Choice:
    """An option as the trainee sees it."""

    id: str
    text: str


@dataclass(frozen=True)
class PaperQuestion:
    """A question as the trainee sees it: no key, no explanation. ``blanks`` counts what is to be filled in."""

    id: str
    kind: str
    text: str
    options: tuple[Choice, ...]
    blanks: int = 0
    picture: bool = False
    case: CaseOf | None = None


@dataclass(frozen=True)
class Paper:
    """An open attempt: the questions in order and what is answered so far (question id -> option ids or typed texts).

    ``counters`` say how new each answer is; the next one saved has to be above them.
    """

    id: str
    enrolment_id: str
    segment_id: str
    module_id: str | None
    title: str
    number: int
    pass_mark: int
    started_ms: int
    expires_ms: int
    questions: tuple[PaperQuestion, ...]
    answers: dict[str, tuple[str, ...]]
    counters: dict[str, int]


@dataclass(frozen=True)
class Reviewed:
    """A question looked back at after passing: texts ticked or typed, texts right, and why. ``case_text`` may be empty."""

    case_text: str
    text: str
    ticked: tuple[str, ...]
    right: tuple[str, ...]
    is_right: bool
    explanation: str


@dataclass(frozen=True)
class Result:
    """What a closed attempt came to.

    ``next_allowed_ms`` is when another attempt may begin; None when none is needed or none is left. ``weak_topics`` are
    topic codes of wrongly answered questions. ``code`` finds the words for it. The feedback of the paper decides what is told:
    with ``nothing`` there is no score, and only with ``explanations_after_passing``, once passed, is there a ``review``.
    """

    id: str
    enrolment_id: str
    segment_id: str
    module_id: str | None
    title: str
    number: int
    state: str
    feedback: str
    score: int | None
    pass_mark: int
    passed: bool
    right_count: int | None
    question_count: int
    submitted_ms: int
    attempts_left: int
    next_allowed_ms: int | None
    weak_topics: tuple[str, ...]
    review: tuple[Reviewed, ...]
    code: str


@dataclass(frozen=True)
class AttemptLine:
    """One attempt as those who check see it; ``score`` and ``passed`` are None while it is open."""

    id: str
    person_id: str
    enrolment_id: str
    segment_id: str
    module_id: str | None
    number: int
    state: str
    pass_mark: int
    started_ms: int
    expires_ms: int
    submitted_ms: int | None
    score: int | None
    passed: bool | None
    answered: int
    question_count: int


@dataclass(frozen=True)
class Best:
    """The best closed attempt of an enrolment at a segment."""

    enrolment_id: str
    segment_id: str
    attempts: int
    score: int
    pass_mark: int
    passed: bool


@dataclass(frozen=True)
class Allowance:
    """Whether an attempt may begin: ``attempts_left`` counts what is not yet used, ``next_allowed_ms`` the earliest time."""

    attempts: int
    attempts_left: int
    passed: bool
    next_allowed_ms: int | None


@dataclass(frozen=True)
class Prospect:
    """What a trainee is told before an attempt begins.

    ``open_attempt`` is one that can be continued. ``refusal`` is (code, facts) of why none may begin now, or None.
    """

    enrolment_id: str
    segment_id: str
    module_id: str | None
    title: str
    feedback: str
    questions: int
    time_limit_s: int
    pass_mark: int
    attempts_left: int
    passed: bool
    open_attempt: str | None
    refusal: tuple[str, dict[str, object]] | None
