"""Shared phones by API: what waits, what stands, yes or no, the end; and whose WeChat an office parts."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.people import service as people
from yanglao.people import shares
from yanglao.people.roles import scope_of
from yanglao.web.auth import actor, who
from yanglao.web.forms import Query, Strict
from yanglao.web.lists import part_of

bp = APIBlueprint("api_shares", __name__, url_prefix="/api/v1", tag="binding")


class ShareQuery(Query):
    """Which shares: those that wait by default."""

    state: Literal["waiting", "approved", "refused", "ended"] = "waiting"
    after: str = ""
    limit: int = Field(default=1000, ge=1, le=1000)


class ShareOut(BaseModel):
    """Two persons on one WeChat: the first is bound, the second joins; ``how`` the second proved who they are."""

    id: str
    state: str
    first_id: str
    first_name: str
    second_id: str
    second_name: str
    relation: str
    how: str
    filed_at: str
    decided_at: str | None
    reason: str
    ended_at: str | None
    end_reason: str


class SharesOut(BaseModel):
    """Shares within one's scope, the oldest first."""

    items: list[ShareOut]
    next: str | None


class DecisionBody(Strict):
    """Yes or no, and why not."""

    accept: bool
    reason: str = Field(default="", max_length=500)


class ReasonBody(Strict):
    """Why it is done."""

    reason: str = Field(default="", max_length=500)


@bp.get("/wechat-shares")
@who("people.manage")
@bp.input(ShareQuery, location="query", arg_name="query")
@bp.output(SharesOut)
def listed(query: ShareQuery) -> SharesOut:
    """List the shares whose second person is within one's scope."""
    found = shares.shares(db.session, scope_of(actor().grants, "people.manage"), state=query.state)
    return SharesOut(**part_of([_share(one) for one in found]))


@bp.post("/wechat-shares/<share_id>/decision")
@who("people.manage")
@bp.input(DecisionBody, arg_name="body")
@bp.output({}, status_code=204)
def decide(share_id: str, body: DecisionBody) -> str:
    """Agree, which binds the second person at once, or refuse; neither of the two decides."""
    me, moment = actor(), now()
    run(
        lambda: people.decide_share(
            db.session, share_id, accept=body.accept, reason=body.reason, now=moment, actor=me
        )
    )
    return ""


@bp.post("/wechat-shares/<share_id>/end")
@who("people.manage")
@bp.input(ReasonBody, arg_name="body")
@bp.output({}, status_code=204)
def end(share_id: str, body: ReasonBody) -> str:
    """End a share; the second person is parted from the WeChat."""
    me, moment = actor(), now()
    run(lambda: people.end_share(db.session, share_id, reason=body.reason, now=moment, actor=me))
    return ""


@bp.post("/people/<person_id>/unbind")
@who("people.manage")
@bp.input(ReasonBody, arg_name="body")
@bp.output({}, status_code=204)
def unbind(person_id: str, body: ReasonBody) -> str:
    """Part a person from their WeChat, so that they can bind another."""
    me, moment = actor(), now()
    run(lambda: people.unbind_person(db.session, person_id, reason=body.reason, now=moment, actor=me))
    return ""


def _share(one: shares.ShareView) -> dict[str, Any]:
    return {
        "id": one.id,
        "state": one.state,
        "first_id": one.first.id,
        "first_name": one.first.name,
        "second_id": one.second.id,
        "second_name": one.second.name,
        "relation": one.relation,
        "how": one.how,
        "filed_at": rfc3339(one.filed_ms),
        "decided_at": rfc3339(one.decided_ms) if one.decided_ms else None,
        "reason": one.reason,
        "ended_at": rfc3339(one.ended_ms) if one.ended_ms else None,
        "end_reason": one.end_reason,
    }
