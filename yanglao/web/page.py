"""Draw a page: the template, and around it who is signed in, where one can go, and how large the text is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, render_template, request

from yanglao.kernel import simulated
from yanglao.kernel.actor import Actor, Grant
from yanglao.kernel.db import db
from yanglao.people.roles import may, role_text
from yanglao.places import queries as places
from yanglao.web import dress
from yanglao.web.auth import actor_or_none, in_wechat, way_in, wechat_on
from yanglao.web.guards import WECHATS_SDK

FONT_COOKIE = "yl_font"
FONTS = (18, 20, 22, 24, 27, 30)


@dataclass(frozen=True)
class Stop:
    """One entry of a navigation. ``permissions``: any of them shows it."""

    key: str
    label: str
    href: str
    permissions: tuple[str, ...]


LEARN = (
    Stop("learn", "学习", "/learn/", ("learn.own",)),
    Stop("card", "签到", "/learn/card", ("learn.own",)),
    Stop("hours", "我的学时", "/learn/hours", ("learn.own",)),
)
TEACH = (
    Stop("teach", "今天的课", "/teach/", ("session.teach",)),
    Stop("practical", "实操考核", "/teach/practical", ("practical.score",)),
)
OFFICE = (
    Stop(
        "todo",
        "待办",
        "/office/",
        ("people.read", "class.file", "class.approve", "plan.read", "settings.manage"),
    ),
    Stop("classes", "班级", "/office/classes", ("class.file", "class.approve", "plan.read")),
    Stop("calendar", "课表", "/office/calendar", ("standing.read",)),
    Stop("people", "学员", "/office/people", ("people.read",)),
    Stop("review", "学时审核", "/office/review", ("hours.review", "standing.read")),
    Stop("certificates", "证书", "/office/certificates", ("certificate.read",)),
    Stop("claims", "补贴", "/office/claims", ("claim.read",)),
    Stop("levels", "等级证书", "/office/level-certificates", ("report.level",)),
    Stop("courses", "课程", "/office/courses", ("course.read",)),
    Stop("materials", "课件", "/office/materials", ("course.author",)),
    Stop("banks", "题库", "/office/banks", ("course.author",)),
    Stop("plan", "监督", "/office/plan", ("plan.read",)),
    Stop("flags", "异常", "/office/flags", ("flag.read",)),
    Stop("ledger", "账本", "/office/ledger", ("ledger.read",)),
    Stop("settings", "设置", "/office/settings", ("settings.manage", "role.grant")),
)
AREAS = (
    ("office", "办公端", "/office/", OFFICE),
    ("teach", "教师端", "/teach/", TEACH),
    ("learn", "学员端", "/learn/", LEARN),
)


@dataclass(frozen=True)
class Link:
    """A navigation entry as drawn; ``current`` is where one is."""

    key: str
    label: str
    href: str
    current: bool


def page(template: str, /, **facts: Any) -> str:
    """Return the page; every template also sees what ``around`` returns, those of the office how much waits for the reader."""
    if template.startswith("office/") and "todo_waiting" not in facts and actor_or_none() is not None:
        facts["todo_waiting"] = current_app.extensions["todo.count"]()
    return render_template(template, **facts)


def init_app(app: Flask) -> None:
    """Give every template, error pages too, what stands around a page."""
    dress.init_app(app)
    settings = app.config["SETTINGS"]
    beside = simulated.read(settings.data_dir) if settings.env != "production" else {}
    own = beside.get("WECHAT_APP_ID") == settings.wechat_app_id
    app.config["PHONES"] = beside.get("WECHAT_AUTHORIZE_BASE", "") if own else ""
    app.context_processor(around)


def around() -> dict[str, Any]:
    """Return what every template sees."""
    held = actor_or_none()
    return {
        "person": held,
        "nav": nav_of(held),
        "areas": areas_of(held),
        "font_px": font_px(held),
        "way_in": way_in,
        "wechat_on": wechat_on(),
        "in_wechat": in_wechat(),
        "phones": "" if in_wechat() else current_app.config["PHONES"],
        "wechats_sdk": " ".join(WECHATS_SDK),
        "is_demo": current_app.config["SETTINGS"].env == "demo",
    }


def nav_of(held: Actor | None) -> list[Link]:
    """Return the navigation of the area the present page is in, with what the person may open."""
    stops = next((stops for _, _, root, stops in AREAS if request.path.startswith(root)), ())
    if held is None:
        return []
    seen = [stop for stop in stops if any(may(held.grants, one) for one in stop.permissions)]
    here = max((stop.href for stop in seen if _under(stop.href)), key=len, default="")
    return [Link(stop.key, stop.label, stop.href, stop.href == here) for stop in seen]


def areas_of(held: Actor | None) -> list[Link]:
    """Return the areas a person may enter, the widest first: where they go after sign-in, and the role switch."""
    if held is None:
        return []
    found = []
    for key, label, root, stops in AREAS:
        seen = [stop.href for stop in stops if any(may(held.grants, one) for one in stop.permissions)]
        if seen:
            found.append(Link(key, label, seen[0], request.path.startswith(root)))
    return found


def home_of(held: Actor) -> str:
    """Return where a person's work begins."""
    areas = areas_of(held)
    return areas[0].href if areas else "/account"


def font_px(held: Actor | None) -> int:
    """Return the text size: what was chosen on this device, else the person's own, else 18."""
    chosen = request.cookies.get(FONT_COOKIE, "")
    if chosen.isascii() and chosen.isdigit() and 18 <= int(chosen[:4]) <= 30:
        return int(chosen)
    return held.font_px if held is not None else FONTS[0]


def roles_text(grants: tuple[Grant, ...]) -> list[str]:
    """Return a person's roles as people say them, each once."""
    divisions = {one.code: one.name for one in places.divisions(db.session)}
    bases = {one.id: one.short_name for one in places.bases(db.session)}
    said = [
        role_text(
            one, division_name=divisions.get(one.division or "", ""), base_name=bases.get(one.base or "", "")
        )
        for one in grants
    ]
    return list(dict.fromkeys(said))


def _under(href: str) -> bool:
    if href == "/office/classes" and request.path.startswith("/office/papers/"):
        return True  # a page of a sheet belongs to its class
    return request.path == href or request.path.startswith(href.rstrip("/") + "/")
