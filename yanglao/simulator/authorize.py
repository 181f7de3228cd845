"""Web authorisation: the address WeChat accepts, the codes it gives out, and what a code is exchanged for."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from yanglao.simulator.account import openid as made_up
from yanglao.simulator.answers import ApiFault
from yanglao.simulator.world import User, World

CODE_LIFE_S = 300
# WeChat matches the link by a strict pattern: these parameters, in this order.
_QUERY = re.compile(
    r"appid=([^&]*)&redirect_uri=([^&]*)&response_type=code&scope=(snsapi_base|snsapi_userinfo)&state=([^&]*)"
    r"(?:&connect_redirect=1)?"
)
_STATE = re.compile(r"[a-zA-Z0-9]{0,128}")


class BadLink(Exception):
    """Say as WeChat does why it does not go on: a Chinese sentence and WeChat's number."""

    def __init__(self, sentence: str, number: int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.number = number


@dataclass(frozen=True)
class Link:
    """A link that asks who one is."""

    redirect_uri: str
    scope: str
    state: str


def read(query: str, *, app_id: str, hosts: frozenset[str]) -> Link:
    """Read the raw query of an authorisation link. Raises BadLink."""
    hit = _QUERY.fullmatch(query)
    if hit is None:
        raise BadLink("链接的参数不对，或者次序不对", 10012)
    given, uri, scope, state = hit.groups()
    redirect_uri = unquote(uri)
    parts = urlsplit(redirect_uri)
    if given != app_id:
        raise BadLink("公众号的 appid 不对", 10013)
    if "/" in uri or "?" in uri or parts.scheme not in ("http", "https"):
        raise BadLink("redirect_uri 没有编码，或者不是网址", 10012)
    if parts.hostname not in hosts:
        raise BadLink("redirect_uri 的域名与后台配置不一致", 10003)
    if not _STATE.fullmatch(state):
        raise BadLink("state 只能是字母和数字，最多 128 个", 10012)
    return Link(redirect_uri, scope, state)


def agree(world: World, link: Link, user: User) -> str:
    """Return where the browser goes on to, with a fresh code of ``user``."""
    code = secrets.token_hex(16)
    with world.lock:
        day_s = world.now() - 86_400
        world.codes = {old: one for old, one in world.codes.items() if one["until_s"] > day_s}
        world.codes[code] = {
            "openid": user.openid,
            "scope": link.scope,
            "until_s": world.now() + CODE_LIFE_S,
            "used": False,
        }
    mark = "&" if urlsplit(link.redirect_uri).query else "?"
    return f"{link.redirect_uri}{mark}code={code}&state={link.state}"


def exchange(world: World, asked: dict[str, str]) -> dict[str, Any]:
    """Return what WeChat says of a code, once. Raises ApiFault."""
    if asked.get("appid") != world.account.app_id:
        raise ApiFault(40013, "invalid appid")
    if asked.get("secret") != world.account.secret:
        raise ApiFault(40125, "invalid appsecret")
    if asked.get("grant_type") != "authorization_code":
        raise ApiFault(40002, "invalid grant_type")
    if not asked.get("code"):
        raise ApiFault(41008, "missing code")
    if world.faults.strikes("code_invalid"):
        raise ApiFault(40029, "invalid code")
    with world.lock:
        held = world.codes.get(asked["code"])
        if held is None:
            raise ApiFault(40029, "invalid code")
        if held["used"] or world.faults.strikes("code_used"):
            raise ApiFault(40163, "code been used")
        if held["until_s"] <= world.now():
            raise ApiFault(42003, "code timed out")
        held["used"] = True
    answer: dict[str, Any] = {
        "access_token": secrets.token_urlsafe(64),
        "expires_in": 7200,
        "refresh_token": secrets.token_urlsafe(64),
        "openid": held["openid"],
        "scope": held["scope"],
    }
    if world.faults.strikes("snapshot"):
        answer |= {"openid": made_up(), "is_snapshotuser": 1}
    return answer
