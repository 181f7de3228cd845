"""Sign a PC in by phone: the PC shows a code of ours, the phone that scans it says yes or no.

The PC's script asks at ``/login/qr``, with a cookie that no script reads; only that cookie ever collects the sign-in.
The phone opens ``/l/<scene>``. Nothing here needs Redis, and nothing is limited by address: a hall is one address.
"""

from __future__ import annotations

from typing import Any, Literal

from flask import Blueprint, jsonify, request
from pydantic import Field
from werkzeug.wrappers import Response

from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Problem
from yanglao.outside import drawing, qr_image
from yanglao.people import service as people
from yanglao.people import tickets
from yanglao.people.tickets import TicketView
from yanglao.web import forms
from yanglao.web.auth import actor, actor_or_none, hand_cookie, label_of_browser, public, who
from yanglao.web.page import home_of, page
from yanglao.web.wechat.way import keep, local, settings

bp = Blueprint("wechat_tickets", __name__)
PC = "yl_pc"
PC_LIFE_S = 3600
GONE = {"state": "expired", "scene": "", "left_s": 0}


class NextForm(forms.Form):
    """Where the PC goes on once it is signed in."""

    next: str = Field(default="", max_length=2000)


class AnswerForm(forms.Form):
    """What the person at the phone says."""

    answer: Literal["yes", "no"]


@bp.post("/login/qr")
@public
def show() -> Response:
    """Give this browser its code to draw; one that was just drawn, in another tab for instance, is drawn again."""
    moment, label = now(), label_of_browser()
    path, sid = local(forms.read(NextForm).next), _sid()
    held = tickets.ticket_of_pc(db.session, sid, now=moment)
    if held is None or not held.lasts:
        made = run(
            lambda: people.issue_ticket(
                db.session, device_label=label, next_path=path, now=moment, instead=sid
            )
        )
        sid = made.sid
        held = tickets.ticket_of_pc(db.session, sid, now=moment)
    url = f"{settings().short_base_url.rstrip('/')}/l/{held.scene if held else ''}"
    symbol = qr_image.encode(url)
    response = jsonify(_told(held) | {"url": url, "side": symbol.side, "path": drawing.path(symbol)})
    return keep(response, PC, sid, life_s=PC_LIFE_S)


@bp.get("/login/qr/status")
@public
def status() -> Response:
    """Tell this browser, and no other, how far its code is."""
    return jsonify(_told(tickets.ticket_of_pc(db.session, _sid(), now=now())))


@bp.post("/login/qr/collect")
@public
def collect() -> Response | tuple[Response, int]:
    """Sign this browser in once the phone has said yes; 409 before, 404 when it is over."""
    path, sid, label, before = local(forms.read(NextForm).next), _sid(), label_of_browser(), actor_or_none()
    try:
        found = run(lambda: people.collect(db.session, sid, device_label=label, now=now()))
    except Problem as refusal:
        return jsonify({"code": refusal.code, "title": forms.said(refusal).title}), refusal.status
    if before is not None:
        run(lambda: people.sign_out(db.session, now=now(), actor=before))
    going = path or local(found.next_path) or home_of(found.signed_in.actor)
    response = jsonify({"state": "consumed", "next": going})
    hand_cookie(response, found.signed_in.token)
    response.delete_cookie(PC)
    return response


@bp.get("/l/<scene>")
@who("signed_in", early=True)
def ask(scene: str) -> str | tuple[str, int]:
    """Show the phone which PC wants in, and since when; a stranger is led through sign-in first."""
    try:
        ticket = tickets.ticket_of_phone(db.session, scene, now=now())
    except Problem as refusal:
        return _over(refusal)
    if ticket.scanned_by not in (None, actor().person_id):
        return _over(tickets.OfAnother())
    return page("public/ticket.html", ticket=ticket, done="confirmed" if ticket.state == "confirmed" else "")


@bp.post("/l/<scene>/scan")
@who("signed_in", early=True)
def scan(scene: str) -> Response | tuple[Response, int]:
    """Note who scanned, so that nobody else can say yes and the PC sees that it worked. Sent by the page's script."""
    held = actor()
    try:
        run(lambda: people.scan(db.session, scene, now=now(), actor=held))
    except Problem as refusal:
        return jsonify({"code": refusal.code}), refusal.status
    return jsonify({"state": "scanned"})


@bp.post("/l/<scene>")
@who("signed_in", early=True)
def answer(scene: str) -> str | tuple[str, int]:
    """Let the PC in, or say that it was not oneself."""
    held, yes = actor(), forms.read(AnswerForm).answer == "yes"

    def act() -> None:
        # A page without its script has not said before who scanned.
        people.scan(db.session, scene, now=now(), actor=held)
        (people.confirm if yes else people.refuse)(db.session, scene, now=now(), actor=held)

    try:
        ticket = tickets.ticket_of_phone(db.session, scene, now=now())
        run(act)
    except Problem as refusal:
        return _over(refusal)
    return page("public/ticket.html", ticket=ticket, done="confirmed" if yes else "refused")


def _sid() -> str:
    return request.cookies.get(PC, "")[:64]


def _told(ticket: TicketView | None) -> dict[str, Any]:
    if ticket is None:
        return dict(GONE)
    return {"state": ticket.state, "scene": ticket.scene, "left_s": ticket.left_s}


def _over(refusal: Problem) -> tuple[str, int]:
    return page("public/ticket.html", ticket=None, told=forms.said(refusal)), refusal.status
