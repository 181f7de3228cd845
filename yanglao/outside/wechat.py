"""The door to WeChat: one object per application, or its Null twin when no service account is set up."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from yanglao.kernel import clock
from yanglao.kernel.errors import NotFound, Problem
from yanglao.outside.redis_store import Store
from yanglao.outside.wechat_api import WeChatApi
from yanglao.outside.wechat_http import LOOPBACK, Line
from yanglao.outside.wechat_oauth import authorize_url
from yanglao.outside.wechat_tokens import REFRESH_GAP_MS, Seals, TokenStore
from yanglao.outside.wechat_wire import Frames, js_signature
from yanglao.settings import Settings

LONGEST_URL = 2048
TICKET_GAP_MS = 600_000  # tickets are few; a phone that calls one wrong gets another once in ten minutes
_PROOF = re.compile(r"MP_verify_[A-Za-z0-9]{1,64}\.txt")


class NotSetUp(NotFound):
    """Say that no service account is set up (404)."""

    code = "wechat.not_set_up"


class ForeignPage(Problem):
    """Say that a page is not one of ours and is not signed (400)."""

    status = 400
    code = "wechat.foreign_page"


@dataclass(frozen=True)
class WeChat:
    """One service account. ``frames`` is None while token or AES key are missing: then no push is taken."""

    app_id: str
    api: WeChatApi
    frames: Frames | None = field(repr=False)
    hosts: frozenset[str]
    plain_http: bool
    authorize_base: str

    on = True

    def authorize_url(self, redirect_uri: str, state: str) -> str:
        """Return where to send a browser that shall come back to ``redirect_uri`` with a code."""
        return authorize_url(self.authorize_base, self.app_id, redirect_uri, state)

    def pushes(self) -> Frames:
        """Return what opens and seals pushes. Raises NotSetUp."""
        if self.frames is None:
            raise NotSetUp()
        return self.frames

    def js_config(self, url: str, *, now: datetime, refused: bool = False) -> dict[str, Any]:
        """Return what a page of ours hands to ``wx.config``; what follows ``#`` is left out of the signature.

        ``refused``: the phone called the last signature invalid, so the ticket behind it may have been replaced elsewhere.

        Raises:
            ForeignPage: another host, no https (but on this machine itself), or no address at all.
            WeChatFault: WeChat gives no ticket now.
        """
        page = self._own(url)
        nonce, timestamp = secrets.token_hex(8), int(now.timestamp())
        signed = js_signature(self.api.ticket(refused=refused), nonce=nonce, timestamp=timestamp, url=page)
        return {"appId": self.app_id, "timestamp": timestamp, "nonceStr": nonce, "signature": signed}

    def _own(self, url: str) -> str:
        page = url.split("#", 1)[0]
        if len(page) > LONGEST_URL or not page.isprintable() or "\\" in page:
            raise ForeignPage()
        try:
            parts = urlsplit(page)
            host, named = parts.hostname or "", "@" not in parts.netloc
            _ = parts.port
        except ValueError:
            raise ForeignPage() from None
        here = self.plain_http and parts.scheme == "http" and host in LOOPBACK
        if host not in self.hosts or not named or not (parts.scheme == "https" or here):
            raise ForeignPage()
        return page


class NoWeChat:
    """Stand in for an account that is not set up: every question is answered by ``NotSetUp``."""

    on = False
    app_id = ""

    @property
    def api(self) -> WeChatApi:
        """Raise NotSetUp."""
        raise NotSetUp()

    def pushes(self) -> Frames:
        """Raise NotSetUp."""
        raise NotSetUp()

    def authorize_url(self, redirect_uri: str, state: str) -> str:
        """Raise NotSetUp."""
        raise NotSetUp()

    def js_config(self, url: str, *, now: datetime, refused: bool = False) -> dict[str, Any]:
        """Raise NotSetUp."""
        raise NotSetUp()


Door = WeChat | NoWeChat


def build(settings: Settings, *, seals: Seals, redis: Store | None) -> Door:
    """Return the door that ``settings`` name; without app id or secret it is the Null twin."""
    if not (settings.wechat_app_id and settings.wechat_app_secret):
        return NoWeChat()
    folder = settings.data_dir / "wechat"

    def store(kind: str, gap_ms: int = REFRESH_GAP_MS) -> TokenStore:
        name = f"{settings.wechat_app_id}.{kind}"
        return TokenStore(name, folder, seals=seals, redis=redis, clock=clock.now, gap_ms=gap_ms)

    api = WeChatApi(
        Line(settings.wechat_api_base),
        settings.wechat_app_id,
        settings.wechat_app_secret,
        tokens=store("token"),
        tickets=store("ticket", TICKET_GAP_MS),
    )
    bases = (settings.public_base_url, settings.short_base_url)
    return WeChat(
        app_id=settings.wechat_app_id,
        api=api,
        frames=_frames(settings),
        hosts=frozenset(urlsplit(base).hostname or "" for base in bases) - {""},
        plain_http=settings.env != "production",
        authorize_base=settings.wechat_authorize_base,
    )


def proof(data_dir: Path, name: str) -> bytes:
    """Return a domain proof that an administrator put into ``mp_verify/``. Raises NotFound."""
    file = data_dir / "mp_verify" / name
    if not _PROOF.fullmatch(name) or not file.is_file():
        raise NotFound()
    return file.read_bytes()


def _frames(settings: Settings) -> Frames | None:
    if not (settings.wechat_token and settings.wechat_aes_key):
        return None
    keys = (settings.wechat_aes_key, settings.wechat_aes_key_previous)
    return Frames(settings.wechat_token, settings.wechat_app_id, tuple(key for key in keys if key))


def init_app(app: Flask, settings: Settings) -> None:
    """Give ``app`` its door, by ``app.extensions["wechat"]``."""
    extensions = app.extensions
    extensions["wechat"] = build(settings, seals=extensions["ciphers"], redis=extensions["redis_store"])
