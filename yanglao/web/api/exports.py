"""Exports: ask for one, see how far it is, fetch the file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import Response, request, send_file
from pydantic import Field

from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.oversight import exports
from yanglao.oversight.exports import ExportView
from yanglao.web.auth import actor, actor_or_none, public, who
from yanglao.web.forms import Strict

bp = APIBlueprint("api_exports", __name__, url_prefix="/api/v1", tag="核对 review")
DAY = r"^(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))?$"


class ExportFilter(Strict):
    """What is exported: the filters of the page it was asked for on; an empty one does not limit.

    ``dossier_class`` (一期一档, PDF) and ``dossier_persons`` (一人一档 of everybody, zip) need ``class_id``, ``dossier_person`` (PDF)
    ``enrolment_id``. ``evidence``, ``hours`` and ``pack`` (signed JSON lines, not a workbook) need ``class_id`` or ``enrolment_id``; ``attendance`` needs ``class_id`` or ``session_id``; ``plan`` takes ``year``,
    ``category`` and ``against``, the year whose plan stands beside it (0: none); ``flags`` takes ``kind``, ``weight``,
    ``person_id`` and the days ``since`` and ``until``; ``practical`` takes ``state`` open, differs, passed or failed; ``claims``
    takes the filters of the list of claims, every ``claim_…`` the ``claim_id``, ``settlement`` and ``run_bank`` the ``run_id`` (``payee`` person or base); ``what_if``
    needs ``policy`` and takes ``subsidy``, the kind, ``only`` changed, days of class start and the state of classes.
    """

    class_id: str = Field(default="", max_length=26)
    session_id: str = Field(default="", max_length=26)
    base_id: str = Field(default="", max_length=26)
    division: str = Field(default="", max_length=12)
    segment_id: str = Field(default="", max_length=26)
    mode: Literal["", "online", "offline"] = ""
    state: Literal[
        "",
        "not_started",
        "in_progress",
        "hours_met",
        "complete",
        "open",
        "settled",
        "differs",
        "passed",
        "failed",
        "draft",
        "filed",
        "county_passed",
        "hrss_passed",
        "on_notice",
        "notice_over",
        "funded",
        "paid",
        "bank_returned",
        "returned",
        "withdrawn",
        "running",
        "finished",
        "archived",
    ] = ""
    claim_id: str = Field(default="", max_length=26)
    month: str = Field(default="", pattern=r"^(\d{4}-\d{2})?$")
    fund: str = Field(default="", max_length=24)
    version_id: str = Field(default="", max_length=26)
    payee: Literal["", "person", "base"] = ""
    text: str = Field(default="", max_length=60)
    review: Literal["", "none", "confirmed", "questioned"] = ""
    enrolment_id: str = Field(default="", max_length=26)
    year: int | None = Field(default=None, ge=2000, le=2200)
    category: str = Field(default="", max_length=40)
    against: int | None = Field(default=None, ge=0, le=2200)
    kind: str = Field(default="", max_length=40)
    weight: Literal["", "info", "warn", "blocks_claim"] = ""
    person_id: str = Field(default="", max_length=26)
    run_id: str = Field(default="", max_length=26)
    since: Annotated[str, Field(pattern=DAY)] = ""
    until: Annotated[str, Field(pattern=DAY)] = ""
    policy: str = Field(default="", max_length=60)
    subsidy: Literal["", "training", "startup", "assessment", "living"] = ""
    only: Literal["", "changed"] = ""


class ExportBody(Strict):
    """A kind of export and its filter."""

    kind: Literal[
        "standings",
        "evidence",
        "hours",
        "plan",
        "flags",
        "attendance",
        "practical",
        "pack",
        "claims",
        "claim_application",
        "claim_roster",
        "claim_notice",
        "claim_payment",
        "claim_accounts",
        "claim_bank",
        "run_bank",
        "claim_form",
        "settlement",
        "what_if",
        "dossier_class",
        "dossier_person",
        "dossier_persons",
    ]
    filter: ExportFilter = Field(default_factory=ExportFilter)


@bp.post("/exports")
@who("standing.export", "plan.read", "flag.read", "policy.try")
@bp.input(ExportBody, arg_name="body")
@bp.doc(summary="Ask for an .xlsx of what is seen; it is made in the background", responses=[403, 404, 422])
def ask_export(body: ExportBody) -> dict[str, Any]:
    """Ask for an export; the same asked again before it is done is the same export."""
    moment, me = now(), actor()
    wanted = body.filter.model_dump()
    export_id = run(lambda: exports.ask(db.session, body.kind, wanted, now=moment, actor=me))
    return _told(exports.view(db.session, export_id, now=moment, actor=me))


@bp.get("/exports/<export_id>")
@who("standing.export", "plan.read", "flag.read", "policy.try")
@bp.doc(summary="Read how far an export of one's own is", responses=[404])
def read_export(export_id: str) -> dict[str, Any]:
    """Read one export."""
    return _told(exports.view(db.session, export_id, now=now(), actor=actor()))


@bp.delete("/exports/<export_id>")
@who("standing.export", "plan.read", "flag.read", "policy.try")
@bp.doc(summary="Give up an export of one's own that is not made yet", responses=[404])
def cancel_export(export_id: str) -> dict[str, Any]:
    """Cancel one export and say how it is then."""
    moment, me = now(), actor()
    run(lambda: exports.cancel(db.session, export_id, now=moment, actor=me))
    return _told(exports.view(db.session, export_id, now=moment, actor=me))


@bp.get("/exports/<export_id>/file")
@public
@bp.doc(summary="Fetch the file, by the link handed out or as the person who asked", responses=[404])
def fetch_export(export_id: str) -> Response:
    """Send the workbook."""
    link = request.args.get("link", "")
    found = exports.opened(db.session, export_id, link=link, now=now(), actor=actor_or_none())
    response = send_file(found.path, mimetype=found.media_type, as_attachment=True, download_name=found.name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _told(one: ExportView) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "state": one.state,
        "progress": one.progress,
        "url": f"/api/v1/exports/{one.id}/file?link={one.link}" if one.link else None,
        "name": one.name or None,
        "fault": one.fault or None,
    }
