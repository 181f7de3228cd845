"""换政策试算: try a policy file over past classes; nothing is written but the file tried, for a week and for who tries it."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel

from yanglao.kernel import policy
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Refused
from yanglao.subsidy import what_if
from yanglao.web.auth import actor, who
from yanglao.web.what_if_answers import WhatIfOut, WhatIfQuery, answer, answer_dict

bp = APIBlueprint("api_what_if", __name__, url_prefix="/api/v1", tag="补贴 claims")


class NotSent(Refused):
    code = "policy.not_sent"


class PolicyOut(BaseModel):
    """A policy file that is loaded, or with ``trial`` one that only the caller tries."""

    id: str
    digest: str
    example: bool
    trial: bool


class PoliciesOut(BaseModel):
    """The policy files that are loaded, the oldest first."""

    items: list[PolicyOut]
    next: str | None


@bp.get("/policies")
@who("policy.try")
@bp.output(PoliciesOut)
@bp.doc(summary="List the policy files that are loaded")
def list_policies() -> dict[str, Any]:
    """List the policy files."""
    return {"items": [_told(one) for one in policy.every()], "next": None}


@bp.post("/policies/trials")
@who("policy.upload")
@bp.output(PolicyOut)
@bp.doc(summary="Hand in a policy file to try, as multipart `file`; it is never in force", responses=[422])
def try_policy() -> dict[str, Any]:
    """Check a policy file and keep it for a week for the caller."""
    me, moment = actor(), now()
    sent = request.files.get("file")
    if sent is None:
        raise NotSent()
    raw, name = sent.read(what_if.MOST_BYTES + 1), sent.filename or ""
    kept = run(lambda: what_if.try_out(db.session, raw, name, now=moment, actor=me))
    return _told(what_if.chosen(db.session, kept, now=moment, actor=me), trial=kept)


@bp.get("/what-if")
@who("policy.try")
@bp.input(WhatIfQuery, location="query", arg_name="asked")
@bp.output(WhatIfOut)
@bp.doc(
    summary="Say line by line what another policy file would change for past classes",
    responses=[404, 409, 422],
)
def what_if_of(asked: WhatIfQuery) -> dict[str, Any]:
    """Judge past classes by their own file and by another."""
    return answer_dict(answer(db.session, asked, now=now(), actor=actor()))


def _told(one: policy.Policy, trial: str = "") -> dict[str, Any]:
    return {"id": trial or one.name, "digest": one.file_digest, "example": one.example, "trial": bool(trial)}
