"""A programme as one document: what is exported, imported, edited, copied and compared. Pure.

Segments, modules and lessons are known by their ``key``, which stays from version to version. A lesson is made from a bundled
film (``media``, its file name) or from a ``material`` (its id), never both.
"""

from dataclasses import asdict
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from yanglao.courses.shapes import (
    LessonView,
    ModuleView,
    ProgrammeView,
    QuizPlanView,
    RubricView,
    SegmentView,
)
from yanglao.kernel.errors import NotFound, Refused

FORMAT: Literal["yanglao.programme.1"] = "yanglao.programme.1"
KEY = r"^[a-z0-9_]{1,40}$"
Weight = Annotated[int, Field(ge=1, le=1000)]


class PartUnknown(NotFound):
    code = "courses.part_unknown"


class NoNeighbour(Refused):
    """Say that a part already stands first or last."""

    code = "courses.no_neighbour"


class _Doc(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class LessonDoc(_Doc):
    """A lesson: its title, topic, and what it is made from."""

    key: str = Field(pattern=KEY)
    title: str = Field(min_length=1, max_length=80)
    topic: str | None = Field(default=None, max_length=24)
    media: str | None = Field(default=None, max_length=80)
    material: str | None = Field(default=None, max_length=26)

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if bool(self.media) == bool(self.material):
            raise ValueError("a lesson is made from media or from material")
        return self


class BlueprintDoc(_Doc):
    """Weights of topics and difficulties on a paper; an empty part does not matter."""

    topics: dict[str, Weight] = Field(default_factory=dict, max_length=40)
    difficulties: dict[Literal["easy", "medium", "hard"], Weight] = Field(default_factory=dict)


class QuizDoc(_Doc):
    """How a segment or module is tested; seconds. ``feedback``: how much of the result its trainee is told."""

    bank: str = Field(min_length=1, max_length=40)
    pass_mark: int = Field(ge=1, le=100)
    questions: int = Field(ge=1, le=200)
    time_limit_s: int = Field(ge=60, le=86_400)
    attempts: int = Field(ge=1, le=100)
    min_gap_s: int = Field(ge=0, le=2_592_000)
    feedback: Literal["nothing", "score", "explanations_after_passing"] = "explanations_after_passing"
    blueprint: BlueprintDoc | None = None


class RubricItemDoc(_Doc):
    """One item of a rubric; a ``must_pass`` item gets all its points or none, and none fails everything."""

    key: str = Field(pattern=KEY)
    title: str = Field(min_length=1, max_length=80)
    look_for: str = Field(default="", max_length=400)
    points: int = Field(ge=1, le=100)
    must_pass: bool = False


class PracticalDoc(_Doc):
    """How practical work is scored out of 100. ``required``: the segment is complete only with a passed result."""

    required: bool = True
    pass_mark: int = Field(ge=1, le=100)
    note: str = Field(default="", max_length=200)
    items: tuple[RubricItemDoc, ...] = Field(default=(), max_length=40)

    @model_validator(mode="after")
    def _keys_are_free(self) -> Self:
        if len({one.key for one in self.items}) != len(self.items):
            raise ValueError("items: a key stands twice")
        return self


class ModuleDoc(_Doc):
    """A module, its lessons in order, and how it is tested (None: not)."""

    key: str = Field(pattern=KEY)
    title: str = Field(min_length=1, max_length=80)
    lessons: tuple[LessonDoc, ...] = ()
    quiz: QuizDoc | None = None


class SegmentDoc(_Doc):
    """A segment; ``required_s`` left out means that nobody has filled in the hours."""

    key: str = Field(pattern=KEY)
    title: str = Field(min_length=1, max_length=80)
    mode: Literal["online", "offline"]
    kind: Literal["theory", "practice"]
    required_s: int | None = Field(default=None, gt=0, le=36_000_000)
    topics: tuple[str, ...] = ()
    quiz: QuizDoc | None = None
    practical: PracticalDoc | None = None
    modules: tuple[ModuleDoc, ...] = ()


class ProgrammeDoc(_Doc):
    """A whole programme; a syllabus is named by its id and not exported elsewhere."""

    format: Literal["yanglao.programme.1"] = FORMAT
    code: str = Field(pattern=KEY)
    name: str = Field(min_length=1, max_length=80)
    category: str = Field(min_length=1, max_length=24)
    level: str | None = Field(default=None, max_length=12)
    syllabus: str = Field(default="", max_length=80)
    hours_note: str = Field(default="", max_length=200)
    segments: tuple[SegmentDoc, ...] = ()

    @model_validator(mode="after")
    def _keys_are_free(self) -> Self:
        for where, keys in (
            ("segments", [one.key for one in self.segments]),
            *((one.key, [module.key for module in one.modules]) for one in self.segments),
            *((one.key, [lesson.key for lesson in lessons_of(one)]) for one in self.segments),
        ):
            if len(set(keys)) != len(keys):
                raise ValueError(f"{where}: a key stands twice")
        return self


class Edit(_Doc):
    """One change: what is added, changed, moved or removed. ``values`` are the fields of the part."""

    act: Literal["add", "change", "up", "down", "remove"]
    what: Literal["segment", "module", "lesson"]
    segment: str = ""
    module: str = ""
    lesson: str = ""
    values: dict[str, Any] = {}


def lessons_of(segment: SegmentDoc) -> list[LessonDoc]:
    """Return all lessons of a segment in order of its modules."""
    return [lesson for module in segment.modules for lesson in module.lessons]


def quizzes_of(segment: SegmentDoc) -> list[tuple[str, QuizDoc]]:
    """Return where and how a segment and its modules are tested; those that are not are left out."""
    own = [(segment.title, segment.quiz)]
    own += [(f"{segment.title}：{one.title}", one.quiz) for one in segment.modules]
    return [(where, quiz) for where, quiz in own if quiz]


def document_of(programme: ProgrammeView) -> ProgrammeDoc:
    """Return a programme as a document; lessons without a module stand in a first one."""
    return ProgrammeDoc(
        code=programme.code,
        name=programme.name,
        category=programme.category_code,
        level=programme.level_code,
        syllabus=programme.syllabus,
        hours_note=programme.hours_note,
        segments=tuple(_segment(one) for one in programme.segments),
    )


def _segment(one: SegmentView) -> SegmentDoc:
    quiz = None
    plans = {plan.module_id: plan for plan in one.quiz_plans}
    if one.assessment == "quiz":
        told = _told(plans[None]) if None in plans else {}
        quiz = QuizDoc(
            **told,
            bank=one.bank_key or "",
            pass_mark=one.pass_mark,
            questions=one.quiz_questions,
            time_limit_s=one.quiz_time_limit_s,
            attempts=one.quiz_attempts,
            min_gap_s=one.min_gap_s,
        )
    modules: list[ModuleDoc] = [
        _module(module, one.of_module(module.id), plans.get(module.id)) for module in one.modules
    ]
    if loose := one.of_module(None):
        modules.insert(0, ModuleDoc(key="loose", title=one.title, lessons=tuple(map(_lesson, loose))))
    return SegmentDoc(
        key=one.key,
        title=one.title,
        mode=one.mode,
        kind=one.kind,
        required_s=None if one.hours_missing else one.required_s,
        topics=one.own_topics,
        quiz=quiz,
        practical=_practical(one.practical) if one.practical else None,
        modules=tuple(modules),
    )


def _practical(one: RubricView) -> PracticalDoc:
    return PracticalDoc(
        required=one.required,
        pass_mark=one.pass_mark,
        note=one.note,
        items=tuple(RubricItemDoc.model_validate(asdict(each)) for each in one.items),
    )


def _module(module: ModuleView, lessons: tuple[LessonView, ...], plan: QuizPlanView | None) -> ModuleDoc:
    quiz = plan and QuizDoc(
        bank=plan.bank_key,
        pass_mark=plan.pass_mark,
        questions=plan.questions,
        time_limit_s=plan.time_limit_s,
        attempts=plan.attempts,
        min_gap_s=plan.min_gap_s,
        **_told(plan),
    )
    return ModuleDoc(key=module.key, title=module.title, lessons=tuple(map(_lesson, lessons)), quiz=quiz)


def _told(plan: QuizPlanView) -> dict[str, Any]:
    weighted = {name: weights for name, weights in (plan.blueprint or {}).items() if weights}
    return {"feedback": plan.feedback, "blueprint": weighted or None}


def _lesson(one: LessonView) -> LessonDoc:
    return LessonDoc(
        key=one.key,
        title=one.title,
        topic=one.topic_code,
        media=one.media_name or None,
        material=one.material_id,
    )


def apply(doc: ProgrammeDoc, edit: Edit) -> ProgrammeDoc:
    """Return the document with one change.

    Raises:
        PartUnknown: a key names nothing.
        NoNeighbour: it stands first or last already.
        ValidationError: the values do not fit.
    """
    if edit.what == "segment":
        return _again(doc, segments=_edited(doc.segments, edit.segment, edit, SegmentDoc))
    segment = _one(doc.segments, edit.segment)
    if edit.what == "module":
        changed = _again(segment, modules=_edited(segment.modules, edit.module, edit, ModuleDoc))
    else:
        module = _one(segment.modules, edit.module)
        taken = {one.key for one in lessons_of(segment)}
        lessons = _edited(module.lessons, edit.lesson, edit, LessonDoc, taken=taken)
        changed = _again(
            segment, modules=_swapped(segment.modules, edit.module, _again(module, lessons=lessons))
        )
    return _again(doc, segments=_swapped(doc.segments, edit.segment, changed))


def _again(part: Any, **changes: Any) -> Any:
    """Return a part with changes, checked like a new one."""
    return type(part).model_validate(part.model_dump() | changes)


def _one(parts: tuple[Any, ...], key: str) -> Any:
    found = next((one for one in parts if one.key == key), None)
    if found is None:
        raise PartUnknown(key=key)
    return found


def _swapped(parts: tuple[Any, ...], key: str, changed: Any) -> tuple[Any, ...]:
    return tuple(changed if one.key == key else one for one in parts)


def _edited(
    parts: tuple[Any, ...], key: str, edit: Edit, kind: Any, *, taken: set[str] | None = None
) -> tuple[Any, ...]:
    if edit.act == "add":
        used = taken if taken is not None else {one.key for one in parts}
        letter = edit.what[0]
        free = next(f"{letter}{n}" for n in range(1, len(used) + 2) if f"{letter}{n}" not in used)
        return (*parts, kind.model_validate({"key": free} | edit.values))
    own = _one(parts, key)
    if edit.act == "remove":
        return tuple(one for one in parts if one.key != key)
    if edit.act == "change":
        values = {k: v for k, v in edit.values.items() if k != "key"}
        if values.get("quiz") and own.quiz:
            # A form that knows only the figures leaves feedback and blueprint as they are.
            values["quiz"] = own.quiz.model_dump() | values["quiz"]
        return _swapped(parts, key, _again(own, **values))
    place = parts.index(own)
    other = place + (1 if edit.act == "down" else -1)
    if not 0 <= other < len(parts):
        raise NoNeighbour(title=own.title)
    moved = list(parts)
    moved[place], moved[other] = moved[other], moved[place]
    return tuple(moved)
