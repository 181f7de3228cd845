"""学时确认 for the office: who of a class has said their word, a reminder, and the words on signed paper."""

from __future__ import annotations

from datetime import date
from typing import Literal

from apiflask import APIBlueprint
from flask import flash, redirect, request
from pydantic import Field
from werkzeug.wrappers import Response

from yanglao.classes import queries as classes
from yanglao.completion import confirming, paper_words
from yanglao.completion.confirming import Said
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.people.roles import may, scope_of
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.class_words import lines_of
from yanglao.web.own_words import STATES
from yanglao.web.page import page

bp = APIBlueprint("office_own_words", __name__, url_prefix="/office", enable_openapi=False)
SHOWN = STATES | {"paper": ("照纸录了，等核对", "pending_review", "amber")}
NAMES = {"wanted": "还要说的", **{state: name for state, (name, _, _) in SHOWN.items()}}


class WordsQuery(forms.Query):
    """The filter of the list, kept in the address."""

    state: Literal["", "wanted", "asked", "changed", "paper", "yes", "no"] = ""


class PaperForm(forms.Form):
    """What is written on the signed page."""

    word: Literal["yes", "no"]
    day: str = Field(default="", pattern=r"^(\d{4}-\d{2}-\d{2})?$")
    what: str = Field(default="", max_length=10)
    text: str = Field(default="", max_length=300)


@bp.get("/classes/<class_id>/words")
@who("evidence.read")
def class_words(class_id: str) -> str:
    """Show who has said their word, the filter in the address."""
    asked = forms.read_query(WordsQuery)
    own, lines = lines_of(class_id, "evidence.read")
    reach = {"base": own.base_id, "division": own.division_code}
    states = [one.state for one in lines]
    counts = {state: states.count(state) for state in NAMES}
    counts["wanted"] = sum(one.asked.waits for one in lines)
    return page(
        "office/own_words.html",
        own=own,
        state=asked.state,
        lines=[
            one for one in lines if asked.state in ("", one.state) or _wanted(asked.state, one.asked.waits)
        ],
        total=len(lines),
        counts=counts,
        names=NAMES,
        shown=SHOWN,
        may_remind=may(actor().grants, "hours.review", **reach),
        may_print=may(actor().grants, "session.plan", **reach),
    )


def _wanted(state: str, waits: bool) -> bool:
    return state == "wanted" and waits


@bp.post("/classes/<class_id>/words/reminders")
@who("hours.review")
def remind(class_id: str) -> Response:
    """Remind everybody whose word is wanted."""
    own = classes.class_(db.session, class_id, scope_of(actor().grants, "hours.review"))
    moment = now()
    told = run(lambda: confirming.remind(db.session, own.id, now=moment))
    flash(f"提醒了 {told} 条。" if told else "今天都提醒过了。", "pine")
    return redirect(f"/office/classes/{class_id}/words", 303)


@bp.post("/papers/<code>/word")
@who("session.plan")
def enter(code: str) -> Response:
    """Enter what is written on a signed page."""
    form, me, moment = forms.read(PaperForm), actor(), now()
    said = Said(form.word, "", date.fromisoformat(form.day) if form.day else None, form.what, form.text)
    return forms.do(
        lambda: paper_words.enter(db.session, code, said, now=moment, actor=me),
        back=f"/office/papers/{code}#word",
        done="录好了，等基地的另一个人核对。",
    )


@bp.post("/papers/<code>/word/decision")
@who("hours.review")
def decide(code: str) -> Response:
    """Confirm what was entered, or turn it down."""
    accept, me, moment = request.form.get("accept") == "yes", actor(), now()
    return forms.do(
        lambda: paper_words.decide(db.session, code, accept=accept, now=moment, actor=me),
        back=f"/office/papers/{code}#word",
        done="核对过了，算本人说的。" if accept else "退回了，可以照纸重新录。",
    )
