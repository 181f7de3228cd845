"""Certificates: who may be given one, review, issue, suspend, revoke, replace; the owner's own; and what anybody may check."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel, ConfigDict, Field

from yanglao.certificates import looks, queries, service
from yanglao.certificates.queries import CertificateUnknown, CertificateView
from yanglao.certificates.states import UNISSUED
from yanglao.classes import queries as classes
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.wording import sentence
from yanglao.outside.ciphers import ciphers
from yanglao.people import queries as people
from yanglao.people.roles import scope_of
from yanglao.web.auth import actor, public, who
from yanglao.web.certificate_answers import (
    base_url,
    by_hand,
    by_payload,
    candidate_dict,
    certificate_dict,
    level_by_hand,
    sent,
    shown,
    shown_dict,
)
from yanglao.web.forms import Strict
from yanglao.web.guards import limiter
from yanglao.web.lists import part_of

bp = APIBlueprint("api_certificates", __name__, url_prefix="/api/v1", tag="证书 certificates")


class ListQuery(BaseModel):
    """Filters of certificates; an empty one does not limit."""

    model_config = ConfigDict(extra="forbid")

    class_id: str = Field(default="", max_length=26)
    base_id: str = Field(default="", max_length=26)
    state: Literal["", "reviewed", "returned", "issued", "suspended", "revoked", "replaced"] = ""
    text: str = Field(default="", max_length=60)
    after: str = Field(default="", max_length=26)
    limit: int = Field(default=100, ge=1, le=200)


class ReviewBody(Strict):
    """The enrolments whose completion was reviewed."""

    enrolment_ids: list[str] = Field(min_length=1, max_length=500)


class IssueBody(Strict):
    """The reviewed certificates to be issued, by a second person."""

    certificate_ids: list[str] = Field(min_length=1, max_length=500)


class ReasonBody(Strict):
    """Why a step is taken."""

    reason: str = Field(min_length=1, max_length=500)


class CheckBody(Strict):
    """What is to be checked: the text of a QR (``code`` = the page it led to), or number and name as typed."""

    payload: str = Field(default="", max_length=4000)
    code: str = Field(default="", max_length=64)
    number: str = Field(default="", max_length=64)
    name: str = Field(default="", max_length=60)


@bp.get("/certificates")
@who("certificate.read")
@bp.input(ListQuery, location="query", arg_name="asked")
@bp.doc(summary="List certificates within the caller's scope, the newest first")
def list_certificates(asked: ListQuery) -> dict[str, Any]:
    """List certificates."""
    filters = queries.Filters(asked.class_id, asked.base_id, asked.state, asked.text)
    found = queries.certificates(
        db.session,
        scope_of(actor().grants, "certificate.read"),
        filters,
        after=asked.after,
        limit=asked.limit + 1,
    )
    items = [certificate_dict(one) for one in found[: asked.limit]]
    return {"items": items, "next": items[-1]["id"] if len(found) > asked.limit else None}


@bp.get("/certificates/<certificate_id>")
@who("certificate.read")
@bp.doc(summary="Read one certificate with its steps", responses=[404])
def read_certificate(certificate_id: str) -> dict[str, Any]:
    """Read one."""
    found = queries.certificate(db.session, certificate_id, scope_of(actor().grants, "certificate.read"))
    return certificate_dict(found, queries.steps(db.session, found.id))


@bp.get("/classes/<class_id>/certificate-candidates")
@who("certificate.read")
@bp.doc(summary="List the people of a class and what stands between each and a certificate", responses=[404])
def list_candidates(class_id: str) -> dict[str, Any]:
    """List candidates."""
    classes.class_(db.session, class_id, scope_of(actor().grants, "certificate.read"))
    found = queries.candidates(db.session, class_id, now=now())
    return part_of([candidate_dict(one) for one in found], "enrolment_id")


@bp.post("/certificates")
@who("certificate.review")
@bp.input(ReviewBody, arg_name="body")
@bp.doc(summary="Review finished people: all of them or none", responses=[403, 404, 409, 422])
def post_review(body: ReviewBody) -> dict[str, Any]:
    """Review."""
    me, moment = actor(), now()
    found = run(lambda: service.review(db.session, body.enrolment_ids, now=moment, actor=me))
    return {"items": [certificate_dict(one) for one in found], "next": None}


@bp.post("/certificates/issue")
@who("certificate.issue")
@bp.input(IssueBody, arg_name="body")
@bp.doc(
    summary="Issue reviewed certificates as a second person: all of them or none", responses=[403, 404, 409]
)
def post_issue(body: IssueBody) -> dict[str, Any]:
    """Issue."""
    me, moment = actor(), now()
    found = run(lambda: service.issue(db.session, body.certificate_ids, now=moment, actor=me))
    return {"items": [certificate_dict(one) for one in found], "next": None}


@bp.post("/certificates/<certificate_id>/replacement")
@who("certificate.review")
@bp.input(ReasonBody, arg_name="body")
@bp.doc(summary="Review a newer certificate in the place of one that stands", responses=[403, 404, 409, 422])
def post_replacement(certificate_id: str, body: ReasonBody) -> dict[str, Any]:
    """Replace."""
    me, moment = actor(), now()
    return certificate_dict(
        run(lambda: service.replace(db.session, certificate_id, reason=body.reason, now=moment, actor=me))
    )


@bp.post("/certificates/<certificate_id>/<any(suspend, resume, revoke):act>")
@who("certificate.revoke")
@bp.input(ReasonBody, arg_name="body")
@bp.doc(summary="Suspend, resume or revoke a certificate with a reason", responses=[403, 404, 409, 422])
def post_step(certificate_id: str, act: str, body: ReasonBody) -> dict[str, Any]:
    """Take a step."""
    return _taken(certificate_id, act, body.reason)


@bp.post("/certificates/<certificate_id>/return")
@who("certificate.issue")
@bp.input(ReasonBody, arg_name="body")
@bp.doc(summary="Return a reviewed certificate instead of issuing it", responses=[403, 404, 409, 422])
def post_return(certificate_id: str, body: ReasonBody) -> dict[str, Any]:
    """Return it."""
    return _taken(certificate_id, "return", body.reason)


@bp.get("/certificates/<certificate_id>/file.pdf")
@who("certificate.read", "learn.own")
@limiter.limit("120/minute")
@bp.doc(summary="Fetch a certificate as PDF: the owner, or within the caller's scope", responses=[404, 409])
def fetch_pdf(certificate_id: str) -> Response:
    """Send the PDF."""
    own = _own_or_seen(certificate_id)
    return sent(looks.pdf(own, base_url=base_url()), "application/pdf", f"{own.number}.pdf", save=True)


@bp.get("/certificates/<certificate_id>/picture.png")
@who("certificate.read", "learn.own")
@limiter.limit("120/minute")
@bp.doc(summary="Fetch a certificate as a picture to pass on", responses=[404, 409])
def fetch_picture(certificate_id: str) -> Response:
    """Send the picture."""
    own = _own_or_seen(certificate_id)
    return sent(looks.picture(own, base_url=base_url()), "image/png", f"{own.number}.png", save=False)


@bp.get("/me/certificates")
@who("learn.own")
@bp.doc(summary="List the caller's own certificates, the latest first")
def list_own() -> dict[str, Any]:
    """List own certificates."""
    return part_of([certificate_dict(one) for one in queries.own(db.session, actor().person_id)])


@bp.post("/certificate-checks")
@public
@limiter.limit("30/minute", key_func=lambda: f"certificate-check:{_asked_for()}")
@limiter.limit("6000/minute", key_func=lambda: "certificate-checks")
@bp.input(CheckBody, arg_name="body")
@bp.doc(summary="Check a certificate by its code, or by number and name; anybody may", responses=[422, 429])
def post_check(body: CheckBody) -> dict[str, Any]:
    """Say what anybody may know; ``found`` is null for what is not on record."""
    if not body.payload:
        own = by_hand(body.number, body.name)
        told = shown(own) if own else level_by_hand(body.number, body.name)
        return {"found": shown_dict(told) if told else None, "code_holds": None, "code_sentence": ""}
    found, holds = by_payload(body.payload)
    holds = holds and found is not None and body.code in ("", found.code)
    return {
        "found": shown_dict(shown(found, code_holds=holds)) if found else None,
        "code_holds": holds,
        "code_sentence": sentence("verify.code_holds" if holds else "verify.code_differs"),
    }


@bp.get("/certificate-keys")
@public
@bp.doc(summary="Read the public keys under which certificates are signed, by key id; anybody may")
def read_keys() -> dict[str, str]:
    """Publish the keys."""
    return ciphers().public_keys()


def _taken(certificate_id: str, act: str, reason: str) -> dict[str, Any]:
    me, moment = actor(), now()
    return certificate_dict(
        run(lambda: service.take(db.session, certificate_id, act, reason=reason, now=moment, actor=me))
    )


def _own_or_seen(certificate_id: str) -> CertificateView:
    """Return a certificate that is the caller's own and issued, or within their scope. Raises CertificateUnknown."""
    me = actor()
    found = queries.certificate(db.session, certificate_id)
    if me.person_id in people.same_person_ids(db.session, found.person_id) and found.state not in UNISSUED:
        return found
    scope = scope_of(me.grants, "certificate.read")
    if scope.empty:
        raise CertificateUnknown(certificate_id=certificate_id)
    return queries.certificate(db.session, certificate_id, scope)


def _asked_for() -> str:
    body = request.get_json(silent=True)
    asked = (body.get("number") or body.get("payload") or "") if isinstance(body, dict) else ""
    return str(asked)[:64]
