"""消息: what a person was told, newest first; and what they want by WeChat. For trainees, instructors and offices alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from apiflask import APIBlueprint
from flask import current_app, request
from pydantic import Field
from werkzeug.wrappers import Response

from yanglao.kernel.clock import day_of, now
from yanglao.kernel.db import db
from yanglao.kernel.wording import words
from yanglao.messages import choices, kinds, queries, service, templates
from yanglao.messages.queries import MessageView
from yanglao.people import wechat
from yanglao.people.roles import permissions_of
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.page import home_of, page

bp = APIBlueprint("learn_messages", __name__, url_prefix="/learn/messages", enable_openapi=False)
SHOWN = 50


class ReadForm(forms.Form):
    """The newest message that was on the page."""

    until: str = Field(max_length=26)


@dataclass(frozen=True)
class Row:
    """One kind that may be chosen, in the words of the page."""

    kind: str
    title: str
    when: str
    on: bool


@bp.get("")
@who("signed_in")
def messages() -> str:
    """Show the messages by day; ``after`` in the address goes on with older ones."""
    held = actor()
    after = request.args.get("after", "")[:26]
    found, further = queries.messages(db.session, held.person_id, after=after, limit=SHOWN)
    return page(
        "learn/messages.html",
        days=by_day(found),
        further=further,
        first=not after,
        until=found[0].id if found and any(one.read_ms is None for one in found) else "",
        back=home_of(held),
    )


@bp.post("/read")
@who("signed_in")
def read_all() -> Response:
    """Note that everything down from the newest shown was seen."""
    form, held = forms.read(ReadForm), actor()
    return forms.do(
        lambda: service.read_all(db.session, held.person_id, until=form.until, now=now()),
        back="/learn/messages",
        done="都标成看过了。",
    )


@bp.get("/choices")
@who("signed_in")
def choose() -> str:
    """Show what may come by WeChat, each to tick."""
    held = actor()
    chosen = choices.of(db.session, held.person_id)
    mine = _kinds()
    return page(
        "learn/messages_choices.html",
        rows=[
            Row(one, words(f"told.{one}").title, words(f"told.{one}").sentence, one not in chosen.off)
            for one in mine
        ],
        quiet=chosen.quiet_nights,
        bound=wechat.binding_of(db.session, held.person_id) is not None,
        notices=templates.notice_ids(current_app.config["SETTINGS"], mine),
        back="/learn/messages",
    )


@bp.post("/choices")
@who("signed_in")
def keep() -> Response:
    """Keep what was ticked; a kind that this person is not asked about stays as it was."""
    held, ticked = actor(), set(request.form.getlist("on"))
    asked = set(_kinds())
    quiet = request.form.get("quiet") == "on"

    def act() -> None:
        before = choices.of(db.session, held.person_id).off
        off = (before - asked) | (asked - ticked)
        choices.choose(db.session, held.person_id, off=off, quiet_nights=quiet, now=now())

    return forms.do(act, back="/learn/messages/choices", done="记下了。")


def by_day(found: list[MessageView]) -> list[tuple[date, list[MessageView]]]:
    """Group messages, which stand newest first, by their day in Shanghai."""
    return [(day, list(part)) for day, part in groupby(found, key=lambda one: day_of(one.told_ms))]


def _kinds() -> list[str]:
    return kinds.for_permissions(permissions_of(actor().grants))
