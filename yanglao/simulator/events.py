"""Every event and message that WeChat pushes, as XML before it is sealed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yanglao.simulator.wire import element

ACCEPTED = {"TemplateId": "demo_session_reminder", "SubscribeStatusString": "accept"}
REJECTED = {"TemplateId": "demo_session_reminder", "SubscribeStatusString": "reject"}
SENT = {"TemplateId": "demo_session_reminder", "MsgID": "1", "ErrorCode": "0", "ErrorStatus": "success"}
# Event -> the fields it has beside the four of every message, with what stands there when nothing is given.
EVENTS: dict[str, dict[str, Any]] = {
    "subscribe": {"EventKey": ""},
    "unsubscribe": {"EventKey": ""},
    "SCAN": {"EventKey": "", "Ticket": ""},
    "CLICK": {"EventKey": ""},
    "VIEW": {"EventKey": "", "MenuId": 1},
    "LOCATION": {"Latitude": "35.051", "Longitude": "118.347", "Precision": "65.0"},
    "scancode_push": {"EventKey": "", "ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": ""}},
    "scancode_waitmsg": {"EventKey": "", "ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": ""}},
    "TEMPLATESENDJOBFINISH": {"MsgID": 0, "Status": "success"},
    "subscribe_msg_popup_event": {"SubscribeMsgPopupEvent": {"List": {**ACCEPTED, "PopupScene": "1"}}},
    "subscribe_msg_change_event": {"SubscribeMsgChangeEvent": {"List": REJECTED}},
    "subscribe_msg_sent_event": {"SubscribeMsgSentEvent": {"List": SENT}},
    "user_info_modified": {"OpenID": "", "AppID": "", "RevokeInfo": "1"},
    "user_authorization_revoke": {"OpenID": "", "AppID": "", "RevokeInfo": "1"},
}


def event(name: str, fields: Mapping[str, Any], *, to: str, sender: str, created_s: int) -> str:
    """Return one event. ``fields`` replace or add to the event's own; a name nobody knows may be sent as well."""
    head = {
        "ToUserName": to,
        "FromUserName": sender,
        "CreateTime": created_s,
        "MsgType": "event",
        "Event": name,
    }
    return _xml({**head, **EVENTS.get(name, {}), **fields})


def text(content: str, *, number: int, to: str, sender: str, created_s: int) -> str:
    """Return a text that somebody typed."""
    head = {"ToUserName": to, "FromUserName": sender, "CreateTime": created_s, "MsgType": "text"}
    return _xml({**head, "Content": content, "MsgId": number})


def _xml(fields: Mapping[str, Any]) -> str:
    return f"<xml>{''.join(element(name, value) for name, value in fields.items())}</xml>"
