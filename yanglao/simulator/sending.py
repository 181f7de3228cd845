"""The three ways in which a service account may reach somebody, each with WeChat's own rules."""

from __future__ import annotations

import re
from typing import Any

from yanglao.simulator import fields
from yanglao.simulator.answers import ApiFault
from yanglao.simulator.world import User, World

ONCE_S = 600
LONGEST_TEXT_BYTES = 2048
_TEMPLATE = re.compile(r"[A-Za-z0-9_-]{3,64}")
_ONCE = re.compile(r"[\x21-\x7e]{1,64}")
# What somebody does -> (customer-service messages that may follow, seconds in which they may).
WINDOWS = {
    "text": (5, 172_800),
    "CLICK": (3, 60),
    "scancode_push": (3, 60),
    "scancode_waitmsg": (3, 60),
    "subscribe": (3, 60),
    "SCAN": (3, 60),
}


def open_window(world: World, user: User, trigger: str) -> None:
    """Allow the customer-service messages that follow on what somebody did."""
    if trigger in WINDOWS:
        count, seconds = WINDOWS[trigger]
        with world.change():
            user.windows = [one for one in user.windows if one[1] > world.now() - seconds]
            user.windows.append([count, world.now() + seconds])


def template(world: World, asked: dict[str, Any]) -> tuple[User, int, bool]:
    """Put a template message into a chat; return (user, msgid, whether it is a new one). Raises ApiFault."""
    user, template_id = _receiver(world, asked), _template_id(asked)
    shown = fields.check(template_id, asked.get("data"))
    once = asked.get("client_msg_id")
    if once is not None and not (isinstance(once, str) and _ONCE.fullmatch(once)):
        raise ApiFault(47003, "argument invalid! client_msg_id invalid")
    if not user.follows:
        raise ApiFault(43004, "require subscribe")
    key = f"{user.openid}\n{once}"
    with world.change():
        number = world.sent.get(key) if once else None
        if number is not None and world.now() - number % 10**11 < ONCE_S:
            return user, number, False
        number = world.next_number() * 10**11 + world.now()
        if once:
            world.sent = {old: one for old, one in world.sent.items() if world.now() - one % 10**11 < ONCE_S}
            world.sent[key] = number
        card = {"title": fields.title(template_id), "fields": shown, "url": _url(asked.get("url"))}
        world.say(user, "template", template=template_id, **card)
    return user, number, True


def notice(world: World, asked: dict[str, Any]) -> tuple[User, int]:
    """Put a subscription notice into a chat and use a right up; return (user, msgid). Raises ApiFault."""
    user, template_id = _receiver(world, asked), _template_id(asked)
    shown = fields.check(template_id, asked.get("data"))
    with world.change():
        if user.notices.get(template_id, 0) < 1:
            raise ApiFault(43101, "user refuse to accept the msg")
        user.notices[template_id] -= 1
        card = {"title": fields.title(template_id), "fields": shown, "url": _url(asked.get("page"))}
        world.say(user, "notice", template=template_id, **card)
        return user, world.next_number() * 10**11 + world.now()


def service_text(world: World, asked: dict[str, Any]) -> User:
    """Put a customer-service text into a chat, within a window that the user opened. Raises ApiFault."""
    user = _receiver(world, asked)
    inner = asked.get("text")
    content = inner.get("content") if isinstance(inner, dict) else None
    if asked.get("msgtype") != "text":
        raise ApiFault(40008, "invalid message type")
    if not isinstance(content, str) or not content:
        raise ApiFault(44004, "empty content")
    if len(content.encode()) > LONGEST_TEXT_BYTES:
        raise ApiFault(45002, "content size out of limit")
    with world.change():
        live = [one for one in user.windows if one[1] > world.now()]
        if not live or not user.follows:
            raise ApiFault(45015, "response out of time limit or subscription is canceled")
        window = next((one for one in live if one[0] > 0), None)
        if window is None:
            raise ApiFault(45047, "out of response count limit")
        window[0] -= 1
        world.say(user, "service", text=content)
    return user


def _receiver(world: World, asked: dict[str, Any]) -> User:
    given = asked.get("touser")
    user = world.user(given) if isinstance(given, str) and len(given) == 28 else None
    if user is None:
        raise ApiFault(40003, "invalid openid")
    return user


def _template_id(asked: dict[str, Any]) -> str:
    given = asked.get("template_id")
    if not isinstance(given, str) or not _TEMPLATE.fullmatch(given):
        raise ApiFault(40037, "invalid template_id")
    return given


def _url(given: Any) -> str:
    return given if isinstance(given, str) and given.startswith(("http://", "https://")) else ""
