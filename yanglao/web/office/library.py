"""三优资源: what bases share, with every step and its reason."""

from __future__ import annotations

from typing import Literal

from apiflask import APIBlueprint
from flask import flash, redirect, request
from pydantic import Field
from werkzeug.wrappers import Response

from yanglao.courses import library, queries
from yanglao.courses.library import ResourceDraft, ResourceView
from yanglao.courses.states import KIND_NAMES, STATE_NAMES, STEPS
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import NotFound, Problem
from yanglao.people.roles import may, scope_of
from yanglao.places import queries as places
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = APIBlueprint("office_library", __name__, url_prefix="/office/courses/library", enable_openapi=False)


class LibraryQuery(forms.Query):
    """Filters of the list, kept in the address; the names are those of the API."""

    kind: Literal["", "textbook", "courseware", "teacher"] = ""
    state: Literal["", "draft", "proposed", "reviewed", "published", "withdrawn"] = ""
    text: str = Field(default="", max_length=60)


class OfferForm(forms.Form):
    """What is offered; a courseware names its lesson."""

    title: str = Field(default="", max_length=80)
    kind: Literal["textbook", "courseware", "teacher"]
    author: str = Field(default="", max_length=80)
    about: str = Field(default="", max_length=2000)
    lesson_id: str = Field(default="", max_length=26)
    base_id: str = Field(default="", max_length=26)


class TakeForm(forms.Form):
    """A step, and its reason."""

    act: Literal["propose", "recall", "review", "return", "publish", "withdraw"]
    reason: str = Field(default="", max_length=500)


@bp.get("")
@who("course.read")
def resource_list() -> str:
    """Show the shared resources with the filters of the address."""
    return _list()


@bp.post("")
@who("course.author")
def offer() -> tuple[str, int] | Response:
    """Keep a draft; a refusal is shown with what was typed."""
    me, moment = actor(), now()
    try:
        facts = forms.read(OfferForm).model_dump()
        facts |= {"lesson_id": facts["lesson_id"] or None, "base_id": facts["base_id"] or None}
        run(lambda: library.offer(db.session, ResourceDraft(**facts), now=moment, actor=me))
    except Problem as refusal:
        return _list(forms.said(refusal)), refusal.status
    flash("草稿存好了。写好以后点“提交审核”。", "pine")
    return redirect("/office/courses/library", 303)


@bp.post("/<resource_id>")
@who("course.author", "course.publish")
def take(resource_id: str) -> tuple[str, int] | Response:
    """Take one step; a refusal is shown with the reason that was typed."""
    me, moment = actor(), now()
    try:
        form = forms.read(TakeForm)
        run(lambda: library.take(db.session, resource_id, form.act, reason=form.reason, now=moment, actor=me))
    except NotFound:
        raise
    except Problem as refusal:
        return _list(forms.said(refusal), resource_id), refusal.status
    flash(f"{STEPS[form.act].name}：办好了。", "pine")
    return redirect("/office/courses/library", 303)


def _list(refused: forms.Said | None = None, aim: str = "") -> str:
    me = actor()
    asked = forms.read_query(LibraryQuery)
    found = library.listed(db.session, me, kind=asked.kind, state=asked.state, text=asked.text)
    scope = scope_of(me.grants, "course.author")
    return page(
        "office/library.html",
        asked=asked,
        found=found,
        open_steps={one.id: _steps(one) for one in found},
        kinds=list(KIND_NAMES.items()),
        kind_names=KIND_NAMES,
        states=STATE_NAMES,
        step_names={act: step.name for act, step in STEPS.items()},
        bases={one.id: one.short_name for one in places.bases(db.session)},
        owners=[("", "市级")] * scope.all
        + [(one.id, one.short_name) for one in places.bases(db.session, scope)],
        lessons=[
            (lesson.id, f"{programme.name}：{lesson.title}")
            for programme in queries.programmes(db.session)
            for segment in programme.segments
            for lesson in segment.lessons
        ],
        may_author=may(me.grants, "course.author"),
        typed=request.form if refused else {},
        refused=refused,
        aim=aim,
    )


def _steps(one: ResourceView) -> list[tuple[str, str]]:
    """List the steps that the person may take with a resource now."""
    me = actor()
    scope = scope_of(me.grants, "course.author")
    owner = scope.all or (one.base_id is not None and one.base_id in scope.bases)
    own = {"owner": owner, "publisher": may(me.grants, "course.publish")}
    return [
        (act, step.name)
        for act, step in STEPS.items()
        if one.state in step.begins
        and own[step.by]
        and not (act in ("review", "publish") and one.proposed_by == me.person_id)
    ]
