"""不予补贴的名单: lists of people that a fund does not pay for, taken in with a dry run and a report per row."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel

from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Refused
from yanglao.outside import workbook
from yanglao.subsidy import exclusions
from yanglao.subsidy.exclusions import Report
from yanglao.web.auth import actor, who

bp = APIBlueprint("api_exclusions", __name__, url_prefix="/api/v1", tag="补贴 claims")


class NotSent(Refused):
    code = "exclusion.not_sent"


class ExclusionListOut(BaseModel):
    """A group in force: how many people, since which import."""

    group: str
    name: str
    people: int
    imported_at: str


class ExclusionListsOut(BaseModel):
    """The groups that have somebody on them."""

    items: list[ExclusionListOut]
    next: str | None


class ExclusionRowOut(BaseModel):
    """What became of one row, counted as in the sheet; the ID number is masked."""

    row: int
    masked_id: str
    outcome: Literal["new", "known", "changed", "bad"]
    sentence: str


class ExclusionReportOut(BaseModel):
    """A list as it was read; ``kept``: its rows are in force now."""

    group: str
    name: str
    digest: str
    kept: bool
    new: int
    known: int
    changed: int
    bad: int
    rows: list[ExclusionRowOut]


@bp.get("/exclusions")
@who("exclusion.import")
@bp.output(ExclusionListsOut)
@bp.doc(summary="List the groups with the number of people; who stands on a list is told to nobody")
def list_exclusions() -> dict[str, Any]:
    """List the groups in force."""
    items = [
        {"group": one.group, "name": one.name, "people": one.people, "imported_at": rfc3339(one.imported_ms)}
        for one in exclusions.lists(db.session)
    ]
    return {"items": items, "next": None}


@bp.post("/exclusions/<group>/check")
@who("exclusion.import")
@bp.output(ExclusionReportOut)
@bp.doc(
    summary="Read a list, multipart field file, and report row by row; keeps nothing", responses=[413, 422]
)
def check_exclusions(group: str) -> dict[str, Any]:
    """Try a list without keeping it."""
    return report_dict(exclusions.take_in(db.session, group, _sent(), keep=False, now=now(), actor=actor()))


@bp.post("/exclusions/<group>")
@who("exclusion.import")
@bp.output(ExclusionReportOut)
@bp.doc(
    summary="Take a list in, multipart field file; one bad row and nothing is kept", responses=[409, 413, 422]
)
def take_exclusions(group: str) -> dict[str, Any]:
    """Take a list in."""
    content, me, moment = _sent(), actor(), now()
    return report_dict(
        run(lambda: exclusions.take_in(db.session, group, content, keep=True, now=moment, actor=me))
    )


def report_dict(one: Report) -> dict[str, Any]:
    """Return a report as the API gives it."""
    return {
        "group": one.group,
        "name": one.name,
        "digest": one.digest,
        "kept": one.kept,
        **{outcome: one.count(outcome) for outcome in ("new", "known", "changed", "bad")},
        "rows": [vars(row) for row in one.rows],
    }


def _sent() -> bytes:
    given = request.files.get("file")
    if given is None or not given.filename:
        raise NotSent()
    return given.read(workbook.MOST_BYTES + 1)
