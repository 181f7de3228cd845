"""不予补贴的名单: try a list, read the report row by row, take it in."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import flash, request
from pydantic import Field

from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Problem
from yanglao.outside import workbook
from yanglao.subsidy import exclusions
from yanglao.subsidy.exclusions import Report
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = APIBlueprint("office_exclusions", __name__, url_prefix="/office/exclusions", enable_openapi=False)
MOST_SHOWN = 200


class ListForm(forms.Form):
    """Which group a list is of, and whether it is kept or only tried."""

    group: str = Field(max_length=24)
    keep: bool = False


@bp.get("")
@who("exclusion.import")
def lists() -> str:
    """Show the groups in force and the form."""
    return _page()


@bp.post("")
@who("exclusion.import")
def send() -> tuple[str, int] | str:
    """Try or take in a list, and show what became of each row."""
    me, moment = actor(), now()
    sent = request.files.get("file")
    content = sent.read(workbook.MOST_BYTES + 1) if sent is not None else b""
    try:
        form = forms.read(ListForm)
        report = run(
            lambda: exclusions.take_in(db.session, form.group, content, keep=form.keep, now=moment, actor=me)
        )
    except Problem as refusal:
        return _page(refused=forms.said(refusal)), refusal.status
    if report.kept:
        flash("名单存好了，从现在起算。", "pine")
    return _page(report)


def _page(report: Report | None = None, refused: forms.Said | None = None) -> str:
    return page(
        "office/exclusions.html",
        lists=exclusions.lists(db.session),
        groups=list(exclusions.groups().items()),
        report=report,
        shown=[row for row in report.rows if row.outcome != "known"][:MOST_SHOWN] if report else [],
        refused=refused,
    )
