"""Read the course files: ``programme_*.toml``, ``bank_*.toml`` and ``lessons.toml`` (written by tools/make_lessons.py).

The files are checked strictly: an unknown or missing entry is an error that names the file.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from yanglao.kernel.canonical import digest

FOLDER = Path(__file__).parent / "data"
TRUE_FALSE = ("对", "错")
T = TypeVar("T", bound=BaseModel)


class CourseFileBroken(Exception):
    """A course file cannot be read; the message names the file and the place in it."""


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    @property
    def content_digest(self) -> str:
        """Return the digest of everything written in the file about this thing."""
        return digest(self.model_dump(mode="json"))


class LessonFile(_Strict):
    """A bundled video: ``duration_s`` whole seconds rounded down, names relative to the media folder."""

    title: str
    duration_s: int = Field(gt=0)
    media: str
    digest: str
    bytes: int = Field(gt=0)
    poster: str
    captions: str


class LessonUse(_Strict):
    """A bundled video under the title and topic that one programme gives it."""

    key: str
    media: str
    title: str
    topic: str | None = None


class QuizPlan(_Strict):
    """How a segment is tested. ``min_gap_s`` is the pause between two attempts."""

    bank: str
    pass_mark: int = Field(ge=1, le=100)
    questions: int = Field(ge=1)
    time_limit_s: int = Field(ge=1)
    attempts: int = Field(ge=1)
    min_gap_s: int = Field(ge=0)


class SegmentPlan(_Strict):
    """A segment as its author writes it; `required_s` left out means nobody has filled in the hours."""

    key: str
    title: str
    mode: Literal["online", "offline"]
    kind: Literal["theory", "practice"]
    required_s: int | None = Field(default=None, gt=0)
    topics: list[str] = []
    lessons: list[LessonUse] = []
    quiz: QuizPlan | None = None


class ProgrammePlan(_Strict):
    """A programme as its author writes it; `publish` false keeps it a draft."""

    code: str
    version: int = Field(ge=1)
    name: str
    category: str
    level: str | None = None
    syllabus: str
    hours_note: str
    is_demo: bool
    publish: bool
    segments: list[SegmentPlan]


class RubricItemText(_Strict):
    """One item of a rubric as its author writes it."""

    key: str
    title: str
    look_for: str
    points: int = Field(ge=1, le=100)
    must_pass: bool = False


class RubricText(_Strict):
    """The rubric of one segment of a bundled programme, put in when exactly this version is loaded."""

    programme: str
    version: int
    segment: str
    required: bool
    pass_mark: int = Field(ge=1, le=100)
    note: str
    items: list[RubricItemText]


class QuestionText(_Strict):
    """A question as its author writes it.

    ``right`` counts options from 1: exactly one for single and true_false, at least two for multiple. A true_false question
    writes no options; they are 对 (1) and 错 (2).
    """

    key: str
    version: int = Field(default=1, ge=1)
    kind: Literal["single", "multiple", "true_false"]
    topic: str
    text: str
    options: list[str] = []
    right: list[int]
    explanation: str

    @property
    def choices(self) -> list[tuple[str, bool]]:
        """Return (text, is it right) of each option in order."""
        texts = list(TRUE_FALSE) if self.kind == "true_false" else self.options
        return [(text, n in self.right) for n, text in enumerate(texts, start=1)]

    @model_validator(mode="after")
    def _key_fits_the_kind(self) -> Self:
        texts = [text for text, _ in self.choices]
        if self.kind == "true_false" and self.options:
            raise ValueError(f"{self.key}: a true/false question writes no options")
        if len(set(texts)) != len(texts) or len(texts) < 2:
            raise ValueError(f"{self.key}: options must be at least two and differ")
        if len(set(self.right)) != len(self.right) or not set(self.right) <= set(range(1, len(texts) + 1)):
            raise ValueError(f"{self.key}: right must name options, each once")
        if (self.kind == "multiple") != (len(self.right) >= 2) or not self.right:
            raise ValueError(f"{self.key}: one right option, or at least two for multiple")
        return self


class BankFile(_Strict):
    """The questions of one bank, and what the bank is called."""

    bank: str
    name: str = ""
    questions: list[QuestionText]


class _Rubrics(_Strict):
    rubrics: list[RubricText]


class _Index(_Strict):
    lessons: dict[str, LessonFile]


@dataclass(frozen=True)
class CourseFiles:
    """All course files: lessons by media key, programmes and banks in the order of their file names."""

    lessons: dict[str, LessonFile]
    programmes: tuple[ProgrammePlan, ...]
    banks: tuple[BankFile, ...]


def read(folder: Path = FOLDER) -> CourseFiles:
    """Read every course file in ``folder``. Raises CourseFileBroken."""
    return CourseFiles(
        lessons=_parse(_Index, folder / "lessons.toml").lessons,
        programmes=tuple(_parse(ProgrammePlan, path) for path in sorted(folder.glob("programme_*.toml"))),
        banks=tuple(_parse(BankFile, path) for path in sorted(folder.glob("bank_*.toml"))),
    )


@cache
def rubrics(folder: Path = FOLDER) -> tuple[RubricText, ...]:
    """Return the bundled rubrics. Raises CourseFileBroken."""
    return tuple(_parse(_Rubrics, folder / "rubrics.toml").rubrics)


@cache
def films(folder: Path = FOLDER) -> dict[str, LessonFile]:
    """Return the bundled films by their key. Raises CourseFileBroken."""
    return _parse(_Index, folder / "lessons.toml").lessons


def _parse(shape: type[T], path: Path) -> T:
    try:
        return shape.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as fault:
        raise CourseFileBroken(f"{path.name}: {fault}") from fault
