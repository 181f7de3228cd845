"""代办: an officer names a colleague who does their work for some days, and takes that back."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.people import substitutes
from yanglao.people.substitutes import SubstituteView
from yanglao.web.auth import actor, who
from yanglao.web.forms import Strict, day

bp = APIBlueprint("api_substitutes", __name__, url_prefix="/api/v1", tag="人员 people")
OFFICES = ("class.approve", "claim.hrss", "claim.finance")


class SubstituteBody(Strict):
    """Who does the caller's work, from one day to another like 2026-03-08, both included."""

    substitute_id: str = Field(max_length=26)
    since: str = Field(max_length=10)
    until: str = Field(max_length=10)
    reason: str = Field(default="", max_length=200)


class SubstituteOut(BaseModel):
    """Who stands in for whom."""

    id: str
    person: dict[str, str]
    substitute: dict[str, str]
    since: str
    until: str
    reason: str
    ended_at: str | None


class SubstitutesOut(BaseModel):
    """The caller's substitutes and for whom they stand in themself, the latest first; ``colleagues`` may be named."""

    items: list[SubstituteOut]
    colleagues: list[dict[str, str]]
    next: str | None


@bp.get("/substitutes")
@who(*OFFICES)
@bp.output(SubstitutesOut)
@bp.doc(summary="List who stands in for the caller, for whom the caller does, and who may be named")
def list_substitutes() -> dict[str, Any]:
    """List them."""
    return _all()


@bp.post("/substitutes")
@who(*OFFICES)
@bp.input(SubstituteBody, arg_name="body")
@bp.output(SubstitutesOut)
@bp.doc(summary="Name a colleague of the same office as one's substitute", responses=[403, 409, 422])
def name_substitute(body: SubstituteBody) -> dict[str, Any]:
    """Name one."""
    me, moment, since, until = actor(), now(), day(body.since), day(body.until)
    run(
        lambda: substitutes.name(
            db.session,
            body.substitute_id,
            since=since,
            until=until,
            reason=body.reason,
            now=moment,
            actor=me,
        )
    )
    return _all()


@bp.post("/substitutes/<substitute_id>/end")
@who(*OFFICES)
@bp.output(SubstitutesOut)
@bp.doc(summary="Take a substitute back from now on", responses=[404])
def end_substitute(substitute_id: str) -> dict[str, Any]:
    """Take one back."""
    me, moment = actor(), now()
    run(lambda: substitutes.end(db.session, substitute_id, now=moment, actor=me))
    return _all()


def _all() -> dict[str, Any]:
    me = actor()
    return {
        "items": [_told(one) for one in substitutes.of(db.session, me.person_id)],
        "colleagues": [{"id": one, "name": name} for one, name in substitutes.colleagues(db.session, me)],
        "next": None,
    }


def _told(one: SubstituteView) -> dict[str, Any]:
    return {
        "id": one.id,
        "person": {"id": one.person_id, "name": one.person_name},
        "substitute": {"id": one.substitute_id, "name": one.substitute_name},
        "since": one.since.isoformat(),
        "until": one.until.isoformat(),
        "reason": one.reason,
        "ended_at": rfc3339(one.ended_ms) if one.ended_ms else None,
    }
