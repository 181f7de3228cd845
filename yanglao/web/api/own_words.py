"""学时确认: a trainee's own days of a segment, and their word on them."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from yanglao.classes import queries as classes
from yanglao.classes.shapes import EnrolmentView
from yanglao.completion import confirming, own_words
from yanglao.completion.confirming import Said
from yanglao.completion.own_days import own_days
from yanglao.completion.queries import StandingUnknown
from yanglao.courses import queries as courses
from yanglao.kernel.clock import now
from yanglao.kernel.db import db
from yanglao.web.auth import actor, who
from yanglao.web.conduct import record
from yanglao.web.forms import Strict
from yanglao.web.own_words import asked_dict
from yanglao.web.reading import readable

bp = APIBlueprint("api_own_words", __name__, url_prefix="/api/v1", tag="学习 learning")


class WordBody(Strict):
    """A word. ``digest``: of the days that were shown. Of "no": ``what`` is wrong, and of ``minutes`` and ``not_there`` on which day."""

    word: Literal["yes", "no"]
    digest: str = Field(min_length=1, max_length=80)
    day: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")
    what: Literal["", "minutes", "not_there", "missing", "other"] = ""
    text: str = Field(default="", max_length=300)


class OwnDayOut(BaseModel):
    """What one day counts, and in which rooms."""

    day: str
    online_s: int
    offline_s: int
    places: list[str]


class WordOut(BaseModel):
    """One word as it was said; ``of_these_days``: it was said of the days as they are now."""

    number: int
    word: Literal["yes", "no"]
    way: Literal["phone", "paper"]
    digest: str
    day: str | None
    what: str
    text: str
    said_at: str
    of_these_days: bool
    position: int


class OwnWordOut(BaseModel):
    """The days of a segment and every word on them, the latest first. ``closed``: a claim is filed, no word may change."""

    enrolment_id: str
    segment_id: str
    state: Literal["not_met", "asked", "changed", "yes", "no"]
    word: Literal["", "yes", "no"]
    closed: bool
    digest: str
    entered_s: int
    online_s: int
    offline_s: int
    days: list[OwnDayOut]
    said: list[WordOut]


@bp.get("/enrolments/<enrolment_id>/segments/<segment_id>/word")
@who("learn.own", "evidence.read")
@bp.output(OwnWordOut)
@bp.doc(summary="Read the days of a segment and what their trainee said of them", responses=[404])
def read_word(enrolment_id: str, segment_id: str) -> dict[str, Any]:
    """Read them, one's own or within scope."""
    readable(enrolment_id, "evidence.read")
    return _told(enrolment_id, segment_id)


@bp.post("/enrolments/<enrolment_id>/segments/<segment_id>/word")
@who("learn.own")
@bp.input(WordBody, arg_name="body")
@bp.output(OwnWordOut)
@bp.doc(summary="Say that one's own days are right, or what is wrong", responses=[404, 409, 422])
def post_word(enrolment_id: str, segment_id: str, body: WordBody) -> dict[str, Any]:
    """Keep a word; the same word again changes nothing."""
    moment, by = now(), actor()
    day = date.fromisoformat(body.day) if body.day else None
    said = Said(body.word, body.digest, day, body.what, body.text)
    record(
        lambda: confirming.say(db.session, enrolment_id, segment_id, said, now=moment, actor=by),
        person_id=by.person_id,
    )
    return _told(enrolment_id, segment_id)


def _told(enrolment_id: str, segment_id: str) -> dict[str, Any]:
    own = classes.enrolment(db.session, enrolment_id)
    _need_segment(own, segment_id)
    found = own_words.asked_of(db.session, [own.id])
    asked = next((one for one in found if one.days.segment_id == segment_id), None)
    days = own_days(db.session, own, segment_id)
    return asked_dict(asked, days, own_words.words_of(db.session, own.id, segment_id))


def _need_segment(own: EnrolmentView, segment_id: str) -> None:
    if segment_id not in {one.id for one in courses.programme(db.session, own.programme_id).segments}:
        raise StandingUnknown
