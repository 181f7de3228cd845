"""本人申领 and 代领协议: a trainee's own claims, and the contracts by which a base claims for its trainees."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel, Field

from yanglao.classes import queries as classes
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.people.roles import scope_of
from yanglao.subsidy import personal, proxies, proxy_queries, queries
from yanglao.subsidy.payees import AccountDraft
from yanglao.web.api.claims import paper_given
from yanglao.web.auth import actor, who
from yanglao.web.claim_answers import Mode
from yanglao.web.forms import Strict, day
from yanglao.web.lists import part_of

bp = APIBlueprint("api_personal_claims", __name__, url_prefix="/api/v1", tag="补贴 claims")


class OwnAccountBody(Strict):
    """A card of one's own. The number is never given back."""

    bank: str = Field(max_length=80)
    number: str = Field(max_length=40)
    card: Literal["social_card", "card"] = "social_card"


class PersonalClaimBody(OwnAccountBody):
    """The mode whose finished segments are claimed, and a card of one's own."""

    mode: Mode


class PersonalWithdrawBody(Strict):
    """Why a claim is taken back, at least four characters."""

    reason: str = Field(max_length=500)


class PersonalClaimOut(BaseModel):
    """Where one's own claim is; ``number`` of the account is masked everywhere."""

    id: str
    class_id: str
    mode: Mode
    route: Literal["personal"]
    state: str
    state_name: str
    total_fen: int


class ProxyContractOut(BaseModel):
    """The contract of one trainee that holds."""

    id: str
    enrolment_id: str
    number: str
    signed_on: str


@bp.post("/enrolments/<enrolment_id>/personal-claims")
@who("learn.own")
@bp.input(PersonalClaimBody, arg_name="body")
@bp.output(PersonalClaimOut)
@bp.doc(summary="Claim for oneself what is finished in one mode", responses=[404, 409, 422])
def apply_for_own(enrolment_id: str, body: PersonalClaimBody) -> dict[str, Any]:
    """File one's own claim."""
    me, moment = actor(), now()
    draft = AccountDraft(me.name, body.bank, body.number, body.card)
    claim_id = run(lambda: personal.apply(db.session, enrolment_id, body.mode, draft, now=moment, actor=me))
    return _own(claim_id)


@bp.post("/personal-claims/<claim_id>/withdraw")
@who("learn.own")
@bp.input(PersonalWithdrawBody, arg_name="body")
@bp.output(PersonalClaimOut)
@bp.doc(summary="Take one's own claim back before anybody examined it", responses=[404, 409, 422])
def withdraw_own(claim_id: str, body: PersonalWithdrawBody) -> dict[str, Any]:
    """Take it back."""
    me, moment = actor(), now()
    run(lambda: personal.withdraw(db.session, claim_id, reason=body.reason, now=moment, actor=me))
    return _own(claim_id)


@bp.put("/personal-claims/<claim_id>/account")
@who("learn.own")
@bp.input(OwnAccountBody, arg_name="body")
@bp.output({}, status_code=204)
@bp.doc(summary="Say anew where one's own money goes after the bank sent it back", responses=[404, 422])
def correct_own_account(claim_id: str, body: OwnAccountBody) -> str:
    """Correct one's own account."""
    me, moment = actor(), now()
    draft = AccountDraft(me.name, body.bank, body.number, body.card)
    run(lambda: personal.correct_account(db.session, claim_id, draft, now=moment, actor=me))
    return ""


@bp.get("/classes/<class_id>/proxy-contracts")
@who("claim.read")
@bp.doc(summary="List the proxy contracts of a class that hold", responses=[404])
def list_contracts(class_id: str) -> dict[str, Any]:
    """List contracts."""
    classes.class_(db.session, class_id, scope_of(actor().grants, "claim.read"))
    ids = [one.id for one in classes.roster(db.session, class_id, withdrawn=True)]
    return part_of([_contract(one) for one in proxy_queries.of_enrolments(db.session, ids).values()])


@bp.post("/enrolments/<enrolment_id>/proxy-contract")
@who("claim.file")
@bp.output(ProxyContractOut, status_code=201)
@bp.doc(
    summary="Record a proxy contract: multipart fields document_no, signed_on (2026-03-08), free_of_charge=true and file",
    responses=[403, 404, 413, 422],
)
def record_contract(enrolment_id: str) -> dict[str, Any]:
    """Record the contract of one trainee."""
    me, moment, given = actor(), now(), paper_given()
    signed_on, free = day(request.form.get("signed_on", "")), request.form.get("free_of_charge") == "true"
    run(
        lambda: proxies.record(
            db.session, enrolment_id, given, signed_on=signed_on, free_of_charge=free, now=moment, actor=me
        )
    )
    return _contract(proxy_queries.of_enrolments(db.session, [enrolment_id])[enrolment_id])


def _own(claim_id: str) -> dict[str, Any]:
    one = queries.claim(db.session, claim_id)
    plain = ("id", "class_id", "mode", "route", "state", "state_name", "total_fen")
    return {name: getattr(one, name) for name in plain}


def _contract(one: proxy_queries.ProxyView) -> dict[str, Any]:
    return {
        "id": one.id,
        "enrolment_id": one.enrolment_id,
        "number": one.number,
        "signed_on": one.signed_on.isoformat(),
    }
