"""The trainee's first page: what to do now with one button, then every class with its two accounts of hours."""

from __future__ import annotations

from apiflask import APIBlueprint

from yanglao.capture.quiz import queries as quiz
from yanglao.completion import queries
from yanglao.completion.next_step import may_take_quiz, now_do
from yanglao.completion.shapes import EnrolmentStanding
from yanglao.kernel.clock import now, to_ms
from yanglao.kernel.db import db
from yanglao.messages import queries as messages
from yanglao.web.auth import actor, who
from yanglao.web.now_do import certified, spoken, steps_of
from yanglao.web.page import page

bp = APIBlueprint("learn_home", __name__, url_prefix="/learn", enable_openapi=False)


@bp.get("/")
@who("learn.own")
def home() -> str:
    """Show the page."""
    moment = now()
    enrolments = queries.enrolments_of(db.session, actor().person_id, now=moment)
    words = steps_of(enrolments)
    step = certified(now_do(enrolments, now_ms=to_ms(moment), words=words), enrolments)
    told = spoken(step)
    return page(
        "learn/home.html",
        step=step,
        step_line=told.line,
        step_act=told.act,
        words=[(one, spoken(one)) for one in words if one != step],
        enrolments=enrolments,
        accounts={one.id: accounts(one) for one in enrolments},
        may_take_quiz=may_take_quiz,
        module_quizzes={
            one.id: quiz.module_quizzes(db.session, one.id, now_ms=to_ms(moment), actor=actor())
            for one in enrolments
        },
        now_ms=to_ms(moment),
        unread=messages.unread(db.session, actor().person_id),
    )


def accounts(one: EnrolmentStanding) -> dict[str, dict[str, int]]:
    """Return mode -> seconds counted, required and lacking over the segments of an enrolment.

    What one segment has too much does not make up for another. A mode without segments is absent.
    """
    sums: dict[str, dict[str, int]] = {}
    for segment in one.segments:
        held = sums.setdefault(segment.mode, {"counted": 0, "required": 0, "lacking": 0})
        held["counted"] += segment.credited_s
        held["lacking"] += max(0, segment.required_s - segment.credited_s)
        held["required"] += segment.required_s
    return sums
