"""Read web authorisation: where a browser is sent, what a code may look like, what WeChat's answer says. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

CODE = re.compile(r"[\w.~-]{1,512}")
_OPENID = re.compile(r"[\w-]{6,64}")

# What becomes of a code that WeChat does not exchange.
USED, SPENT, SETTINGS, AWAY = "used", "spent", "settings", "away"
_FATES: dict[int, str] = {
    40163: USED,  # exchanged before: a reload, Back, or a redirect that came twice
    40029: SPENT,  # unknown or too old: going to WeChat once more brings a fresh one
    42003: SPENT,
    41008: SPENT,
    40013: SETTINGS,  # WeChat does not accept our settings; the code tells the administrator which
    40125: SETTINGS,
    40164: SETTINGS,
    40243: SETTINGS,
    41002: SETTINGS,
    41004: SETTINGS,
    48001: SETTINGS,
}


@dataclass(frozen=True)
class Visitor:
    """Who came: ``openid`` within the service account. A snapshot page gives a made-up one."""

    openid: str = field(repr=False)
    unionid: str | None = field(default=None, repr=False)
    snapshot: bool = False


def authorize_url(base: str, app_id: str, redirect_uri: str, state: str) -> str:
    """Return where to send the browser; WeChat wants exactly this order of parameters."""
    return (
        f"{base.rstrip('/')}/connect/oauth2/authorize?appid={app_id}"
        f"&redirect_uri={quote(redirect_uri, safe='')}&response_type=code&scope=snsapi_base"
        f"&state={state}#wechat_redirect"
    )


def visitor_of(answer: dict[str, Any]) -> Visitor | None:
    """Return who WeChat says came, None when its answer names nobody."""
    openid, unionid = answer.get("openid"), answer.get("unionid")
    if not isinstance(openid, str) or not _OPENID.fullmatch(openid):
        return None
    known = unionid if isinstance(unionid, str) and _OPENID.fullmatch(unionid) else None
    return Visitor(openid, known, answer.get("is_snapshotuser") in (1, "1", True))


def fate(errcode: int | None) -> str:
    """Return what an errcode says about a code: ``used``, ``spent``, ``settings``, else ``away``."""
    return AWAY if errcode is None else _FATES.get(errcode, AWAY)
