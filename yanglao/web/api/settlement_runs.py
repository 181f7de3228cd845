"""结算批次: what is settled per month, mode and fund; one run with its claims and lines; closing it."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel, Field

from yanglao.files import drafts
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.outside import workbook
from yanglao.people.roles import scope_of
from yanglao.subsidy import bank_results, closing, runs
from yanglao.subsidy.runs import HeldLine, RunView
from yanglao.web.auth import actor, who
from yanglao.web.claim_answers import Mode
from yanglao.web.forms import Query
from yanglao.web.lists import part_of

bp = APIBlueprint("api_settlement_runs", __name__, url_prefix="/api/v1", tag="补贴 claims")


class RunsQuery(Query):
    """Filters of the list; an empty one does not limit. ``month`` like 2026-03."""

    month: str = Field(default="", pattern=r"^(\d{4}-\d{2})?$")
    mode: Literal["", "online", "offline"] = ""
    fund: str = Field(default="", max_length=24)
    division: str = Field(default="", max_length=12)
    state: Literal["", "open", "closed"] = ""


class SettlementRunOut(BaseModel):
    """What one division settles of one month, mode and fund; ``held_fen`` came back from the bank and is due again.

    A closed one never changes but for ``owed_fen``.
    """

    id: str
    division: str
    month: str
    mode: Mode
    fund: str
    number: int
    state: Literal["open", "closed"]
    claims: int
    people: int
    total_fen: int
    paid_fen: int
    held_fen: int
    owed_fen: int
    closed_at: str | None
    closed_by: str
    digest: str


class SettlementRunsOut(BaseModel):
    """Settlement runs, the latest month first."""

    items: list[SettlementRunOut]
    next: str | None


class RunLineOut(BaseModel):
    """A line as the run holds it. ``left``: the bank returned it out of this closed run, a later one pays it."""

    id: str
    claim_id: str
    enrolment_id: str
    person: dict[str, str]
    segment_title: str
    mode: Mode
    entered_s: int
    amount_fen: int
    state: str
    payment: str
    left: bool


class BankRowOut(BaseModel):
    """What a row of a bank's result file means, counted as in the sheet."""

    row: int
    name: str
    outcome: Literal["paid", "returned", "known", "bad"]
    sentence: str


class BankResultOut(BaseModel):
    """A bank's result file as it was read; ``kept``: it counts now. ``file_id`` of a dry run takes the same file in within a day."""

    digest: str
    file_id: str
    kept: bool
    paid: int
    returned: int
    known: int
    bad: int
    rows: list[BankRowOut]


class OneRunOut(SettlementRunOut):
    """A run with its lines."""

    lines: list[RunLineOut]


@bp.get("/settlement-runs")
@who("claim.read")
@bp.input(RunsQuery, location="query", arg_name="asked")
@bp.output(SettlementRunsOut)
@bp.doc(
    summary="List what is settled per month, mode and fund in the divisions of one's scope", responses=[422]
)
def list_runs(asked: RunsQuery) -> dict[str, Any]:
    """List settlement runs."""
    given = asked.model_dump(exclude={"division"})
    filters = runs.RunFilters(**given, division_code=asked.division)
    found = runs.runs(db.session, scope_of(actor().grants, "claim.read"), filters)
    return part_of([run_dict(one) for one in found])


@bp.get("/settlement-runs/<run_id>")
@who("claim.read")
@bp.output(OneRunOut)
@bp.doc(summary="Read one settlement run with its lines", responses=[404])
def read_run(run_id: str) -> dict[str, Any]:
    """Read one run."""
    return _one(run_id)


@bp.post("/settlement-runs/<run_id>/close")
@who("claim.finance")
@bp.output(OneRunOut)
@bp.doc(
    summary="Close a run whose claims are all paid; who filed, examined or approved any of them may not",
    responses=[403, 404, 409],
)
def close_run(run_id: str) -> dict[str, Any]:
    """Close a run for good."""
    me, moment = actor(), now()
    run(lambda: closing.close(db.session, run_id, now=moment, actor=me))
    return _one(run_id)


@bp.post("/settlement-runs/<run_id>/bank-results/check")
@who("claim.finance")
@bp.output(BankResultOut)
@bp.doc(
    summary="Read a bank's result file, multipart field file, and report row by row; nothing is kept but the file, for a day",
    responses=[403, 404, 409, 413, 422],
)
def check_results(run_id: str) -> dict[str, Any]:
    """Try a result file."""
    me, moment, content = actor(), now(), sent_results()
    report = run(lambda: bank_results.try_out(db.session, run_id, content, now=moment, actor=me))
    purpose = bank_results.PURPOSE
    file_id = run(lambda: drafts.keep(db.session, content, purpose=purpose, now=moment, actor=me))
    return _reported(report, file_id)


@bp.post("/settlement-runs/<run_id>/bank-results")
@who("claim.finance")
@bp.output(BankResultOut)
@bp.doc(
    summary="Mark lines as paid or returned as a bank's result file says, all or none: field file, or file_id of its dry run",
    responses=[403, 404, 409, 413, 422],
)
def take_results(run_id: str) -> dict[str, Any]:
    """Take a result file in."""
    me, moment, content = actor(), now(), results_or_kept()
    return _reported(run(lambda: bank_results.take_in(db.session, run_id, content, now=moment, actor=me)))


def sent_results() -> bytes:
    """Return the file that was sent; nothing where none was, which is no sheet."""
    given = request.files.get("file")
    return given.read(workbook.MOST_BYTES + 1) if given is not None else b""


def results_or_kept() -> bytes:
    """Return the file that was sent, or the one whose dry run ``file_id`` names. Raises FileUnknown."""
    file_id = request.form.get("file_id", "")
    if not file_id:
        return sent_results()
    return drafts.kept(db.session, file_id, purpose=bank_results.PURPOSE, now=now(), actor=actor())


def _reported(one: bank_results.Report, file_id: str = "") -> dict[str, Any]:
    return {
        "digest": one.digest,
        "file_id": file_id,
        "kept": one.kept,
        **{outcome: one.count(outcome) for outcome in ("paid", "returned", "known", "bad")},
        "rows": [vars(row) for row in one.rows],
    }


def run_dict(one: RunView) -> dict[str, Any]:
    """Return a settlement run."""
    return {
        "id": one.id,
        "division": one.division_code,
        "month": one.month_key,
        "mode": one.mode,
        "fund": one.fund,
        "number": one.number,
        "state": one.state,
        "claims": one.claims,
        "people": one.people,
        "total_fen": one.total_fen,
        "paid_fen": one.paid_fen,
        "held_fen": one.held_fen,
        "owed_fen": one.owed_fen,
        "closed_at": rfc3339(one.closed_ms) if one.closed_ms else None,
        "closed_by": one.closed_name,
        "digest": one.digest,
    }


def _one(run_id: str) -> dict[str, Any]:
    own = runs.run(db.session, run_id, scope_of(actor().grants, "claim.read"))
    return {**run_dict(own), "lines": [_line(one) for one in runs.lines_in(db.session, own)]}


def _line(one: HeldLine) -> dict[str, Any]:
    line = one.line
    return {
        "id": line.id,
        "claim_id": line.claim_id,
        "enrolment_id": line.enrolment_id,
        "person": {"id": line.person_id, "name": line.person_name, "masked_id": line.masked_id},
        "segment_title": line.segment_title,
        "mode": line.mode,
        "entered_s": line.seconds,
        "amount_fen": one.amount_fen,
        "state": line.state,
        "payment": line.payment,
        "left": one.left,
    }
