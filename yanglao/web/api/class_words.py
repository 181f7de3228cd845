"""学时确认 of a class: who has not said their word, remind them, and the words on signed paper."""

from __future__ import annotations

from datetime import date
from typing import Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from yanglao.classes import queries as classes
from yanglao.completion import confirming, paper_words
from yanglao.completion.confirming import Said
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.people.roles import scope_of
from yanglao.web.auth import actor, who
from yanglao.web.class_words import line_dict, lines_of
from yanglao.web.conduct import record
from yanglao.web.forms import Strict
from yanglao.web.lists import part_of

bp = APIBlueprint("api_class_words", __name__, url_prefix="/api/v1", tag="核对 review")


class ClassWordOut(BaseModel):
    """One trainee and one whole segment. ``state``: asked, changed (said before the days changed), paper (waits), yes, no."""

    id: str
    enrolment_id: str
    segment_id: str
    segment_title: str
    name: str
    state: Literal["asked", "changed", "paper", "yes", "no"]
    closed: bool
    days: int
    entered_s: int
    said: str
    said_at: str | None
    way: str | None
    reminded_at: str | None


class ClassWordsOut(BaseModel):
    """The whole segments of a class, in roster order."""

    items: list[ClassWordOut]
    next: str | None


class RemindedOut(BaseModel):
    """How many were told; nobody is told twice on a day."""

    told: int


class PaperWordBody(Strict):
    """What is written on the signed page."""

    word: Literal["yes", "no"]
    day: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")
    what: Literal["", "minutes", "not_there", "missing", "other"] = ""
    text: str = Field(default="", max_length=300)


class PaperWordOut(BaseModel):
    """A word that waits for a second person of the base, or what became of it."""

    enrolment_id: str
    segment_id: str
    state: Literal["waiting", "accepted", "refused"]


class AgreeBody(Strict):
    """Whether the page says what was entered."""

    accept: bool


@bp.get("/classes/<class_id>/words")
@who("evidence.read")
@bp.output(ClassWordsOut)
@bp.doc(summary="List who of a class has said their word on their own days", responses=[404])
def list_words(class_id: str) -> ClassWordsOut:
    """List them."""
    _, lines = lines_of(class_id, "evidence.read")
    return ClassWordsOut(**part_of([line_dict(one) for one in lines]))


@bp.post("/classes/<class_id>/words/reminders")
@who("hours.review")
@bp.output(RemindedOut)
@bp.doc(summary="Remind everybody of a class whose word is wanted, once a day each", responses=[404])
def remind(class_id: str) -> dict[str, int]:
    """Remind them."""
    moment = now()
    own = classes.class_(db.session, class_id, scope_of(actor().grants, "hours.review"))
    return {"told": run(lambda: confirming.remind(db.session, own.id, now=moment))}


@bp.post("/pages/<code>/word")
@who("session.plan")
@bp.input(PaperWordBody, arg_name="body")
@bp.output(PaperWordOut, status_code=201)
@bp.doc(
    summary="Enter what a trainee wrote on a signed page; a second person confirms it",
    responses=[403, 404, 409],
)
def post_paper_word(code: str, body: PaperWordBody) -> dict[str, str]:
    """Enter it."""
    me, moment = actor(), now()
    day = date.fromisoformat(body.day) if body.day else None
    said = Said(body.word, "", day, body.what, body.text)
    found = run(lambda: paper_words.enter(db.session, code, said, now=moment, actor=me))
    return {"enrolment_id": found.enrolment_id, "segment_id": found.segment_id, "state": "waiting"}


@bp.post("/pages/<code>/word/decision")
@who("hours.review")
@bp.input(AgreeBody, arg_name="body")
@bp.output(PaperWordOut)
@bp.doc(
    summary="Confirm a word read from paper as a second person, or turn it down", responses=[403, 404, 409]
)
def decide_paper_word(code: str, body: AgreeBody) -> dict[str, str]:
    """Decide it; confirmed, it is the trainee's word."""
    me, moment = actor(), now()
    found = record(
        lambda: paper_words.decide(db.session, code, accept=body.accept, now=moment, actor=me),
        person_ids=lambda made: [made.person_id],
    )
    return {
        "enrolment_id": found.enrolment_id,
        "segment_id": found.segment_id,
        "state": "accepted" if body.accept else "refused",
    }
