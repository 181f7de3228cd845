"""Access tokens as ``stable_token`` gives them, and the ticket that pages are signed with."""

from __future__ import annotations

import secrets
from typing import Any

from yanglao.simulator.answers import ApiFault
from yanglao.simulator.world import World

LIFE_S, OVERLAP_S = 7200, 300
MOST_REFRESHES, REFRESH_GAP_S, DAY_S = 20, 30, 86_400


def stable(world: World, asked: dict[str, Any]) -> dict[str, Any]:
    """Return the token, the same one until its last five minutes. Raises ApiFault."""
    account = world.account
    if asked.get("grant_type") != "client_credential":
        raise ApiFault(40002, "invalid grant_type")
    if asked.get("appid") != account.app_id:
        raise ApiFault(40013, "invalid appid")
    if asked.get("secret") != account.secret:
        raise ApiFault(40125, "invalid appsecret, view more at http://t.cn/RAEkdVq")
    now = world.now()
    with world.change():
        world.tokens = [one for one in world.tokens if one["until_s"] > now]
        if asked.get("force_refresh") is True:
            _may_refresh(world, now)
            world.tokens = []
        newest = world.tokens[-1] if world.tokens else None
        if newest is None or newest["until_s"] - now <= OVERLAP_S:
            newest = {"value": f"{len(world.tokens)}_{secrets.token_urlsafe(96)}", "until_s": now + LIFE_S}
            world.tokens.append(newest)
        return {"access_token": newest["value"], "expires_in": newest["until_s"] - now}


def check(world: World, token: str | None) -> None:
    """Raise ApiFault unless ``token`` is one that is valid now."""
    if not token:
        raise ApiFault(41001, "access_token missing")
    with world.lock:
        for one in world.tokens:
            if secrets.compare_digest(one["value"].encode(), token.encode()):
                if one["until_s"] > world.now():
                    return
                raise ApiFault(42001, "access_token expired")
    raise ApiFault(40001, "invalid credential, access_token is invalid or not latest")


def ticket(world: World, kind: str) -> dict[str, Any]:
    """Return the ticket of pages, the same one within its life, each time said to live 7200 s. Raises ApiFault."""
    if kind != "jsapi":
        raise ApiFault(40097, "invalid args")
    now = world.now()
    with world.change():
        if world.ticket.get("until_s", 0) <= now:
            world.ticket = {"value": "sM4A" + secrets.token_urlsafe(61), "until_s": now + LIFE_S}
        return {"ticket": world.ticket["value"], "expires_in": LIFE_S}


def _may_refresh(world: World, now: int) -> None:
    world.refreshed = [moment for moment in world.refreshed if moment > now - DAY_S]
    if len(world.refreshed) >= MOST_REFRESHES:
        raise ApiFault(45009, "reach max api daily quota limit")
    if world.refreshed and now - world.refreshed[-1] < REFRESH_GAP_S:
        raise ApiFault(45011, "api minute-quota reach limit, must slower, retry next minute")
    world.refreshed.append(now)
