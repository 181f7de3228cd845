"""请人代办: an officer names a colleague for some days, sees who stands in for whom, and takes it back."""

from __future__ import annotations

from apiflask import APIBlueprint
from pydantic import Field
from werkzeug.wrappers import Response as AnyResponse

from yanglao.kernel.clock import day_of, now
from yanglao.kernel.db import db
from yanglao.people import substitutes
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = APIBlueprint("office_substitutes", __name__, url_prefix="/office/substitutes", enable_openapi=False)
OFFICES = ("class.approve", "claim.hrss", "claim.finance")


class SubstituteForm(forms.Form):
    """Who does the work, and on which days."""

    substitute_id: str = Field(default="", max_length=26)
    since: str = Field(default="", max_length=10)
    until: str = Field(default="", max_length=10)
    reason: str = Field(default="", max_length=200)


@bp.get("")
@who(*OFFICES)
def show() -> str:
    """Show who stands in for whom, and let the officer name somebody."""
    me = actor()
    return page(
        "office/substitutes.html",
        me=me.person_id,
        found=substitutes.of(db.session, me.person_id),
        colleagues=substitutes.colleagues(db.session, me),
        today=day_of(now()),
    )


@bp.post("")
@who(*OFFICES)
def name() -> AnyResponse:
    """Name a substitute."""
    me, moment, form = actor(), now(), forms.read(SubstituteForm)
    since, until = forms.day(form.since), forms.day(form.until)
    return forms.do(
        lambda: substitutes.name(
            db.session,
            form.substitute_id,
            since=since,
            until=until,
            reason=form.reason,
            now=moment,
            actor=me,
        ),
        back="/office/substitutes",
        done="定好了。这几天同事替您办的，都记作代您办。",
    )


@bp.post("/<substitute_id>/end")
@who(*OFFICES)
def end(substitute_id: str) -> AnyResponse:
    """Take a substitute back."""
    me, moment = actor(), now()
    return forms.do(
        lambda: substitutes.end(db.session, substitute_id, now=moment, actor=me),
        back="/office/substitutes",
        done="收回了，从现在起您自己办。",
    )
