"""等级证书: an assessment body hands in its results as a sheet, sees what becomes of each row, and records all of it."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import request
from pydantic import Field

from yanglao.certificates import level_changes, level_life, level_queries, levels
from yanglao.files import drafts
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Problem
from yanglao.outside import workbook
from yanglao.people import queries as people
from yanglao.places import queries as places
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = APIBlueprint(
    "office_level_certificates", __name__, url_prefix="/office/level-certificates", enable_openapi=False
)
ROWS = 60


class ListQuery(forms.Query):
    """Where the list goes on."""

    after: str = Field(default="", max_length=26)


@bp.get("")
@who("report.level")
def recorded() -> str:
    """Show where a sheet is handed in and what was recorded, the newest first."""
    return _page(None, None)


@bp.post("")
@who("report.level")
def take_in() -> tuple[str, int]:
    """Look at a sheet, or record it: the same report row by row, all of it or nothing. A sheet that was looked at waits a day."""
    me, moment, kept = actor(), now(), request.form.get("file_id", "")
    keep, file_id = request.form.get("keep") == "1", ""
    try:
        if kept:
            content = drafts.kept(db.session, kept, purpose=levels.PURPOSE, now=moment, actor=me)
        else:
            given = request.files.get("file")
            content = given.read(workbook.MOST_BYTES + 1) if given and given.filename else b""
        if keep:
            run(lambda: levels.look_for_doubles(db.session, content, now=moment, actor=me))
        report = levels.take_in(db.session, content, keep=False, now=moment, actor=me)
        if keep and not report.count("bad"):
            report = run(lambda: levels.take_in(db.session, content, keep=True, now=moment, actor=me))
        elif not report.count("bad"):
            file_id = run(
                lambda: drafts.keep(db.session, content, purpose=levels.PURPOSE, now=moment, actor=me)
            )
    except Problem as refusal:
        return _page(None, forms.said(refusal)), refusal.status
    return _page(report, None, file_id), 200


@bp.get("/<certificate_id>")
@who("report.level", "certificate.revoke")
def one(certificate_id: str) -> str:
    """Show a certificate to who may change it, with everything that was done with it."""
    found = level_queries.one(db.session, certificate_id)
    if found is None or not level_life.may_change(actor(), found.recorded_by):
        raise level_life.LevelUnknown()
    return page(
        "office/level_certificate.html",
        own=found,
        owner=people.person(db.session, found.person_id),
        steps=level_queries.steps(db.session, certificate_id),
        acts=level_life.ACT_NAMES,
        changes=level_changes.of(db.session, certificate_id),
        decides={one.id for one in level_changes.waiting_for(db.session, actor())},
        levels=[(one.code, one.name) for one in places.levels(db.session)],
    )


def _page(report: levels.Report | None, refused: Any, file_id: str = "") -> str:
    asked = forms.read_query(ListQuery)
    found = level_queries.recorded(db.session, by=actor().person_id, after=asked.after, limit=ROWS + 1)
    return page(
        "office/level_certificates.html",
        report=report,
        refused=refused,
        file_id=file_id,
        found=found[:ROWS],
        next=found[ROWS - 1].id if len(found) > ROWS else None,
        asked=asked,
        known=people.persons(db.session, {one.person_id for one in found}),
        headings=[known[0] for known in levels.HEADINGS.values()],
    )
