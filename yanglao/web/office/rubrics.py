"""实操评分: the rubric of each practice segment of a programme, written while it is a draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import flash, redirect, request
from pydantic import ValidationError
from werkzeug.wrappers import Response

from yanglao.courses import authoring
from yanglao.courses.documents import Edit, PracticalDoc, document_of
from yanglao.courses.shapes import ProgrammeView
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import NotFound, Problem
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = APIBlueprint("office_rubrics", __name__, url_prefix="/office/courses", enable_openapi=False)
BLANK_ROWS = 4
MOST_ROWS = 40
FAULTS = {
    "pass_mark": "合格分（1 到 100）",
    "items": "评分项：每项要有名称，分数是 1 到 100 的整数",
    "note": "说明太长",
}


@bp.get("/<programme_id>/rubrics")
@who("course.read")
def rubrics(programme_id: str) -> str:
    """Show the rubrics; of a published programme to be read only."""
    return _shown(authoring.seen(db.session, programme_id, actor()))


@bp.post("/<programme_id>/rubrics")
@who("course.author")
def save(programme_id: str) -> tuple[str, int] | Response:
    """Keep one rubric, or none; a refusal is shown with everything that was typed."""
    me, moment, typed = actor(), now(), request.form.to_dict()
    segment = typed.get("segment", "")
    try:
        values = {"practical": _rubric(typed)}
        change = Edit(act="change", what="segment", segment=segment, values=values)
        revision = _number(typed.get("revision", ""))
        run(lambda: authoring.edit(db.session, programme_id, change, revision=revision, now=moment, actor=me))
    except Problem as refusal:
        if isinstance(refusal, NotFound):
            raise
        return _shown(authoring.seen(db.session, programme_id, me), typed, refusal), refusal.status
    flash("存好了。" if typed.get("use") else "这一段不做实操考核了。", "pine")
    return redirect(f"/office/courses/{programme_id}/rubrics#{segment}", 303)


def _rubric(typed: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the rubric a form asks for, None where no assessment is wanted. Raises Invalid naming the fields."""
    if not typed.get("use"):
        return None
    rows = [row for row in _rows(typed) if row["title"] or row["points"]]
    taken = {row["key"] for row in rows if row["key"]}
    free = (f"i{at}" for at in range(1, 1000) if f"i{at}" not in taken)
    items = [
        row
        | {"key": row["key"] or next(free), "points": _number(row["points"]), "must_pass": bool(row["must"])}
        for row in rows
    ]
    facts = {
        "required": typed["use"] == "required",
        "pass_mark": _number(typed.get("pass_mark", "")),
        "note": typed.get("note", ""),
        "items": [{name: one for name, one in item.items() if name != "must"} for item in items],
    }
    try:
        return PracticalDoc.model_validate(facts).model_dump()
    except ValidationError as fault:
        raise forms.Invalid(fields=forms.fields_of(fault)) from None


def _rows(typed: Mapping[str, str]) -> list[dict[str, str]]:
    names = ("key", "title", "look_for", "points", "must")
    count = next((at for at in range(MOST_ROWS) if f"title_{at}" not in typed), MOST_ROWS)
    return [{name: typed.get(f"{name}_{at}", "").strip() for name in names} for at in range(count)]


def _number(text: str) -> int:
    """Return a whole number; what is none becomes -1, which no field takes."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else -1


def _shown(one: ProgrammeView, typed: Mapping[str, str] | None = None, refusal: Problem | None = None) -> str:
    may_edit = one.state == "draft" and authoring.may_author(db.session, one, actor())
    units = []
    for part in document_of(one).segments:
        mine = typed is not None and typed.get("segment") == part.key
        if part.kind == "practice" or part.practical:
            fields = _typed(typed or {}) if mine else _fields(part.practical)
            units.append({"key": part.key, "title": part.title, "mode": part.mode, **fields})
    found = refusal.facts.get("fields", {}) if refusal else {}
    return page(
        "office/rubrics.html",
        one=one,
        units=units,
        may_edit=may_edit,
        refused=forms.said(refusal) if refusal else None,
        faults=list(dict.fromkeys(FAULTS.get(name.split(".")[0], name) for name in found)),
    )


def _fields(held: PracticalDoc | None) -> dict[str, Any]:
    """Return a rubric as its form shows it, with blank rows behind its items."""
    rows = [
        {"key": one.key, "title": one.title, "look_for": one.look_for, "points": str(one.points),
         "must": "1" if one.must_pass else ""}
        for one in (held.items if held else ())
    ]  # fmt: skip
    return {
        "use": "" if held is None else "required" if held.required else "voluntary",
        "pass_mark": str(held.pass_mark) if held else "60",
        "note": held.note if held else "",
        "rows": _padded(rows),
        "sum": sum(one.points for one in held.items) if held else 0,
    }


def _typed(typed: Mapping[str, str]) -> dict[str, Any]:
    rows = [row for row in _rows(typed) if row["title"] or row["points"] or row["look_for"]]
    return {
        "use": typed.get("use", ""),
        "pass_mark": typed.get("pass_mark", ""),
        "note": typed.get("note", ""),
        "rows": _padded(rows),
        "sum": sum(max(0, _number(row["points"])) for row in rows),
    }


def _padded(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    blank = {"key": "", "title": "", "look_for": "", "points": "", "must": ""}
    return [*rows, *([blank] * min(BLANK_ROWS, MOST_ROWS - len(rows)))]
