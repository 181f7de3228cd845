"""学时确认: the page on which a trainee sees their own days of one segment and says 对 or 不对."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from apiflask import APIBlueprint
from flask import redirect, request
from pydantic import Field
from werkzeug.wrappers import Response as AnyResponse

from yanglao.capture.service import own_enrolment
from yanglao.classes.queries import EnrolmentUnknown
from yanglao.completion import confirming, own_words
from yanglao.completion.confirming import WHATS, Said
from yanglao.completion.own_days import address, own_days
from yanglao.completion.queries import StandingUnknown
from yanglao.courses import queries as courses
from yanglao.kernel.clock import now
from yanglao.kernel.db import db
from yanglao.kernel.errors import Conflict, Refused
from yanglao.kernel.wording import sentence
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.conduct import record
from yanglao.web.forms import Form
from yanglao.web.learn import passed_on
from yanglao.web.own_words import day_line, total_line, what_words, word_line
from yanglao.web.page import page

bp = APIBlueprint("learn_own_days", __name__, url_prefix="/learn/hours", enable_openapi=False)


class WordForm(Form):
    """The word of the form; ``day`` is empty where none of the days is meant."""

    word: Literal["yes", "no"]
    digest: str = Field(max_length=80)
    day: str = Field(default="", pattern=r"^(\d{4}-\d{2}-\d{2})?$")
    what: str = Field(default="", max_length=10)
    text: str = Field(default="", max_length=300)


@bp.get("/<enrolment_id>/days/<segment_id>")
@who("learn.own")
def show(enrolment_id: str, segment_id: str) -> str | AnyResponse:
    """Show the days; with ``wrong`` what may be wrong with them."""
    try:
        return _page(enrolment_id, segment_id, None)
    except EnrolmentUnknown:
        return passed_on.home()


@bp.post("/<enrolment_id>/days/<segment_id>")
@who("learn.own")
def say(enrolment_id: str, segment_id: str) -> AnyResponse | tuple[str, int]:
    """Keep the word; what was chosen and typed stays where it is refused."""
    moment, by = now(), actor()
    try:
        form = forms.read(WordForm)
        day = date.fromisoformat(form.day) if form.day else None
        said = Said(form.word, form.digest, day, form.what, form.text)
        record(
            lambda: confirming.say(db.session, enrolment_id, segment_id, said, now=moment, actor=by),
            person_id=by.person_id,
        )
    except (Refused, Conflict) as problem:
        told = forms.said(problem)
        return _page(enrolment_id, segment_id, told), told.status
    return redirect(address(enrolment_id, segment_id), 303)


def _page(enrolment_id: str, segment_id: str, refusal: forms.Said | None) -> str:
    own = own_enrolment(db.session, enrolment_id, actor())
    segment = next(
        (one for one in courses.programme(db.session, own.programme_id).segments if one.id == segment_id),
        None,
    )
    if segment is None:
        raise StandingUnknown
    days = own_days(db.session, own, segment_id)
    found = own_words.asked_of(db.session, [own.id])
    wrong = request.args.get("wrong") == "1" or (refusal is not None and request.form.get("word") == "no")
    return page(
        "learn/own_days.html",
        own=own,
        segment=segment,
        days=days,
        asked=next((one for one in found if one.days.segment_id == segment_id), None),
        wrong=wrong,
        refusal=refusal,
        whats=[(what, what_words(what), sentence(f"word.what.{what}")) for what in WHATS],
        given=_given(),
        day_line=day_line,
        total_line=total_line,
        word_line=word_line,
        here=address(own.id, segment_id),
    )


def _given() -> dict[str, Any]:
    return {name: request.form.get(name, "") for name in ("day", "what", "text")}
