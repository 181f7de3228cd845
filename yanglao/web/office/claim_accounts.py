"""收款账户 of a claim: whose account is known, a sheet to fill in and take back, and the account of the base."""

from __future__ import annotations

from typing import Literal

from apiflask import APIBlueprint
from flask import request
from pydantic import Field
from werkzeug.wrappers import Response as AnyResponse

from yanglao.kernel.clock import day_of, now
from yanglao.kernel.db import db
from yanglao.outside import workbook
from yanglao.oversight import claim_bank
from yanglao.oversight.claim_figures import gather
from yanglao.people.roles import may, scope_of
from yanglao.subsidy import payee_rules, payees, queries
from yanglao.subsidy.payees import AccountDraft
from yanglao.subsidy.shapes import ClaimView
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = APIBlueprint("office_claim_accounts", __name__, url_prefix="/office/claims", enable_openapi=False)


class AccountForm(forms.Form):
    """The account of the base, or of one person of the claim."""

    person_id: str = Field(default="", max_length=26)
    holder: str = Field(default="", max_length=80)
    bank: str = Field(default="", max_length=80)
    number: str = Field(default="", max_length=60)
    kind: Literal["social_card", "card", "account"] = "account"


@bp.get("/<claim_id>/accounts")
@who("claim.read")
def accounts(claim_id: str) -> str:
    """Show everybody of a claim with their account masked, and what is odd about it."""
    me, own = actor(), _own(claim_id)
    sheet = gather(db.session, own, today=day_of(now()))
    held = payees.of_people(db.session, [one.person_id for one in sheet.people])
    base = payees.of_base(db.session, own.base_id)
    return page(
        "office/claim_accounts.html",
        own=own,
        sheet=sheet,
        held=held,
        base=base,
        base_remark=claim_bank.remark(base, own, sheet.base_name),
        remarks={
            one.person_id: claim_bank.remark(held.get(one.person_id), own, one.name) for one in sheet.people
        },
        missing=sum(one.person_id not in held for one in sheet.people),
        kinds=list(payee_rules.KINDS.items()),
        may_set=may(me.grants, "claim.file", base=own.base_id, division=own.division_code),
    )


@bp.post("/<claim_id>/accounts")
@who("claim.file")
def set_account(claim_id: str) -> AnyResponse:
    """Keep the account of the base or of one person of the claim."""
    me, moment, own = actor(), now(), _own(claim_id)
    form = forms.read(AccountForm)
    owner = payees.owner_in(db.session, own, form.person_id)
    draft = AccountDraft(form.holder, form.bank, form.number, form.kind)
    return forms.do(
        lambda: payees.set_account(db.session, own, owner, draft, now=moment, actor=me),
        back=f"/office/claims/{own.id}/accounts",
        done="账户存好了。",
    )


@bp.post("/<claim_id>/accounts/sheet")
@who("claim.file")
def take_sheet(claim_id: str) -> AnyResponse:
    """Take in a sheet of accounts: all of its rows or none."""
    me, moment, own = actor(), now(), _own(claim_id)
    sent = request.files.get("file")
    content = sent.read(workbook.MOST_BYTES + 1) if sent is not None else b""
    return forms.do(
        lambda: payees.take_in(db.session, own, content, now=moment, actor=me),
        back=f"/office/claims/{own.id}/accounts",
        done="表里的账户都存好了。",
    )


def _own(claim_id: str) -> ClaimView:
    return queries.claim(db.session, claim_id, scope_of(actor().grants, "claim.read"))
