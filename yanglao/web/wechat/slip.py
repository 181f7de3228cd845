"""The personal slip of paper: scanned in WeChat it says a masked name and asks "is that you?"."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint
from pydantic import Field
from werkzeug.wrappers import Response

from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Problem
from yanglao.people import binding, wechat
from yanglao.people import service as people
from yanglao.people.shares import RELATIONS
from yanglao.web import forms
from yanglao.web.auth import public
from yanglao.web.guards import limiter
from yanglao.web.page import page
from yanglao.web.wechat.way import enter, refuse, to_wechat, visit, visitor, way

bp = Blueprint("wechat_slip", __name__)
Answer = Response | str | tuple[str, int]


class RelationForm(forms.Form):
    """Why two use one WeChat."""

    relation: str = Field(default="", max_length=16)


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
    known = wechat.persons_of(db.session, way().app_id, found.openid)
    if shown.person_id in known:
        return to_wechat("")
    facts = {"relations": list(RELATIONS.items()), "full": len(known) > 1}
    return page("public/wx_slip.html", shown=shown, token=token, taken=bool(known), **facts)


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
    return enter(person_id, "/wx/welcome", status=303)


@bp.post("/b/<token>/share")
@public
@limiter.limit("60/minute")
def share(token: str) -> Answer:
    """Use the slip up to ask the base that its person may use this WeChat too."""
    form = forms.read(RelationForm)
    try:
        found = visitor()
        run(
            lambda: people.share_by_slip(
                db.session, token, form.relation, visit=found, appid=way().app_id, now=now()
            )
        )
    except Problem as refusal:
        return refuse(refusal, again=False)
    return page("public/wx_asked.html")
