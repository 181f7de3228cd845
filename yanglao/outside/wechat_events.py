"""What WeChat pushes, as one frozen ``Push``: messages and every event of the contract. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from yanglao.outside.wechat_wire import BadPush, elements

EVENTS = frozenset(
    {
        "subscribe",
        "unsubscribe",
        "SCAN",
        "CLICK",
        "VIEW",
        "LOCATION",
        "scancode_push",
        "scancode_waitmsg",
        "TEMPLATESENDJOBFINISH",
        "subscribe_msg_popup_event",
        "subscribe_msg_change_event",
        "subscribe_msg_sent_event",
        "user_info_modified",
        "user_authorization_revoke",
    }
)
SCENE = "qrscene_"
ABOUT = frozenset({"user_info_modified", "user_authorization_revoke"})  # ``OpenID`` says whom they are about
Notices = tuple[dict[str, str], ...]
_OPENID = re.compile(r"[\w-]{6,64}", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")
_NUMBER = re.compile(r"[0-9]{1,20}")
_NOT_TEXTS = frozenset({"ScanCodeInfo", "SendPicsInfo", "SendLocationInfo"})


@dataclass(frozen=True)
class Push:
    """One message or event. ``created_s`` Unix seconds; ``fields`` the plain texts of the push by their wire names.

    ``openid`` and texts are personal: they stay out of ``repr`` and logs. ``key`` tells two pushes apart:
    deliveries of the same push have the same one.
    """

    account: str
    openid: str = field(repr=False)
    created_s: int
    kind: str
    event: str
    key: str = field(repr=False)
    fields: dict[str, str] = field(repr=False)
    notices: Notices = field(default=(), repr=False)
    scanned: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """Return what a table of effects is asked for: the event's name, for a message ``message``."""
        return self.event if self.kind == "event" else "message"

    @property
    def scene(self) -> str:
        """Return the scene of the parametric QR that was scanned, empty when none was."""
        given = self.fields.get("EventKey", "")
        if self.event == "SCAN":
            return given
        return given.removeprefix(SCENE) if self.event == "subscribe" and given.startswith(SCENE) else ""


def read(text: str) -> Push | None:
    """Return the push that a decrypted text holds; None when it is no XML (WeChat's console may send JSON).

    Raises:
        BadPush: elements that repeat, an entity, a name or number of another form.
    """
    if not text.lstrip().startswith("<"):
        return None
    inside = elements(text.encode())
    plain = _texts({name: value for name, value in inside.items() if not _is_deep(name)})
    openid, created, kind = (plain.get(name, "") for name in ("FromUserName", "CreateTime", "MsgType"))
    event = plain.get("Event", "")
    if event in ABOUT and plain.get("OpenID"):
        openid = plain["OpenID"]
    notices, scanned = _notices(inside), _scanned(inside)
    if not _OPENID.fullmatch(openid) or not _NUMBER.fullmatch(created) or not _NAME.fullmatch(kind):
        raise BadPush("message")
    if (kind == "event") != bool(event) or (event and not _NAME.fullmatch(event)):
        raise BadPush("event")
    return Push(
        account=plain.get("ToUserName", ""),
        openid=openid,
        created_s=int(created),
        kind=kind,
        event=event,
        key=_key(plain, notices, scanned),
        fields=plain,
        notices=notices,
        scanned=scanned,
    )


def _key(plain: dict[str, str], notices: Notices, scanned: str) -> str:
    """Return what deliveries of one push share and no two pushes do; an event has no MsgId that could tell.

    Lists of notices and what was scanned belong to it: two of them may come within the second of CreateTime.
    """
    number = plain.get("MsgId", "")
    if plain["MsgType"] != "event" and number:
        if not _NUMBER.fullmatch(number):
            raise BadPush("message id")
        return f"message|{number}"
    parts = (
        plain.get(name, "") for name in ("FromUserName", "CreateTime", "Event", "EventKey", "Ticket", "MsgID")
    )
    inner = [sorted(one.items()) for one in notices]
    about = plain.get("OpenID", "") if plain.get("Event") in ABOUT else ""
    return "|".join(("event", *parts, scanned, json.dumps(inner) if inner else "", about))


def _is_deep(name: str) -> bool:
    return name in _NOT_TEXTS or name.startswith("SubscribeMsg")


def _texts(inside: dict[str, Any]) -> dict[str, str]:
    found = {}
    for name, value in inside.items():
        if value is not None and not isinstance(value, str):
            raise BadPush("repeated")
        found[name] = value or ""
    return found


def _notices(inside: dict[str, Any]) -> Notices:
    """Return the entries of a subscription event; WeChat sends one element or many."""
    found: list[dict[str, str]] = []
    for name, value in inside.items():
        if not name.startswith("SubscribeMsg"):
            continue
        listed = value.get("List", []) if isinstance(value, dict) else []
        if not isinstance(value, dict) or not all(isinstance(one, dict) for one in listed):
            raise BadPush("list")
        found += [_texts(one) for one in listed]
    return tuple(found)


def _scanned(inside: dict[str, Any]) -> str:
    """Return what a menu's scan read; of a bar code the part after its kind."""
    info = inside.get("ScanCodeInfo")
    if info is None:
        return ""
    if not isinstance(info, dict):
        raise BadPush("scan")
    plain = _texts(info)
    result = plain.get("ScanResult", "")
    return result.split(",", 1)[-1] if plain.get("ScanType") == "barcode" else result
