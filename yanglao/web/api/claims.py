"""补贴申报: what may be claimed and why not, claims with their acts, a department's papers."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from flask import request
from pydantic import Field

from yanglao.classes import queries as classes
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import NotFound
from yanglao.people.roles import scope_of
from yanglao.subsidy import claimable, claims, leaving, papers, queries
from yanglao.subsidy.papers import Paper
from yanglao.subsidy.shapes import Asked
from yanglao.subsidy.states import BY_NAME
from yanglao.web.auth import actor, who
from yanglao.web.claim_answers import (
    ClaimActBody,
    ClassClaimableOut,
    Kind,
    Mode,
    OwnClaimLinesOut,
    SubsidyClaimOut,
    SubsidyClaimsOut,
    claim_read,
    claim_told,
    claimable_dict,
    line_dict,
    look_dict,
)
from yanglao.web.forms import DecisionBody, Query, Strict
from yanglao.web.reading import readable

bp = APIBlueprint("api_claims", __name__, url_prefix="/api/v1", tag="补贴 claims")
DOES = ("claim.file", "claim.county", "claim.hrss", "claim.notice", "claim.finance")


class ClaimsQuery(Query):
    """Filters of the list; an empty one does not limit. ``month`` like 2026-03."""

    state: str = Field(default="", max_length=16)
    mode: Literal["", "online", "offline"] = ""
    kind: str = Field(default="", max_length=12)
    fund: str = Field(default="", max_length=24)
    month: str = Field(default="", pattern=r"^(\d{4}-\d{2})?$")
    base_id: str = Field(default="", max_length=26)
    division: str = Field(default="", max_length=12)
    class_id: str = Field(default="", max_length=26)
    run_id: str = Field(default="", max_length=26)
    text: str = Field(default="", max_length=60)
    after: str = Field(default="", max_length=26)
    limit: int = Field(default=50, ge=1, le=200)


class ClaimableQuery(Query):
    """Kind of subsidy, mode, and the fund that is to pay; without one the fund whose window holds the class."""

    kind: Kind = "training"
    mode: Mode = "online"
    fund: str = Field(default="", max_length=24)


class ClaimBody(Strict):
    """What a class claims; without enrolments everybody who may be claimed."""

    class_id: str = Field(max_length=26)
    kind: Kind
    mode: Mode
    fund: str = Field(max_length=24)
    enrolment_ids: list[str] = Field(default_factory=list, max_length=2000)


@bp.get("/classes/<class_id>/claim-lines")
@who("claim.read")
@bp.input(ClaimableQuery, location="query", arg_name="asked")
@bp.output(ClassClaimableOut)
@bp.doc(summary="Say of everybody in a class what may be claimed and why not", responses=[404, 409, 422])
def class_lines(class_id: str, asked: ClaimableQuery) -> dict[str, Any]:
    """Say what a class could claim."""
    classes.class_(db.session, class_id, scope_of(actor().grants, "claim.read"))
    fund = asked.fund or queries.fund_for(db.session, class_id, asked.kind)
    return look_dict(claimable.look(db.session, class_id, Asked(asked.kind, asked.mode, fund), now=now()))


@bp.get("/enrolments/<enrolment_id>/claim-lines")
@who("learn.own", "claim.read")
@bp.output(OwnClaimLinesOut)
@bp.doc(
    summary="Say what the segments of an enrolment are claimed at, or what is in the way", responses=[404]
)
def enrolment_lines(enrolment_id: str) -> dict[str, Any]:
    """Say of one's own enrolment, or one within scope, what may be claimed: the same sentences for everybody."""
    readable(enrolment_id, "claim.read")
    found = queries.for_trainee(db.session, enrolment_id, now=now())
    lines = queries.lines_of_enrolment(db.session, enrolment_id)
    return {
        "lines": [line_dict(one) for one in lines],
        "items": [claimable_dict(one) for one in found],
        "next": None,
    }


@bp.get("/claims")
@who("claim.read")
@bp.input(ClaimsQuery, location="query", arg_name="asked")
@bp.output(SubsidyClaimsOut)
@bp.doc(summary="List the claims within one's scope with lines and steps, the newest first", responses=[422])
def list_claims(asked: ClaimsQuery) -> dict[str, Any]:
    """List claims."""
    given = asked.model_dump(exclude={"after", "limit", "month", "division"})
    filters = queries.Filters(**given, month_key=asked.month, division_code=asked.division)
    scope = scope_of(actor().grants, "claim.read")
    found = queries.claims(db.session, scope, filters, after=asked.after, limit=asked.limit + 1)
    kept = found[: asked.limit]
    return {
        "items": [claim_told(one) for one in kept],
        "next": kept[-1].id if len(found) > asked.limit else None,
    }


@bp.post("/claims")
@who("claim.file")
@bp.input(ClaimBody, arg_name="body")
@bp.output(SubsidyClaimOut)
@bp.doc(summary="Draft a claim of a class in one mode from one fund", responses=[404, 409, 422])
def draft_claim(body: ClaimBody) -> dict[str, Any]:
    """Draft a claim from what may be claimed."""
    me, moment = actor(), now()
    asked = Asked(body.kind, body.mode, body.fund)
    claim_id = run(
        lambda: claims.draft(
            db.session, body.class_id, asked, enrolment_ids=body.enrolment_ids, now=moment, actor=me
        )
    )
    return claim_read(claim_id)


@bp.get("/claims/<claim_id>")
@who("claim.read")
@bp.output(SubsidyClaimOut)
@bp.doc(summary="Read one claim with its lines, their traces and its steps", responses=[404])
def read_claim(claim_id: str) -> dict[str, Any]:
    """Read one claim."""
    return claim_read(claim_id)


@bp.post("/claims/<claim_id>/redraw")
@who("claim.file")
@bp.output(SubsidyClaimOut)
@bp.doc(summary="Compute the lines of a draft or returned claim anew", responses=[403, 404, 409])
def redraw_claim(claim_id: str) -> dict[str, Any]:
    """Compute the lines anew."""
    me, moment = actor(), now()
    run(lambda: claims.redraw(db.session, claim_id, now=moment, actor=me))
    return claim_read(claim_id)


@bp.post("/claims/<claim_id>/acts/<act>")
@who(*DOES)
@bp.input(ClaimActBody, arg_name="body")
@bp.output(SubsidyClaimOut)
@bp.doc(
    summary="Do one act: file, withdraw, pass_county, pass_hrss, give_notice, end_notice, fund, pay, bank_return, return, "
    "return_hrss, return_notice, return_finance",
    responses=[403, 404, 409, 422],
)
def act_on_claim(claim_id: str, act: str, body: ClaimActBody) -> dict[str, Any]:
    """Take a claim one step on or back."""
    if act not in BY_NAME:
        raise NotFound()
    me, moment = actor(), now()
    run(lambda: claims.act(db.session, claim_id, act, reason=body.reason, now=moment, actor=me))
    return claim_read(claim_id)


@bp.post("/claims/<claim_id>/lines/<line_id>/pull")
@who("claim.notice")
@bp.input(ClaimActBody, arg_name="body")
@bp.output(SubsidyClaimOut)
@bp.doc(summary="Take a line out because somebody objected to the notice", responses=[403, 404, 409, 422])
def pull_line(claim_id: str, line_id: str, body: ClaimActBody) -> dict[str, Any]:
    """Pull a line back; the others go on."""
    me, moment = actor(), now()
    run(lambda: leaving.pull(db.session, claim_id, line_id, reason=body.reason, now=moment, actor=me))
    return claim_read(claim_id)


@bp.post("/claims/<claim_id>/papers/<act>")
@who("claim.paper", "claim.hrss", "claim.finance")
@bp.output(SubsidyClaimOut)
@bp.doc(
    summary="Take over what a department did on paper: multipart fields document_no and file (PDF, JPEG or PNG up to 15 MiB)",
    responses=[403, 404, 409, 413, 422],
)
def record_paper(claim_id: str, act: str) -> dict[str, Any]:
    """Record a department's document; a second person confirms it before the claim moves."""
    if act not in BY_NAME:
        raise NotFound()
    me, moment, given = actor(), now(), paper_given()
    run(lambda: papers.record(db.session, claim_id, act, given, now=moment, actor=me))
    return claim_read(claim_id)


@bp.post("/claims/<claim_id>/steps/<step_id>/decision")
@who("claim.paper", "claim.hrss", "claim.finance")
@bp.input(DecisionBody, arg_name="body")
@bp.output(SubsidyClaimOut)
@bp.doc(summary="Confirm a document as a second person, or refuse it", responses=[403, 404, 409, 422])
def decide_paper(claim_id: str, step_id: str, body: DecisionBody) -> dict[str, Any]:
    """Confirm or refuse what somebody else recorded."""
    me, moment = actor(), now()
    run(
        lambda: papers.decide(
            db.session, claim_id, step_id, accept=body.accept, reason=body.reason, now=moment, actor=me
        )
    )
    return claim_read(claim_id)


def paper_given() -> Paper:
    """Return the document of a multipart request; what is missing is empty."""
    sent = request.files.get("file")
    number = request.form.get("document_no", "")
    if sent is None or not sent.filename:
        return Paper(number, b"", "", "")
    return Paper(number, sent.read(papers.MOST_BYTES + 1), sent.filename, sent.mimetype)
