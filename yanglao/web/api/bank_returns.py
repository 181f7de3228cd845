"""银行退回: one line of a paid claim that the bank sent back, and its second payment by somebody else."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.subsidy import bank_returns
from yanglao.web.auth import actor, who
from yanglao.web.claim_answers import ClaimActBody, SubsidyClaimOut, claim_read

bp = APIBlueprint("api_bank_returns", __name__, url_prefix="/api/v1", tag="补贴 claims")


@bp.post("/claims/<claim_id>/lines/<line_id>/bank-return")
@who("claim.finance")
@bp.input(ClaimActBody, arg_name="body")
@bp.output(SubsidyClaimOut)
@bp.doc(
    summary="Record that the bank sent one line of a paid claim back, with its reason; the rest stays paid",
    responses=[403, 404, 409, 422],
)
def return_line(claim_id: str, line_id: str, body: ClaimActBody) -> dict[str, Any]:
    """Hold one line."""
    me, moment = actor(), now()
    run(
        lambda: bank_returns.give_back(
            db.session, claim_id, line_id, reason=body.reason, now=moment, actor=me
        )
    )
    return claim_read(claim_id)


@bp.post("/claims/<claim_id>/lines/<line_id>/pay")
@who("claim.finance")
@bp.output(SubsidyClaimOut)
@bp.doc(summary="Pay a line that the bank sent back; not by who recorded that", responses=[403, 404, 409])
def pay_line(claim_id: str, line_id: str) -> dict[str, Any]:
    """Pay one line again."""
    me, moment = actor(), now()
    run(lambda: bank_returns.pay_again(db.session, claim_id, line_id, now=moment, actor=me))
    return claim_read(claim_id)
