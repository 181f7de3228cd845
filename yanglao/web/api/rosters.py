"""Rosters by API: a dry run with a verdict on every row, the columns, the commit, the file handed back."""

from __future__ import annotations

import io
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request, send_file
from pydantic import Field

from yanglao.classes import roster, roster_queries
from yanglao.classes.shapes import ImportView, RowVerdict
from yanglao.evidence import filing
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Refused
from yanglao.kernel.wording import sentence, words
from yanglao.people.roles import scope_of
from yanglao.web.auth import actor, who
from yanglao.web.forms import Strict
from yanglao.web.lists import part_of

bp = APIBlueprint("api_rosters", __name__, url_prefix="/api/v1", tag="花名册 rosters")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NotSent(Refused):
    """Say that neither a file nor text came."""

    code = "roster.not_sent"


class LayoutBody(Strict):
    """How to read a roster: sheet from 0, header row from 1 with 0 to 2 rows, the field of every column or null."""

    sheet: int = Field(default=0, ge=0)
    header_row: int = Field(default=1, ge=1)
    header_rows: int = Field(default=1, ge=0, le=2)
    columns: list[str] | None = Field(default=None, max_length=100)


class CommitBody(Strict):
    """Which rows are left out, by their number as a spreadsheet shows it."""

    left_out: list[int] = Field(default_factory=list, max_length=5000)


@bp.post("/classes/<class_id>/roster-imports")
@who("roster.import")
@bp.doc(
    summary="Judge a roster: multipart field `file`, or JSON {text} with pasted cells; nobody is entered",
    responses=[404, 409, 413, 422],
)
def preview(class_id: str) -> dict[str, Any]:
    """Judge a roster without entering anybody."""
    moment, me, upload = now(), actor(), _upload().opened()
    return import_dict(run(lambda: roster.preview(db.session, class_id, upload, now=moment, actor=me)))


@bp.get("/classes/<class_id>/roster-imports")
@who("roster.import")
@bp.doc(summary="List the rosters that came in for a class, the latest first", responses=[404])
def list_imports(class_id: str) -> dict[str, Any]:
    """List a class's roster imports."""
    scope = scope_of(actor().grants, "roster.import")
    found = roster_queries.imports_of_class(db.session, class_id, scope)
    return part_of([import_dict(one) for one in found])


@bp.get("/roster-imports/<import_id>")
@who("roster.import")
@bp.doc(summary="Read one roster with its verdicts", responses=[404])
def read_import(import_id: str) -> dict[str, Any]:
    """Read one roster import."""
    return import_dict(
        roster_queries.import_(db.session, import_id, scope_of(actor().grants, "roster.import"))
    )


@bp.post("/roster-imports/<import_id>/columns")
@who("roster.import")
@bp.input(LayoutBody, arg_name="body")
@bp.doc(
    summary="Say what the columns are, and judge anew; remembered for the base", responses=[404, 409, 422]
)
def remap(import_id: str, body: LayoutBody) -> dict[str, Any]:
    """Read a roster in another way."""
    moment, me = now(), actor()
    columns = None if body.columns is None else tuple(body.columns)
    layout = roster.Layout(body.sheet, body.header_row, body.header_rows, columns)
    return import_dict(run(lambda: roster.remap(db.session, import_id, layout, now=moment, actor=me)))


@bp.post("/roster-imports/<import_id>/commit")
@who("roster.import")
@bp.input(CommitBody, arg_name="body")
@bp.doc(summary="Enter every row but those left out, or nobody", responses=[404, 409, 422])
def commit(import_id: str, body: CommitBody) -> dict[str, Any]:
    """Enter a roster."""
    moment, me = now(), actor()
    return import_dict(
        run(lambda: filing.commit_roster(db.session, import_id, left_out=body.left_out, now=moment, actor=me))
    )


@bp.post("/roster-imports/<import_id>/forget-passwords")
@who("roster.import")
@bp.doc(summary="Erase the first passwords from the file handed back", responses=[404])
def forget_passwords(import_id: str) -> dict[str, Any]:
    """Erase first passwords."""
    moment, me = now(), actor()
    run(lambda: roster.forget_passwords(db.session, import_id, actor=me))
    return import_dict(
        roster_queries.import_(db.session, import_id, scope_of(me.grants, "roster.import"))
    ) | {"forgotten_at": rfc3339(moment)}


@bp.get("/roster-imports/<import_id>/result.xlsx")
@who("roster.import")
@bp.doc(summary="Download the roster with its 结果 column", responses=[404])
def result_file(import_id: str) -> Response:
    """Hand the roster back."""
    scope = scope_of(actor().grants, "roster.import")
    name, content = roster_queries.result_file(db.session, import_id, scope, now=now())
    return send_file(io.BytesIO(content), XLSX, as_attachment=True, download_name=name)


def _upload() -> roster.Upload:
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        return roster.Upload(sent.filename, sent.read())
    body = request.get_json(silent=True) if request.is_json else request.form
    text = body.get("text") if body is not None and hasattr(body, "get") else None
    if not isinstance(text, str) or not text.strip():
        raise NotSent
    return roster.Upload(text=text)


def import_dict(one: ImportView) -> dict[str, Any]:
    """Return a roster import as the API says it; ID numbers are masked."""
    return {
        "id": one.id,
        "class_id": one.class_id,
        "file_name": one.file_name,
        "kind": one.kind,
        "state": one.state,
        "again": one.again,
        "sheets": list(one.sheets),
        "sheet": one.sheet,
        "header_row": one.header_row,
        "header_rows": one.header_rows,
        "headings": list(one.headings),
        "columns": list(one.columns),
        "missing": list(one.missing),
        "totals": one.totals,
        "left_out": list(one.left_out),
        "rows": [row_dict(row) for row in one.rows],
        "created_at": rfc3339(one.created_ms),
        "committed_at": rfc3339(one.committed_ms) if one.committed_ms else None,
        "passwords_until": rfc3339(one.passwords_until_ms) if one.passwords_until_ms else None,
        "result_url": f"/api/v1/roster-imports/{one.id}/result.xlsx",
    }


def row_dict(one: RowVerdict) -> dict[str, Any]:
    """Return the verdict on one row, with its sentence."""
    return {
        "row": one.row,
        "outcome": one.outcome,
        "code": one.code,
        "title": words(one.code).title,
        "sentence": sentence(one.code, one.facts),
        "facts": one.facts,
        "name": one.name,
        "masked_id": one.masked_id,
        "warnings": [
            {
                **about,
                "title": words(about["code"]).title,
                "sentence": sentence(about["code"], about["facts"]),
            }
            for about in one.warnings
        ],
        "opens_account": one.opens_account,
    }
