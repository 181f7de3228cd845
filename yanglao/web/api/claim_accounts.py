"""Accounts of a claim and forms of the bureau: read them masked, set one, take in a sheet; list, upload and retire forms."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel, Field

from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.outside import workbook
from yanglao.outside.form_parts import MOST_BYTES
from yanglao.oversight import bureau_forms, form_words
from yanglao.oversight.bureau_forms import VersionView
from yanglao.people.roles import scope_of
from yanglao.subsidy import payees, queries
from yanglao.subsidy.payees import AccountDraft, AccountView
from yanglao.subsidy.shapes import ClaimView
from yanglao.web.auth import actor, who
from yanglao.web.forms import Strict
from yanglao.web.guards import limiter
from yanglao.web.lists import part_of

bp = APIBlueprint("api_claim_accounts", __name__, url_prefix="/api/v1", tag="补贴 claims")


class PayeeAccountOut(BaseModel):
    """An account; ``number`` shows its ends only. ``luhn_holds`` and ``shared`` are signs, no reasons to refuse."""

    id: str
    person_id: str | None
    base_id: str | None
    kind: str
    holder: str
    bank: str
    number: str
    luhn_holds: bool
    shared: bool
    set_at: str


class PayeeAccountsOut(BaseModel):
    """The live accounts of a claim's people and, last, of its base."""

    items: list[PayeeAccountOut]
    next: str | None


class PayeeAccountBody(Strict):
    """An account of a person of the claim, or of its base when no person is named."""

    person_id: str = Field(default="", max_length=26)
    holder: str = Field(min_length=1, max_length=80)
    bank: str = Field(min_length=1, max_length=80)
    number: str = Field(min_length=1, max_length=60)
    kind: Literal["social_card", "card", "account"] = "card"


class BureauFormOut(BaseModel):
    """A version of a form with its words and where they stand; ``state``: offered, older or retired."""

    id: str
    form_id: str
    name: str
    version: int
    kind: str
    digest: str
    words: list[list[str]]
    uploaded_at: str
    uses: int
    state: str


class BureauFormsOut(BaseModel):
    """Every version, by name and the newest first; ``words`` are all that a form may ask for."""

    items: list[BureauFormOut]
    next: str | None
    words: list[str]


@bp.get("/claims/<claim_id>/accounts")
@who("claim.read")
@bp.output(PayeeAccountsOut)
@bp.doc(summary="List the accounts that a claim's money goes to, masked", responses=[404])
def list_accounts(claim_id: str) -> PayeeAccountsOut:
    """List them."""
    return _accounts(_own(claim_id))


@bp.put("/claims/<claim_id>/accounts")
@who("claim.file")
@bp.input(PayeeAccountBody, arg_name="body")
@bp.output(PayeeAccountsOut)
@bp.doc(summary="Let one account be the one that money goes to from now on", responses=[403, 404, 422])
def put_account(claim_id: str, body: PayeeAccountBody) -> PayeeAccountsOut:
    """Set one; the account before stays known."""
    me, moment, own = actor(), now(), _own(claim_id)
    owner = payees.owner_in(db.session, own, body.person_id)
    draft = AccountDraft(body.holder, body.bank, body.number, body.kind)
    run(lambda: payees.set_account(db.session, own, owner, draft, now=moment, actor=me))
    return _accounts(own)


@bp.post("/claims/<claim_id>/accounts")
@who("claim.file")
@bp.output(PayeeAccountsOut)
@bp.doc(
    summary="Take in a sheet of accounts as multipart field file; all rows or none",
    responses=[403, 404, 409, 413, 422],
)
@limiter.limit("30/minute")
def post_accounts(claim_id: str) -> PayeeAccountsOut:
    """Take a sheet in, by number on the roster and name."""
    me, moment, own = actor(), now(), _own(claim_id)
    content = _sent(workbook.MOST_BYTES)
    run(lambda: payees.take_in(db.session, own, content, now=moment, actor=me))
    return _accounts(own)


@bp.get("/bureau-forms")
@who("form.manage", "claim.read")
@bp.output(BureauFormsOut)
@bp.doc(summary="List the bureau's own forms and the words they may ask for")
def list_forms() -> BureauFormsOut:
    """List them."""
    return _forms()


@bp.post("/bureau-forms")
@who("form.manage")
@bp.output(BureauFormsOut, status_code=201)
@bp.doc(
    summary="Upload an .xlsx or .docx form as multipart fields name and file; the same name is a new version",
    responses=[403, 413, 422],
)
@limiter.limit("30/minute")
def post_form() -> BureauFormsOut:
    """Take a form in when every word of it is known."""
    me, moment, content = actor(), now(), _sent(MOST_BYTES)
    name = request.form.get("name", "")
    run(lambda: bureau_forms.take_in(db.session, name, content, now=moment, actor=me))
    return _forms()


@bp.post("/bureau-forms/<form_id>/retire")
@who("form.manage")
@bp.output(BureauFormsOut)
@bp.doc(summary="Offer a form no longer", responses=[403, 404])
def retire_form(form_id: str) -> BureauFormsOut:
    """Retire it; what was filled in stays known."""
    me, moment = actor(), now()
    run(lambda: bureau_forms.retire(db.session, form_id, now=moment, actor=me))
    return _forms()


def _own(claim_id: str) -> ClaimView:
    return queries.claim(db.session, claim_id, scope_of(actor().grants, "claim.read"))


def _sent(most: int) -> bytes:
    sent = request.files.get("file")
    return sent.stream.read(most + 1) if sent is not None else b""


def _accounts(own: ClaimView) -> PayeeAccountsOut:
    listed = [line.person_id for line in queries.lines(db.session, own.id)]
    held = payees.of_people(db.session, listed)
    base = payees.of_base(db.session, own.base_id)
    found = [held[one] for one in dict.fromkeys(listed) if one in held] + ([base] if base else [])
    return PayeeAccountsOut(**part_of([_told(one) for one in found]))


def _told(one: AccountView) -> dict[str, Any]:
    plain = ("id", "person_id", "base_id", "kind", "holder", "bank", "luhn_holds", "shared")
    told = {name: getattr(one, name) for name in plain}
    return told | {"number": one.masked, "set_at": rfc3339(one.set_ms)}


def _forms() -> BureauFormsOut:
    offered = {one.id for one in bureau_forms.current(db.session)}
    items = [_form(one, offered) for one in bureau_forms.versions(db.session)]
    names = [one.name for one in (*form_words.WORDS, *form_words.ROW_WORDS)]
    return BureauFormsOut(**part_of(items), words=names)


def _form(one: VersionView, offered: set[str]) -> dict[str, Any]:
    return {
        "id": one.id,
        "form_id": one.form_id,
        "name": one.name,
        "version": one.number,
        "kind": one.kind,
        "digest": one.file_digest,
        "words": [list(word) for word in one.words],
        "uploaded_at": rfc3339(one.uploaded_ms),
        "uses": one.uses,
        "state": "retired" if one.retired else "offered" if one.id in offered else "older",
    }
