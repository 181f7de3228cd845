"""Certificates of skill level: what an assessment body reports, row by row, and what is on record of a class."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel

from yanglao.certificates import level_queries, levels
from yanglao.classes import queries as classes
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Refused
from yanglao.outside import workbook
from yanglao.people.roles import scope_of
from yanglao.web.auth import actor, who
from yanglao.web.certificate_answers import level_dict
from yanglao.web.lists import part_of

bp = APIBlueprint("api_level_certificates", __name__, url_prefix="/api/v1", tag="等级证书 level certificates")


class NotSent(Refused):
    """Say that no file came."""

    code = "level.not_sent"


class LevelRowOut(BaseModel):
    """What became of one row, counted as in the sheet; name and ID number are masked."""

    row: int
    name: str
    masked_id: str
    number: str
    outcome: Literal["new", "known", "bad"]
    sentence: str


class LevelReportOut(BaseModel):
    """A sheet as it was read; ``kept``: its rows are on record now."""

    digest: str
    kept: bool
    new: int
    known: int
    bad: int
    rows: list[LevelRowOut]


@bp.get("/level-certificates")
@who("report.level")
@bp.doc(summary="List what the caller recorded, the newest first")
def list_recorded() -> dict[str, Any]:
    """List own records."""
    found = level_queries.recorded(db.session, by=actor().person_id, limit=1000)
    return part_of([level_dict(one) for one in found])


@bp.get("/classes/<class_id>/level-certificates")
@who("certificate.read")
@bp.doc(summary="List the certificates of skill level of the people of a class", responses=[404])
def list_of_class(class_id: str) -> dict[str, Any]:
    """List those of a class."""
    classes.class_(db.session, class_id, scope_of(actor().grants, "certificate.read"))
    persons = [one.person_id for one in classes.roster(db.session, class_id)]
    return part_of([level_dict(one) for one in level_queries.of_persons(db.session, persons)])


@bp.post("/level-certificates/check")
@who("report.level")
@bp.output(LevelReportOut)
@bp.doc(
    summary="Read a sheet, multipart field file, and report row by row; keeps nothing", responses=[413, 422]
)
def check_sheet() -> dict[str, Any]:
    """Try a sheet without keeping it."""
    return report_dict(levels.take_in(db.session, sent_sheet(), keep=False, now=now(), actor=actor()))


@bp.post("/level-certificates")
@who("report.level")
@bp.output(LevelReportOut, status_code=201)
@bp.doc(summary="Record every row of a sheet, or none", responses=[409, 413, 422])
def take_sheet() -> dict[str, Any]:
    """Record a sheet; numbers that stand for two people become flags even though the sheet is refused."""
    content, moment, me = sent_sheet(), now(), actor()
    run(lambda: levels.look_for_doubles(db.session, content, now=moment, actor=me))
    return report_dict(run(lambda: levels.take_in(db.session, content, keep=True, now=moment, actor=me)))


def report_dict(one: levels.Report) -> dict[str, Any]:
    """Return a report as the API gives it."""
    return {
        "digest": one.digest,
        "kept": one.kept,
        **{outcome: one.count(outcome) for outcome in ("new", "known", "bad")},
        "rows": [vars(row) for row in one.rows],
    }


def sent_sheet() -> bytes:
    """Return the file that was sent. Raises NotSent."""
    given = request.files.get("file")
    if given is None or not given.filename:
        raise NotSent()
    return given.read(workbook.MOST_BYTES + 1)
