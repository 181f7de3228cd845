"""Being tested: begin an attempt, save an answer, hand in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import Response, send_file
from pydantic import Field

from yanglao.capture.quiz import queries, service
from yanglao.files import service as files
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import now, rfc3339, to_ms
from yanglao.kernel.db import db, reading, run
from yanglao.web.auth import actor, who
from yanglao.web.conduct import record
from yanglao.web.forms import Strict
from yanglao.web.lists import part_of
from yanglao.web.papers import paper_dict, prospect_dict, result_dict

MOST_COUNTER = 2**53 - 1

bp = APIBlueprint("api_attempts", __name__, url_prefix="/api/v1", tag="测验 quiz")


class StartBody(Strict):
    """What begins an attempt."""

    enrolment_id: str = Field(max_length=40)
    segment_id: str = Field(max_length=40)
    module_id: str | None = Field(default=None, max_length=40)


class AnswerBody(Strict):
    """The options ticked now, or a text for each blank; an empty list takes the answer back.

    ``counter`` grows with every save of the attempt (milliseconds since it began are a good one): of two saves the higher
    counts, whatever arrives later. ``waited`` says that the answer waited for the network.
    """

    answer: list[Annotated[str, Field(max_length=200)]] = Field(max_length=20)
    counter: int | None = Field(default=None, ge=0, le=MOST_COUNTER)
    waited: bool = False


class ShownBody(Strict):
    """The questions that are on the screen now for the first time."""

    question_ids: list[Annotated[str, Field(max_length=40)]] = Field(max_length=200)


@bp.get("/enrolments/<enrolment_id>/quizzes")
@who("learn.own")
@bp.doc(summary="List the quizzes of an own enrolment, those of segments and of modules", responses=[404])
def list_quizzes(enrolment_id: str) -> dict[str, Any]:
    """List what awaits the caller: terms, attempts left, the open attempt, and why none may begin now."""
    found = queries.quizzes(db.session, enrolment_id, now_ms=to_ms(now()), actor=actor())
    return part_of([prospect_dict(one) for one in found])


@bp.post("/attempts")
@who("learn.own")
@bp.input(StartBody, arg_name="body")
@bp.doc(
    summary="Begin an attempt at the quiz of a segment or module, or resume the open one",
    responses=[404, 409, 422],
)
def start_attempt(body: StartBody) -> tuple[dict[str, Any], int]:
    """Begin or resume: an open attempt answers with the same id, the same paper and the saved answers."""
    moment, me = now(), actor()
    _settle(moment, me)
    paper = run(
        lambda: service.start(
            db.session, body.enrolment_id, body.segment_id, body.module_id, now=moment, actor=me
        )
    )
    return paper_dict(paper, moment, person_id=me.person_id), 201


@bp.get("/attempts/<attempt_id>")
@who("learn.own")
@bp.doc(summary="Look at an own attempt: its paper while it is open, afterwards its result", responses=[404])
def show_attempt(attempt_id: str) -> dict[str, Any]:
    """Return the paper with the saved answers, or the result."""
    line = queries.attempt(db.session, attempt_id, actor=actor())
    if line.state == "open":
        return paper_dict(queries.paper(db.session, line.id), now(), person_id=actor().person_id)
    return result_dict(queries.result(db.session, line.id))


@bp.put("/attempts/<attempt_id>/answers/<question_id>")
@who("learn.own")
@bp.input(AnswerBody, arg_name="body")
@bp.doc(summary="Save what is answered to one question", responses=[404, 409, 422])
def save_answer(attempt_id: str, question_id: str, body: AnswerBody) -> dict[str, Any]:
    """Save an answer; saving it again is the same, and an older one changes nothing."""
    moment, me = now(), actor()
    _settle(moment, me)
    draft = service.AnswerDraft(question_id, tuple(body.answer), body.counter, body.waited)
    saved = run(lambda: service.answer(db.session, attempt_id, draft, now=moment, actor=me))
    return {
        "question_id": saved.question_id,
        "answer": list(saved.answer),
        "saved_at": rfc3339(saved.saved_ms),
        "counter": saved.counter,
        "old": saved.old,
    }


@bp.post("/attempts/<attempt_id>/shown")
@who("learn.own")
@bp.input(ShownBody, arg_name="body")
@bp.doc(summary="Say which questions are on the screen, for the time each takes", responses=[404, 422])
def show_questions(attempt_id: str, body: ShownBody) -> dict[str, Any]:
    """Note the first time of each; what is not on the paper is left aside."""
    moment, me = now(), actor()
    fresh = run(lambda: service.show(db.session, attempt_id, body.question_ids, now=moment, actor=me))
    return {"noted": fresh}


@bp.get("/attempts/<attempt_id>/pictures/<question_id>")
@who("learn.own")
@bp.doc(summary="Look at the picture of a question or case of an own paper", responses=[404])
def show_picture(attempt_id: str, question_id: str) -> Response:
    """Send the picture."""
    moment = now()
    file_id = queries.picture(db.session, attempt_id, question_id, actor=actor())
    found = files.open_(db.session, file_id, now=moment)
    return send_file(found.path, mimetype=found.media_type, max_age=3600)


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
