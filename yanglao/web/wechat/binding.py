"""The first visit: whose WeChat is this? Three fields, the account one has already, or the binding one had before."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from pydantic import Field
from werkzeug.wrappers import Response

from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Problem, TooMany
from yanglao.people import binding, queries, wechat
from yanglao.people import service as people
from yanglao.people.binding import OpenidBound
from yanglao.people.oauth import Visit
from yanglao.people.shares import RELATIONS
from yanglao.web import forms
from yanglao.web.auth import actor, actor_or_none, public, who
from yanglao.web.guards import limiter
from yanglao.web.page import home_of, page
from yanglao.web.wechat.way import (
    arrive,
    enter,
    local,
    person_here,
    refuse,
    to_wechat,
    visit,
    visitor,
    way,
)

bp = Blueprint("wechat_binding", __name__)
Answer = Response | str | tuple[str, int] | tuple[str, int, dict[str, str]]


class BindForm(forms.Form):
    """Who one says one is, and where to go on."""

    name: str = Field(default="", max_length=60)
    id_end: str = Field(default="", max_length=12)
    phone: str = Field(default="", max_length=40)
    next: str = Field(default="", max_length=2000)


class ShareForm(forms.Form):
    """What was proven of the second person, and why two use one WeChat."""

    proof: str = Field(max_length=600)
    relation: str = Field(default="", max_length=16)


class NextForm(forms.Form):
    """Where to go on."""

    next: str = Field(default="", max_length=2000)


@bp.get("/wx/bind")
@public
def first() -> Answer:
    """Ask whose WeChat this is; who is bound already goes on, unless it is another person of the family who asks."""
    path, found, other = local(request.args.get("next")), visit(), bool(request.args.get("other"))
    if found is None:
        way()
        return to_wechat("/wx/bind?other=1" if other else path)
    if other:
        return _ask(found, path, other=True)
    if person_here(found) is not None:
        held = actor_or_none()
        return redirect(path or home_of(held)) if held is not None else to_wechat(path)
    return _ask(found, path)


@bp.post("/wx/bind")
@public
@limiter.limit("60/minute")
def by_form() -> Answer:
    """Bind by name, last six of the ID and phone; the refusal is the same whoever exists."""
    form = forms.read(BindForm)
    path = local(form.next)
    try:
        found, claim = visitor(), binding.Claim(form.name, form.id_end, form.phone)
        done = run(lambda: people.bind_by_form(db.session, claim, visit=found, appid=way().app_id, now=now()))
    except Problem as refusal:
        return refuse(refusal, path)
    if isinstance(done, OpenidBound):
        return _offer(done)
    if isinstance(done, Problem):
        wait = {"Retry-After": str(done.retry_after_s)} if isinstance(done, TooMany) else {}
        return _ask(found, path, refusal=forms.said(done), typed=form), done.status, wait
    return enter(done, path or "/wx/welcome", status=303)


@bp.post("/wx/bind/account")
@who("signed_in", early=True)
def by_account() -> Answer:
    """Bind the WeChat of somebody who is signed in by password here."""
    path, held = local(forms.read(NextForm).next), actor()
    try:
        found = visitor()
        run(lambda: people.bind_own(db.session, visit=found, appid=way().app_id, now=now(), actor=held))
    except OpenidBound as refusal:
        return _offer(refusal)
    except Problem as refusal:
        return refuse(refusal, path)
    return redirect(path or home_of(held), 303)


@bp.post("/wx/bind/again")
@public
def restore() -> Answer:
    """Restore the binding of somebody who left and says that it is them."""
    path = local(forms.read(NextForm).next)
    try:
        found = visitor()
        run(lambda: people.bind_again(db.session, visit=found, appid=way().app_id, now=now()))
    except Problem as refusal:
        return refuse(refusal, path)
    return arrive(found.openid, path, status=303)


@bp.post("/wx/share")
@public
@limiter.limit("60/minute")
def ask_to_share() -> Answer:
    """Ask the base that two persons may use this WeChat; who asks has just proven who they are."""
    form = forms.read(ShareForm)
    try:
        found = visitor()
        run(
            lambda: people.ask_to_share(
                db.session, form.proof, form.relation, visit=found, appid=way().app_id, now=now()
            )
        )
    except Problem as refusal:
        return refuse(refusal)
    return page("public/wx_asked.html")


def _ask(
    found: Visit,
    path: str,
    *,
    refusal: forms.Said | None = None,
    typed: BindForm | None = None,
    other: bool = False,
) -> str:
    before = wechat.restorables(db.session, way().app_id, found.openid)
    known = queries.persons(db.session, before)
    return page(
        "public/wx_bind.html",
        next=path,
        refusal=refusal,
        typed=typed or BindForm(),
        other=other or bool(person_here(found)),
        before=[known[one].masked_name for one in before],
    )


def _offer(refusal: OpenidBound) -> tuple[str, int]:
    """Say that the WeChat is another person's, and offer to ask that two may use it."""
    told = forms.said(refusal)
    facts = {"relations": list(RELATIONS.items()), "proof": refusal.proof, "action": "/wx/share"}
    return page("public/wx_taken.html", told=told, **facts), refusal.status
