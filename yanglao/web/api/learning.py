"""What a trainee's pages show beside hours and quizzes: the next step, the days, a quiz before it begins, the notice."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any, Literal

from apiflask import APIBlueprint
from flask import render_template
from pydantic import BaseModel, Field

from yanglao.capture.quiz import queries as quizzes
from yanglao.completion import lines, queries
from yanglao.completion.days import by_day
from yanglao.completion.next_step import now_do
from yanglao.kernel.clock import day_of, now, to_ms
from yanglao.kernel.db import db
from yanglao.kernel.wording import sentence, todo, words
from yanglao.people.service import PRIVACY_VERSION
from yanglao.web.auth import actor, public, who
from yanglao.web.forms import Query
from yanglao.web.now_do import certified, spoken, steps_of

bp = APIBlueprint("api_learning", __name__, url_prefix="/api/v1", tag="学习 learning")
BLOCK = re.compile(r"<(h2|p|li)\b[^>]*>(.*?)</\1>", re.DOTALL)
BLOCKS = {"h2": "heading", "p": "paragraph", "li": "item"}


class NextStepOut(BaseModel):
    """The one thing to do now: ``sentence`` says it, ``act`` stands on the button, ``path`` is its page.

    ``code`` is stable; the ids name what it is about where it is about one of them.
    """

    code: str
    sentence: str
    act: str
    path: str
    enrolment_id: str | None
    segment_id: str | None
    lesson_id: str | None
    module_id: str | None


class DayOut(BaseModel):
    """Seconds that counted on one day in Shanghai."""

    day: str
    online_s: int
    offline_s: int


class DaysOut(BaseModel):
    """Days, the latest first."""

    items: list[DayOut]
    next: str | None


class DaysQuery(Query):
    """How many weeks, this one included; weeks begin on Monday."""

    weeks: int = Field(default=3, ge=1, le=26)


class QuizQuery(Query):
    """A module's quiz instead of the segment's."""

    module_id: str = Field(default="", max_length=40)


class RefusalOut(BaseModel):
    """Why no attempt may begin now."""

    code: str
    title: str
    sentence: str
    todo: str
    facts: dict[str, Any]


class QuizBeforeOut(BaseModel):
    """What awaits one at a quiz. ``attempts_left`` as the page says it; ``open_attempt`` can be continued."""

    enrolment_id: str
    segment_id: str
    module_id: str | None
    title: str
    questions: int
    time_limit_s: int
    pass_mark: int
    attempts_left: int
    passed: bool
    open_attempt: str | None
    refusal: RefusalOut | None


class BlockOut(BaseModel):
    """A piece of the notice."""

    kind: Literal["heading", "paragraph", "item"]
    text: str


class PrivacyOut(BaseModel):
    """The privacy notice that is to be agreed to, in order; ``path`` is its page."""

    version: str
    path: str
    blocks: list[BlockOut]


@bp.get("/me/next-step")
@who("learn.own")
@bp.output(NextStepOut)
@bp.doc(summary="Say the one thing to do now")
def next_step() -> dict[str, Any]:
    """Answer "what should I do now?" as the first page does."""
    moment = now()
    enrolments = queries.enrolments_of(db.session, actor().person_id, now=moment)
    step = certified(now_do(enrolments, now_ms=to_ms(moment), words=steps_of(enrolments)), enrolments)
    told = spoken(step)
    return {
        "code": step.code,
        "sentence": told.line,
        "act": told.act,
        "path": step.href,
        "enrolment_id": step.about.get("enrolment_id"),
        "segment_id": step.about.get("segment_id"),
        "lesson_id": step.about.get("lesson_id"),
        "module_id": step.about.get("module_id"),
    }


@bp.get("/me/days")
@who("learn.own")
@bp.input(DaysQuery, location="query", arg_name="asked")
@bp.output(DaysOut)
@bp.doc(summary="List the seconds that counted per day, the latest day first", responses=[422])
def days(asked: DaysQuery) -> dict[str, Any]:
    """List the days of the last weeks, those without hours too; online and offline are never added up."""
    moment = now()
    today = day_of(moment)
    enrolments = queries.enrolments_of(db.session, actor().person_id, now=moment)
    online, offline = by_day(line for one in enrolments for line in lines.evidence_lines(db.session, one.id))
    count = today.weekday() + 7 * (asked.weeks - 1) + 1
    wanted = [today - timedelta(days=back) for back in range(count)]
    items = [
        {"day": one.isoformat(), "online_s": online.get(one, 0), "offline_s": offline.get(one, 0)}
        for one in wanted
    ]
    return {"items": items, "next": None}


@bp.get("/enrolments/<enrolment_id>/segments/<segment_id>/quiz")
@who("learn.own")
@bp.input(QuizQuery, location="query", arg_name="asked")
@bp.output(QuizBeforeOut)
@bp.doc(summary="Say what a quiz asks before its clock starts", responses=[404, 422])
def quiz_before(enrolment_id: str, segment_id: str, asked: QuizQuery) -> dict[str, Any]:
    """Say how many questions, how long, how many tries are left, and why none may begin now."""
    place = (enrolment_id, segment_id, asked.module_id or None)
    found = quizzes.prospect(db.session, place, now_ms=to_ms(now()), actor=actor())
    told = {name: getattr(found, name) for name in QuizBeforeOut.model_fields if name != "refusal"}
    return told | {"refusal": _refusal(*found.refusal) if found.refusal else None}


def _refusal(code: str, facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": code,
        "title": words(code).title,
        "sentence": sentence(code, facts),
        "todo": todo(code, facts),
        "facts": facts,
    }


@bp.get("/privacy-notice")
@public
@bp.output(PrivacyOut)
@bp.doc(summary="Read the privacy notice that is to be agreed to")
def privacy_notice() -> dict[str, Any]:
    """Return the notice as pieces of text, for a screen of one's own; agree by POST /consents with its version."""
    text = render_template(f"public/privacy_{PRIVACY_VERSION}.html")
    return {
        "version": PRIVACY_VERSION,
        "path": "/privacy",
        "blocks": [
            {"kind": BLOCKS[tag], "text": unescape(re.sub(r"<[^>]+>", "", inner)).strip()}
            for tag, inner in BLOCK.findall(text)
        ],
    }
