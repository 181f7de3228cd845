"""People of an office: find them, open and reset accounts, file and decide acts on their records."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request
from pydantic import Field
from werkzeug.wrappers import Response

from yanglao.kernel.clock import day_of, now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Problem
from yanglao.people import particulars, queries
from yanglao.people import service as people
from yanglao.people.particulars import HOUSEHOLD, SCHOOLING, Particulars
from yanglao.people.roles import ROLE_NAMES, may, role_text, scope_of
from yanglao.people.rules import ID_TYPES
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.guards import limiter
from yanglao.web.office.people_wechat import wechat_facts
from yanglao.web.page import page

bp = Blueprint("office_people", __name__, url_prefix="/office/people")
ACT_NAMES = {
    "merge": "合并档案",
    "id_correction": "更正证件号",
    "password_reset": "重置密码",
    "account_opened": "开通账号",
    "id_revealed": "查看完整证件号",
}
ACT_STATES = {"pending": "等待审核", "done": "已办", "refused": "已退回"}
RIGHTS = (
    "people.manage",
    "people.merge",
    "people.correct_id",
    "people.decide_merge",
    "people.decide_id",
    "people.reveal_id",
)


class Filter(forms.Query):
    """What the address asks for."""

    q: str = Field(default="", max_length=17)
    role: str = Field(default="", max_length=20)
    after: str = Field(default="", max_length=26)


class FindForm(forms.Form):
    """A whole ID number; sent in a body since it must never stand in an address."""

    id_number: str = Field(max_length=40)


class AccountForm(forms.Form):
    """The phone number to sign in with."""

    phone: str = Field(max_length=40)


class ReasonForm(forms.Form):
    """Why it is done."""

    reason: str = Field(default="", max_length=500)


class MergeForm(forms.Form):
    """The record that stands, and why."""

    into: str = Field(max_length=26)
    reason: str = Field(default="", max_length=500)


class CorrectionForm(forms.Form):
    """The right ID number, and why it differs."""

    id_type: str = Field(max_length=12)
    id_number: str = Field(max_length=40)
    reason: str = Field(default="", max_length=500)


class DecisionForm(forms.Form):
    """Yes or no, and why."""

    accept: bool
    reason: str = Field(default="", max_length=500)


class ParticularsForm(forms.Form):
    """What the rosters of claims ask of a person beyond the ID; all of it may be empty."""

    schooling: str = Field(default="", max_length=20)
    registered: str = Field(default="", max_length=60)
    household: str = Field(default="", max_length=20)


Answer = tuple[str, int] | Response


@bp.get("")
@who("people.read")
def people_list() -> str:
    """Show the persons within one's scope, and what waits for a decision."""
    return _list(forms.read_query(Filter))


@bp.post("/find")
@who("people.read")
def find() -> Answer:
    """Open the person who has this ID number; without one, say so beside the field."""
    scope = scope_of(actor().grants, "people.read")
    try:
        found = queries.find_within(db.session, scope, forms.read(FindForm).id_number)
    except Problem as refusal:
        return _list(Filter(), forms.said(refusal)), refusal.status
    return redirect(f"/office/people/{found.id}", 303)


@bp.get("/<person_id>")
@who("people.read")
def person(person_id: str) -> str:
    """Show one person: facts, roles, acts, and what may be done."""
    return _record(person_id)


@bp.post("/<person_id>/account")
@who("people.manage")
def open_account(person_id: str) -> Answer:
    """Open an account and show its one-time password, once."""

    def act() -> Answer:
        form = forms.read(AccountForm)
        opened = run(
            lambda: people.open_account(db.session, person_id, phone=form.phone, now=now(), actor=actor())
        )
        return _shown(person_id, password=opened.one_time_password or "")

    return _or_refused(person_id, "account", act)


@bp.post("/<person_id>/particulars")
@who("people.manage")
def write_particulars(person_id: str) -> Answer:
    """Keep schooling and household registration."""

    def act() -> Answer:
        given = Particulars(**forms.read(ParticularsForm).model_dump())
        run(lambda: particulars.write(db.session, person_id, given, now=now(), actor=actor()))
        flash("学历和户口存好了，补贴花名册会印上。", "pine")
        return redirect(f"/office/people/{person_id}", 303)

    return _or_refused(person_id, "particulars", act)


@bp.post("/<person_id>/password-reset")
@who("people.manage")
@limiter.limit("120/minute")
def reset_password(person_id: str) -> Answer:
    """Reset a password and show the one-time password, once."""

    def act() -> Answer:
        form = forms.read(ReasonForm)
        password = run(
            lambda: people.reset_password(db.session, person_id, reason=form.reason, now=now(), actor=actor())
        )
        return _shown(person_id, password=password)

    return _or_refused(person_id, "account", act)


@bp.post("/<person_id>/id-reveal")
@who("people.reveal_id")
@limiter.limit("60/minute")
def reveal_id(person_id: str) -> Answer:
    """Show a full ID number, once; that it was shown is kept."""

    def act() -> Answer:
        form = forms.read(ReasonForm)
        number = run(
            lambda: people.reveal_id(db.session, person_id, reason=form.reason, now=now(), actor=actor())
        )
        return _shown(person_id, number=number)

    return _or_refused(person_id, "reveal", act)


@bp.post("/<person_id>/merge")
@who("people.merge")
def merge(person_id: str) -> Answer:
    """File a merge."""

    def act() -> Answer:
        form = forms.read(MergeForm)
        run(
            lambda: people.merge(
                db.session, form.into, person_id, reason=form.reason, now=now(), actor=actor()
            )
        )
        flash("合并申请已经提交，等县区民政审核。", "pine")
        return redirect(f"/office/people/{person_id}", 303)

    return _or_refused(person_id, "merge", act)


@bp.post("/<person_id>/id-correction")
@who("people.correct_id")
def correct_id(person_id: str) -> Answer:
    """File another ID number."""

    def act() -> Answer:
        form = forms.read(CorrectionForm)
        run(
            lambda: people.correct_id(
                db.session,
                person_id,
                id_type=form.id_type,
                number=form.id_number,
                reason=form.reason,
                now=now(),
                actor=actor(),
            )
        )
        flash("更正申请已经提交，等县区民政审核。", "pine")
        return redirect(f"/office/people/{person_id}", 303)

    return _or_refused(person_id, "correction", act)


@bp.post("/acts/<act_id>/decision")
@who("people.decide_merge", "people.decide_id")
def decide(act_id: str) -> Response:
    """Accept or refuse what was filed."""
    form = forms.read(DecisionForm)
    return forms.do(
        lambda: people.decide(
            db.session, act_id, accept=form.accept, reason=form.reason, now=now(), actor=actor()
        ),
        back=forms.safe_next(request.args.get("back"), "/office/people"),
        done="已经审核。",
    )


def _list(wanted: Filter, refused: forms.Said | None = None) -> str:
    scope = scope_of(actor().grants, "people.read")
    return page(
        "office/people.html",
        found=queries.search(
            db.session, scope, text=wanted.q, role=wanted.role, after=wanted.after, limit=50
        ),
        wanted=wanted,
        roles=[("", "全部")] + [(key, ROLE_NAMES[key]) for key in ("trainee", "instructor", "base_admin")],
        acts=queries.acts(db.session, scope),
        act_names=ACT_NAMES,
        can=_rights(),
        me=actor().person_id,
        today=day_of(now()),
        refused=refused,
    )


def _record(person_id: str, where: str = "", refused: forms.Said | None = None) -> str:
    """Return a person's page; a refusal stands in the form ``where``, with what was typed."""
    held, scope = actor(), scope_of(actor().grants, "people.read")
    can = _rights()
    one = queries.person(db.session, person_id, scope)
    one = one if can["people.manage"] else one.with_phones_masked()
    return page(
        "office/people_person.html",
        one=one,
        age=one.age_on(day_of(now())),
        roles=[
            role_text(grant.grant, division_name=grant.division_name, base_name=grant.base_name)
            for grant in queries.grants(db.session, person_id)
        ],
        acts=queries.acts(db.session, scope, person_id=person_id),
        act_names=ACT_NAMES,
        act_states=ACT_STATES,
        targets=people.merge_targets(db.session, person_id, actor=held) if can["people.merge"] else [],
        id_types=list(ID_TYPES.items()),
        can=can,
        me=held.person_id,
        wx=wechat_facts(person_id),
        told=particulars.of(db.session, [person_id]).get(person_id, Particulars()),
        offered={"schooling": SCHOOLING, "household": HOUSEHOLD},
        where=where,
        refused=refused,
        typed=request.form if refused else {},
    )


def _or_refused(person_id: str, where: str, act: Callable[[], Answer]) -> Answer:
    """Return what ``act`` answers; a refusal is shown beside the form it came from, nothing typed is lost.

    Raises NotFound for a person outside one's scope.
    """
    try:
        return act()
    except Problem as refusal:
        return _record(person_id, where, forms.said(refusal)), refusal.status


def _rights() -> dict[str, bool]:
    return {right: may(actor().grants, right) for right in RIGHTS}


def _shown(person_id: str, *, password: str = "", number: str = "") -> tuple[str, int]:
    one = queries.person(db.session, person_id, scope_of(actor().grants, "people.read"))
    return page("office/people_shown.html", one=one, password=password, number=number), 200
