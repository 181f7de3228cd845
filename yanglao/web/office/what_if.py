"""换政策试算: choose or hand in a policy file and see line by line what it would change for past classes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from apiflask import APIBlueprint
from flask import redirect, request
from werkzeug.wrappers import Response

from yanglao.kernel import policy
from yanglao.kernel.clock import now, to_ms
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Problem
from yanglao.people.roles import may, scope_of
from yanglao.places import queries as places
from yanglao.subsidy import what_if
from yanglao.subsidy.eligibility_rules import KINDS
from yanglao.subsidy.shapes import MODES
from yanglao.subsidy.what_if import PolicyWrong
from yanglao.subsidy.what_if_rules import CHANGES, Told
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.page import page
from yanglao.web.what_if_answers import Answer, TooMany, WhatIfQuery, answer

bp = APIBlueprint("office_what_if", __name__, url_prefix="/office/claims/what-if", enable_openapi=False)
ROWS = 300
STATES = {"": "已经开始的", "running": "培训中", "finished": "已结业", "archived": "已归档"}


@bp.get("")
@who("policy.try")
def what_if_page() -> str | tuple[str, int]:
    """Show the files to choose from and, with one chosen, what it would change."""
    asked = forms.read_query(WhatIfQuery)
    if not asked.policy:
        return _page(asked)
    try:
        return _page(asked, told=answer(db.session, asked, now=now(), actor=actor()))
    except TooMany as refusal:
        return _page(asked, refused=forms.said(refusal))
    except Problem as refusal:
        return _page(asked, refused=forms.said(refusal)), refusal.status


@bp.post("/policies")
@who("policy.upload")
def try_policy() -> Response | tuple[str, int]:
    """Take a policy file to try, or show what is wrong with it line by line."""
    me, moment = actor(), now()
    sent = request.files.get("file")
    raw = sent.read(what_if.MOST_BYTES + 1) if sent is not None else b""
    name = (sent.filename or "") if sent is not None else ""
    try:
        kept = run(lambda: what_if.try_out(db.session, raw, name, now=moment, actor=me))
    except Problem as refusal:
        faults = refusal.faults if isinstance(refusal, PolicyWrong) else []
        return _page(WhatIfQuery(), refused=forms.said(refusal), faults=faults), refusal.status
    return redirect(f"/office/claims/what-if?{urlencode({'policy': kept})}", 303)


def _page(
    asked: WhatIfQuery,
    *,
    told: Answer | None = None,
    refused: forms.Said | None = None,
    faults: list[Told] | tuple[()] = (),
) -> str:
    wanted = asked.model_dump(mode="json", exclude_defaults=True)
    return page(
        "office/what_if.html",
        asked=asked,
        told=told,
        refused=refused,
        faults=faults,
        rows=ROWS,
        export={"subsidy" if name == "kind" else name: value for name, value in wanted.items()},
        link=lambda **more: f"/office/claims/what-if?{urlencode({**wanted, **more})}",
        choices=_choices(asked, told),
        changes=CHANGES,
        chart=_chart(told),
        may_upload=may(actor().grants, "policy.upload"),
        may_see_claims=may(actor().grants, "claim.read"),
        moment_ms=to_ms(now()),
    )


def _chart(told: Answer | None) -> list[dict[str, Any]]:
    """Return the bars: class by class what may be claimed by either file, in fen."""
    found = told.classes if told else []
    return [{"name": one.own.name, "before": sums.before, "after": sums.after} for one, sums in found]


def _choices(asked: WhatIfQuery, told: Answer | None) -> dict[str, list[tuple[str, str]]]:
    """Return what each filter offers, within the caller's scope."""
    scope = scope_of(actor().grants, "policy.try")
    divisions = [one for one in places.divisions(db.session) if scope.all or one.code in scope.divisions]
    loaded = [(one.name, one.name + ("（示例）" if one.example else "")) for one in policy.every()]
    known = {key for key, _ in loaded}
    trial = [(asked.policy, f"试算：{told.held.name}")] if told and asked.policy not in known else []
    return {
        "policy": [("", "请选择"), *trial, *loaded],
        "state": list(STATES.items()),
        "mode": [("", "线上和线下"), *MODES.items()],
        "kind": list(KINDS.items()),
        "base_id": [("", "全部基地"), *((one.id, one.short_name) for one in places.bases(db.session, scope))],
        "division": [("", "全部县区"), *((one.code, one.name) for one in divisions)],
    }
