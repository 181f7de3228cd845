"""Show the design language: tokens and every component in each of its states. Anybody may look."""

from __future__ import annotations

from typing import cast

from apiflask import APIBlueprint
from flask import Flask

from yanglao.web import dress
from yanglao.web.auth import public
from yanglao.web.page import page

bp = APIBlueprint("styleguide", __name__, enable_openapi=False)
bp.record_once(lambda state: dress.init_app(cast(Flask, state.app)))

COLOURS = (
    ("ink", "#1F2A24", "正文", "14.2"),
    ("muted", "#56615B", "次要的字", "6.2"),
    ("line", "#C9CDC4", "线", "只作分隔"),
    ("pine", "#1E6B52", "线上学时", "白字 6.4"),
    ("indigo", "#2F4B8F", "线下学时", "白字 8.3"),
    ("amber", "#8A4B00", "要人来处理", "白字 6.5"),
    ("red", "#B3261E", "没有计入、被拒绝", "白字 6.3"),
)
STATES = (
    ("段", ("not_started", "in_progress", "hours_met", "complete")),
    ("课次", ("planned", "open", "closed", "cancelled")),
    ("班级", ("draft", "filed", "returned", "approved", "running", "finished", "archived")),
    ("扫码", ("accepted", "pending_review", "refused", "voided")),
    ("到场", ("present", "left", "absent", "no_out")),
    ("测验", ("passed", "failed")),
)
WEEK = tuple(
    {"name": name, "online": n in (0, 1, 3), "offline": n in (3, 4), "today": n == 4, "words": f"周{name}"}
    for n, name in enumerate("一二三四五六日")
)


@bp.get("/styleguide")
@public
def show() -> str:
    """Return the page."""
    return page("public/styleguide.html", colours=COLOURS, states=STATES, week=WEEK)


@bp.get("/styleguide/office")
@public
def show_office() -> str:
    """Return the components that only offices have, in the office's frame."""
    return page("public/styleguide_office.html", states=STATES)


@bp.get("/old-browser")
@public
def old_browser() -> str:
    """Return the page that asks to leave the compatibility mode."""
    return page("shared/ie.html")
