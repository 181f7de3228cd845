"""Ask WeChat who came back with a code. The only door of web authorisation; it never says a secret."""

from __future__ import annotations

import http.client
import json
import re
import urllib.request
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from yanglao.settings import Settings

TIMEOUT_S = 4.0
MOST_BYTES = 65_536
OPENID = re.compile(r"[\w-]{6,64}")
CODE = re.compile(r"[\w.~-]{1,512}")

# What an error code of WeChat means to us; the rest is a fault on their side.
SPENT = frozenset({40029, 42003, 41008})
USED = frozenset({40163})
MISCONFIGURED = frozenset({40013, 40125, 40164, 41002, 41004, 48001})


class WechatAway(Exception):
    """Say that WeChat did not answer, or not in its own words."""


class CodeSpent(Exception):
    """Say that the code is unknown or too old: going to WeChat once more brings a fresh one."""


class CodeUsed(Exception):
    """Say that the code was exchanged before (40163): a reload, Back, or a redirect that came twice."""


class Misconfigured(Exception):
    """Say that WeChat does not accept our settings; ``errcode`` tells the administrator which."""

    def __init__(self, errcode: int) -> None:
        super().__init__(f"WeChat refused our settings with errcode {errcode}")
        self.errcode = errcode


@dataclass(frozen=True)
class Visitor:
    """Who came: ``openid`` within the service account. A snapshot page gives a made-up one."""

    openid: str = field(repr=False)
    unionid: str | None = field(default=None, repr=False)
    snapshot: bool = False


@dataclass(frozen=True)
class OauthDoor:
    """Web authorisation of one service account."""

    app_id: str
    secret: str = field(repr=False)
    api_base: str
    authorize_base: str

    def authorize_url(self, redirect_uri: str, state: str) -> str:
        """Return where to send the browser; WeChat wants exactly this order of parameters."""
        return (
            f"{self.authorize_base.rstrip('/')}/connect/oauth2/authorize?appid={self.app_id}"
            f"&redirect_uri={quote(redirect_uri, safe='')}&response_type=code&scope=snsapi_base"
            f"&state={state}#wechat_redirect"
        )

    def exchange(self, code: str) -> Visitor:
        """Exchange a code for who came.

        Raises:
            CodeSpent, CodeUsed, Misconfigured; WechatAway for everything else, also after 4 seconds of silence.
        """
        if not CODE.fullmatch(code):
            raise CodeSpent
        answer = self._ask({"code": code, "grant_type": "authorization_code"})
        errcode = answer.get("errcode", 0)
        if errcode:
            raise _refusal(errcode)
        openid, unionid = answer.get("openid"), answer.get("unionid")
        if not isinstance(openid, str) or not OPENID.fullmatch(openid):
            raise WechatAway("no openid in the answer")
        known = unionid if isinstance(unionid, str) and OPENID.fullmatch(unionid) else None
        return Visitor(openid, known, answer.get("is_snapshotuser") in (1, "1", True))

    def _ask(self, facts: dict[str, str]) -> dict[str, Any]:
        query = urlencode({"appid": self.app_id, "secret": self.secret, **facts})
        try:
            with urllib.request.urlopen(
                f"{self.api_base.rstrip('/')}/sns/oauth2/access_token?{query}", timeout=TIMEOUT_S
            ) as response:
                answer = json.loads(response.read(MOST_BYTES))
        except (OSError, ValueError, RecursionError, http.client.HTTPException) as fault:
            # The fault's own text and its chain hold the address, and the address holds the secret.
            raise WechatAway(type(fault).__name__) from None
        if not isinstance(answer, dict):
            raise WechatAway("the answer is no object")
        return answer


def _refusal(errcode: object) -> Exception:
    if errcode in USED:
        return CodeUsed()
    if errcode in SPENT:
        return CodeSpent()
    if isinstance(errcode, int) and errcode in MISCONFIGURED:
        return Misconfigured(errcode)
    return WechatAway("another errcode")


def door(settings: Settings) -> OauthDoor | None:
    """Return the way to WeChat, None where no service account is configured."""
    if not settings.wechat_app_id:
        return None
    return OauthDoor(
        settings.wechat_app_id,
        settings.wechat_app_secret,
        settings.wechat_api_base,
        settings.wechat_authorize_base,
    )
