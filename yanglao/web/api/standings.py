"""The segment completion log, its review, and the signed daily heads of the ledger."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field

from yanglao.completion import queries
from yanglao.completion.review import review
from yanglao.completion.shapes import StandingFilters
from yanglao.evidence import queries as evidence
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db
from yanglao.outside.ciphers import ciphers
from yanglao.people.roles import scope_of
from yanglao.web.auth import actor, who
from yanglao.web.conduct import record

bp = APIBlueprint("api_standings", __name__, url_prefix="/api/v1", tag="核对 review")


class ListQuery(BaseModel):
    """Filters of the completion log; an empty one does not limit."""

    model_config = ConfigDict(extra="forbid")

    class_id: str = ""
    base_id: str = ""
    division: str = ""
    segment_id: str = ""
    mode: Literal["", "online", "offline"] = ""
    state: Literal["", "not_started", "in_progress", "hours_met", "complete"] = ""
    text: str = Field(default="", max_length=60)
    review: Literal["", "none", "confirmed", "questioned"] = ""
    after: str = Field(default="", max_length=60)
    limit: int = Field(default=50, ge=1, le=200)


class PageQuery(BaseModel):
    """Where a list goes on."""

    model_config = ConfigDict(extra="forbid")

    after: int = Field(default=0, ge=0)
    limit: int = Field(default=100, ge=1, le=400)


class ReviewBody(BaseModel):
    """A verdict on one standing."""

    model_config = ConfigDict(strict=True, extra="forbid")

    verdict: Literal["confirmed", "questioned"]
    reason: str = Field(default="", max_length=500)


@bp.get("/standings")
@who("standing.read")
@bp.input(ListQuery, location="query", arg_name="asked")
@bp.doc(summary="List the segment completion log within the caller's scope")
def list_standings(asked: ListQuery) -> dict[str, Any]:
    """List standings."""
    filters = StandingFilters(
        class_id=asked.class_id,
        base_id=asked.base_id,
        division_code=asked.division,
        segment_id=asked.segment_id,
        mode=asked.mode,
        state=asked.state,
        text=asked.text,
        review=asked.review,
    )
    scope = scope_of(actor().grants, "standing.read")
    lines, after = queries.standings(
        db.session, scope, filters, now=now(), after=asked.after, limit=asked.limit
    )
    return {"items": [queries.as_dict(line) for line in lines], "next": after}


@bp.get("/standings/<enrolment_id>/<segment_id>")
@who("standing.read")
@bp.doc(summary="Read one line of the completion log", responses=[404])
def read_standing(enrolment_id: str, segment_id: str) -> dict[str, Any]:
    """Read one standing."""
    scope = scope_of(actor().grants, "standing.read")
    return queries.as_dict(queries.standing(db.session, scope, enrolment_id, segment_id, now=now()))


@bp.post("/standings/<enrolment_id>/<segment_id>/review")
@who("hours.review")
@bp.input(ReviewBody, arg_name="body")
@bp.doc(summary="Say that the hours were looked at, or what is doubted", responses=[403, 404])
def review_standing(enrolment_id: str, segment_id: str, body: ReviewBody) -> dict[str, Any]:
    """Review one standing."""
    moment, me = now(), actor()
    scope = scope_of(me.grants, "hours.review")

    def act() -> str:
        review(
            db.session,
            scope,
            enrolment_id,
            segment_id,
            verdict=body.verdict,
            reason=body.reason,
            now=moment,
            actor=me,
        )
        return queries.standing(db.session, scope, enrolment_id, segment_id, now=moment).person_id

    record(act, person_ids=lambda person: [person])
    return queries.as_dict(queries.standing(db.session, scope, enrolment_id, segment_id, now=moment))


@bp.get("/checkpoints")
@who("ledger.read", "standing.read")
@bp.input(PageQuery, location="query", arg_name="asked")
@bp.doc(summary="List the signed daily heads of the ledger, oldest first")
def list_checkpoints(asked: PageQuery) -> dict[str, Any]:
    """List checkpoints with the public keys that verify them."""
    found = evidence.checkpoints(db.session, after=asked.after, limit=asked.limit + 1)
    more = found[asked.limit :]
    return {
        "items": [
            {
                "id": str(one.id),
                "day": one.day.isoformat(),
                "made_at": rfc3339(one.made_ms),
                "chains": one.chains,
                "entries": one.entries,
                "root": one.root,
                "statement": one.statement,
                "signature": one.signature,
            }
            for one in found[: asked.limit]
        ],
        "next": str(found[asked.limit - 1].id) if more else None,
        "public_keys": ciphers().public_keys(),
    }
