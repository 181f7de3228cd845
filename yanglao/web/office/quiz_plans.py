"""测验设置: how each segment and module of a programme is tested, and what its bank lacks for that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apiflask import APIBlueprint
from flask import flash, redirect, request
from pydantic import ValidationError
from werkzeug.wrappers import Response

from yanglao.courses import authoring, blueprint
from yanglao.courses import question_queries as banks
from yanglao.courses.documents import Edit, QuizDoc, document_of
from yanglao.courses.shapes import ProgrammeView
from yanglao.kernel.actor import EVERYTHING
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import NotFound, Problem
from yanglao.places import queries as places
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.office.course_forms import FEEDBACK_NAMES
from yanglao.web.page import page

bp = APIBlueprint("office_quiz_plans", __name__, url_prefix="/office/courses", enable_openapi=False)

LEVEL_NAMES = {"easy": "容易", "medium": "中等", "hard": "难"}
FIGURES = {"questions": 1, "pass_mark": 1, "limit_minutes": 60, "attempts": 1, "gap_minutes": 60}
NAMES = {"limit_minutes": "time_limit_s", "gap_minutes": "min_gap_s"}
BEGIN = {"bank": "", "questions": "10", "pass_mark": "60", "limit_minutes": "20", "attempts": "3",
         "gap_minutes": "10", "feedback": "explanations_after_passing"}  # fmt: skip


@dataclass(frozen=True)
class Unit:
    """A segment, or a module of it, with what its form shows and what its bank lacks."""

    segment: str
    module: str
    id: str
    title: str
    mode: str
    fields: Mapping[str, str]
    verdict: dict[str, str]


@bp.get("/<programme_id>/quizzes")
@who("course.read")
def quizzes(programme_id: str) -> str:
    """Show how every segment and module is tested; of a published programme to be read only."""
    return _shown(authoring.seen(db.session, programme_id, actor()))


@bp.post("/<programme_id>/quizzes")
@who("course.author")
def save(programme_id: str) -> tuple[str, int] | Response:
    """Keep one quiz, or none where no bank is chosen; a refusal is shown with everything that was typed."""
    me, moment, typed = actor(), now(), request.form.to_dict()
    segment, module = typed.get("segment", ""), typed.get("module", "")
    try:
        change = Edit(
            act="change",
            what="module" if module else "segment",
            segment=segment,
            module=module,
            values={"quiz": _quiz(typed)},
        )
        revision = _number(typed.get("revision", ""))
        run(lambda: authoring.edit(db.session, programme_id, change, revision=revision, now=moment, actor=me))
    except Problem as refusal:
        if isinstance(refusal, NotFound):
            raise
        return _shown(authoring.seen(db.session, programme_id, me), typed, refusal), refusal.status
    flash("存好了。" if typed.get("bank") else "这里不测验了。", "pine")
    return redirect(f"/office/courses/{programme_id}/quizzes#{segment}-{module}", 303)


@bp.get("/<programme_id>/quizzes/check")
@who("course.author")
def check(programme_id: str) -> dict[str, str]:
    """Say what the chosen bank lacks for what is typed now, as ``{tone, words}``."""
    one = authoring.seen(db.session, programme_id, actor())
    try:
        return _verdict(one, _quiz(request.args.to_dict()))
    except forms.Invalid as refusal:
        return {"tone": "quiz-lacks", "words": f"填得不对：{'；'.join(_faults(refusal))}"}


def _quiz(typed: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the quiz a form asks for, None without a bank. Raises Invalid naming the fields."""
    if not typed.get("bank"):
        return None
    facts: dict[str, Any] = {"bank": typed["bank"], "feedback": typed.get("feedback", "")}
    for name, unit in FIGURES.items():
        facts[NAMES.get(name, name)] = _number(typed.get(name, "")) * unit
    weights = {
        part: {
            name.removeprefix(prefix): _number(value)
            for name, value in typed.items()
            if name.startswith(prefix) and value.strip() not in ("", "0")
        }
        for part, prefix in (("topics", "topic_"), ("difficulties", "level_"))
    }
    facts["blueprint"] = weights if any(weights.values()) else None
    try:
        return QuizDoc.model_validate(facts).model_dump()
    except ValidationError as fault:
        raise forms.Invalid(fields=forms.fields_of(fault)) from None


def _number(text: str) -> int:
    """Return a whole number; what is none becomes -1, which no field takes."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else -1


def _shown(one: ProgrammeView, typed: Mapping[str, str] | None = None, refusal: Problem | None = None) -> str:
    may_edit = one.state == "draft" and authoring.may_author(db.session, one, actor())
    return page(
        "office/quiz_plans.html",
        one=one,
        units=_units(one, typed or {}),
        may_edit=may_edit,
        banks=_choices(one),
        topics={each.code: each.name for each in places.topics(db.session)},
        levels=LEVEL_NAMES,
        feedbacks=FEEDBACK_NAMES,
        refused=forms.said(refusal) if refusal else None,
        faults=_faults(refusal) if refusal else [],
        aimed=f"{typed.get('segment', '')}-{typed.get('module', '')}" if typed else "",
    )


def _units(one: ProgrammeView, typed: Mapping[str, str]) -> list[Unit]:
    doc = document_of(one)
    found = []
    for part, view in zip(doc.segments, one.segments, strict=True):
        ids = {module.key: module.id for module in view.modules}
        rows = [("", view.id, part.title, part.quiz)]
        rows += [(each.key, ids[each.key], each.title, each.quiz) for each in part.modules if each.key in ids]
        for module, place, title, quiz in rows:
            mine = typed.get("segment") == part.key and typed.get("module", "") == module
            kept = quiz.model_dump() if quiz else None
            fields = typed if mine else _fields(kept)
            found.append(Unit(part.key, module, place, title, part.mode, fields, _verdict(one, kept)))
    return found


def _fields(quiz: Mapping[str, Any] | None) -> Mapping[str, str]:
    """Return a quiz as its form shows it; without one what most begin with."""
    if quiz is None:
        return BEGIN
    fields = {"bank": quiz["bank"], "feedback": quiz["feedback"]}
    fields |= {name: str(quiz[NAMES.get(name, name)] // unit) for name, unit in FIGURES.items()}
    weights = quiz["blueprint"] or {}
    for part, prefix in (("topics", "topic_"), ("difficulties", "level_")):
        fields |= {f"{prefix}{name}": str(weight) for name, weight in (weights.get(part) or {}).items()}
    return fields


def _verdict(one: ProgrammeView, quiz: Mapping[str, Any] | None) -> dict[str, str]:
    """Say whether the bank is enough for a quiz; a bank out of reach lacks everything and tells nothing."""
    if quiz is None:
        return {"tone": "muted", "words": "这里不测验。"}
    reach = {key for key, _ in _choices(one)}
    bank = banks.current(db.session, quiz["bank"]) if quiz["bank"] in reach else []
    topics = {each.code: each.name for each in places.topics(db.session)}
    found = []
    for short in blueprint.shortages(bank, quiz["blueprint"], quiz["questions"]):
        kind = "、".join(
            filter(None, (topics.get(short.topic or "", ""), LEVEL_NAMES.get(short.difficulty or "", "")))
        )
        found.append(f"{kind or '题库里'}要 {short.wanted} 题，只有 {short.held} 题")
    if found:
        return {"tone": "quiz-lacks", "words": f"题库不够：{'；'.join(found)}。"}
    return {"tone": "quiz-enough", "words": "题库够用。"}


def _choices(one: ProgrammeView) -> list[tuple[str, str]]:
    """List the banks this programme may draw from: the city's and its own base's."""
    return [
        (each.key, f"{each.name}（{each.count} 题）")
        for each in banks.banks(db.session, EVERYTHING)
        if each.base_id in (None, one.base_id)
    ]


def _faults(refusal: Problem) -> list[str]:
    """Name the fields that do not fit, in the words of the form."""
    words = {"questions": "抽几题（1 到 200）", "pass_mark": "及格分（1 到 100）", "time_limit_s": "限时几分钟（1 到 1440）",
             "attempts": "最多考几次（1 到 100）", "min_gap_s": "两次隔几分钟（0 到 43200）", "feedback": "考完告诉学员什么",
             "blueprint": "内容和难度的份数（1 到 1000 的整数）"}  # fmt: skip
    said = [words.get(name.split(".")[0], name) for name in refusal.facts.get("fields", {})]
    said += [f"{each['where']}：{each['sentence']}" for each in refusal.facts.get("faults", [])]
    return list(dict.fromkeys(said))
