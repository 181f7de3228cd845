"""The quiz on the phone: what awaits one, one question per screen, and the result."""

from __future__ import annotations

from apiflask import APIBlueprint
from pydantic import Field
from werkzeug.wrappers import Response

from yanglao.capture.quiz import queries
from yanglao.capture.quiz.shapes import Prospect, Result
from yanglao.classes.queries import EnrolmentUnknown
from yanglao.kernel.clock import now, to_ms
from yanglao.kernel.db import db
from yanglao.kernel.wording import sentence, todo, words
from yanglao.places import queries as places
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.learn import passed_on
from yanglao.web.page import page
from yanglao.web.papers import paper_dict

bp = APIBlueprint("learn_quiz", __name__, url_prefix="/learn/quiz", enable_openapi=False)


class WhichQuiz(forms.Query):
    """Which quiz of the segment: a module's, or without one the segment's own."""

    module: str = Field(default="", max_length=40)


@bp.get("/<enrolment_id>/<segment_id>")
@who("learn.own")
def before(enrolment_id: str, segment_id: str) -> str | Response:
    """Say what the quiz asks, so that the clock starts only when the person presses the button; ``module`` in the query."""
    place = (enrolment_id, segment_id, forms.read_query(WhichQuiz).module or None)
    try:
        found = queries.prospect(db.session, place, now_ms=to_ms(now()), actor=actor())
    except EnrolmentUnknown:
        return passed_on.own_quiz(segment_id)
    return page("learn/quiz_before.html", prospect=found, refusal=_refusal(found))


@bp.get("/<attempt_id>")
@who("learn.own")
def sit(attempt_id: str) -> str | Response:
    """Show the paper while the attempt is open, afterwards its result."""
    try:
        line = queries.attempt(db.session, attempt_id, actor=actor())
    except queries.AttemptUnknown:
        return passed_on.home()
    if line.state == "open":
        paper = queries.paper(db.session, attempt_id)
        return page("learn/quiz.html", paper=paper_dict(paper, now(), person_id=actor().person_id))
    found = queries.result(db.session, attempt_id)
    facts = {
        "score": found.score,
        "pass_mark": found.pass_mark,
        "count": found.question_count,
        "right": found.right_count,
        "left": found.attempts_left,
    }
    return page(
        "learn/quiz_result.html",
        result=found,
        word=words(found.code).title,
        line=sentence(found.code, facts),
        now_do=todo(found.code, facts),
        weak=_topic_names(found),
        now_ms=to_ms(now()),
    )


def _refusal(found: Prospect) -> dict[str, str | bool | int] | None:
    if found.refusal is None:
        return None
    code, facts = found.refusal
    return {
        "title": words(code).title,
        "sentence": sentence(code, facts),
        "todo": todo(code, facts),
        "passed": found.passed,
        "wait_ms": int(str(facts.get("wait_s", 0))) * 1000,
    }


def _topic_names(found: Result) -> list[str]:
    names = {one.code: one.name for one in places.topics(db.session)}
    return [names.get(code, code) for code in found.weak_topics]
