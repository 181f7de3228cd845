"""追回: how what is owed back for a claim is settled; recorded by one person of finance, decided by another."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.people.roles import scope_of
from yanglao.subsidy import queries, repayments
from yanglao.subsidy.repayments import Draft, RepaymentView
from yanglao.web.auth import actor, who
from yanglao.web.forms import DecisionBody, Strict

bp = APIBlueprint("api_repayments", __name__, url_prefix="/api/v1", tag="补贴 claims")


class RepaymentBody(Strict):
    """What came back. ``repaid`` names the bank's slip, ``deducted`` the later line; whole fen."""

    way: Literal["repaid", "deducted"]
    amount_fen: int = Field(gt=0)
    reason: str = Field(max_length=500)
    document_no: str = Field(default="", max_length=60)
    against_line_id: str = Field(default="", max_length=26)


class RepaymentOut(BaseModel):
    """One repayment; it counts when ``state`` is done."""

    id: str
    line_id: str
    way: Literal["repaid", "deducted"]
    amount_fen: int
    against_line_id: str | None
    document_no: str
    reason: str
    recorded_by: str
    recorded_at: str
    state: Literal["waiting", "done", "refused", "undone"]
    decided_by: str
    decided_at: str | None
    decision: str


class RepaymentsOut(BaseModel):
    """What is owed back for a claim, what of it is settled, what it keeps back for older debts, and how."""

    owed_fen: int
    settled_fen: int
    deducted_fen: int
    items: list[RepaymentOut]
    next: str | None


@bp.get("/claims/<claim_id>/repayments")
@who("claim.read")
@bp.output(RepaymentsOut)
@bp.doc(summary="List how what is owed back for a claim is settled", responses=[404])
def list_repayments(claim_id: str) -> dict[str, Any]:
    """List repayments of a claim."""
    return _all(claim_id)


@bp.post("/claims/<claim_id>/lines/<line_id>/repayments")
@who("claim.finance")
@bp.input(RepaymentBody, arg_name="body")
@bp.output(RepaymentsOut)
@bp.doc(
    summary="Record that something of a clawed-back line was repaid, or is deducted from a later line",
    responses=[403, 404, 409, 422],
)
def record_repayment(claim_id: str, line_id: str, body: RepaymentBody) -> dict[str, Any]:
    """Record it; a second person decides."""
    me, moment, draft = actor(), now(), Draft(**body.model_dump())
    run(lambda: repayments.record(db.session, claim_id, line_id, draft, now=moment, actor=me))
    return _all(claim_id)


@bp.post("/claims/<claim_id>/repayments/<repayment_id>/decision")
@who("claim.finance")
@bp.input(DecisionBody, arg_name="body")
@bp.output(RepaymentsOut)
@bp.doc(summary="Agree to a repayment as a second person, or refuse it", responses=[403, 404, 409, 422])
def decide_repayment(claim_id: str, repayment_id: str, body: DecisionBody) -> dict[str, Any]:
    """Decide what somebody else recorded."""
    me, moment = actor(), now()
    run(
        lambda: repayments.decide(
            db.session, claim_id, repayment_id, accept=body.accept, reason=body.reason, now=moment, actor=me
        )
    )
    return _all(claim_id)


def _all(claim_id: str) -> dict[str, Any]:
    own = queries.claim(db.session, claim_id, scope_of(actor().grants, "claim.read"))
    return {
        "owed_fen": own.owed_fen,
        "settled_fen": own.settled_fen,
        "deducted_fen": own.deducted_fen,
        "items": [_told(one) for one in repayments.of_claim(db.session, claim_id)],
        "next": None,
    }


def _told(one: RepaymentView) -> dict[str, Any]:
    return {
        "id": one.id,
        "line_id": one.line_id,
        "way": one.way,
        "amount_fen": one.amount_fen,
        "against_line_id": one.against_line_id,
        "document_no": one.document_no,
        "reason": one.reason,
        "recorded_by": one.recorded_name,
        "recorded_at": rfc3339(one.recorded_ms),
        "state": one.state,
        "decided_by": one.decided_name,
        "decided_at": rfc3339(one.decided_ms) if one.decided_ms else None,
        "decision": one.decision,
    }
