"""监督·异常: what looks wrong within one's scope, one of them in plain words with its evidence, and the verdict."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from urllib.parse import urlencode

from apiflask import APIBlueprint
from flask import flash, redirect, request
from pydantic import Field
from werkzeug.wrappers import Response

from yanglao.classes import queries as classes
from yanglao.flags import kinds, queries, service
from yanglao.kernel.clock import now, to_ms
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import NotFound, Problem
from yanglao.kernel.wording import words
from yanglao.oversight import exports
from yanglao.people.roles import may, scope_of
from yanglao.places import queries as places
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = APIBlueprint("office_flags", __name__, url_prefix="/office/flags", enable_openapi=False)
ROWS = 60


class FlagsQuery(forms.Query):
    """Filters of the list, kept in the address; the names are those of the API."""

    kind: str = Field(default="", max_length=40)
    weight: Literal["", "info", "warn", "blocks_claim"] = ""
    state: Literal["", "open", "settled"] = ""
    base_id: str = Field(default="", max_length=26)
    division: str = Field(default="", max_length=12)
    class_id: str = Field(default="", max_length=26)
    person_id: str = Field(default="", max_length=26)
    text: str = Field(default="", max_length=60)
    since: date | None = None
    until: date | None = None
    after: str = Field(default="", max_length=26)


class VerdictForm(forms.Form):
    """What came out, and how it was found."""

    verdict: Literal["explained", "confirmed"]
    reason: str = Field(default="", max_length=500)


@bp.get("")
@who("flag.read")
def flags_list() -> str:
    """Show what looks wrong, the newest first, with the filters of the address."""
    asked = forms.read_query(FlagsQuery)
    wanted = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asked.model_dump(exclude={"after"}, exclude_defaults=True).items()
    }
    scope = scope_of(actor().grants, "flag.read")
    filters = queries.filters_of(wanted)
    found = queries.flags(db.session, scope, filters, after=asked.after, limit=ROWS + 1)
    return page(
        "office/flags.html",
        asked=asked,
        found=found[:ROWS],
        next=found[ROWS - 1].id if len(found) > ROWS else "",
        counts=queries.count(db.session, scope, queries.filters_of(wanted | {"state": ""})),
        wanted=wanted,
        said=exports.said_filter(db.session, wanted),
        link=lambda **more: f"/office/flags?{urlencode({**wanted, **more})}",
        choices=_choices(asked),
        state_names=kinds.STATE_NAMES,
        moment_ms=to_ms(now()),
    )


@bp.get("/<flag_id>")
@who("flag.read")
def flag_one(flag_id: str) -> str:
    """Show one flag with its facts and where its evidence stands; the list opens it in its drawer."""
    return _one(flag_id)


@bp.post("/<flag_id>/settle")
@who("flag.settle")
def settle(flag_id: str) -> tuple[str, int] | Response:
    """Settle a flag; a refusal is shown where it was typed, and what was typed stays."""
    me, moment = actor(), now()
    try:
        form = forms.read(VerdictForm)
        run(
            lambda: service.settle(
                db.session, flag_id, verdict=form.verdict, reason=form.reason, now=moment, actor=me
            )
        )
    except NotFound:
        raise
    except Problem as refusal:
        return _one(flag_id, forms.said(refusal)), refusal.status
    flash("结论记下了，不能再改。", "pine")
    return redirect(f"/office/flags/{flag_id}", 303)


def _one(flag_id: str, refused: forms.Said | None = None) -> str:
    me = actor()
    one = queries.flag(db.session, flag_id, scope_of(me.grants, "flag.read"))
    where = {"base": one.base_id, "division": one.division_code}
    about_me = me.person_id in (one.person_id, *(person for person, _, _ in one.persons))
    return page(
        "office/flag.html",
        one=one,
        about_me=about_me,
        may_settle=one.state == "open" and not about_me and may(me.grants, "flag.settle", **where),
        may_see_evidence=may(me.grants, "evidence.read"),
        verdicts=[(key, kinds.VERDICT_NAMES[key]) for key in kinds.VERDICTS],
        typed=request.form if refused else {},
        refused=refused,
    )


def _choices(asked: FlagsQuery) -> dict[str, list[tuple[str, str]]]:
    """Return what each filter offers, within the caller's scope."""
    scope: Any = scope_of(actor().grants, "flag.read")
    own = classes.classes(
        db.session, scope, classes.Filters(base_id=asked.base_id, division_code=asked.division), limit=300
    )
    divisions = [one for one in places.divisions(db.session) if scope.all or one.code in scope.divisions]
    return {
        "kind": [("", "全部"), *((kind, words(f"flags.{kind}").title) for kind in kinds.KINDS)],
        "weight": [("", "全部"), *kinds.WEIGHT_NAMES.items()],
        "state": [("", "全部"), *kinds.STATE_NAMES.items()],
        "class_id": [("", "全部班级"), *((one.id, one.name) for one in own)],
        "base_id": [("", "全部基地"), *((one.id, one.short_name) for one in places.bases(db.session, scope))],
        "division": [("", "全部县区"), *((one.code, one.name) for one in divisions)],
    }
