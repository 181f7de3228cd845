"""抽问: ask people in the room about lessons that they watched; the instructor notes the answers, or they give them on their phone."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from flask import jsonify
from pydantic import Field

from yanglao.capture.attendance import live_check_queries, live_checks, meetings
from yanglao.capture.attendance.live_check_queries import CheckView
from yanglao.classes import queries as classes
from yanglao.courses import queries as courses
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.people import queries as people
from yanglao.web.auth import actor, who
from yanglao.web.conduct import record
from yanglao.web.forms import Strict

bp = APIBlueprint("api_live_checks", __name__, url_prefix="/api/v1", tag="sessions")
Verdict = Literal["right", "wrong", "none"]


class LiveCheckIn(Strict):
    """How many of those in the room are asked (null: as the policy says)."""

    people: int | None = Field(default=None, ge=1, le=100)


class MarkIn(Strict):
    """What the instructor heard on one question."""

    number: int = Field(ge=1, le=20)
    verdict: Verdict


class LiveAnswerIn(Strict):
    """One's own answer to one question; ``spoken`` is the code read out in the room, needed once per check."""

    number: int = Field(ge=1, le=20)
    answer: list[str] = Field(max_length=20)
    spoken: str = Field(default="", max_length=20)


class LiveOptionOut(Strict):
    """An option; ``correct`` is told to the instructor only."""

    id: str
    text: str
    correct: bool | None = None


class LiveQuestionOut(Strict):
    """One question of a check; ``verdict`` is null while it is open."""

    number: int
    kind: str
    text: str
    lesson_title: str
    options: list[LiveOptionOut]
    verdict: Verdict | None
    way: Literal["phone", "instructor"] | None


class LiveCheckOut(Strict):
    """Who is asked what."""

    id: str
    session_id: str
    enrolment_id: str
    name: str
    roster_no: int
    started_at: str
    until_at: str
    settled_at: str | None
    spoken: bool
    questions: list[LiveQuestionOut]


class LiveChecksOut(Strict):
    """Checks, open ones first."""

    items: list[LiveCheckOut]


@bp.post("/sessions/<session_id>/live-checks")
@who("session.teach", "session.plan")
@bp.input(LiveCheckIn)
@bp.output(LiveChecksOut)
def post_live_checks(session_id: str, json_data: LiveCheckIn) -> Any:
    """Draw people in the room and questions on lessons that the ledger credits to them."""
    moment, by, wanted = now(), actor(), json_data.people
    found = run(lambda: live_checks.start(db.session, session_id, people=wanted, now=moment, actor=by))
    return jsonify({"items": checks_told(found, key=True)})


@bp.get("/sessions/<session_id>/live-checks")
@who("session.teach", "session.plan")
@bp.output(LiveChecksOut)
def get_live_checks(session_id: str) -> Any:
    """List the checks of a session one teaches or administers, with the right answers."""
    meetings.own(db.session, session_id, actor())
    return jsonify({"items": checks_told(live_check_queries.of_session(db.session, session_id), key=True)})


@bp.post("/live-checks/<check_id>/marks")
@who("session.teach", "session.plan")
@bp.input(MarkIn)
@bp.output(LiveCheckOut)
def post_mark(check_id: str, json_data: MarkIn) -> Any:
    """Note what the instructor heard; the first answer to a question stays."""
    moment, by, given = now(), actor(), json_data
    found = record(
        lambda: live_checks.mark(
            db.session, check_id, given.number, verdict=given.verdict, now=moment, actor=by
        ),
        person_ids=lambda one: [one.person_id],
    )
    return jsonify(checks_told([found], key=True)[0])


@bp.get("/me/live-checks")
@who("learn.own")
@bp.output(LiveChecksOut)
def get_own() -> Any:
    """List what one is asked now, without the right answers."""
    return jsonify({"items": checks_told(live_check_queries.own(db.session, actor().person_id, now=now()))})


@bp.post("/live-checks/<check_id>/answers")
@who("learn.own")
@bp.input(LiveAnswerIn)
@bp.output(LiveCheckOut)
def post_answer(check_id: str, json_data: LiveAnswerIn) -> Any:
    """Answer one question of a check of one's own; the first answer stays."""
    moment, by, given = now(), actor(), json_data
    run(lambda: live_checks.hear(db.session, check_id, given.spoken, now=moment, actor=by))
    found = record(
        lambda: live_checks.answer(
            db.session, check_id, given.number, given=given.answer, now=moment, actor=by
        ),
        person_id=by.person_id,
    )
    return jsonify(checks_told([found])[0])


def checks_told(found: list[CheckView], *, key: bool = False) -> list[dict[str, Any]]:
    """Return checks as JSON; with ``key`` the right options too."""
    known = people.persons(db.session, {one.person_id for one in found})
    numbers = classes.enrolments(db.session, {one.enrolment_id for one in found})
    lessons = courses.lessons(db.session, {asked.lesson_id for one in found for asked in one.asked})
    return [
        {
            "id": one.id,
            "session_id": one.session_id,
            "enrolment_id": one.enrolment_id,
            "name": known[one.person_id].name,
            "roster_no": numbers[one.enrolment_id].roster_no,
            "started_at": rfc3339(one.started_ms),
            "until_at": rfc3339(one.until_ms),
            "settled_at": rfc3339(one.settled_ms) if one.settled_ms is not None else None,
            "spoken": one.spoken,
            "questions": [
                {
                    "number": asked.number,
                    "kind": asked.question.kind,
                    "text": asked.question.text,
                    "lesson_title": lessons[asked.lesson_id].title,
                    "options": [
                        {
                            "id": option.id,
                            "text": option.text,
                            **({"correct": option.correct} if key else {}),
                        }
                        for option in asked.question.options
                    ],
                    "verdict": asked.verdict,
                    "way": asked.way,
                }
                for asked in one.asked
            ],
        }
        for one in found
    ]
