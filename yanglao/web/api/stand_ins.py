"""代办: an officer names a colleague who does their work for some days, and takes that back."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from yanglao.evidence import standing
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.people import stand_ins
from yanglao.people.stand_ins import StandInView
from yanglao.web.auth import actor, who
from yanglao.web.forms import Strict, day

bp = APIBlueprint("api_stand_ins", __name__, url_prefix="/api/v1", tag="人员 people")
OFFICES = ("class.approve", "claim.hrss", "claim.finance")


class StandInBody(Strict):
    """Who does the caller's work, from one day to another like 2026-03-08, both included."""

    stand_in_id: str = Field(max_length=26)
    since: str = Field(max_length=10)
    until: str = Field(max_length=10)
    reason: str = Field(default="", max_length=200)


class StandInOut(BaseModel):
    """Who stands in for whom."""

    id: str
    person: dict[str, str]
    stand_in: dict[str, str]
    since: str
    until: str
    reason: str
    ended_at: str | None


class StandInsOut(BaseModel):
    """The caller's stand-ins and for whom they stand in themself, the latest first; ``colleagues`` may be named."""

    items: list[StandInOut]
    colleagues: list[dict[str, str]]
    next: str | None


@bp.get("/stand-ins")
@who(*OFFICES)
@bp.output(StandInsOut)
@bp.doc(summary="List who stands in for the caller, for whom the caller does, and who may be named")
def list_stand_ins() -> dict[str, Any]:
    """List them."""
    return _all()


@bp.post("/stand-ins")
@who(*OFFICES)
@bp.input(StandInBody, arg_name="body")
@bp.output(StandInsOut)
@bp.doc(summary="Name a colleague of the same office as one's stand-in", responses=[403, 409, 422])
def name_stand_in(body: StandInBody) -> dict[str, Any]:
    """Name one."""
    me, moment, since, until = actor(), now(), day(body.since), day(body.until)
    run(
        lambda: standing.name(
            db.session,
            body.stand_in_id,
            since=since,
            until=until,
            reason=body.reason,
            now=moment,
            actor=me,
        )
    )
    return _all()


@bp.post("/stand-ins/<stand_in_id>/end")
@who(*OFFICES)
@bp.output(StandInsOut)
@bp.doc(summary="Take a stand-in back from now on", responses=[404])
def end_stand_in(stand_in_id: str) -> dict[str, Any]:
    """Take one back."""
    me, moment = actor(), now()
    run(lambda: standing.end(db.session, stand_in_id, now=moment, actor=me))
    return _all()


def _all() -> dict[str, Any]:
    me = actor()
    return {
        "items": [_told(one) for one in stand_ins.of(db.session, me.person_id)],
        "colleagues": [{"id": one, "name": name} for one, name in stand_ins.colleagues(db.session, me)],
        "next": None,
    }


def _told(one: StandInView) -> dict[str, Any]:
    return {
        "id": one.id,
        "person": {"id": one.person_id, "name": one.person_name},
        "stand_in": {"id": one.stand_in_id, "name": one.stand_in_name},
        "since": one.since.isoformat(),
        "until": one.until.isoformat(),
        "reason": one.reason,
        "ended_at": rfc3339(one.ended_ms) if one.ended_ms else None,
    }
