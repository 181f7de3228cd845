"""One's own messages by API, and what one wants by WeChat."""

from __future__ import annotations

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.kernel.wording import words
from yanglao.messages import choices, kinds, queries, service
from yanglao.messages.queries import MessageView
from yanglao.people import wechat
from yanglao.people.roles import permissions_of
from yanglao.web.auth import actor, who
from yanglao.web.forms import Strict, read_query
from yanglao.web.lists import Part

bp = APIBlueprint("api_messages", __name__, url_prefix="/api/v1", tag="messages")


class MessageOut(BaseModel):
    """One message in the words of the pages; ``link`` is the path where its next step is."""

    id: str
    kind: str
    title: str
    sentence: str
    todo: str
    link: str
    told_at: str
    read_at: str | None


class MessagesOut(BaseModel):
    """Messages, the newest first, and how many are unread in all."""

    items: list[MessageOut]
    next: str | None
    unread: int


class ChoiceOut(BaseModel):
    """One kind of message that this person may get, and whether it may come by WeChat."""

    kind: str
    title: str
    sentence: str
    wechat: bool


class ChoicesOut(BaseModel):
    """What a person chose. ``bound``: whether a WeChat is bound at all."""

    items: list[ChoiceOut]
    next: str | None
    quiet_nights: bool
    bound: bool


class SeenBody(Strict):
    """The newest message that was on the screen."""

    until: str = Field(max_length=26)


class ChoicesBody(Strict):
    """The kinds that are not to come by WeChat, and whether nights are quiet."""

    off: list[str] = Field(max_length=100)
    quiet_nights: bool


@bp.get("/me/messages")
@who("signed_in")
@bp.output(MessagesOut)
def messages() -> MessagesOut:
    """List one's own messages, the newest first."""
    asked, own = read_query(Part), actor().person_id
    found, further = queries.messages(db.session, own, after=asked.after, limit=min(asked.limit, 200))
    return MessagesOut(
        items=[_out(one) for one in found], next=further, unread=queries.unread(db.session, own)
    )


@bp.post("/me/messages/<message_id>/read")
@who("signed_in")
@bp.output({}, status_code=204)
def read(message_id: str) -> str:
    """Note that one message was read; again changes nothing."""
    run(lambda: service.read(db.session, actor().person_id, message_id, now=now()))
    return ""


@bp.post("/me/messages/read")
@who("signed_in")
@bp.input(SeenBody, arg_name="body")
@bp.output({}, status_code=204)
@bp.doc(summary="Note that the list was seen down from one message", responses=[404, 422])
def read_all(body: SeenBody) -> str:
    """Note that everything told up to the message ``until`` was read; what came later stays unread."""
    own, moment = actor().person_id, now()
    run(lambda: service.read_all(db.session, own, until=body.until, now=moment))
    return ""


@bp.get("/me/message-choices")
@who("signed_in")
@bp.output(ChoicesOut)
def chosen() -> ChoicesOut:
    """Say what may come by WeChat."""
    return _choices()


@bp.put("/me/message-choices")
@who("signed_in")
@bp.input(ChoicesBody, arg_name="body")
@bp.output(ChoicesOut)
def choose(body: ChoicesBody) -> ChoicesOut:
    """Choose what may come by WeChat; one's own pages always show everything."""
    own = actor().person_id
    run(lambda: choices.choose(db.session, own, off=body.off, quiet_nights=body.quiet_nights, now=now()))
    return _choices()


def _choices() -> ChoicesOut:
    held = actor()
    found = choices.of(db.session, held.person_id)
    mine = kinds.for_permissions(permissions_of(held.grants))
    items = [
        ChoiceOut(
            kind=one,
            title=words(f"told.{one}").title,
            sentence=words(f"told.{one}").sentence,
            wechat=one not in found.off,
        )
        for one in mine
    ]
    bound = wechat.binding_of(db.session, held.person_id) is not None
    return ChoicesOut(items=items, next=None, quiet_nights=found.quiet_nights, bound=bound)


def _out(one: MessageView) -> MessageOut:
    return MessageOut(
        id=one.id,
        kind=one.kind,
        title=one.said.title,
        sentence=one.said.sentence,
        todo=one.said.todo,
        link=one.said.link,
        told_at=rfc3339(one.told_ms),
        read_at=rfc3339(one.read_ms) if one.read_ms else None,
    )
