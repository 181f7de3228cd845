"""Spell practical assessments as JSON, and say their shapes for the description of the API."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from yanglao.capture.practical.queries import (
    EvidenceView,
    ListHead,
    Result,
    ScoreList,
    SheetView,
)
from yanglao.courses.shapes import RubricView
from yanglao.kernel.clock import rfc3339
from yanglao.web.material import Linking


class RubricItemOut(BaseModel):
    """One item; a ``must_pass`` item gets all its points or none, and none fails everything."""

    key: str
    title: str
    look_for: str
    points: int
    must_pass: bool


class RubricOut(BaseModel):
    """How the work is scored, out of 100."""

    pass_mark: int
    required: bool
    note: str
    items: list[RubricItemOut]


class HeadOut(BaseModel):
    """A segment of a class that the caller may score."""

    id: str
    class_id: str
    class_name: str
    segment_id: str
    title: str
    people: int
    passed: int
    thirds: int


class HeadsOut(BaseModel):
    """What the caller may score, the latest class first."""

    items: list[HeadOut]
    next: str | None


class SeatOut(BaseModel):
    """One person. ``number``: the try a sheet belongs to; ``sheets_in``: how many are in, never what they say."""

    enrolment_id: str
    roster_no: int
    name: str
    number: int
    state: Literal["to_score", "mine", "third", "not_now", "passed", "none_left"]
    sheets_in: int
    why: str


class ScoreListOut(BaseModel):
    """Everything a phone needs to score a segment of a class without network."""

    class_id: str
    class_name: str
    segment_id: str
    title: str
    rubric: RubricOut
    people: list[SeatOut]


class HandedOut(BaseModel):
    """What was taken; the same sheet again gets the same answer."""

    sheet_uuid: str
    assessment_id: str
    number: int
    total: int
    recorded_at: str


class KeptOut(BaseModel):
    """A photo or film that was taken in; ``sha256`` is of what is kept."""

    evidence_uuid: str
    kind: Literal["photo", "video"]
    sha256: str
    size_bytes: int


class LineOut(BaseModel):
    """One item of a result."""

    title: str
    got: str
    points: int
    must_pass: bool
    failed: bool


class PersonNameOut(BaseModel):
    """Who it is."""

    id: str
    name: str


class ResultOut(BaseModel):
    """One assessment; score and lines are empty until it is settled. ``score`` is points out of 100, halves possible.

    With ``voided_at`` it counts for nothing, whatever its state; ``void_reason`` says why.
    """

    id: str
    enrolment_id: str
    person: PersonNameOut
    class_id: str
    class_name: str
    segment_id: str
    title: str
    number: int
    state: Literal["open", "differs", "settled"]
    sheets_in: int
    gap_points: int | None
    score: str
    score_bp: int | None
    pass_mark: int
    passed: bool | None
    decided_by: Literal["mean", "third"] | None
    begun_at: str
    settled_at: str | None
    voided_at: str | None
    void_reason: str
    lines: list[LineOut]


class ResultsOut(BaseModel):
    """Assessments, the newest first."""

    items: list[ResultOut]
    next: str | None


class SheetOut(BaseModel):
    """One assessor's sheet."""

    seat: int
    assessor: PersonNameOut
    marks: dict[str, int]
    total: int
    remark: str
    handed_at: str
    received_at: str
    took_s: int


class EvidenceOut(BaseModel):
    """A photo or film; the link is the caller's own and ends by itself."""

    evidence_uuid: str
    kind: Literal["photo", "video"]
    sha256: str
    size_bytes: int
    received_at: str
    url: str | None


class WholeResultOut(ResultOut):
    """An assessment with its sheets and evidence, both empty until it is settled."""

    sheets: list[SheetOut]
    evidence: list[EvidenceOut]


def rubric_dict(one: RubricView) -> dict[str, Any]:
    """Return a rubric."""
    names = ("key", "title", "look_for", "points", "must_pass")
    items = [{name: getattr(item, name) for name in names} for item in one.items]
    return {"pass_mark": one.pass_mark, "required": one.required, "note": one.note, "items": items}


def head_dict(one: ListHead) -> dict[str, Any]:
    """Return a segment of a class."""
    names = ("class_id", "class_name", "segment_id", "title", "people", "passed", "thirds")
    return {"id": f"{one.class_id}.{one.segment_id}"} | {name: getattr(one, name) for name in names}


def list_dict(one: ScoreList) -> dict[str, Any]:
    """Return a list of people to score."""
    return {
        "class_id": one.class_id,
        "class_name": one.class_name,
        "segment_id": one.segment_id,
        "title": one.title,
        "rubric": rubric_dict(one.rubric),
        "people": [
            {
                "enrolment_id": seat.enrolment_id,
                "roster_no": seat.roster_no,
                "name": seat.name,
                "number": seat.number,
                "state": seat.state,
                "sheets_in": seat.in_count,
                "why": seat.why,
            }
            for seat in one.seats
        ],
    }


def result_dict(one: Result) -> dict[str, Any]:
    """Return an assessment."""
    return {
        "id": one.id,
        "enrolment_id": one.enrolment_id,
        "person": {"id": one.person_id, "name": one.person_name},
        "class_id": one.class_id,
        "class_name": one.class_name,
        "segment_id": one.segment_id,
        "title": one.title,
        "number": one.number,
        "state": one.state,
        "sheets_in": one.sheets_in,
        "gap_points": one.gap_points,
        "score": one.score,
        "score_bp": one.score_bp,
        "pass_mark": one.rubric.pass_mark,
        "passed": one.passed,
        "decided_by": one.decided_by,
        "begun_at": rfc3339(one.begun_ms),
        "settled_at": None if one.settled_ms is None else rfc3339(one.settled_ms),
        "voided_at": None if one.voided_ms is None else rfc3339(one.voided_ms),
        "void_reason": one.void_reason,
        "lines": [
            {"title": title, "got": got, "points": points, "must_pass": must, "failed": failed}
            for title, got, points, must, failed in one.lines
        ],
    }


def sheet_dict(one: SheetView) -> dict[str, Any]:
    """Return a sheet."""
    return {
        "seat": one.seat,
        "assessor": {"id": one.assessor_id, "name": one.assessor_name},
        "marks": one.marks,
        "total": one.total,
        "remark": one.remark,
        "handed_at": rfc3339(one.handed_ms),
        "received_at": rfc3339(one.received_ms),
        "took_s": one.took_s,
    }


def evidence_dict(one: EvidenceView, linking: Linking) -> dict[str, Any]:
    """Return a photo or film with the caller's own link."""
    return {
        "evidence_uuid": one.evidence_uuid,
        "kind": one.kind,
        "sha256": one.sha256,
        "size_bytes": one.size_bytes,
        "received_at": rfc3339(one.received_ms),
        "url": linking.file(one.file_id),
    }
