"""Come to our own callback as WeChat does, to see whether it can be reached, and read WeChat's clock."""

from __future__ import annotations

import http.client
import secrets
import socket
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from yanglao.outside.wechat_http import LOOPBACK
from yanglao.outside.wechat_wire import Frames, aes_key, encrypt, signature

SILENCE_S = 5.0
MOST_BYTES = 65_536
NOBODY = "oYanglaoSelfCheck0000"
ACCOUNT = "gh_selfcheck"


@dataclass(frozen=True)
class Heard:
    """An answer, or why there was none (``fault``: name, certificate, refused, silence, connection)."""

    status: int = 0
    text: str = ""
    location: str = ""
    date: datetime | None = None
    fault: str = ""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow nothing: WeChat does not either."""


def ask(address: str, body: bytes | None = None) -> Heard:
    """Send GET, or POST when there is a ``body``, and return what was heard; nothing is raised."""
    inside = urlsplit(address).hostname in LOOPBACK
    opener = urllib.request.build_opener(_NoRedirect, *([urllib.request.ProxyHandler({})] if inside else []))
    request = urllib.request.Request(address, body, {"Content-Type": "text/xml"} if body else {})
    try:
        with opener.open(request, timeout=SILENCE_S) as answer:
            return _heard(answer)
    except urllib.error.HTTPError as answer:
        with answer:
            return _heard(answer)
    except urllib.error.URLError as fault:
        return Heard(fault=_why(fault.reason))
    except (OSError, http.client.HTTPException, ValueError) as fault:
        return Heard(fault=_why(fault))


def proof_of_address(site: str, frames: Frames, *, now: datetime) -> tuple[Heard, str]:
    """Ask as WeChat's console does when the address is entered; return what was heard and what should be."""
    stamp, nonce, echo = str(int(now.timestamp())), secrets.token_hex(5), secrets.token_hex(8)
    asked = {
        "signature": signature(frames.token, stamp, nonce),
        "timestamp": stamp,
        "nonce": nonce,
        "echostr": echo,
    }
    return ask(f"{site.rstrip('/')}/wx/callback?{urlencode(asked)}"), echo


def push(site: str, frames: Frames, *, now: datetime, forged: bool = False) -> Heard:
    """Push an event that has no effect (VIEW of nobody), encrypted and signed; ``forged``: with a wrong signature."""
    stamp, nonce = str(int(now.timestamp())), secrets.token_hex(5)
    message = (
        f"<xml><ToUserName>{ACCOUNT}</ToUserName><FromUserName>{NOBODY}</FromUserName><CreateTime>{stamp}</CreateTime>"
        "<MsgType>event</MsgType><Event>VIEW</Event><EventKey>check</EventKey></xml>"
    )
    sealed = encrypt(message, aes_key(frames.aes_keys[0]), frames.app_id, start=secrets.token_bytes(16))
    asked = {
        "timestamp": stamp,
        "nonce": nonce,
        "encrypt_type": "aes",
        "msg_signature": "0" * 40 if forged else signature(frames.token, stamp, nonce, sealed),
    }
    body = f"<xml><ToUserName>{ACCOUNT}</ToUserName><Encrypt>{sealed}</Encrypt></xml>"
    return ask(f"{site.rstrip('/')}/wx/callback?{urlencode(asked)}", body.encode())


def _heard(answer: Any) -> Heard:
    text = answer.read(MOST_BYTES).decode(errors="replace")
    try:
        date = parsedate_to_datetime(answer.headers.get("Date", ""))
    except (TypeError, ValueError):
        date = None
    return Heard(answer.status, text, answer.headers.get("Location", ""), date)


def _why(reason: object) -> str:
    if isinstance(reason, socket.gaierror):
        return "name"
    if isinstance(reason, ssl.SSLError):
        return "certificate"
    if isinstance(reason, ConnectionRefusedError):
        return "refused"
    return "silence" if isinstance(reason, TimeoutError) else "connection"
