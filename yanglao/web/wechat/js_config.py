"""Sign a page of ours for WeChat's JS-SDK."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import current_app, request

from yanglao.kernel.clock import now
from yanglao.kernel.errors import Unavailable
from yanglao.outside.wechat_errors import WeChatFault
from yanglao.web.auth import public

bp = APIBlueprint("api_wechat", __name__, url_prefix="/api/v1")


class WeChatAway(Unavailable):
    """Say that WeChat gives no ticket now (503)."""

    code = "wechat.away"


@bp.get("/wx/js-config")
@public
def js_config() -> dict[str, Any]:
    """Return ``{appId, timestamp, nonceStr, signature}`` for the page ``url``."""
    door = current_app.extensions["wechat"]
    try:
        found: dict[str, Any] = door.js_config(request.args.get("url", ""), now=now())
    except WeChatFault:
        raise WeChatAway() from None
    return found
