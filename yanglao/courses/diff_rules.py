"""Say what changed between two versions of a programme. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yanglao.courses.documents import ProgrammeDoc, QuizDoc, SegmentDoc, lessons_of

NAMES = {"name": "名称", "hours_note": "学时说明", "syllabus": "大纲", "level": "级别", "category": "类别"}
SEGMENT_NAMES = {
    "title": "名称",
    "mode": "方式",
    "kind": "性质",
    "required_s": "学时",
    "topics": "内容",
    "quiz": "测验",
    "practical": "实操考核",
}
LESSON_NAMES = {"title": "课名", "topic": "内容", "media": "课件", "material": "课件"}


@dataclass(frozen=True)
class Change:
    """One difference: ``act`` added, removed or changed; ``where`` in words; the values before and after (None: was not there)."""

    act: str
    what: str
    where: str
    label: str
    before: Any
    after: Any


def compare(old: ProgrammeDoc, new: ProgrammeDoc) -> list[Change]:
    """List what changed from ``old`` to ``new``, in the order of the page; equal documents give nothing."""
    found = _fields(old, new, NAMES, what="programme", where=new.name)
    before, after = ({one.key: one for one in doc.segments} for doc in (old, new))
    for key in dict.fromkeys([*before, *after]):
        found += _segments(before.get(key), after.get(key))
    return found + _order(old.segments, new.segments, what="programme", where=new.name, label="分段的顺序")


def _segments(old: SegmentDoc | None, new: SegmentDoc | None) -> list[Change]:
    if old is None or new is None:
        one = new or old
        assert one is not None
        act = "added" if old is None else "removed"
        return [
            Change(act, "segment", one.title, "学时", old and old.required_s, new and new.required_s),
            *(
                Change(act, place, where, "测验", _plain(old and quiz), _plain(new and quiz))
                for place, where, quiz in _quizzes(one)
            ),
            *(Change(act, "lesson", one.title, lesson.title, None, None) for lesson in lessons_of(one)),
        ]
    found = _fields(old, new, SEGMENT_NAMES, what="segment", where=new.title)
    modules = [{one.key: one.title for one in part.modules} for part in (old, new)]
    for key in dict.fromkeys([*modules[0], *modules[1]]):
        titles = modules[0].get(key), modules[1].get(key)
        if titles[0] != titles[1]:
            act = "added" if titles[0] is None else "removed" if titles[1] is None else "changed"
            found.append(Change(act, "module", new.title, "模块", *titles))
    tested = [{one.key: one.quiz for one in part.modules} for part in (old, new)]
    for module in new.modules:
        quiz = tested[0].get(module.key)
        if quiz != module.quiz:
            place = f"{new.title}：{module.title}"
            found.append(Change("changed", "module", place, "测验", _plain(quiz), _plain(module.quiz)))
    before, after = ({one.key: one for one in lessons_of(part)} for part in (old, new))
    for key in dict.fromkeys([*before, *after]):
        if key not in before or key not in after:
            act = "added" if key in after else "removed"
            found.append(Change(act, "lesson", new.title, (after.get(key) or before[key]).title, None, None))
        else:
            found += _fields(
                before[key], after[key], LESSON_NAMES, what="lesson", where=f"{new.title}：{after[key].title}"
            )
    return found + _moved(old, new)


def _quizzes(segment: SegmentDoc) -> list[tuple[str, str, QuizDoc]]:
    """Return what is tested in a segment: itself and its modules."""
    own = [("segment", segment.title, segment.quiz)]
    own += [("module", f"{segment.title}：{one.title}", one.quiz) for one in segment.modules]
    return [(what, where, quiz) for what, where, quiz in own if quiz]


def _moved(old: SegmentDoc, new: SegmentDoc) -> list[Change]:
    """List the lessons that went into another module, then what stands in another order."""
    homes = [{lesson.key: one for one in part.modules for lesson in one.lessons} for part in (old, new)]
    stayed, found = set(), []
    for lesson in lessons_of(new):
        homed = [home.get(lesson.key) for home in homes]
        if homed[0] and homed[1] and homed[0].key != homed[1].key:
            where = f"{new.title}：{lesson.title}"
            found.append(Change("changed", "lesson", where, "模块", homed[0].title, homed[1].title))
        else:
            stayed.add(lesson.key)
    found += _order(old.modules, new.modules, what="segment", where=new.title, label="模块的顺序")
    both = ([one for one in lessons_of(part) if one.key in stayed] for part in (old, new))
    return found + _order(*both, what="segment", where=new.title, label="课的顺序")


def _order(old: Sequence[Any], new: Sequence[Any], *, what: str, where: str, label: str) -> list[Change]:
    """Say that what stands in both stands in another order, by title; the same order gives nothing."""
    keys = {one.key for one in old} & {one.key for one in new}
    before, after = ([one for one in parts if one.key in keys] for parts in (old, new))
    if [one.key for one in before] == [one.key for one in after]:
        return []
    return [
        Change("changed", what, where, label, [one.title for one in before], [one.title for one in after])
    ]


@dataclass(frozen=True)
class QuestionChange:
    """What became of one question between two days: ``act`` added, removed (retired) or changed; its words before and after."""

    act: str
    key: str
    before: str | None
    after: str | None


def questions(old: Mapping[str, tuple[int, str]], new: Mapping[str, tuple[int, str]]) -> list[QuestionChange]:
    """List what changed in a bank; ``old`` and ``new`` map the keys of its current questions to version and words."""
    found = []
    for key in sorted({*old, *new}):
        before, after = old.get(key), new.get(key)
        if before != after:
            act = "added" if before is None else "removed" if after is None else "changed"
            found.append(QuestionChange(act, key, before and before[1], after and after[1]))
    return found


def _fields(old: Any, new: Any, names: dict[str, str], *, what: str, where: str) -> list[Change]:
    return [
        Change("changed", what, where, label, _plain(getattr(old, name)), _plain(getattr(new, name)))
        for name, label in names.items()
        if getattr(old, name) != getattr(new, name)
    ]


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if hasattr(value, "model_dump"):
        return value.model_dump()
    return sorted(value) if isinstance(value, tuple) else value
