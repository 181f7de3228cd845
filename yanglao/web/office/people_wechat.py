"""WeChat of an office's people: print slips, part a binding, agree to a shared phone, end it."""

from __future__ import annotations

from flask import Blueprint, current_app
from pydantic import Field
from werkzeug.wrappers import Response

from yanglao.classes import queries as classes
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.outside import drawing
from yanglao.outside.qr_image import encode
from yanglao.people import queries, shares, wechat
from yanglao.people import service as people
from yanglao.people.roles import may, scope_of
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.guards import limiter
from yanglao.web.page import page

bp = Blueprint("office_people_wechat", __name__, url_prefix="/office")
MOST_SLIPS = 200


class ReasonForm(forms.Form):
    """Why it is done."""

    reason: str = Field(default="", max_length=500)


class DecisionForm(forms.Form):
    """Yes or no, why, and where it was asked."""

    accept: bool
    reason: str = Field(default="", max_length=500)
    back: str = Field(default="", max_length=200)


@bp.post("/classes/<class_id>/bind-slips")
@who("people.manage")
@limiter.limit("60/minute")
def class_slips(class_id: str) -> str:
    """Print a slip for everybody of a class who is not bound; slips printed before end."""
    own = classes.class_(db.session, class_id, scope_of(actor().grants, "people.manage"))
    person_ids = [one.person_id for one in classes.roster(db.session, class_id)]
    return _printed(person_ids[:MOST_SLIPS], own.name, f"/office/classes/{class_id}")


@bp.post("/people/<person_id>/bind-slip")
@who("people.manage")
@limiter.limit("120/minute")
def person_slip(person_id: str) -> str:
    """Print one person's slip; the one printed before ends."""
    return _printed([person_id], "", f"/office/people/{person_id}")


@bp.post("/people/<person_id>/unbind")
@who("people.manage")
def unbind(person_id: str) -> Response:
    """Part a person from their WeChat, so that they can bind another."""
    form = forms.read(ReasonForm)
    return forms.do(
        lambda: people.unbind_person(db.session, person_id, reason=form.reason, now=now(), actor=actor()),
        back=f"/office/people/{person_id}",
        done="已经解除绑定。请本人在新的微信里重新绑定。",
    )


@bp.get("/shares")
@who("people.manage")
def waiting_shares() -> str:
    """Show the wishes to share a WeChat that wait, and the shares that stand."""
    scope = scope_of(actor().grants, "people.manage")
    return page(
        "office/shares.html",
        waiting=shares.shares(db.session, scope),
        standing=shares.shares(db.session, scope, state="approved"),
        me=actor().person_id,
    )


@bp.post("/shares/<share_id>/decision")
@who("people.manage")
def decide_share(share_id: str) -> Response:
    """Agree to a shared WeChat, or not."""
    form = forms.read(DecisionForm)
    return forms.do(
        lambda: people.decide_share(
            db.session, share_id, accept=form.accept, reason=form.reason, now=now(), actor=actor()
        ),
        back=forms.safe_next(form.back, "/office/shares"),
        done="已经同意，两个人都能用这个微信了。" if form.accept else "已经退回。",
    )


@bp.post("/shares/<share_id>/end")
@who("people.manage")
def end_share(share_id: str) -> Response:
    """End a share; the second person is parted from the WeChat."""
    form = forms.read(ReasonForm)
    return forms.do(
        lambda: people.end_share(db.session, share_id, reason=form.reason, now=now(), actor=actor()),
        back="/office/shares",
        done="共用已经结束。后来加进来的那一位要用自己的微信重新绑定。",
    )


def wechat_facts(person_id: str) -> dict[str, object]:
    """Return what a person's page says of their WeChat."""
    return {
        "binding": wechat.binding_of(db.session, person_id),
        "binding_acts": wechat.binding_acts(db.session, person_id),
        "shares": shares.shares_of(db.session, person_id),
        "may_manage": may(actor().grants, "people.manage"),
    }


def _printed(person_ids: list[str], class_name: str, back: str) -> str:
    made = run(lambda: people.issue_slips(db.session, person_ids, now=now(), actor=actor()))
    known = queries.persons(db.session, [one.person_id for one in made])
    base = current_app.config["SETTINGS"].short_base_url.rstrip("/")
    slips = [
        {
            "name": known[one.person_id].name,
            "svg": drawing.svg(encode(f"{base}/b/{one.token}"), label="绑定微信的码"),
            "until_ms": one.expires_ms,
        }
        for one in made
    ]
    return page("office/bind_slips.html", slips=slips, class_name=class_name, back=back)
