"""追回: the page on which finance records what came back for one claim, and a second person decides."""

from __future__ import annotations

from typing import Literal

from apiflask import APIBlueprint
from pydantic import Field
from werkzeug.wrappers import Response as AnyResponse

from yanglao.kernel.clock import now
from yanglao.kernel.db import db
from yanglao.kernel.units import fen_of, yuan_text
from yanglao.people.roles import may, scope_of
from yanglao.subsidy import queries, repayments
from yanglao.subsidy.repayments import NEEDS, Draft
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = APIBlueprint("office_repayments", __name__, url_prefix="/office/claims", enable_openapi=False)


class RepaymentForm(forms.Form):
    """What came back, in yuan as people write it."""

    line_id: str = Field(max_length=26)
    way: Literal["repaid", "deducted"]
    yuan: str = Field(default="", max_length=14)
    document_no: str = Field(default="", max_length=60)
    against_line_id: str = Field(default="", max_length=26)
    reason: str = Field(default="", max_length=500)


@bp.get("/<claim_id>/repayments")
@who("claim.read")
def owed(claim_id: str) -> str:
    """Show what is owed back line by line, what of it is settled, and how."""
    me = actor()
    own = queries.claim(db.session, claim_id, scope_of(me.grants, "claim.read"))
    lines = [one for one in queries.lines(db.session, claim_id) if one.owed_fen]
    rights = may(me.grants, NEEDS, division=own.division_code, base=own.base_id)
    return page(
        "office/repayments.html",
        own=own,
        lines=lines,
        found=repayments.of_claim(db.session, claim_id),
        names={one.id: f"{one.person_name} {one.segment_title}" for one in lines},
        may_record=rights and own.still_owed_fen > 0,
        may_decide=rights,
        me=me.person_id,
        ways=list(repayments.WAYS.items()),
        later=[
            (line_id, f"{name}，{yuan_text(fen)}")
            for line_id, name, fen in repayments.deductible(db.session, claim_id)
        ],
    )


@bp.post("/<claim_id>/repayments")
@who("claim.finance")
def record(claim_id: str) -> AnyResponse:
    """Record what came back; a second person decides."""
    me, moment, form = actor(), now(), forms.read(RepaymentForm)
    against = form.against_line_id if form.way == "deducted" else ""
    draft = Draft(form.way, fen_of(form.yuan) or 0, form.reason, form.document_no, against)
    return forms.do(
        lambda: repayments.record(db.session, claim_id, form.line_id, draft, now=moment, actor=me),
        back=f"/office/claims/{claim_id}/repayments",
        done="登记好了，等第二个人确认。",
    )
