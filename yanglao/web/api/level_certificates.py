"""Certificates of skill level: what an assessment body reports, row by row, and what is on record of a class."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel, Field

from yanglao.certificates import level_changes, level_life, level_queries, level_rules, levels
from yanglao.classes import queries as classes
from yanglao.files import drafts
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import NotFound, Refused
from yanglao.outside import workbook
from yanglao.people.roles import scope_of
from yanglao.web.auth import actor, who
from yanglao.web.certificate_answers import level_changes_dict, level_dict, level_steps_dict
from yanglao.web.forms import DecisionBody, Strict
from yanglao.web.lists import part_of

bp = APIBlueprint("api_level_certificates", __name__, url_prefix="/api/v1", tag="等级证书 level certificates")


class NotSent(Refused):
    """Say that no file came."""

    code = "level.not_sent"


class LevelActBody(Strict):
    """The reason of a step, at least four characters."""

    reason: str = Field(default="", max_length=500)


class LevelCorrectionBody(LevelActBody):
    """What a certificate really says; ``level`` in words or as a code, ``issued_on`` like 2026-03-08."""

    number: str = Field(max_length=40)
    occupation: str = Field(max_length=60)
    level: str = Field(max_length=20)
    issuer: str = Field(max_length=80)
    issued_on: str = Field(max_length=20)


class LevelRowOut(BaseModel):
    """What became of one row, counted as in the sheet; name and ID number are masked."""

    row: int
    name: str
    masked_id: str
    number: str
    outcome: Literal["new", "known", "bad"]
    sentence: str


class LevelReportOut(BaseModel):
    """A sheet as it was read; ``kept``: its rows are on record now. ``file_id`` of a dry run records the same sheet within a day."""

    digest: str
    file_id: str
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
    summary="Read a sheet, multipart field file, and report row by row; records nothing", responses=[413, 422]
)
def check_sheet() -> dict[str, Any]:
    """Try a sheet; the file waits a day to be recorded, none of its rows is on record."""
    content, moment, me = sent_sheet(), now(), actor()
    report = levels.take_in(db.session, content, keep=False, now=moment, actor=me)
    file_id = run(lambda: drafts.keep(db.session, content, purpose=levels.PURPOSE, now=moment, actor=me))
    return report_dict(report, file_id)


@bp.post("/level-certificates")
@who("report.level")
@bp.output(LevelReportOut, status_code=201)
@bp.doc(
    summary="Record every row of a sheet, or none: field file, or file_id of its dry run",
    responses=[404, 409, 413, 422],
)
def take_sheet() -> dict[str, Any]:
    """Record a sheet; numbers that stand for two people become flags even though the sheet is refused."""
    content, moment, me = sheet_or_kept(), now(), actor()
    run(lambda: levels.look_for_doubles(db.session, content, now=moment, actor=me))
    return report_dict(run(lambda: levels.take_in(db.session, content, keep=True, now=moment, actor=me)))


@bp.get("/level-certificates/<certificate_id>")
@who("report.level", "certificate.revoke")
@bp.doc(summary="Read a certificate of skill level with its steps, to who may change it", responses=[404])
def read_level(certificate_id: str) -> dict[str, Any]:
    """Read one with its history."""
    return one_level(certificate_id)


@bp.post("/level-certificates/<certificate_id>/acts/<act>")
@who("report.level", "certificate.revoke")
@bp.input(LevelActBody, arg_name="body")
@bp.doc(
    summary="Ask to withdraw or restore a certificate of skill level; it happens once somebody else agrees",
    responses=[403, 404, 409, 422],
)
def take_level(certificate_id: str, act: str, body: LevelActBody) -> dict[str, Any]:
    """Ask to withdraw or restore, with a reason."""
    if act not in ("withdraw", "restore"):
        raise NotFound()
    me, moment = actor(), now()
    run(lambda: level_changes.ask(db.session, certificate_id, act, reason=body.reason, now=moment, actor=me))
    return one_level(certificate_id)


@bp.post("/level-certificates/<certificate_id>/correction")
@who("report.level", "certificate.revoke")
@bp.input(LevelCorrectionBody, arg_name="body")
@bp.doc(
    summary="Ask to correct what a certificate of skill level says; it happens once somebody else agrees",
    responses=[403, 404, 409, 422],
)
def correct_level(certificate_id: str, body: LevelCorrectionBody) -> dict[str, Any]:
    """Ask to correct; what it said before is kept."""
    day = level_rules.day_of(body.issued_on)
    if day is None:
        raise level_life.LevelWrong("level.bad_day")
    said = level_life.Correction(body.number, body.occupation, body.level, body.issuer, day)
    me, moment = actor(), now()
    run(
        lambda: level_changes.ask(
            db.session, certificate_id, "correct", said, reason=body.reason, now=moment, actor=me
        )
    )
    return one_level(certificate_id)


@bp.post("/level-certificates/<certificate_id>/changes/<change_id>/decision")
@who("report.level", "certificate.revoke")
@bp.input(DecisionBody, arg_name="body")
@bp.doc(
    summary="Agree as a second person to what somebody asked for of a certificate of skill level, or refuse it",
    responses=[403, 404, 409, 422],
)
def decide_level(certificate_id: str, change_id: str, body: DecisionBody) -> dict[str, Any]:
    """Decide on what somebody else asked for."""
    me, moment = actor(), now()
    run(
        lambda: level_changes.decide(
            db.session,
            certificate_id,
            change_id,
            accept=body.accept,
            reason=body.reason,
            now=moment,
            actor=me,
        )
    )
    return one_level(certificate_id)


def one_level(certificate_id: str) -> dict[str, Any]:
    """Return a certificate with its steps. Raises LevelUnknown, also where the caller may not change it."""
    found = level_queries.one(db.session, certificate_id)
    if found is None or not level_life.may_change(actor(), found.recorded_by):
        raise level_life.LevelUnknown()
    return {
        **level_dict(found),
        "steps": level_steps_dict(level_queries.steps(db.session, certificate_id)),
        "changes": level_changes_dict(level_changes.of(db.session, certificate_id)),
    }


def report_dict(one: levels.Report, file_id: str = "") -> dict[str, Any]:
    """Return a report as the API gives it."""
    return {
        "digest": one.digest,
        "file_id": file_id,
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


def sheet_or_kept() -> bytes:
    """Return the file that was sent, or the one whose dry run ``file_id`` names. Raises NotSent, FileUnknown."""
    file_id = request.form.get("file_id", "")
    if not file_id:
        return sent_sheet()
    return drafts.kept(db.session, file_id, purpose=levels.PURPOSE, now=now(), actor=actor())
