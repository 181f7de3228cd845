"""What one person was told and how it went, for the base administrator who is asked "why did I hear nothing"."""

from __future__ import annotations

from flask import Blueprint, request

from yanglao.kernel.db import db
from yanglao.kernel.wording import words
from yanglao.messages import queries
from yanglao.messages.queries import DeliveryView
from yanglao.people import queries as people
from yanglao.people import wechat
from yanglao.people.roles import scope_of
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = Blueprint("office_messages", __name__, url_prefix="/office/people")
SHOWN = 100
WAYS = {"template": "微信模板消息", "notice": "微信订阅通知", "text": "微信聊天回复"}
STATES = {
    "waiting": "等着再发",
    "sending": "正在发",
    "sent": "已发出",
    "arrived": "已送到",
    "unknown": "不知道到没到，不再重发",
    "failed": "没有发成",
    "skipped": "没有发",
}


@bp.get("/<person_id>/messages")
@who("people.manage")
def messages(person_id: str) -> str:
    """Show the messages of one person within the caller's scope, each with its ways."""
    one = people.person(db.session, person_id, scope_of(actor().grants, "people.manage"))
    after = request.args.get("after", "")[:26]
    found, further = queries.messages(db.session, one.id, after=after, limit=SHOWN)
    return page(
        "office/messages.html",
        one=one,
        found=[(message, [went(way) for way in message.deliveries]) for message in found],
        further=further,
        bound=wechat.binding_of(db.session, one.id) is not None,
    )


def went(way: DeliveryView) -> str:
    """Return how a message went on one way, in words: 微信模板消息：没有发成，对方没有关注服务号。"""
    if not way.reason:
        return f"{WAYS[way.way]}：{STATES[way.state]}"
    known = words(f"went.{way.reason}").title
    why = known if known != words("").title else words("went.other").title
    return f"{WAYS[way.way]}：{STATES[way.state]}（{why}）"
