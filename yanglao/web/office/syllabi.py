"""培训大纲: hours by topic, theory and practice, from a document."""

from __future__ import annotations

from datetime import date

from apiflask import APIBlueprint
from flask import flash, redirect, request
from pydantic import Field
from werkzeug.wrappers import Response

from yanglao.courses import syllabi
from yanglao.courses import syllabus_queries as queries
from yanglao.courses.shapes import SyllabusLine
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import NotFound, Problem
from yanglao.people.roles import may, scope_of
from yanglao.places import queries as places
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = APIBlueprint("office_syllabi", __name__, url_prefix="/office/courses/syllabi", enable_openapi=False)
SPARE = 5
CELLS = ("title", "topic", "theory", "practice")


class SyllabusForm(forms.Form):
    """The head of a syllabus; its lines come as lists beside it."""

    revision: int = 0
    code: str = Field(default="", max_length=40, pattern=r"^[a-z0-9_]*$")
    base_id: str = Field(default="", max_length=26)
    name: str = Field(min_length=1, max_length=80)
    category: str = Field(max_length=24)
    level: str = Field(default="", max_length=12)
    source: str = Field(default="", max_length=2000)
    valid_from: date
    title: str = ""
    topic: str = ""
    theory: str = ""
    practice: str = ""


class SeenForm(forms.Form):
    """The revision that was seen."""

    revision: int = 0


@bp.get("")
@who("course.read")
def syllabus_list() -> str:
    """Show all syllabi."""
    return page(
        "office/syllabi.html",
        found=queries.syllabi(db.session),
        categories={one.code: one.name for one in places.categories(db.session)},
        may_author=may(actor().grants, "course.author"),
    )


@bp.get("/new")
@who("course.author")
def new() -> str:
    """Show the form for a new syllabus."""
    return _page(None)


@bp.post("/new")
@who("course.author")
def create() -> tuple[str, int] | Response:
    """Write a first draft; what was typed stays with a refusal."""
    me, moment = actor(), now()
    try:
        form = forms.read(SyllabusForm)
        draft = _draft(form)
        made = run(
            lambda: syllabi.create(
                db.session, draft, code=form.code, base_id=form.base_id or None, now=moment, actor=me
            )
        )
    except Problem as refusal:
        return _page(None, forms.said(refusal)), refusal.status
    flash("大纲的草稿存好了。", "pine")
    return redirect(f"/office/courses/syllabi/{made}", 303)


@bp.get("/<syllabus_id>")
@who("course.read")
def syllabus(syllabus_id: str) -> str:
    """Show one syllabus; a draft with the form for its authors."""
    return _page(syllabus_id)


@bp.post("/<syllabus_id>")
@who("course.author")
def change(syllabus_id: str) -> tuple[str, int] | Response:
    """Change a draft; what was typed stays with a refusal."""
    me, moment = actor(), now()
    try:
        form = forms.read(SyllabusForm)
        draft = _draft(form)
        run(
            lambda: syllabi.change(
                db.session, syllabus_id, draft, revision=form.revision, now=moment, actor=me
            )
        )
    except NotFound:
        raise
    except Problem as refusal:
        return _page(syllabus_id, forms.said(refusal)), refusal.status
    flash("存好了。", "pine")
    return redirect(f"/office/courses/syllabi/{syllabus_id}", 303)


@bp.post("/<syllabus_id>/<any(copy, publish):act>")
@who("course.author", "course.publish")
def step(syllabus_id: str, act: str) -> tuple[str, int] | Response:
    """Copy into the next version, or publish."""
    me, moment = actor(), now()
    try:
        form = forms.read(SeenForm)
        if act == "copy":
            syllabus_id = run(lambda: syllabi.copy(db.session, syllabus_id, now=moment, actor=me))
        else:
            run(
                lambda: syllabi.publish(db.session, syllabus_id, revision=form.revision, now=moment, actor=me)
            )
    except NotFound:
        raise
    except Problem as refusal:
        return _page(syllabus_id, forms.said(refusal)), refusal.status
    flash("新版本的草稿做好了。" if act == "copy" else "大纲发布了，不能再改。", "pine")
    return redirect(f"/office/courses/syllabi/{syllabus_id}", 303)


def _draft(form: SyllabusForm) -> syllabi.SyllabusDraft:
    """Return what was typed; rows without anything are left out, hours left empty are not known."""
    rows = zip(*(request.form.getlist(name) for name in CELLS), strict=False)
    lines = [
        SyllabusLine(0, title.strip()[:80], topic or None, _seconds(theory), _seconds(practice))
        for title, topic, theory, practice in rows
        if title.strip() or theory.strip() or practice.strip()
    ]
    return syllabi.SyllabusDraft(
        form.name, form.category, form.level or None, form.source, form.valid_from, tuple(lines)
    )


def _seconds(minutes: str) -> int | None:
    """Return minutes as seconds; empty is not known, what is no number is refused as below zero."""
    text = minutes.strip()
    if not text:
        return None
    return int(text) * 60 if text.isascii() and text.isdigit() and len(text) < 7 else -1


def _page(syllabus_id: str | None, refused: forms.Said | None = None) -> str:
    me = actor()
    one = queries.syllabus(db.session, syllabus_id) if syllabus_id else None
    scope = scope_of(me.grants, "course.author")
    if refused and request.form.get("title") is not None:
        rows = list(zip(*(request.form.getlist(name) for name in CELLS), strict=False))
    else:
        rows = [
            (
                line.title,
                line.topic_code or "",
                "" if line.theory_s is None else line.theory_s // 60,
                "" if line.practice_s is None else line.practice_s // 60,
            )
            for line in (one.lines if one else ())
        ]
    return page(
        "office/syllabus.html",
        one=one,
        rows=[*rows, *[("", "", "", "")] * SPARE],
        typed=request.form if refused else {},
        refused=refused,
        may_edit=one is None or (one.state == "draft" and syllabi.may_author(one, me)),
        may_copy=one is not None and one.state == "published" and syllabi.may_author(one, me),
        may_publish=one is not None and one.state == "draft" and may(me.grants, "course.publish"),
        own_edit=one is not None and one.edited_by == me.person_id,
        categories=[(each.code, each.name) for each in places.categories(db.session)],
        levels=[("", "不分级"), *((each.code, each.name) for each in places.levels(db.session))],
        topics=[("", "—"), *((each.code, each.name) for each in places.topics(db.session))],
        owners=[("", "市级")] * scope.all
        + [(each.id, each.short_name) for each in places.bases(db.session, scope)],
    )
