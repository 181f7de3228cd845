"""Turn what the course pages send into documents and changes, and values into words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from pydantic import Field, ValidationError

from yanglao.courses.documents import Edit, ProgrammeDoc
from yanglao.courses.library_queries import Offered
from yanglao.courses.materials import MaterialView
from yanglao.courses.publish_rules import LEVELS
from yanglao.courses.sources import LessonFile
from yanglao.kernel.errors import Refused
from yanglao.kernel.units import duration_text
from yanglao.places.queries import TopicView
from yanglao.web import forms

ACT_NAMES = {"added": "新增", "removed": "删去", "changed": "改动"}
WHAT_NAMES = {"programme": "方案", "segment": "分段", "module": "模块", "lesson": "课", "question": "题目"}
FEEDBACK_NAMES = {
    "explanations_after_passing": "公布分数，合格后看解析",
    "score": "只公布分数",
    "nothing": "不公布分数，只说合不合格",
}
PLAIN = {"online": "线上", "offline": "线下", "theory": "理论", "practice": "实操", None: "—"}


class DocumentBroken(Refused):
    """Say that a file is not a programme; ``faults`` names the places."""

    code = "courses.document_broken"


class StepForm(forms.Form):
    """A step of the whole programme, and the revision that was seen."""

    revision: int = 0
    syllabus_id: str = Field(default="", max_length=26)


class EditForm(forms.Form):
    """One change of a part; which fields count depends on the part."""

    revision: int
    form: str = ""
    act: Literal["add", "change", "up", "down", "remove"]
    what: Literal["segment", "module", "lesson"]
    segment: str = ""
    module: str = ""
    lesson: str = ""
    title: str = ""
    mode: str = ""
    kind: str = ""
    minutes: str = ""
    seconds: str = ""
    topics: str = ""
    topic: str = ""
    source: str = ""
    bank: str = ""
    pass_mark: str = ""
    questions: str = ""
    limit_minutes: str = ""
    attempts: str = ""
    gap_minutes: str = ""


def document(facts: Any) -> ProgrammeDoc:
    """Return a document of what was sent. Raises DocumentBroken naming every place."""
    try:
        return ProgrammeDoc.model_validate(facts)
    except ValidationError as fault:
        raise DocumentBroken(places=sorted(forms.fields_of(fault))) from None


def read_json(text: str) -> Any:
    """Return what a file says. Raises DocumentBroken."""
    try:
        return json.loads(text)
    except ValueError:
        raise DocumentBroken(places=["JSON"]) from None


def shared_of(form: EditForm) -> str:
    """Return the id of the shared courseware that a lesson is to be made from, empty when it is made from another thing."""
    kind, _, key = form.source.partition(":")
    return key if kind == "shared" and form.what == "lesson" and form.act in ("add", "change") else ""


def edit_of(form: EditForm, topics: list[str]) -> Edit:
    """Return the change a form asks for. Raises ValidationError."""
    values: dict[str, Any] = {}
    if form.act in ("add", "change"):
        values = {"title": form.title}
        if form.what == "segment":
            values |= _segment(form, topics)
        elif form.what == "lesson":
            values["topic"] = form.topic or None
            kind, _, name = form.source.partition(":")
            if name:
                values |= {"media": None, "material": None, kind: name}
    return Edit(
        act=form.act,
        what=form.what,
        segment=form.segment,
        module=form.module,
        lesson=form.lesson,
        values=values,
    )


def _segment(form: EditForm, topics: list[str]) -> dict[str, Any]:
    """Return a segment's fields; hours left empty are not known, which is not zero."""
    quiz = None
    if form.bank:
        quiz = {
            "bank": form.bank,
            "pass_mark": _number(form.pass_mark),
            "questions": _number(form.questions),
            "time_limit_s": _number(form.limit_minutes, 60),
            "attempts": _number(form.attempts),
            "min_gap_s": _number(form.gap_minutes, 60),
        }
    known = bool(form.minutes or form.seconds)
    return {
        "mode": form.mode,
        "kind": form.kind,
        "required_s": _number(form.minutes or "0", 60) + _number(form.seconds or "0") if known else None,
        "topics": topics,
        "quiz": quiz,
    }


def _number(text: str, times: int = 1) -> int:
    """Return a whole number times a unit; what is none becomes -1, which no field takes."""
    return int(text) * times if text.isascii() and text.isdigit() and len(text) < 8 else -1


def films(known: Mapping[str, LessonFile]) -> list[tuple[str, str]]:
    """List the bundled films as choices: source and title with its length."""
    return [
        (f"media:{one.media}", f"{one.title}（{duration_text(one.duration_s)}）") for one in known.values()
    ]


def shared(found: Iterable[Offered]) -> list[tuple[str, str]]:
    """List published coursewares of the shared library as choices."""
    return [(f"shared:{one.id}", f"{one.title}（{duration_text(one.duration_s)}）") for one in found]


def made(found: Iterable[MaterialView]) -> list[tuple[str, str]]:
    """List uploaded material that is ready as choices."""
    return [(f"material:{one.id}", f"{one.title}（{duration_text(one.duration_s or 0)}）") for one in found]


def _quiz_words(quiz: Mapping[str, Any], names: Mapping[str, str], banks: Mapping[str, str]) -> str:
    """Say how a segment or module is tested, all of it: what differs must be seen."""
    told = [
        f"题库“{banks.get(quiz['bank'], quiz['bank'])}”",
        f"{quiz['questions']} 题，{quiz['pass_mark']} 分及格",
        f"限时 {duration_text(quiz['time_limit_s'])}，最多 {quiz['attempts']} 次"
        + (f"，隔 {duration_text(quiz['min_gap_s'])}" if quiz["min_gap_s"] else ""),
        FEEDBACK_NAMES.get(quiz.get("feedback", ""), ""),
    ]
    weights = quiz.get("blueprint") or {}
    for word, part, known in (
        ("内容", weights.get("topics"), names),
        ("难度", weights.get("difficulties"), LEVELS),
    ):
        if part:
            told.append(f"按{word}抽题：" + "、".join(f"{known.get(k, k)} {n} 份" for k, n in part.items()))
    return "；".join(one for one in told if one)


def value_words(topics: Iterable[TopicView], banks: Mapping[str, str]) -> Callable[[str, Any], str]:
    """Return what says a value of a comparison in words."""
    names = {one.code: one.name for one in topics}

    def said(label: str, value: Any) -> str:
        if label == "学时":
            return "没有填" if value is None else duration_text(value)
        if isinstance(value, dict) and "items" in value:
            needed = "合格才算完成" if value["required"] else "不影响完成"
            return f"{len(value['items'])} 项，{value['pass_mark']} 分合格，{needed}"
        if isinstance(value, dict):
            return _quiz_words(value, names, banks)
        if isinstance(value, list):
            return "、".join(names.get(str(one)) or str(one) for one in value) or "—"
        return PLAIN.get(value) or names.get(str(value)) or str(value)

    return said
