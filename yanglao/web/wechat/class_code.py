"""The class's code: tap one's masked name, type the last four of the ID, wait for the instructor's yes."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel, Field
from werkzeug.wrappers import Response

from yanglao.classes import binding
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Problem, TooMany
from yanglao.kernel.wording import sentence, words
from yanglao.people import claims, wechat
from yanglao.people.claims import ClaimView
from yanglao.people.oauth import Visit
from yanglao.web import forms
from yanglao.web.auth import public
from yanglao.web.guards import limiter
from yanglao.web.page import page
from yanglao.web.wechat.way import arrive, refuse, to_wechat, visit, visitor, way

bp = APIBlueprint("wechat_class_code", __name__, tag="binding")
Answer = Response | str | tuple[str, int] | tuple[str, int, dict[str, str]]
FOREIGN = ("refused", "lost", "ended")


class SeatForm(forms.Form):
    """Which seat, and the last four of the ID."""

    no: int = Field(ge=1, le=10**6)
    tail: str = Field(default="", max_length=12)


class AskedQuery(forms.Query):
    """Which seat was tapped; ``again``: begin anew after a claim was turned down."""

    no: int = Field(default=0, ge=0, le=10**6)
    again: str = ""


class ClaimStateOut(BaseModel):
    """What became of the claim of this browser's WeChat: none, waiting, confirmed, shared, refused, lost or ended."""

    state: str
    title: str
    sentence: str


@bp.get("/k/<code>")
@public
@bp.doc(hide=True)
def seats(code: str) -> Answer:
    """Show the names to tap, the pad for a tapped one, or what became of the claim made before."""
    way()
    found = visit()
    if found is None:
        return to_wechat(f"/k/{quote(code)}")
    try:
        asked = forms.read_query(AskedQuery)
        made = _made(code, found)
        told = "none" if made is None else made.state
        if told == "waiting":
            return _waits(code)
        taken = bool(wechat.persons_of(db.session, way().app_id, found.openid))
        if told != "none" and told != "confirmed" and not (asked.no or asked.again):
            return _over(code, told)
        if taken and (told == "confirmed" or not (asked.no or asked.again)):
            return page("public/wx_class_bound.html", code=code, fresh=told == "confirmed")
        return _list(code, asked)
    except Problem as refusal:
        return refuse(refusal, again=False)


@bp.post("/k/<code>")
@public
@bp.doc(hide=True)
@limiter.limit("60/minute")
def claim(code: str) -> Answer:
    """Keep the claim and wait; a wrong end is said above the pad."""
    form = forms.read(SeatForm)
    try:
        found = visitor()
        done = run(
            lambda: binding.claim(
                db.session, code, form.no, form.tail, visit=found, appid=way().app_id, now=now()
            )
        )
    except Problem as refusal:
        return refuse(refusal, again=False)
    if isinstance(done, Problem):
        wait = {"Retry-After": str(done.retry_after_s)} if isinstance(done, TooMany) else {}
        return _list(code, AskedQuery(no=form.no), forms.said(done)), done.status, wait
    return _waits(code)


@bp.post("/k/<code>/enter")
@public
@bp.doc(hide=True)
def enter_(code: str) -> Answer:
    """Sign in whoever has been confirmed."""
    try:
        return arrive(visitor().openid, "/wx/welcome", status=303)
    except Problem as refusal:
        return refuse(refusal, again=False)


@bp.get("/api/v1/class-codes/<code>/claim")
@public
@bp.output(ClaimStateOut)
def state(code: str) -> dict[str, Any]:
    """Say what became of the claim that this browser's WeChat made by a class's code; for the page that waits."""
    found = visitor()
    made = _made(code, found)
    known = "none" if made is None else made.state
    return {
        "state": known,
        "title": words(f"binding.state_{known}").title,
        "sentence": sentence(f"binding.state_{known}", {}),
    }


def _made(code: str, found: Visit) -> ClaimView | None:
    window_id = binding.window_of_code(db.session, code)
    return claims.claim_of_visit(db.session, window_id, visit=found, appid=way().app_id, now=now())


def _waits(code: str) -> str:
    return page("public/wx_class_wait.html", code=code, told=words("binding.state_waiting"))


def _over(code: str, state: str) -> str:
    told = words(f"binding.state_{state}")
    return page("public/wx_class_over.html", code=code, told=told, again=state in FOREIGN)


def _list(code: str, asked: AskedQuery, refusal: forms.Said | None = None) -> str:
    window = binding.window_by_code(db.session, code, now=now())
    found = binding.seats(db.session, window)
    tapped = next((one for one in found if one.roster_no == asked.no), None)
    return page(
        "public/wx_class_pad.html" if tapped else "public/wx_class.html",
        code=code,
        seats=found,
        tapped=tapped,
        again=request.args.get("again", ""),
        refusal=refusal,
    )
