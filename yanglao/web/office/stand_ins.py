"""请人代办: an officer names a colleague for some days, sees who stands in for whom, and takes it back."""

from __future__ import annotations

from apiflask import APIBlueprint
from pydantic import Field
from werkzeug.wrappers import Response as AnyResponse

from yanglao.evidence import standing
from yanglao.kernel.clock import day_of, now
from yanglao.kernel.db import db
from yanglao.people import stand_ins
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = APIBlueprint("office_stand_ins", __name__, url_prefix="/office/stand-ins", enable_openapi=False)
OFFICES = ("class.approve", "claim.hrss", "claim.finance")


class StandInForm(forms.Form):
    """Who does the work, and on which days."""

    stand_in_id: str = Field(default="", max_length=26)
    since: str = Field(default="", max_length=10)
    until: str = Field(default="", max_length=10)
    reason: str = Field(default="", max_length=200)


@bp.get("")
@who(*OFFICES)
def show() -> str:
    """Show who stands in for whom, and let the officer name somebody."""
    me = actor()
    return page(
        "office/stand_ins.html",
        me=me.person_id,
        found=stand_ins.of(db.session, me.person_id),
        colleagues=stand_ins.colleagues(db.session, me),
        today=day_of(now()),
    )


@bp.post("")
@who(*OFFICES)
def name() -> AnyResponse:
    """Name a stand-in."""
    me, moment, form = actor(), now(), forms.read(StandInForm)
    since, until = forms.day(form.since), forms.day(form.until)
    return forms.do(
        lambda: standing.name(
            db.session,
            form.stand_in_id,
            since=since,
            until=until,
            reason=form.reason,
            now=moment,
            actor=me,
        ),
        back="/office/stand-ins",
        done="定好了。这几天同事替您办的，都记作代您办。",
    )


@bp.post("/<stand_in_id>/end")
@who(*OFFICES)
def end(stand_in_id: str) -> AnyResponse:
    """Take a stand-in back."""
    me, moment = actor(), now()
    return forms.do(
        lambda: standing.end(db.session, stand_in_id, now=moment, actor=me),
        back="/office/stand-ins",
        done="收回了，从现在起您自己办。",
    )
