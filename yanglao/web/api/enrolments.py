"""A trainee's own enrolments, and the evidence behind an enrolment for whoever may read it."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from yanglao.capture.service import own_enrolment
from yanglao.classes import queries as classes
from yanglao.completion import lines, queries
from yanglao.completion.shapes import EnrolmentStanding, EvidenceLine, SegmentStanding
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db
from yanglao.people.roles import may, scope_of
from yanglao.web.auth import actor, who
from yanglao.web.lists import part_of

bp = APIBlueprint("api_enrolments", __name__, url_prefix="/api/v1", tag="学习 learning")


@bp.get("/enrolments")
@who("learn.own")
@bp.doc(summary="List the caller's enrolments with segments, hours and what is lacking")
def list_enrolments() -> dict[str, Any]:
    """List the caller's enrolments, the latest class first."""
    found = queries.enrolments_of(db.session, actor().person_id, now=now())
    return part_of([enrolment_dict(one) for one in found])


@bp.get("/enrolments/<enrolment_id>")
@who("learn.own", "standing.read")
@bp.doc(summary="Read one enrolment, one's own or one within scope")
def read_enrolment(enrolment_id: str) -> dict[str, Any]:
    """Read one enrolment."""
    _readable(enrolment_id, "standing.read")
    return enrolment_dict(queries.enrolment_page(db.session, enrolment_id, now=now()))


@bp.get("/enrolments/<enrolment_id>/evidence")
@who("learn.own", "evidence.read")
@bp.doc(summary="List every ledger entry behind an enrolment, oldest first")
def read_evidence(enrolment_id: str) -> dict[str, Any]:
    """List the evidence of one enrolment."""
    _readable(enrolment_id, "evidence.read")
    return part_of([line_dict(line) for line in lines.evidence_lines(db.session, enrolment_id)], "position")


def _readable(enrolment_id: str, permission: str) -> None:
    """Answer 404 unless the enrolment is the caller's own or within the scope of ``permission``."""
    me = actor()
    if may(me.grants, permission):
        try:
            classes.enrolment(db.session, enrolment_id, scope_of(me.grants, permission))
            return
        except classes.EnrolmentUnknown:
            if not may(me.grants, "learn.own"):
                raise
    own_enrolment(db.session, enrolment_id, me)


def enrolment_dict(one: EnrolmentStanding) -> dict[str, Any]:
    """Return an enrolment as the API gives it."""
    return {
        "id": one.id,
        "class_id": one.class_id,
        "class_name": one.class_name,
        "class_state": one.class_state,
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "sentence": one.sentence,
        "segments": [_segment(segment) for segment in one.segments],
    }


def _segment(segment: SegmentStanding) -> dict[str, Any]:
    return {
        "id": segment.id,
        "title": segment.title,
        "mode": segment.mode,
        "kind": segment.kind,
        "state": segment.state,
        "required_s": segment.required_s,
        "credited_s": segment.credited_s,
        "entered_s": segment.entered_s,
        "missing": [{"code": m.code, "facts": m.facts, "sentence": m.sentence} for m in segment.missing],
        "lessons": [
            {
                "id": lesson.id,
                "kind": lesson.kind,
                "title": lesson.title,
                "duration_s": lesson.duration_s,
                "covered_s": lesson.covered_s,
                "bytes": lesson.bytes,
            }
            for lesson in segment.lessons
        ],
        "sessions": [
            {
                "id": meeting.id,
                "title": meeting.title,
                "starts_at": rfc3339(meeting.starts_ms),
                "ends_at": rfc3339(meeting.ends_ms),
                "state": meeting.state,
                "venue": meeting.venue,
                "in_at": rfc3339(meeting.in_ms) if meeting.in_ms else None,
                "out_at": rfc3339(meeting.out_ms) if meeting.out_ms else None,
                "credited_s": meeting.credited_s,
            }
            for meeting in segment.sessions
        ],
        "quiz": {
            "needed": segment.quiz.needed,
            "pass_mark": segment.quiz.pass_mark,
            "best": segment.quiz.best,
            "passed": segment.quiz.passed,
            "attempts": segment.quiz.attempts,
            "most_attempts": segment.quiz.most_attempts,
        },
        "refused": segment.refused,
        "pending": segment.pending,
        "review": segment.review,
    }


def line_dict(line: EvidenceLine) -> dict[str, Any]:
    """Return an evidence line as the API gives it."""
    return {
        "position": line.position,
        "kind": line.kind,
        "client": line.client,
        "grade": line.grade,
        "recorded_at": rfc3339(line.recorded_ms),
        "occurred_at": rfc3339(line.occurred_ms),
        "segment_id": line.segment_id,
        "title": line.title,
        "sentence": line.sentence,
        "counted_s": line.counted_s,
        "not_counted": [{"code": c, "seconds": s, "sentence": w} for c, s, w in line.not_counted],
        "device": line.device,
        "voided": line.voided,
        "facts": line.facts,
        "hash": line.hash,
        "prev_hash": line.prev_hash,
    }
