"""抽问: the page on which a trainee answers live questions in the room."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import redirect, request
from werkzeug.wrappers import Response

from yanglao.capture.attendance import live_check_queries, live_checks
from yanglao.courses import queries as courses
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Conflict, Refused
from yanglao.web.auth import actor, who
from yanglao.web.conduct import record
from yanglao.web.forms import Said, said
from yanglao.web.page import page

bp = APIBlueprint("learn_asked", __name__, url_prefix="/learn/asked", enable_openapi=False)


@bp.get("/")
@who("learn.own")
def show() -> str:
    """Show the next question that waits for an answer."""
    return _page(None)


@bp.post("/<check_id>/<int:number>")
@who("learn.own")
def answer(check_id: str, number: int) -> Response | tuple[str, int]:
    """Answer one question; what was chosen and typed stays where it is refused."""
    moment, by, form = now(), actor(), request.form
    given, spoken = form.getlist("answer"), form.get("spoken", "")
    try:
        run(lambda: live_checks.hear(db.session, check_id, spoken, now=moment, actor=by))
        record(
            lambda: live_checks.answer(db.session, check_id, number, given=given, now=moment, actor=by),
            person_id=by.person_id,
        )
    except (Refused, Conflict) as problem:
        told = said(problem)
        return _page(told), told.status
    return redirect("/learn/asked/", 303)


def _page(refusal: Said | None) -> str:
    found = live_check_queries.own(db.session, actor().person_id, now=now())
    open_ = [(one, asked) for one in found for asked in one.asked if asked.verdict is None]
    lesson = courses.lesson(db.session, open_[0][1].lesson_id) if open_ else None
    return page(
        "learn/asked.html", next_one=open_[0] if open_ else None, lesson=lesson, refusal=refusal,
        chosen=request.form.getlist("answer"), spoken=request.form.get("spoken", ""),
    )  # fmt: skip
