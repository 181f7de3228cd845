"""课程: the programmes, one of them with everything it lacks, its versions, and the same as one file."""

from __future__ import annotations

import json
from typing import Any, Literal
from urllib.parse import urlencode

from apiflask import APIBlueprint
from flask import Response as Sent
from flask import flash, redirect, request
from pydantic import Field, ValidationError
from werkzeug.wrappers import Response

from yanglao.courses import (
    authoring,
    diff_rules,
    drafting,
    library,
    library_queries,
    materials,
    publishing,
    sources,
    syllabus_queries,
)
from yanglao.courses import question_queries as banks
from yanglao.courses.documents import document_of
from yanglao.courses.library import Spot
from yanglao.courses.queries import ProgrammeUnknown
from yanglao.courses.shapes import ProgrammeView
from yanglao.kernel.actor import EVERYTHING
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import NotFound, Problem, Refused
from yanglao.people.roles import may, scope_of
from yanglao.places import queries as places
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.office import course_forms
from yanglao.web.page import page

bp = APIBlueprint("office_courses", __name__, url_prefix="/office/courses", enable_openapi=False)
LONGEST_DOCUMENT = 2_000_000
MOST_QUESTIONS = 200  # of a bank, on the page of a comparison


class ListQuery(forms.Query):
    """Filters of the list, kept in the address; the names are those of the API."""

    state: Literal["", "draft", "published"] = ""
    category: str = Field(default="", max_length=24)
    level: str = Field(default="", max_length=12)
    text: str = Field(default="", max_length=60)


class NewForm(forms.Form):
    """A first draft: its code, name, and whose it is (empty: the city's)."""

    code: str = Field(default="", max_length=40)
    name: str = Field(default="", max_length=80)
    category: str = Field(default="", max_length=24)
    level: str = Field(default="", max_length=12)
    base_id: str = Field(default="", max_length=26)


@bp.get("")
@who("course.read")
def course_list() -> str:
    """Show the programmes with the filters of the address."""
    return _list()


@bp.post("")
@who("course.author")
def create() -> tuple[str, int] | Response:
    """Write a first draft; a refusal is shown where it was typed."""
    me, moment = actor(), now()
    try:
        form = forms.read(NewForm)
        facts = form.model_dump() | {"level": form.level or None}
        base_id = facts.pop("base_id") or None
        doc = course_forms.document(facts)
        made = run(lambda: authoring.create(db.session, doc, base_id=base_id, now=moment, actor=me))
    except Problem as refusal:
        return _list(forms.said(refusal)), refusal.status
    flash("草稿建好了。接着加分段。", "pine")
    return redirect(f"/office/courses/{made}", 303)


@bp.get("/<programme_id>")
@who("course.read")
def course(programme_id: str) -> str:
    """Show one programme: what it lacks, its parts, and for its authors the forms to change them."""
    return _one(authoring.seen(db.session, programme_id, actor()))


@bp.post("/<programme_id>/edit")
@who("course.author")
def edit(programme_id: str) -> tuple[str, int] | Response:
    """Make one change; a refusal is shown with everything that was typed."""
    me, moment = actor(), now()
    try:
        form = forms.read(course_forms.EditForm)
        if shared := course_forms.shared_of(form):
            lesson = form.lesson if form.act == "change" else ""
            spot = Spot(
                programme_id, form.segment, form.module, form.revision, lesson, form.title, form.topic or None
            )
            run(lambda: library.reuse(db.session, shared, spot, now=moment, actor=me))
        else:
            change = course_forms.edit_of(form, request.form.getlist("topics"))
            run(
                lambda: authoring.edit(
                    db.session, programme_id, change, revision=form.revision, now=moment, actor=me
                )
            )
    except ValidationError as fault:
        return _refused(programme_id, forms.Invalid(fields=forms.fields_of(fault)))
    except Problem as refusal:
        return _refused(programme_id, refusal)
    flash("改好了。", "pine")
    return redirect(f"/office/courses/{programme_id}#{form.segment or 'segments'}", 303)


@bp.post("/<programme_id>/<any(copy, publish, syllabus):act>")
@who("course.author", "course.publish")
def step(programme_id: str, act: str) -> tuple[str, int] | Response:
    """Copy into the next version, publish, or choose a syllabus."""
    me, moment = actor(), now()
    try:
        form = forms.read(course_forms.StepForm)
        if act == "copy":
            programme_id = run(lambda: authoring.copy(db.session, programme_id, now=moment, actor=me))
            flash("新版本的草稿做好了。原来的版本不变，正在培训的班也不变。", "pine")
        elif act == "publish":
            authoring.seen(db.session, programme_id, me)
            run(
                lambda: publishing.publish(
                    db.session, programme_id, now=moment, actor=me, revision=form.revision
                )
            )
            flash("发布了。从现在起新开的班用这一版。", "pine")
        else:
            run(
                lambda: authoring.follow(
                    db.session,
                    programme_id,
                    form.syllabus_id or None,
                    revision=form.revision,
                    now=moment,
                    actor=me,
                )
            )
            flash("大纲选好了。", "pine")
    except Problem as refusal:
        return _refused(programme_id, refusal)
    return redirect(f"/office/courses/{programme_id}", 303)


@bp.get("/<programme_id>/delete")
@who("course.author")
def delete_form(programme_id: str) -> str:
    """Ask once more before a draft is deleted."""
    return _delete(programme_id)


@bp.post("/<programme_id>/delete")
@who("course.author")
def delete(programme_id: str) -> tuple[str, int] | Response:
    """Delete a draft that nobody changed since it was looked at."""
    me = actor()
    try:
        form = forms.read(course_forms.StepForm)
        run(lambda: authoring.drop(db.session, programme_id, revision=form.revision, actor=me))
    except NotFound:
        raise
    except Problem as refusal:
        return _delete(programme_id, forms.said(refusal)), refusal.status
    flash("草稿删掉了。", "pine")
    return redirect("/office/courses", 303)


def _delete(programme_id: str, refused: forms.Said | None = None) -> str:
    one = authoring.seen(db.session, programme_id, actor())
    if not refused and (one.state != "draft" or not authoring.may_author(db.session, one, actor())):
        raise ProgrammeUnknown(programme=programme_id)
    return page("office/course_delete.html", one=one, refused=refused)


@bp.get("/<programme_id>/diff/<other_id>")
@who("course.read")
def diff(programme_id: str, other_id: str) -> str:
    """Show what changed from another version to this one."""
    new, old = (authoring.seen(db.session, one, actor()) for one in (programme_id, other_id))
    told = authoring.question_changes(db.session, old, new, now=now(), actor=actor())
    return page(
        "office/course_diff.html",
        new=new,
        old=old,
        banks=told,
        most=MOST_QUESTIONS,
        changes=diff_rules.compare(document_of(old), document_of(new)),
        words=course_forms.value_words(
            places.topics(db.session), {one.key: one.name for one in banks.banks(db.session, EVERYTHING)}
        ),
        acts=course_forms.ACT_NAMES,
        whats=course_forms.WHAT_NAMES,
    )


@bp.get("/<programme_id>/preview")
@who("course.read")
def preview(programme_id: str) -> str:
    """Show a programme as a trainee will read it."""
    return page("office/course_preview.html", one=authoring.seen(db.session, programme_id, actor()))


@bp.get("/<programme_id>/document.json")
@who("course.read")
def document(programme_id: str) -> Sent:
    """Give the programme as one file."""
    one = authoring.seen(db.session, programme_id, actor())
    text = json.dumps(document_of(one).model_dump(mode="json"), ensure_ascii=False, indent=1)
    name = f"{one.code}-{one.version}.json"
    return Sent(
        text, mimetype="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@bp.get("/import")
@who("course.author")
def import_form() -> str:
    """Show where a file is judged and brought in."""
    return _import("")


@bp.post("/import")
@who("course.author")
def import_file() -> tuple[str, int] | str | Response:
    """Judge a file, or bring it in as a new draft: all of it or nothing."""
    me, moment = actor(), now()
    sent = request.files.get("file")
    text = request.form.get("text", "")
    if sent is not None and sent.filename:
        text = sent.stream.read(LONGEST_DOCUMENT + 1).decode("utf-8-sig", "replace")
    base_id = request.form.get("base_id") or None
    try:
        doc = course_forms.document(course_forms.read_json(text[:LONGEST_DOCUMENT]))
        faults = drafting.faults(db.session, doc, base_id=base_id)
        if faults or request.form.get("act") != "save":
            return _import(text, doc=doc, faults=faults)
        made = run(lambda: authoring.create(db.session, doc, base_id=base_id, now=moment, actor=me))
    except Problem as refusal:
        return _import(text, refused=forms.said(refusal)), refusal.status
    flash("导入成了一份草稿。", "pine")
    return redirect(f"/office/courses/{made}", 303)


def _import(text: str, **facts: Any) -> str:
    return page("office/course_import.html", text=text, owners=_owners(), **facts)


def _refused(programme_id: str, refusal: Problem) -> tuple[str, int]:
    if isinstance(refusal, NotFound):
        raise refusal
    one = authoring.seen(db.session, programme_id, actor())
    told = refusal.facts.get("faults", []) if isinstance(refusal, Refused) else []
    return _one(one, refused=forms.said(refusal), told=told), refusal.status


def _list(refused: forms.Said | None = None) -> str:
    asked = forms.read_query(ListQuery)
    wanted = asked.model_dump(exclude_defaults=True)
    filters = authoring.Wanted(asked.state, asked.category, asked.level, asked.text)
    return page(
        "office/courses.html",
        asked=asked,
        wanted=wanted,
        found=authoring.listed(db.session, actor(), filters),
        link=lambda **more: f"/office/courses?{urlencode({**wanted, **more})}",
        names=_names(),
        owners=_owners(),
        may_author=may(actor().grants, "course.author"),
        typed=request.form if refused else {},
        refused=refused,
    )


def _one(one: ProgrammeView, refused: forms.Said | None = None, told: Any = ()) -> str:
    me = actor()
    drafted = one.state == "draft"
    authored = authoring.may_author(db.session, one, me)
    others = [
        other
        for other in authoring.listed(db.session, me, authoring.Wanted())
        if other.code == one.code and other.id != one.id
    ]
    return page(
        "office/course.html",
        one=one,
        doc=document_of(one),
        missing=publishing.missing(db.session, one, now=now()) if drafted else [],
        others=others,
        before=next((other for other in others if other.version < one.version), None),
        names=_names(),
        may_edit=drafted and authored,
        may_copy=authored and not any(other.state == "draft" for other in others) and not drafted,
        may_publish=drafted and may(me.grants, "course.publish"),
        own_edit=one.edited_by == me.person_id,
        films=_films() if drafted and authored else [],
        withdrawn=library_queries.withdrawn(db.session, one),
        banks=_banks() if drafted and authored else [],
        syllabi=syllabus_queries.syllabi(db.session),
        syllabus=syllabus_queries.held(db.session, one.syllabus_id),
        typed=request.form if refused else {},
        refused=refused,
        told=told,
    )


def _films() -> list[tuple[str, list[tuple[str, str]]]]:
    """List what a lesson can be made from, in groups."""
    own = materials.listed(db.session, actor(), state="ready")
    return [
        ("自己上传的课件", course_forms.made(own)),
        ("三优资源", course_forms.shared(library_queries.offered(db.session))),
        ("系统自带的视频", course_forms.films(sources.films())),
    ]


def _banks() -> list[tuple[str, str]]:
    """List the banks a draft may draw from: the city's and one's own."""
    scope = scope_of(actor().grants, "course.author")
    return [
        (one.key, one.name)
        for one in banks.banks(db.session, EVERYTHING)
        if scope.all or one.base_id is None or one.base_id in scope.bases
    ]


def _owners() -> list[tuple[str, str]]:
    scope = scope_of(actor().grants, "course.author")
    city = [("", "市级")] if scope.all else []
    return city + [(one.id, one.short_name) for one in places.bases(db.session, scope)]


def _names() -> dict[str, dict[str, str]]:
    return {
        "levels": {one.code: one.name for one in places.levels(db.session)},
        "categories": {one.code: one.name for one in places.categories(db.session)},
        "bases": {one.id: one.short_name for one in places.bases(db.session)},
        "topics": {one.code: one.name for one in places.topics(db.session)},
    }
