"""Sign a page of ours for WeChat's JS-SDK."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import current_app
from pydantic import BaseModel

from yanglao.kernel.clock import now
from yanglao.kernel.errors import Unavailable
from yanglao.outside.wechat_errors import WeChatFault
from yanglao.web.auth import public

bp = APIBlueprint("api_wechat", __name__, url_prefix="/api/v1", tag="微信 wechat")


class WeChatAway(Unavailable):
    """Say that WeChat gives no ticket now (503)."""

    code = "wechat.away"


class PageQuery(BaseModel):
    """The address of the page as the browser shows it; ``refused`` is ``1`` when WeChat called the last signature invalid."""

    url: str = ""
    refused: str = ""


class JsConfigOut(BaseModel):
    """What a page hands to ``wx.config``, in its spelling. ``timestamp`` is Unix seconds."""

    appId: str
    timestamp: int
    nonceStr: str
    signature: str


@bp.get("/wx/js-config")
@public
@bp.input(PageQuery, location="query", arg_name="asked")
@bp.output(JsConfigOut)
def js_config(asked: PageQuery) -> dict[str, Any]:
    """Return what ``wx.config`` needs on a page of ours; 400 for any other page, 503 while WeChat is away."""
    try:
        found: dict[str, Any] = current_app.extensions["wechat"].js_config(
            asked.url, now=now(), refused=asked.refused == "1"
        )
    except WeChatFault:
        raise WeChatAway() from None
    return found
