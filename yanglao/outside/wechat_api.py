"""WeChat's API for our account: tokens looked after, every call bounded, every fault a ``WeChatFault``."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Any

from yanglao.outside.wechat_errors import STALE, WeChatFault
from yanglao.outside.wechat_http import Line
from yanglao.outside.wechat_oauth import CODE, Visitor, visitor_of
from yanglao.outside.wechat_tokens import TokenStore

log = logging.getLogger(__name__)
TEMPORARY_QR_MOST_S = 2_592_000
NO_MENU = 46003
_RID = re.compile(r"rid: ([0-9a-f-]{8,64})")
_ADDRESS = re.compile(r"invalid ip ([0-9a-fA-F.:]{7,45})")


@dataclass(frozen=True)
class Qr:
    """A parametric QR: the address to draw, and the seconds it lives."""

    url: str
    seconds: int


class WeChatApi:
    """Call WeChat for one account. Safe to share between threads; holds no user's token."""

    def __init__(
        self, line: Line, app_id: str, secret: str, *, tokens: TokenStore, tickets: TokenStore
    ) -> None:
        self._line = line
        self._app_id = app_id
        self._secret = secret
        self._tokens = tokens
        self._tickets = tickets

    def __repr__(self) -> str:
        return "WeChatApi()"

    def ticket(self, *, refused: bool = False) -> str:
        """Return the ticket pages are signed with; where a phone ``refused`` it, another one, once in a while.

        Raises:
            WeChatFault: WeChat gives none.
        """
        held = self._tickets.value(self._fetch_ticket)
        return self._tickets.replace(held, self._fetch_ticket) if refused else held

    def send_template(
        self, openid: str, template_id: str, fields: dict[str, str], *, url: str, once: str
    ) -> str:
        """Send a template message and return its msgid; ``once`` is the key under which WeChat sends it once.

        Raises:
            WeChatFault: see its ``reaction``; 43004 when the receiver does not follow.
        """
        body = {
            "touser": openid,
            "template_id": template_id,
            "url": url,
            "client_msg_id": once,
            "data": _values(fields),
        }
        return str(self._post("/cgi-bin/message/template/send", body).get("msgid", ""))

    def send_notice(self, openid: str, template_id: str, fields: dict[str, str], *, page: str) -> None:
        """Send a subscription notice; it uses up one right. Raises WeChatFault (43101 without a right)."""
        body = {"touser": openid, "template_id": template_id, "page": page, "data": _values(fields)}
        self._post("/cgi-bin/message/subscribe/bizsend", body)

    def send_text(self, openid: str, text: str) -> None:
        """Send a customer-service text. Raises WeChatFault (45015 when its window is over)."""
        body = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        self._post("/cgi-bin/message/custom/send", body)

    def publish_menu(self, menu: dict[str, Any]) -> None:
        """Replace the account's menu by ``menu`` (``{"button": […]}``). Raises WeChatFault."""
        self._post("/cgi-bin/menu/create", menu)

    def menu(self) -> dict[str, Any]:
        """Return the published menu, an empty one when there is none. Raises WeChatFault."""
        try:
            found = self._call("/cgi-bin/menu/get", query={}).get("menu")
        except WeChatFault as fault:
            if fault.code != NO_MENU:
                raise
            found = None
        return found if isinstance(found, dict) else {}

    def templates(self) -> list[dict[str, Any]]:
        """Return the templates of the account, each with ``template_id``, ``title``, ``content``. Raises WeChatFault."""
        found = self._call("/cgi-bin/template/get_all_private_template", query={}).get("template_list")
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    def left(self, path: str) -> tuple[int, int]:
        """Return (calls left today, calls a day) of an interface such as ``/cgi-bin/menu/create``. Raises WeChatFault."""
        found = self._post("/cgi-bin/openapi/quota/get", {"cgi_path": path}).get("quota")
        quota = found if isinstance(found, dict) else {}
        return int(quota.get("remain") or 0), int(quota.get("daily_limit") or 0)

    def network(self) -> dict[str, str]:
        """Return address -> share of lost packets, as WeChat sees the callback's host. Raises WeChatFault."""
        body = {"action": "all", "check_operator": "DEFAULT"}
        found = self._post("/cgi-bin/callback/check", body).get("ping")
        listed = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        return {str(one.get("ip", "")): str(one.get("package_loss", "")) for one in listed}

    def try_secret(self) -> None:
        """Ask for a token as if none were held; the held one goes on to be valid. Raises WeChatFault."""
        self._fetch_token()

    def follows(self, openid: str) -> bool:
        """Tell whether a person follows the account now. Raises WeChatFault."""
        found = self._call("/cgi-bin/user/info", query={"openid": openid, "lang": "zh_CN"})
        return found.get("subscribe") == 1

    def make_qr(self, scene: str, *, seconds: int) -> Qr:
        """Make a temporary parametric QR of 1 to 64 characters. Raises WeChatFault, ValueError."""
        if not 1 <= len(scene) <= 64 or not 1 <= seconds <= TEMPORARY_QR_MOST_S:
            raise ValueError("a scene has 1 to 64 characters, a temporary QR lives 30 days at most")
        body = {
            "expire_seconds": seconds,
            "action_name": "QR_STR_SCENE",
            "action_info": {"scene": {"scene_str": scene}},
        }
        found = self._post("/cgi-bin/qrcode/create", body)
        return Qr(str(found.get("url", "")), int(found.get("expire_seconds", seconds)))

    def exchange(self, code: str) -> Visitor:
        """Exchange a code of web authorisation for who came; the person's own token is not kept.

        Raises:
            WeChatFault: see ``wechat_oauth.fate`` of its code. A code that cannot be one is not sent.
        """
        call = "/sns/oauth2/access_token"
        if not CODE.fullmatch(code):
            raise WeChatFault(call, 40029)
        query = {
            "appid": self._app_id,
            "secret": self._secret,
            "code": code,
            "grant_type": "authorization_code",
        }
        found = visitor_of(_checked(call, self._line.ask(call, query=query)))
        if found is None:
            raise WeChatFault(call, None, why="answer names nobody")
        return found

    def _post(self, call: str, body: Any) -> dict[str, Any]:
        return self._call(call, query={}, body=body)

    def _call(self, call: str, *, query: dict[str, str], body: Any = None) -> dict[str, Any]:
        """Ask once; when WeChat refuses the token, replace it once and ask once more, never again."""
        token = self._tokens.value(self._fetch_token)
        found = self._line.ask(call, query={"access_token": token, **query}, body=body)
        if _code(found) in STALE:
            log.warning("wechat refused a token: %s", call)
            token = self._tokens.replace(token, self._fetch_token)
            found = self._line.ask(call, query={"access_token": token, **query}, body=body)
        return _checked(call, found)

    def _fetch_token(self) -> tuple[str, int]:
        body = {
            "grant_type": "client_credential",
            "appid": self._app_id,
            "secret": self._secret,
            "force_refresh": False,
        }
        call = "/cgi-bin/stable_token"
        return _granted(call, _checked(call, self._line.ask(call, query={}, body=body)), "access_token")

    def _fetch_ticket(self) -> tuple[str, int]:
        call = "/cgi-bin/ticket/getticket"
        return _granted(call, self._call(call, query={"type": "jsapi"}), "ticket")


def _checked(call: str, found: dict[str, Any]) -> dict[str, Any]:
    code = _code(found)
    if code == 0:
        return found
    said = str(found.get("errmsg", ""))
    hit = _RID.search(said)
    rid = hit.group(1) if hit else ""
    log.warning("wechat answered with a fault: %s %s %s", call, code, rid)
    named = _ADDRESS.search(said)
    raise WeChatFault(
        call, code, why="fault without a number", rid=rid, address=named.group(1) if named else ""
    )


def _code(found: dict[str, Any]) -> int | None:
    """Return the errcode, 0 when there is none; None for one that is no number."""
    code = found.get("errcode", 0)
    return code if isinstance(code, int) else None


def _granted(call: str, found: dict[str, Any], name: str) -> tuple[str, int]:
    value, seconds = found.get(name), found.get("expires_in")
    if not isinstance(value, str) or not value or not isinstance(seconds, int) or seconds <= 0:
        raise WeChatFault(call, None, why="answer lacks what was asked for")
    return value, seconds


def _values(fields: dict[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"value": value} for name, value in fields.items()}
