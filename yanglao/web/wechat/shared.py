"""A WeChat of two registered persons: say who one is after sign-in, and change over by one explicit tap."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from pydantic import Field
from werkzeug.wrappers import Response

from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Conflict, NotFound, Problem
from yanglao.people import queries, wechat
from yanglao.people import service as people
from yanglao.web import forms
from yanglao.web.auth import actor, hand_cookie, label_of_browser, public, who
from yanglao.web.page import home_of, page
from yanglao.web.wechat.way import enter, local, refuse, to_wechat, visit, visitor, way

bp = Blueprint("wechat_shared", __name__)
Answer = Response | str | tuple[str, int]


class ChoiceForm(forms.Form):
    """Which of the two, and where to go on."""

    person: str = Field(max_length=26)
    next: str = Field(default="", max_length=2000)


@bp.get("/wx/choose")
@public
def choose() -> Answer:
    """Ask which of the two it is; who has the WeChat alone goes on."""
    path, found = local(request.args.get("next")), visit()
    if found is None:
        way()
        return to_wechat(path)
    known = wechat.persons_of(db.session, way().app_id, found.openid)
    if len(known) < 2:
        return to_wechat(path)
    names = queries.persons(db.session, known)
    return page("public/wx_choose.html", two=[names[one] for one in known], next=path)


@bp.post("/wx/choose")
@public
def chosen() -> Answer:
    """Sign in the one who was tapped; the other one's sign-ins through this WeChat end."""
    form = forms.read(ChoiceForm)
    path = local(form.next)
    try:
        found = visitor()
        if form.person not in wechat.persons_of(db.session, way().app_id, found.openid):
            raise NotFound("wechat.no_partner")
    except Problem as refusal:
        return refuse(refusal, path)
    return enter(form.person, path, status=303)


@bp.post("/wx/switch")
@who("signed_in", early=True)
def switch() -> Answer:
    """Change over to the other person of this WeChat; the present one is signed out of it in the same transaction."""
    held = actor()
    try:
        partner = wechat.partner_of(db.session, held.person_id)
        if held.extra.get("via") != "wechat" or partner is None:
            raise Conflict("wechat.no_partner")
    except Problem as refusal:
        return refuse(refusal, again=False)
    found = run(
        lambda: people.let_in(
            db.session, partner, client="wechat", via="wechat", device_label=label_of_browser(), now=now()
        )
    )
    response = redirect(home_of(found.actor), 303)
    hand_cookie(response, found.token)
    return response
