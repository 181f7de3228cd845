"""Being tested: begin an attempt, save an answer, hand in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from pydantic import Field

from yanglao.capture.quiz import queries, service
from yanglao.capture.quiz.shapes import Paper, Result
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, reading, run
from yanglao.web.auth import actor, who
from yanglao.web.conduct import record
from yanglao.web.forms import Strict

bp = APIBlueprint("api_attempts", __name__, url_prefix="/api/v1", tag="测验 quiz")


class StartBody(Strict):
    """What begins an attempt."""

    enrolment_id: str = Field(max_length=40)
    segment_id: str = Field(max_length=40)


class AnswerBody(Strict):
    """The options ticked now; an empty list takes the answer back."""

    answer: list[str] = Field(max_length=20)


@bp.post("/attempts")
@who("learn.own")
@bp.input(StartBody, arg_name="body")
@bp.doc(summary="Begin an attempt at a segment's quiz, or resume the open one", responses=[404, 409, 422])
def start_attempt(body: StartBody) -> tuple[dict[str, Any], int]:
    """Begin or resume: an open attempt answers with the same id, the same paper and the saved answers."""
    moment, me = now(), actor()
    _settle(moment, me)
    paper = run(lambda: service.start(db.session, body.enrolment_id, body.segment_id, now=moment, actor=me))
    return paper_dict(paper, moment), 201


@bp.get("/attempts/<attempt_id>")
@who("learn.own")
@bp.doc(summary="Look at an own attempt: its paper while it is open, afterwards its result", responses=[404])
def show_attempt(attempt_id: str) -> dict[str, Any]:
    """Return the paper with the saved answers, or the result."""
    line = queries.attempt(db.session, attempt_id, actor=actor())
    if line.state == "open":
        return paper_dict(queries.paper(db.session, line.id), now())
    return result_dict(queries.result(db.session, line.id))


@bp.put("/attempts/<attempt_id>/answers/<question_id>")
@who("learn.own")
@bp.input(AnswerBody, arg_name="body")
@bp.doc(summary="Save what is ticked for one question", responses=[404, 409, 422])
def save_answer(attempt_id: str, question_id: str, body: AnswerBody) -> dict[str, Any]:
    """Save an answer; saving it again is the same."""
    moment, me = now(), actor()
    _settle(moment, me)
    saved = run(
        lambda: service.answer(db.session, attempt_id, question_id, body.answer, now=moment, actor=me)
    )
    return {"question_id": saved.question_id, "answer": list(saved.answer), "saved_at": rfc3339(saved.saved_ms)}


@bp.post("/attempts/<attempt_id>/submit")
@who("learn.own")
@bp.doc(summary="Hand an attempt in; twice is the same", responses=[404, 409])
def submit_attempt(attempt_id: str) -> dict[str, Any]:
    """Grade what is saved."""
    moment, me = now(), actor()
    _settle(moment, me)
    found = record(
        lambda: service.submit(db.session, attempt_id, now=moment, actor=me), person_id=me.person_id
    )
    return result_dict(found)


def _settle(moment: datetime, me: Actor) -> None:
    """Close in a transaction of its own what ran out of time, so that a refusal that follows does not undo it."""
    with reading():
        due = service.due(db.session, now=moment, actor=me)
    if due:
        record(lambda: service.settle(db.session, now=moment, actor=me), person_ids=list)


def paper_dict(paper: Paper, moment: datetime) -> dict[str, Any]:
    """Return a paper as the API gives it; the server's time comes along, since phones' clocks are wrong."""
    return {
        "id": paper.id,
        "state": "open",
        "enrolment_id": paper.enrolment_id,
        "segment_id": paper.segment_id,
        "segment_title": paper.segment_title,
        "number": paper.number,
        "pass_mark": paper.pass_mark,
        "started_at": rfc3339(paper.started_ms),
        "expires_at": rfc3339(paper.expires_ms),
        "server_time": rfc3339(moment),
        "questions": [
            {
                "id": one.id,
                "kind": one.kind,
                "text": one.text,
                "options": [{"id": option.id, "text": option.text} for option in one.options],
            }
            for one in paper.questions
        ],
        "answers": {question_id: list(ticked) for question_id, ticked in paper.answers.items()},
    }


def result_dict(found: Result) -> dict[str, Any]:
    """Return a result as the API gives it; explanations come only once it is passed."""
    return {
        "id": found.id,
        "state": found.state,
        "enrolment_id": found.enrolment_id,
        "segment_id": found.segment_id,
        "segment_title": found.segment_title,
        "number": found.number,
        "score": found.score,
        "pass_mark": found.pass_mark,
        "passed": found.passed,
        "right_count": found.right_count,
        "question_count": found.question_count,
        "submitted_at": rfc3339(found.submitted_ms),
        "attempts_left": found.attempts_left,
        "next_allowed_at": None if found.next_allowed_ms is None else rfc3339(found.next_allowed_ms),
        "review": [
            {
                "text": one.text,
                "ticked": list(one.ticked),
                "right": list(one.right),
                "is_right": one.is_right,
                "explanation": one.explanation,
            }
            for one in found.review
        ],
    }
