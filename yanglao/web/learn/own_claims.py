"""本人申领: a trainee claims what is due to themself on the phone, and takes it back while nobody examined it."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import redirect
from pydantic import Field
from werkzeug.wrappers import Response as AnyResponse

from yanglao.capture.service import own_enrolment
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import NotFound, Problem
from yanglao.subsidy import personal
from yanglao.subsidy.payees import AccountDraft
from yanglao.subsidy.shapes import MODES
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = APIBlueprint("learn_own_claims", __name__, url_prefix="/learn/claims", enable_openapi=False)


class AccountForm(forms.Form):
    """Where the money goes: a card of one's own. The number is not kept in the page, an address or a log."""

    bank: str = Field(default="", max_length=80)
    number: str = Field(default="", max_length=40)
    social: bool = False


class WithdrawForm(forms.Form):
    """Why a claim is taken back."""

    reason: str = Field(default="", max_length=500)


@bp.get("/<enrolment_id>/<mode>")
@who("learn.own")
def show(enrolment_id: str, mode: str) -> str:
    """Show what one may claim in a mode, and ask where the money goes."""
    return _page(enrolment_id, mode, None, "")


@bp.post("/<enrolment_id>/<mode>")
@who("learn.own")
def apply(enrolment_id: str, mode: str) -> AnyResponse | tuple[str, int]:
    """File the claim; the bank stays where it is refused, the number does not."""
    me, moment, form = actor(), now(), forms.read(AccountForm)
    _known(mode)
    draft = AccountDraft(me.name, form.bank, form.number, "social_card" if form.social else "card")
    try:
        run(lambda: personal.apply(db.session, enrolment_id, mode, draft, now=moment, actor=me))
    except Problem as refusal:
        if refusal.status == 404:
            raise
        return _page(enrolment_id, mode, forms.said(refusal), form.bank), refusal.status
    return redirect("/learn/claims", 303)


@bp.post("/withdraw/<claim_id>")
@who("learn.own")
def withdraw(claim_id: str) -> AnyResponse:
    """Take one's own claim back."""
    me, moment, form = actor(), now(), forms.read(WithdrawForm)
    return forms.do(
        lambda: personal.withdraw(db.session, claim_id, reason=form.reason, now=moment, actor=me),
        back="/learn/claims",
        done="收回来了。以后还可以再申领，也可以由基地申报。",
    )


@bp.post("/account/<claim_id>")
@who("learn.own")
def correct_account(claim_id: str) -> AnyResponse:
    """Say anew where one's money goes after the bank sent it back."""
    me, moment, form = actor(), now(), forms.read(AccountForm)
    draft = AccountDraft(me.name, form.bank, form.number, "social_card" if form.social else "card")
    return forms.do(
        lambda: personal.correct_account(db.session, claim_id, draft, now=moment, actor=me),
        back="/learn/claims",
        done="改好了，财政核对以后会重新付给您。",
    )


def _page(enrolment_id: str, mode: str, refusal: forms.Said | None, bank: str) -> str:
    _known(mode)
    own = own_enrolment(db.session, enrolment_id, actor())
    found = personal.lines_for(db.session, enrolment_id, mode, now=now())
    return page(
        "learn/own_claim.html",
        own=own,
        mode=mode,
        found=found,
        total=sum(one.amount for one in found),
        refusal=refusal,
        bank=bank,
        name=actor().name,
    )


def _known(mode: str) -> None:
    if mode not in MODES:
        raise NotFound()
