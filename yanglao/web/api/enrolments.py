"""A trainee's own enrolments, and the evidence behind an enrolment for whoever may read it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import Field

from yanglao.classes import queries as classes
from yanglao.completion import lines, queries
from yanglao.completion.hours import DAYS, Day, Stretch, Wanted, explain
from yanglao.completion.shapes import (
    EnrolmentStanding,
    EvidenceLine,
    PracticalStanding,
    QuizStanding,
    SegmentStanding,
)
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db
from yanglao.oversight import record_pack
from yanglao.web.auth import actor, who
from yanglao.web.forms import Query
from yanglao.web.hours_answers import HoursOut
from yanglao.web.lists import part_of
from yanglao.web.reading import readable

bp = APIBlueprint("api_enrolments", __name__, url_prefix="/api/v1", tag="学习 learning")


class HoursQuery(Query):
    """Of one segment, days of Shanghai, both inside; ``after``: the days before it."""

    segment_id: str = Field(default="", max_length=26)
    since: date | None = None
    until: date | None = None
    after: date | None = None
    limit: int = Field(default=DAYS, ge=1, le=60)


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
    own = readable(enrolment_id, "standing.read")
    return enrolment_dict(queries.enrolment_page(db.session, enrolment_id, now=now(), own_eyes=own))


@bp.get("/enrolments/<enrolment_id>/evidence")
@who("learn.own", "evidence.read")
@bp.doc(summary="List every ledger entry behind an enrolment, oldest first")
def read_evidence(enrolment_id: str) -> dict[str, Any]:
    """List the evidence of one enrolment."""
    own = readable(enrolment_id, "evidence.read")
    found = lines.evidence_lines(db.session, enrolment_id, own_eyes=own)
    return part_of([line_dict(line) for line in found], "position")


@bp.get("/enrolments/<enrolment_id>/hours")
@who("learn.own", "evidence.read")
@bp.input(HoursQuery, location="query", arg_name="asked")
@bp.output(HoursOut)
@bp.doc(summary="Explain every minute of an enrolment by day, the latest first", responses=[404, 422])
def read_hours(enrolment_id: str, asked: HoursQuery) -> dict[str, Any]:
    """Explain the hours as the trainee's and the office's pages do; ``sums`` are those of all days."""
    own = readable(enrolment_id, "evidence.read")
    wanted = Wanted(asked.segment_id, asked.since, asked.until, asked.after, asked.limit)
    found = explain(db.session, enrolment_id, wanted, now=now(), own_eyes=own)
    return {
        "items": [_day(day) for day in found.days],
        "next": found.next.isoformat() if found.next else None,
        "sums": [{"segment_id": key, "counted_s": seconds} for key, seconds in found.sums.items()],
    }


@bp.get("/enrolments/<enrolment_id>/pack")
@who("learn.own", "evidence.read")
@bp.doc(
    summary="Take an enrolment away as signed JSON lines, which tools/verify_pack.py checks", responses=[404]
)
def take_pack(enrolment_id: str) -> Response:
    """Send the record of one enrolment, one's own or one within scope."""
    own_eyes, moment = readable(enrolment_id, "evidence.read"), now()
    own = classes.enrolment(db.session, enrolment_id)
    subject = record_pack.of_enrolment(db.session, own, own_eyes=own_eyes)
    made = Response(record_pack.content(db.session, subject, now=moment), mimetype=record_pack.MEDIA_TYPE)
    made.headers["Content-Disposition"] = f'attachment; filename="record-{own.id}.jsonl"'
    made.headers["Cache-Control"] = "private, no-store"
    return made


def _day(day: Day) -> dict[str, Any]:
    return {
        "day": day.day.isoformat(),
        "online_s": day.online_s,
        "offline_s": day.offline_s,
        "not_counted_s": day.lost_s,
        "stretches": [_stretch(one) for one in day.stretches],
    }


def _stretch(one: Stretch) -> dict[str, Any]:
    return {
        "position": one.position,
        "kind": one.kind,
        "state": one.state,
        "segment_id": one.segment_id,
        "mode": one.mode or None,
        "from": rfc3339(one.from_ms),
        "to": rfc3339(one.to_ms),
        "title": one.title,
        "sentence": one.sentence,
        "client": one.client,
        "device": one.device,
        "late": one.late,
        "counted_s": one.counted_s,
        "not_counted": [{"code": c, "seconds": s, "sentence": w} for c, s, w in one.lost],
        "parts": [{"from": rfc3339(a), "to": rfc3339(b), "counted_s": n} for a, b, n in one.parts],
    }


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
                "on_leave": meeting.on_leave,
                "due_s": meeting.due_s,
                "present_s": meeting.credited_s,
                "made_up_s": meeting.made_up_s,
                "missed_s": meeting.missed_s,
                "makes_up_session_id": meeting.makes_up,
                "in_at": rfc3339(meeting.in_ms) if meeting.in_ms else None,
                "out_at": rfc3339(meeting.out_ms) if meeting.out_ms else None,
                "credited_s": meeting.credited_s,
            }
            for meeting in segment.sessions
        ],
        "quiz": _quiz(segment.quiz),
        "modules": [{"id": one.id, "title": one.title, "quiz": _quiz(one.quiz)} for one in segment.modules],
        "practical": _practical(segment.practical),
        "refused": segment.refused,
        "pending": segment.pending,
        "review": segment.review,
    }


def _practical(found: PracticalStanding | None) -> dict[str, Any] | None:
    """Return what the practical assessment came to; ``best`` is null until one has a result."""
    return asdict(found) | {"best": found.best or None} if found else None


def _quiz(quiz: QuizStanding) -> dict[str, Any]:
    return {
        "needed": quiz.needed,
        "pass_mark": quiz.pass_mark,
        "best": quiz.best,
        "passed": quiz.passed,
        "attempts": quiz.attempts,
        "most_attempts": quiz.most_attempts,
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
