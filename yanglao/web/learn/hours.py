"""我的学时: the weeks and the accounts on one page, and every minute of one class on another."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from apiflask import APIBlueprint
from werkzeug.wrappers import Response as AnyResponse

from yanglao.capture.service import own_enrolment
from yanglao.classes.queries import EnrolmentUnknown
from yanglao.completion import lines, own_words, queries
from yanglao.completion.days import by_day
from yanglao.completion.hours import Wanted, explain
from yanglao.completion.own_days import address
from yanglao.completion.shapes import EvidenceLine
from yanglao.kernel.clock import day_of, now
from yanglao.kernel.db import db
from yanglao.kernel.units import duration_text
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.dress import spoken_day
from yanglao.web.hours_told import Asked, told_day
from yanglao.web.learn import passed_on
from yanglao.web.learn.home import accounts
from yanglao.web.own_words import STATES
from yanglao.web.page import page

bp = APIBlueprint("learn_hours", __name__, url_prefix="/learn", enable_openapi=False)

WEEKS = 3
SHOWN_DAYS = 2
NAMES = "一二三四五六日"


@bp.get("/hours")
@who("learn.own")
def hours() -> str:
    """Show the page: weeks, both accounts, what is lacking, and the last days of every class."""
    moment = now()
    enrolments = queries.enrolments_of(db.session, actor().person_id, now=moment)
    evidence = [
        line for one in enrolments for line in lines.evidence_lines(db.session, one.id, own_eyes=True)
    ]
    wanted = Wanted(days=SHOWN_DAYS)
    found = {one.id: explain(db.session, one.id, wanted, now=moment, own_eyes=True) for one in enrolments}
    return page(
        "learn/hours.html",
        enrolments=enrolments,
        accounts={one.id: accounts(one) for one in enrolments},
        weeks=weeks(evidence, today=day_of(moment)),
        told={key: [told_day(day) for day in one.days] for key, one in found.items()},
        words=[
            (one.own.id, one.days.segment_id, *STATES[one.state], address(one.own.id, one.days.segment_id))
            for one in own_words.asked_of(db.session, [each.id for each in enrolments])
        ],
    )


@bp.get("/hours/<enrolment_id>")
@who("learn.own")
def days(enrolment_id: str) -> str | AnyResponse:
    """Show every minute of one own enrolment, by day."""
    try:
        own_enrolment(db.session, enrolment_id, actor())
    except EnrolmentUnknown:
        return passed_on.home()
    asked = forms.read_query(Asked)
    found = explain(db.session, enrolment_id, asked.wanted, now=now(), own_eyes=True)
    return page(
        "learn/hours_days.html",
        found=found,
        asked=asked,
        told=[told_day(day) for day in found.days],
        choices=[("", "全部"), *((one.id, one.title) for one in found.standing.segments)],
    )


def weeks(evidence: Iterable[EvidenceLine], *, today: date) -> list[dict[str, Any]]:
    """Return the last weeks, this one first: each with its name and seven days of ``week_strip``."""
    online, offline = by_day(evidence)
    monday = today - timedelta(days=today.weekday())
    named = ("这一周", "上一周", "上上周")
    return [
        {
            "name": named[back],
            "days": [
                _day(monday - timedelta(days=7 * back - n), NAMES[n], online, offline, today=today)
                for n in range(7)
            ],
        }
        for back in range(WEEKS)
    ]


def _day(
    day: date, name: str, online: dict[date, int], offline: dict[date, int], *, today: date
) -> dict[str, Any]:
    counted = [
        f"{mode} {duration_text(sums[day])}"
        for mode, sums in (("线上", online), ("线下", offline))
        if sums.get(day)
    ]
    return {
        "name": name,
        "date": day.day,
        "online": bool(online.get(day)),
        "offline": bool(offline.get(day)),
        "today": day == today,
        "words": f"{spoken_day(day)}：{'，'.join(counted) or '没有学时'}",
    }
