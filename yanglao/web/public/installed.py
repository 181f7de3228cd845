"""What makes the pages an app on a phone: manifest, service worker, the page for no network, and where the icon leads."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, current_app, redirect
from werkzeug.wrappers import Response as AnyResponse

from yanglao.kernel.errors import NotFound
from yanglao.web.auth import actor_or_none, client_of_browser, public, way_in
from yanglao.web.dress import asset
from yanglao.web.page import home_of, page

bp = Blueprint("installed", __name__)
ICONS = (
    ("shared/icons/icon-192.png", 192, "any"),
    ("shared/icons/icon-512.png", 512, "any"),
    ("shared/icons/maskable-192.png", 192, "maskable"),
    ("shared/icons/maskable-512.png", 512, "maskable"),
)
# What the worker fetches ahead: what every page held in one hand is made of.
AHEAD = (
    "shared/tokens.css", "shared/base.css", "shared/parts.css", "shared/phone.css", "shared/print.css", "shared/shared.js",
    "shared/overlay.js", "shared/app.js", "public/offline.js", "shared/icons.svg", "shared/favicon.svg",
)  # fmt: skip


@bp.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """Say how the pages look on a home screen."""
    body = {
        "id": "/start",
        "name": "养老服务人员培训",
        "short_name": "养老培训",
        "description": "养老服务人员职业技能培训：学习、签到、看学时。",
        "lang": "zh-CN",
        "start_url": "/start",
        "scope": "/",
        "display": "standalone",
        "background_color": "#FBFAF6",
        "theme_color": "#FFFFFF",
        "icons": [
            {"src": asset(name), "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
            for name, side, purpose in ICONS
        ],
        "shortcuts": [
            {"name": "签到", "url": "/learn/card"},
            {"name": "我的学时", "url": "/learn/hours"},
        ],
    }
    answer = Response(json.dumps(body, ensure_ascii=False), content_type="application/manifest+json")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@bp.get("/start")
@public
def start() -> AnyResponse:
    """Lead from the icon to where a person's work begins, or to where they sign in."""
    held = actor_or_none()
    return redirect(home_of(held) if held is not None else way_in("/start"))


@bp.get("/offline")
@public
def offline() -> str:
    """Show that there is no network; the worker keeps this page, which is nobody's."""
    return page("public/offline.html")


@bp.get("/sw.js")
@public
def worker() -> Response:
    """Send the service worker with the addresses of the files it keeps; inside WeChat there is none.

    Its version changes with any file it may keep, so that an old one is never left over.
    """
    if client_of_browser() == "wechat":
        raise NotFound
    files = [asset(name) for name in AHEAD]
    folder = Path(current_app.static_folder or "")
    version = sha256(" ".join([*files, asset("shared/worker.js")]).encode()).hexdigest()[:12]
    head = f"var VERSION = {json.dumps(version)};\nvar FILES = {json.dumps(files)};\n"
    text = head + (folder / "shared" / "worker.js").read_text(encoding="utf-8")
    answer = Response(text, content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    return answer
