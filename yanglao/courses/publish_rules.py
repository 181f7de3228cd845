"""Find everything that a programme lacks before it may be published, at once. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from yanglao.courses import rules
from yanglao.courses.blueprint import Shortage
from yanglao.courses.shapes import ProgrammeView, QuizPlanView, RubricView, SegmentView, SyllabusView
from yanglao.kernel.wording import sentence, todo, words

KINDS = ("theory", "practice")
WHOLE = 100  # points of a whole rubric
LEVELS = {"easy": "容易", "medium": "中等", "hard": "难"}


@dataclass(frozen=True)
class Missing:
    """One thing that is lacking, and where it is mended: ``place`` is (programme | segment | module | lesson | syllabus, id)."""

    code: str
    facts: dict[str, Any]
    place: tuple[str, str]

    @property
    def title(self) -> str:
        """Return what it is in a few words."""
        return words(self.code).title

    @property
    def sentence(self) -> str:
        """Return what is lacking, with its facts."""
        return sentence(self.code, self.facts)

    @property
    def todo(self) -> str:
        """Return what mends it."""
        return todo(self.code, self.facts)


@dataclass(frozen=True)
class Ground:
    """What a programme is held against.

    Attributes:
        mandatory: the mandatory topics, code -> Chinese name; ``topics`` likewise all of them.
        bank_sizes: number of current questions by bank key.
        most_bp: share of an online segment's lessons that may be required; ``practice_bp``: least share of practice.
        online_bp: largest share of online hours.
        syllabus: the syllabus the programme follows; None without one.
        plans: how modules are tested.
        short: what banks lack for the blueprints of these plans.
        unfinished: ids of lessons whose material is not ready.
    """

    mandatory: Mapping[str, str]
    bank_sizes: Mapping[str, int]
    most_bp: int
    practice_bp: int = 0
    online_bp: int = 10_000
    topics: Mapping[str, str] = field(default_factory=dict)
    syllabus: SyllabusView | None = None
    plans: tuple[QuizPlanView, ...] = ()
    short: tuple[tuple[QuizPlanView, list[Shortage]], ...] = ()
    unfinished: frozenset[str] = frozenset()


def missing(programme: ProgrammeView, ground: Ground) -> list[Missing]:
    """List everything that ``programme`` lacks, in the order of the page: whole, syllabus, then segment by segment."""
    here = ("programme", programme.id)
    found: list[Missing] = []
    if not programme.segments:
        found.append(Missing("courses.no_segments", {"programme": programme.name}, here))
    else:
        found += _topics(programme, ground, here)
        found += _shares(programme, ground, here)
    found += _syllabus(programme, ground, here)
    for segment in programme.segments:
        found += _segment(segment, ground)
    return found


def _topics(programme: ProgrammeView, ground: Ground, here: tuple[str, str]) -> Iterator[Missing]:
    taught = {topic for segment in programme.segments for topic in segment.topics}
    untaught = [name for code, name in ground.mandatory.items() if code not in taught]
    if untaught:
        yield Missing("courses.topics_missing", {"topics": untaught}, here)
    lines = ground.syllabus.lines if ground.syllabus else ()
    wanted = dict.fromkeys(one.topic_code for one in lines if one.topic_code and one.topic_code not in taught)
    more = [ground.topics.get(code, code) for code in wanted if code not in ground.mandatory]
    if more:
        yield Missing("courses.syllabus_topics_missing", {"topics": more}, here)


def hours_of(programme: ProgrammeView, kind: str) -> int:
    """Return the seconds that all segments of ``kind`` require."""
    return sum(segment.required_s for segment in programme.segments if segment.kind == kind)


def _shares(programme: ProgrammeView, ground: Ground, here: tuple[str, str]) -> Iterator[Missing]:
    if any(segment.hours_missing for segment in programme.segments):
        return  # a share of hours that nobody has filled in says nothing
    practice, whole = hours_of(programme, "practice"), sum(one.required_s for one in programme.segments)
    if practice * 10_000 < whole * ground.practice_bp:
        facts = {
            "practice_s": practice,
            "least_s": -(-whole * ground.practice_bp // 10_000),
            "whole_s": whole,
        }
        yield Missing("courses.practice_share_low", facts, here)
    online = sum(one.required_s for one in programme.segments if one.mode == "online")
    if online * 10_000 > whole * ground.online_bp:
        facts = {"online_s": online, "most_s": whole * ground.online_bp // 10_000, "whole_s": whole}
        yield Missing("courses.online_share_high", facts, here)


def _syllabus(programme: ProgrammeView, ground: Ground, here: tuple[str, str]) -> Iterator[Missing]:
    syllabus = ground.syllabus
    if syllabus is None:
        if not programme.syllabus:
            yield Missing("courses.syllabus_missing", {"programme": programme.name}, here)
        return
    place = ("syllabus", syllabus.id)
    if syllabus.state != "published":
        yield Missing("courses.syllabus_draft", {"syllabus": syllabus.name}, place)
    unknown = [one.title for one in syllabus.lines if one.theory_s is None or one.practice_s is None]
    if unknown or not syllabus.lines:
        yield Missing("courses.syllabus_hours_missing", {"syllabus": syllabus.name, "topics": unknown}, place)
        return
    if any(segment.hours_missing for segment in programme.segments):
        return
    for kind in KINDS:
        wanted, held = syllabus.total_s(kind) or 0, hours_of(programme, kind)
        if held < wanted:
            code = "courses.theory_too_short" if kind == "theory" else "courses.practice_too_short"
            yield Missing(code, {"held_s": held, "wanted_s": wanted}, here)


def _segment(segment: SegmentView, ground: Ground) -> Iterator[Missing]:
    place = ("segment", segment.id)
    if segment.hours_missing:
        yield Missing("courses.hours_missing", {"segments": [segment.title]}, place)
    if segment.mode == "online":
        yield from _online(segment, ground, place)
    held = ground.bank_sizes.get(segment.bank_key or "", 0)
    if segment.assessment == "quiz" and held < segment.quiz_questions:
        facts = {"segment": segment.title, "held": held, "wanted": segment.quiz_questions}
        yield Missing("courses.bank_too_small", facts, place)
    if segment.assessment == "quiz" and not segment.pass_mark:
        yield Missing("courses.pass_mark_missing", {"segment": segment.title}, place)
    if segment.practical:
        yield from _rubric(segment, segment.practical, place)
    titles = {one.id: one.title for one in segment.modules}
    for plan in ground.plans:
        held = ground.bank_sizes.get(plan.bank_key, 0)
        if plan.segment_id == segment.id and plan.module_id and held < plan.questions:
            title = f"{segment.title}：{titles.get(plan.module_id, '')}"
            facts = {"segment": title, "held": held, "wanted": plan.questions}
            yield Missing("courses.bank_too_small", facts, ("module", plan.module_id))
    for plan, lacking in ground.short:
        if plan.segment_id == segment.id:
            yield from _short(segment, plan, lacking, ground)


def _rubric(segment: SegmentView, rubric: RubricView, place: tuple[str, str]) -> Iterator[Missing]:
    if segment.kind != "practice":
        yield Missing("courses.rubric_kind", {"segment": segment.title}, place)
    if not rubric.items:
        yield Missing("courses.rubric_empty", {"segment": segment.title}, place)
    elif (points := sum(one.points for one in rubric.items)) != WHOLE:
        facts = {"segment": segment.title, "points": points, "whole": WHOLE}
        yield Missing("courses.rubric_points", facts, place)


def _short(
    segment: SegmentView, plan: QuizPlanView, lacking: list[Shortage], ground: Ground
) -> Iterator[Missing]:
    titles = {one.id: f"{segment.title}：{one.title}" for one in segment.modules}
    place = ("module", plan.module_id) if plan.module_id else ("segment", segment.id)
    for one in lacking:
        if one.topic or one.difficulty:
            topic = ground.topics.get(one.topic or "", "")
            kind = f"{topic}{'、' if topic and one.difficulty else ''}{LEVELS.get(one.difficulty or '', '')}"
            title = titles.get(plan.module_id or "", segment.title)
            facts = {"segment": title, "kind": f"“{kind}”", "wanted": one.wanted, "held": one.held}
            yield Missing("courses.blueprint_short", facts, place)


def _online(segment: SegmentView, ground: Ground, place: tuple[str, str]) -> Iterator[Missing]:
    if segment.assessment == "none":
        yield Missing("courses.assessment_missing", {"segment": segment.title}, place)
    if not segment.lessons:
        yield Missing("courses.lessons_missing", {"segment": segment.title}, place)
    else:
        seconds = (lesson.duration_s for lesson in segment.lessons)
        most = rules.most_required_s(seconds, most_bp=ground.most_bp)
        if segment.required_s > most:
            facts = {"segment": segment.title, "required_s": segment.required_s, "most_s": most}
            yield Missing("courses.online_hours_too_long", facts, place)
        for module in segment.modules:
            if not segment.of_module(module.id):
                facts = {"segment": segment.title, "module": module.title}
                yield Missing("courses.module_empty", facts, ("module", module.id))
    for lesson in segment.lessons:
        if lesson.id in ground.unfinished:
            yield Missing("courses.lesson_unfinished", {"lesson": lesson.title}, ("lesson", lesson.id))
