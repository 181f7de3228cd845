"""The first visit: whose WeChat is this? A slip of paper, three fields, or the account one has already."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, redirect, request
from pydantic import Field
from werkzeug.wrappers import Response

from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Problem, TooMany
from yanglao.kernel.identifiers import mask_name
from yanglao.people import binding, queries, wechat
from yanglao.people import service as people
from yanglao.people.oauth import Visit
from yanglao.web import forms
from yanglao.web.auth import actor, actor_or_none, public, who
from yanglao.web.guards import limiter
from yanglao.web.page import home_of, page
from yanglao.web.wechat.way import enter, local, person_here, refuse, to_wechat, visit, visitor, way

bp = Blueprint("wechat_binding", __name__)
Answer = Response | str | tuple[str, int] | tuple[str, int, dict[str, str]]


class BindForm(forms.Form):
    """Who one says one is, and where to go on."""

    name: str = Field(default="", max_length=60)
    id_end: str = Field(default="", max_length=12)
    phone: str = Field(default="", max_length=40)
    next: str = Field(default="", max_length=2000)


class NextForm(forms.Form):
    """Where to go on."""

    next: str = Field(default="", max_length=2000)


@bp.get("/wx/bind")
@public
def first() -> Answer:
    """Ask whose WeChat this is; who is bound already goes on."""
    path, found = local(request.args.get("next")), visit()
    if found is None:
        way()
        return to_wechat(path)
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
    if isinstance(done, Problem):
        wait = {"Retry-After": str(done.retry_after_s)} if isinstance(done, TooMany) else {}
        return _ask(found, path, refusal=forms.said(done), typed=form), done.status, wait
    return enter(done, path, status=303)


@bp.post("/wx/bind/account")
@who("signed_in", early=True)
def by_account() -> Answer:
    """Bind the WeChat of somebody who is signed in by password here."""
    path, held = local(forms.read(NextForm).next), actor()
    try:
        found = visitor()
        run(lambda: people.bind_own(db.session, visit=found, appid=way().app_id, now=now(), actor=held))
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
        person_id = run(lambda: people.bind_again(db.session, visit=found, appid=way().app_id, now=now()))
    except Problem as refusal:
        return refuse(refusal, path)
    return enter(person_id, path, status=303)


@bp.get("/b/<token>")
@public
def slip(token: str) -> Answer:
    """Show whose slip this is and one button. Scanned outside of a sign-in it leads through WeChat first."""
    way()
    found = visit()
    if found is None:
        return to_wechat(f"/b/{quote(token)}")
    try:
        shown = binding.shown_slip(db.session, token, now=now())
    except Problem as refusal:
        return refuse(refusal, again=False)
    bound = person_here(found)
    if bound == shown.person_id:
        return to_wechat("")
    return page("public/wx_slip.html", shown=shown, token=token, taken=bound is not None)


@bp.post("/b/<token>")
@public
@limiter.limit("60/minute")
def by_slip(token: str) -> Answer:
    """Use the slip up, bind and sign in."""
    try:
        found = visitor()
        person_id = run(
            lambda: people.bind_by_slip(db.session, token, visit=found, appid=way().app_id, now=now())
        )
    except Problem as refusal:
        return refuse(refusal, again=False)
    return enter(person_id, "", status=303)


def _ask(found: Visit, path: str, *, refusal: forms.Said | None = None, typed: BindForm | None = None) -> str:
    before = wechat.restorable(db.session, way().app_id, found.openid)
    return page(
        "public/wx_bind.html",
        next=path,
        refusal=refusal,
        typed=typed or BindForm(),
        before=mask_name(queries.person(db.session, before).name) if before else "",
    )
