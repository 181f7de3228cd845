"""补贴 → 结算: the runs of one's divisions with filters in the address, and one run with its claims and lines."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlencode

from apiflask import APIBlueprint
from flask import request
from pydantic import Field

from yanglao.files import drafts
from yanglao.kernel.clock import now, to_ms
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Problem
from yanglao.outside import workbook
from yanglao.people.roles import may, scope_of
from yanglao.places import queries as places
from yanglao.subsidy import bank_results, closing, runs
from yanglao.subsidy.shapes import MODES
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = APIBlueprint("office_settlement", __name__, url_prefix="/office/claims/runs", enable_openapi=False)


class RunsQuery(forms.Query):
    """Filters of the list, kept in the address; the names are those of the API."""

    month: str = Field(default="", pattern=r"^(\d{4}-\d{2})?$")
    mode: Literal["", "online", "offline"] = ""
    fund: str = Field(default="", max_length=24)
    division: str = Field(default="", max_length=12)
    state: Literal["", "open", "closed"] = ""


@bp.get("")
@who("claim.read")
def runs_list() -> str:
    """Show runs, the latest month first, and what they add up to, online and offline apart."""
    asked = forms.read_query(RunsQuery)
    scope = scope_of(actor().grants, "claim.read")
    wanted = asked.model_dump(exclude_defaults=True)
    filters = runs.RunFilters(**asked.model_dump(exclude={"division"}), division_code=asked.division)
    found = runs.runs(db.session, scope, filters)
    divisions = [one for one in places.divisions(db.session) if scope.all or one.code in scope.divisions]
    return page(
        "office/runs.html",
        asked=asked,
        found=found,
        wanted=wanted,
        modes=MODES,
        choices={
            "mode": [("", "线上和线下"), *MODES.items()],
            "state": [("", "全部"), *runs.STATES.items()],
            "division": [("", "全部县区"), *((one.code, one.name) for one in divisions)],
            "fund": [("", "全部资金"), *sorted({(one.fund, one.fund_name) for one in found})],
        },
        link=lambda **more: f"/office/claims/runs?{urlencode({**wanted, **more})}",
        moment_ms=to_ms(now()),
    )


@bp.get("/<run_id>")
@who("claim.read")
def run_one(run_id: str) -> str:
    """Show one run: its claims, its lines as it holds them, and the closing."""
    me = actor()
    own = runs.run(db.session, run_id, scope_of(me.grants, "claim.read"))
    claims = runs.claims_in(db.session, own)
    return page(
        "office/run.html",
        own=own,
        claims=claims,
        lines=runs.lines_in(db.session, own),
        unpaid=[one for one in claims if one.state == "funded" and one.people],
        may_pay=own.closed_ms is None and may(me.grants, closing.NEEDS, division=own.division_code),
        may_close=runs.may_close(db.session, own, me),
        moment_ms=to_ms(now()),
    )


@bp.get("/<run_id>/bank-results")
@who("claim.finance")
def results(run_id: str) -> str:
    """Show where the bank's result file is handed in."""
    return _results(run_id)


@bp.post("/<run_id>/bank-results")
@who("claim.finance")
def take_results(run_id: str) -> tuple[str, int]:
    """Look at a result file, or take in the one that was looked at: the same report row by row, all of it or nothing."""
    me, moment, kept = actor(), now(), request.form.get("file_id", "")
    given, purpose, file_id = request.files.get("file"), bank_results.PURPOSE, ""
    try:
        if kept:
            content = drafts.kept(db.session, kept, purpose=purpose, now=moment, actor=me)
            report = run(lambda: bank_results.take_in(db.session, run_id, content, now=moment, actor=me))
        else:
            content = given.read(workbook.MOST_BYTES + 1) if given and given.filename else b""
            report = run(lambda: bank_results.try_out(db.session, run_id, content, now=moment, actor=me))
            if report.rows and not report.count("bad"):
                file_id = run(lambda: drafts.keep(db.session, content, purpose=purpose, now=moment, actor=me))
    except Problem as refusal:
        if refusal.status == 404:
            raise
        return _results(run_id, refused=forms.said(refusal)), refusal.status
    return _results(run_id, report, file_id), 200


def _results(
    run_id: str,
    report: bank_results.Report | None = None,
    file_id: str = "",
    *,
    refused: forms.Said | None = None,
) -> str:
    own = runs.run(db.session, run_id, scope_of(actor().grants, "claim.finance"))
    return page("office/bank_results.html", own=own, report=report, file_id=file_id, refused=refused)
