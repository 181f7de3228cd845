"""What the API answers about quizzes, as models for its description only; see ``answers``."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel


class OptionOut(BaseModel):
    """An option of a question."""

    id: str
    text: str


class CaseOut(BaseModel):
    """The case a question is a part of: its story, and which part of how many, from 1."""

    id: str
    text: str
    part: int
    parts: int
    picture: str = ""


class QuestionOut(BaseModel):
    """A question without its key; ``blanks`` to be filled in, a picture's address and a case only where there are any."""

    id: str
    kind: str
    text: str
    options: list[OptionOut]
    blanks: int = 0
    picture: str = ""
    case: CaseOut | None = None


class AttemptOut(BaseModel):
    """An open attempt: the paper, what is answered so far, and how new each answer is."""

    id: str
    state: Literal["open"]
    enrolment_id: str
    segment_id: str
    module_id: str | None
    segment_title: str
    number: int
    pass_mark: int
    started_at: datetime
    expires_at: datetime
    server_time: datetime
    questions: list[QuestionOut]
    answers: dict[str, list[str]]
    counters: dict[str, int]


class SavedOut(BaseModel):
    """An answer as it stands; ``old`` when what was sent is older than that."""

    question_id: str
    answer: list[str]
    saved_at: datetime
    counter: int
    old: bool


class ShownOut(BaseModel):
    """How many questions were noted as shown for the first time."""

    noted: int


class ReviewedOut(BaseModel):
    """A question with its key, once that may be told."""

    case_text: str
    text: str
    ticked: list[str]
    right: list[str]
    is_right: bool
    explanation: str


class ResultOut(BaseModel):
    """What an attempt came to; how much of it is told depends on ``feedback``."""

    id: str
    state: str
    feedback: str
    enrolment_id: str
    segment_id: str
    module_id: str | None
    segment_title: str
    number: int
    score: int | None
    pass_mark: int
    passed: bool
    right_count: int | None
    question_count: int
    submitted_at: datetime
    attempts_left: int | None
    next_allowed_at: datetime | None
    review: list[ReviewedOut]
