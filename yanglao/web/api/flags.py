"""What looks wrong within the caller's scope, and the verdict on it."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field

from yanglao.flags import queries, service
from yanglao.flags.queries import FlagView
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.people.roles import scope_of
from yanglao.web.auth import actor, who
from yanglao.web.forms import Strict

bp = APIBlueprint("api_flags", __name__, url_prefix="/api/v1", tag="核对 review")


class FlagsQuery(BaseModel):
    """Filters of the list; an empty one does not limit. ``since`` and ``until`` are days in Shanghai, both included."""

    model_config = ConfigDict(extra="forbid")

    kind: str = Field(default="", max_length=40)
    weight: Literal["", "info", "warn", "blocks_claim"] = ""
    state: Literal["", "open", "settled"] = ""
    base_id: str = Field(default="", max_length=26)
    division: str = Field(default="", max_length=12)
    class_id: str = Field(default="", max_length=26)
    person_id: str = Field(default="", max_length=26)
    text: str = Field(default="", max_length=60)
    since: date | None = None
    until: date | None = None
    after: str = Field(default="", max_length=26)
    limit: int = Field(default=100, ge=1, le=200)


class SubjectOut(BaseModel):
    """What a flag is about."""

    kind: Literal["enrolment", "person", "session", "class", "attempt"]
    id: str


class FlagPersonOut(BaseModel):
    """Somebody a flag names."""

    id: str
    name: str
    enrolment_id: str | None


class FlagOut(BaseModel):
    """A flag: what looks wrong, in words and facts, and what became of it."""

    id: str
    kind: str
    title: str
    sentence: str
    weight: Literal["info", "warn", "blocks_claim"]
    subject: SubjectOut
    enrolment_id: str | None
    person: FlagPersonOut | None
    persons: list[FlagPersonOut]
    class_id: str | None
    base_id: str | None
    division: str | None
    facts: dict[str, Any]
    raised_at: str
    state: Literal["open", "settled"]
    verdict: Literal["explained", "confirmed"] | None
    reason: str
    settled_by: str | None
    settled_at: str | None


class FlagsOut(BaseModel):
    """Flags, the newest first."""

    items: list[FlagOut]
    next: str | None


class SettleBody(Strict):
    """A verdict and how it was found."""

    verdict: Literal["explained", "confirmed"]
    reason: str = Field(max_length=500)


@bp.get("/flags")
@who("flag.read")
@bp.input(FlagsQuery, location="query", arg_name="asked")
@bp.output(FlagsOut)
@bp.doc(summary="List what looks wrong within one's scope, the newest first", responses=[422])
def list_flags(asked: FlagsQuery) -> dict[str, Any]:
    """List flags."""
    wanted = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asked.model_dump().items()
    }
    scope = scope_of(actor().grants, "flag.read")
    found = queries.flags(
        db.session, scope, queries.filters_of(wanted), after=asked.after, limit=asked.limit + 1
    )
    kept = found[: asked.limit]
    return {"items": [told(one) for one in kept], "next": kept[-1].id if len(found) > asked.limit else None}


@bp.get("/flags/<flag_id>")
@who("flag.read")
@bp.output(FlagOut)
@bp.doc(summary="Read one flag", responses=[404])
def read_flag(flag_id: str) -> dict[str, Any]:
    """Read one flag."""
    return told(queries.flag(db.session, flag_id, scope_of(actor().grants, "flag.read")))


@bp.post("/flags/<flag_id>/settle")
@who("flag.settle")
@bp.input(SettleBody, arg_name="body")
@bp.output(FlagOut)
@bp.doc(summary="Say with a reason what came out; that is final", responses=[403, 404, 409, 422])
def settle_flag(flag_id: str, body: SettleBody) -> dict[str, Any]:
    """Settle one flag; nobody settles what is about themselves."""
    me, moment = actor(), now()
    run(
        lambda: service.settle(
            db.session, flag_id, verdict=body.verdict, reason=body.reason, now=moment, actor=me
        )
    )
    return told(queries.flag(db.session, flag_id, scope_of(me.grants, "flag.settle")))


def told(one: FlagView) -> dict[str, Any]:
    """Return a flag as the API gives it."""
    return {
        "id": one.id,
        "kind": one.kind,
        "title": one.title,
        "sentence": one.sentence,
        "weight": one.weight,
        "subject": {"kind": one.subject_kind, "id": one.subject_id},
        "enrolment_id": one.enrolment_id or None,
        "person": {"id": one.person_id, "name": one.person_name, "enrolment_id": one.enrolment_id or None}
        if one.person_id
        else None,
        "persons": [{"id": who_, "name": name, "enrolment_id": at or None} for who_, name, at in one.persons],
        "class_id": one.class_id,
        "base_id": one.base_id,
        "division": one.division_code,
        "facts": one.facts,
        "raised_at": rfc3339(one.raised_ms),
        "state": one.state,
        "verdict": one.verdict,
        "reason": one.reason,
        "settled_by": one.settled_by,
        "settled_at": rfc3339(one.settled_ms) if one.settled_ms else None,
    }
