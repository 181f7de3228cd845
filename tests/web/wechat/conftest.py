from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import pytest

from tests.outside.wechat_vectors import TENCENT_KEY, seal, sign, unseal
from yanglao.outside.wechat_wire import elements

TOKEN, APP, OLD_KEY = "spamtest", "wx2c2769f8efd9abc2", "Y" * 43
WECHAT = {
    "WECHAT_APP_ID": APP,
    "WECHAT_APP_SECRET": "a-secret-of-the-account",
    "WECHAT_TOKEN": TOKEN,
    "WECHAT_AES_KEY": TENCENT_KEY,
    "WECHAT_AES_KEY_PREVIOUS": OLD_KEY,
    "WECHAT_API_BASE": "http://127.0.0.1:9",  # nobody listens there: a call to WeChat would be seen
    "PUBLIC_BASE_URL": "https://learn.example.org",
    "SHORT_BASE_URL": "https://yl.example.org",
}


@dataclass
class Tencent:
    """Deliver pushes as WeChat's servers do, over the wire protocol alone."""

    client: Any

    def deliver(self, message: str, *, key: str = TENCENT_KEY, more: str = "", **changed: str) -> Any:
        """Seal, sign and post ``message``; ``changed`` replaces parts of the address, ``sealed`` the frame."""
        sealed = changed.pop("sealed", None) or seal(message.encode(), key, APP)
        asked = {
            "timestamp": str(int(time.time())),
            "nonce": "1320562132",
            "encrypt_type": "aes",
            "openid": "o0",
        }
        asked |= {name: changed[name] for name in ("timestamp", "nonce") if changed.get(name)}
        asked["signature"] = sign(TOKEN, asked["timestamp"], asked["nonce"])
        asked["msg_signature"] = sign(TOKEN, asked["timestamp"], asked["nonce"], sealed)
        asked = {name: value for name, value in (asked | changed).items() if value is not None}
        body = f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName>{more}<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
        return self.client.post("/wx/callback", query_string=asked, data=body, content_type="text/xml")

    def said(self, answer: Any, key: str = TENCENT_KEY) -> dict[str, Any]:
        """Return the reply within an answer, its signature checked."""
        outer = elements(answer.get_data())
        assert outer["MsgSignature"] == sign(TOKEN, outer["TimeStamp"], outer["Nonce"], outer["Encrypt"])
        text, app_id = unseal(outer["Encrypt"], key)
        assert app_id == APP
        return elements(text.encode())


def event(
    name: str, more: str = "", *, openid: str = "oyORnuP8q7ou2gfYjqLzSIWZf0rs", created: int = 1
) -> str:
    """Return the plain XML of an event."""
    return (
        f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
        f"<CreateTime>{created}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{name}]]></Event>"
        f"{more}</xml>"
    )


def text(content: str, number: int = 1) -> str:
    """Return the plain XML of a text message."""
    return (
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>oyORnuP8q7ou2gfYjqLzSIWZf0rs</FromUserName>"
        f"<CreateTime>1</CreateTime><MsgType>text</MsgType><Content><![CDATA[{content}]]></Content>"
        f"<MsgId>{number}</MsgId></xml>"
    )


@pytest.fixture
def connected(make_app):
    """Give an application with a service account, within its context."""
    made = make_app(**WECHAT)
    with made.app_context():
        yield made


@pytest.fixture
def tencent(connected):
    """Give WeChat's servers as they stand before ``connected``."""
    return Tencent(connected.test_client())
