"""三优资源: what bases share, each with its file and its steps, and putting a courseware into a draft."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlencode

from apiflask import APIBlueprint
from flask import flash, redirect, request
from pydantic import Field
from werkzeug.wrappers import Response

from yanglao.courses import authoring, library, library_files, library_queries, materials, queries
from yanglao.courses.library import ResourceDraft, Spot
from yanglao.courses.library_queries import ResourceView, Wanted
from yanglao.courses.states import KIND_NAMES, STATE_NAMES, STEPS
from yanglao.files.service import FileView
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import NotFound, Problem
from yanglao.people.roles import may, scope_of
from yanglao.places import queries as places
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.material import Linking
from yanglao.web.page import page

bp = APIBlueprint("office_library", __name__, url_prefix="/office/courses/library", enable_openapi=False)
TONES = {"draft": "", "proposed": "amber", "reviewed": "ink", "published": "ink solid", "withdrawn": ""}
ICONS = {"draft": "review", "proposed": "wait", "reviewed": "check", "published": "done", "withdrawn": "out"}


class LibraryQuery(forms.Query):
    """Filters of the list, kept in the address; the names are those of the API."""

    kind: Literal["", "textbook", "courseware", "teacher"] = ""
    state: Literal["", "draft", "proposed", "reviewed", "published", "withdrawn"] = ""
    text: str = Field(default="", max_length=60)
    after: str = Field(default="", max_length=26)


class OfferForm(forms.Form):
    """What is offered; ``source`` of a courseware is ``lesson:…`` or ``material:…``, ``file_id`` a file sent before."""

    title: str = Field(default="", max_length=80)
    kind: Literal["textbook", "courseware", "teacher"]
    author: str = Field(default="", max_length=80)
    about: str = Field(default="", max_length=2000)
    source: str = Field(default="", max_length=40)
    base_id: str = Field(default="", max_length=26)
    file_id: str = Field(default="", max_length=26)


class TakeForm(forms.Form):
    """A step, and its reason."""

    act: Literal["propose", "recall", "review", "return", "publish", "withdraw"]
    reason: str = Field(default="", max_length=500)


class PutForm(forms.Form):
    """Where a courseware is put: ``draft:revision:segment:module``."""

    spot: str = Field(default="", max_length=160, pattern=r"^\w+:\d{1,9}:\w+:\w+$")


@bp.get("")
@who("course.read")
def resource_list() -> str:
    """Show a part of the shared resources with the filters of the address."""
    return _list()


@bp.post("")
@who("course.author")
def offer() -> tuple[str, int] | Response:
    """Keep a draft; a refusal is shown with what was typed, and a file that was sent waits."""
    me, moment, sent = actor(), now(), ""
    try:
        sent = _received()
        draft = _draft(sent)
        made = run(lambda: library.offer(db.session, draft, now=moment, actor=me))
    except Problem as refusal:
        return _list(forms.said(refusal), sent=sent), refusal.status
    flash("草稿存好了。写好以后点“提交审核”。", "pine")
    return redirect(f"/office/courses/library/{made}", 303)


@bp.get("/<resource_id>")
@who("course.read")
def resource(resource_id: str) -> str:
    """Show one resource: its file, its steps, who uses it, and what can be done with it."""
    return _one(resource_id)


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
        return _one(resource_id, forms.said(refusal)), refusal.status
    flash(f"{STEPS[form.act].name}：办好了。", "pine")
    return redirect(f"/office/courses/library/{resource_id}", 303)


@bp.post("/<resource_id>/edit")
@who("course.author")
def edit(resource_id: str) -> tuple[str, int] | Response:
    """Write a draft anew; a refusal is shown with what was typed, and a file that was sent waits."""
    me, moment, sent = actor(), now(), ""
    library_queries.seen(db.session, resource_id, me, now=moment)
    try:
        sent = _received()
        draft = _draft(sent)
        run(lambda: library.change(db.session, resource_id, draft, now=moment, actor=me))
    except Problem as refusal:
        return _one(resource_id, forms.said(refusal), sent=sent), refusal.status
    flash("改好了。", "pine")
    return redirect(f"/office/courses/library/{resource_id}", 303)


@bp.post("/<resource_id>/put")
@who("course.author")
def put(resource_id: str) -> tuple[str, int] | Response:
    """Put a published courseware into a draft of one's own, and lead to it there."""
    me, moment = actor(), now()
    try:
        draft, revision, segment, module = forms.read(PutForm).spot.split(":")
        spot = Spot(draft, segment, module, int(revision))
        run(lambda: library.reuse(db.session, resource_id, spot, now=moment, actor=me))
    except NotFound:
        raise
    except Problem as refusal:
        return _one(resource_id, forms.said(refusal)), refusal.status
    flash("课件放进草稿了，排在这个模块的最后。", "pine")
    return redirect(f"/office/courses/{draft}#{segment}", 303)


def _received() -> str:
    """Keep the file that came with the form; return its id, or that of one sent before. Raises FileRefused, TooLarge."""
    given, me, moment = request.files.get("file"), actor(), now()
    if given is None or not given.filename:
        return request.form.get("file_id", "")[:26]
    name, content = given.filename, given.stream.read(library_files.most_bytes(moment) + 1)
    return run(lambda: library_files.receive(db.session, name, content, now=moment, actor=me))


def _draft(sent: str) -> ResourceDraft:
    """Return what the form offers. Raises Invalid."""
    form = forms.read(OfferForm)
    kind, _, key = form.source.partition(":")
    return ResourceDraft(
        kind=form.kind,
        title=form.title,
        about=form.about,
        author=form.author,
        base_id=form.base_id or None,
        lesson_id=key if kind == "lesson" else None,
        material_id=key if kind == "material" else None,
        file_id=sent or None,
    )


def _list(refused: forms.Said | None = None, sent: str = "") -> str:
    me, moment = actor(), now()
    asked = forms.read_query(LibraryQuery)
    wanted = asked.model_dump(exclude_defaults=True)
    filters = Wanted(asked.kind, asked.state, asked.text)
    found = library_queries.listed(db.session, me, filters, after=asked.after, now=moment)
    return page(
        "office/library.html",
        asked=asked,
        wanted=wanted,
        found=found,
        link=lambda **more: f"/office/courses/library?{urlencode({**wanted, **more})}",
        **_words(),
        **_form(refused, sent),
    )


def _one(resource_id: str, refused: forms.Said | None = None, sent: str = "") -> str:
    me, moment = actor(), now()
    one = library_queries.seen(db.session, resource_id, me, now=moment)
    scope = scope_of(me.grants, "course.author")
    owned = scope.all or (one.base_id is not None and one.base_id in scope.bases)
    lent = one.state == "published" and bool(one.lesson_id or one.material_id)
    drafts = []
    if lent and may(me.grants, "course.author"):
        held = authoring.listed(db.session, me, authoring.Wanted(state="draft"))
        drafts = [draft for draft in held if authoring.may_author(db.session, draft, me)]
    users = library_queries.programme_names(db.session, library_queries.users(db.session, one.id))
    return page(
        "office/library_one.html",
        one=one,
        link=Linking(me.person_id, moment).file(one.file.id) if one.file else None,
        steps=_steps(one, owned),
        lent=lent,
        drafts=drafts,
        users=users,
        made_of=library_queries.lessons_made_of(db.session, one.id),
        may_edit=owned and one.state == "draft",
        source=f"lesson:{one.lesson_id}" if one.lesson_id else f"material:{one.material_id or ''}",
        **_words(),
        **_form(refused, sent),
    )


def _words() -> dict[str, Any]:
    """Return the words that both pages need."""
    return {
        "kinds": list(KIND_NAMES.items()),
        "kind_names": KIND_NAMES,
        "states": STATE_NAMES,
        "tones": TONES,
        "icons": ICONS,
        "step_names": {act: step.name for act, step in STEPS.items()},
        "bases": {one.id: one.short_name for one in places.bases(db.session)},
    }


def _form(refused: forms.Said | None, sent: str) -> dict[str, Any]:
    """Return what the form of a draft needs; ``waiting`` is a file that was sent with a form that was refused."""
    me, moment = actor(), now()
    scope = scope_of(me.grants, "course.author")
    writes = may(me.grants, "course.author")
    waiting: FileView | None = None
    if sent:
        waiting = library_files.waiting(db.session, sent, now=moment, actor=me)
    lessons = [
        (f"lesson:{lesson.id}", f"{programme.name}：{lesson.title}")
        for programme in (queries.programmes(db.session) if writes else ())
        for segment in programme.segments
        for lesson in segment.lessons
    ]
    own = materials.listed(db.session, me, state="ready") if writes else []
    return {
        "may_author": writes,
        "owners": [("", "市级")] * scope.all
        + [(one.id, one.short_name) for one in places.bases(db.session, scope)],
        "lessons": lessons,
        "own": [(f"material:{one.id}", one.title) for one in own],
        "most_bytes": library_files.most_bytes(moment),
        "waiting": waiting,
        "typed": request.form if refused else {},
        "refused": refused,
    }


def _steps(one: ResourceView, owned: bool) -> list[tuple[str, str, bool]]:
    """List the steps that the person may take with a resource now: act, words, and whether it needs a reason."""
    me = actor()
    own = {"owner": owned, "publisher": may(me.grants, "course.publish")}
    return [
        (act, step.name, step.reasoned)
        for act, step in STEPS.items()
        if one.state in step.begins
        and own[step.by]
        and not (act in ("review", "publish") and one.proposed_by == me.person_id)
    ]
