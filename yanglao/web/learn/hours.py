"""我的学时: the days of the last weeks, and every line of evidence behind the hours, refused ones too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from apiflask import APIBlueprint

from yanglao.completion import lines, queries
from yanglao.completion.days import by_day
from yanglao.completion.shapes import EnrolmentStanding, EvidenceLine, SegmentStanding
from yanglao.kernel.clock import day_of, now
from yanglao.kernel.db import db
from yanglao.kernel.units import duration_text
from yanglao.web.auth import actor, who
from yanglao.web.dress import spoken_day, spoken_time
from yanglao.web.learn.home import accounts
from yanglao.web.page import page

bp = APIBlueprint("learn_hours", __name__, url_prefix="/learn", enable_openapi=False)

WEEKS = 3
NAMES = "一二三四五六日"
CLIENTS = {"wechat": "微信", "pc": "网页", "app": "手机应用", "system": "系统"}
LOOKS = {
    "viewing.span": ("pine", "play"),
    "attendance.in": ("indigo", "scan"),
    "attendance.out": ("indigo", "out"),
    "attendance.refused": ("red", "refused"),
    "attendance.pending": ("amber", "wait"),
    "attendance.void": ("", "again"),
    "quiz.submitted": ("", "quiz"),
    "review.confirmed": ("", "done"),
    "review.questioned": ("amber", "warn"),
}


@dataclass(frozen=True)
class Told:
    """One line of evidence in the words of the page."""

    when: str
    what: str
    how: str
    worth: str
    device: str
    tone: str
    symbol: str


@bp.get("/hours")
@who("learn.own")
def hours() -> str:
    """Show the page."""
    moment = now()
    enrolments = queries.enrolments_of(db.session, actor().person_id, now=moment)
    evidence = {one.id: lines.evidence_lines(db.session, one.id) for one in enrolments}
    return page(
        "learn/hours.html",
        enrolments=enrolments,
        accounts={one.id: accounts(one) for one in enrolments},
        weeks=weeks((line for group in evidence.values() for line in group), today=day_of(moment)),
        told={one.id: by_segment(one, evidence[one.id]) for one in enrolments},
        others={one.id: of_no_segment(one, evidence[one.id]) for one in enrolments},
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


def by_segment(
    one: EnrolmentStanding, evidence: list[EvidenceLine]
) -> list[tuple[SegmentStanding, list[Told]]]:
    """Return the lines under their segments, newest first."""
    return [
        (segment, [told(line) for line in reversed(evidence) if line.segment_id == segment.id])
        for segment in one.segments
    ]


def of_no_segment(one: EnrolmentStanding, evidence: list[EvidenceLine]) -> list[Told]:
    """Return the lines that belong to no segment, newest first."""
    known = {segment.id for segment in one.segments}
    return [told(line) for line in reversed(evidence) if line.segment_id not in known]


def told(line: EvidenceLine) -> Told:
    """Return one line in words: when, what, how it was proved, counted or why not, from which device."""
    tone, symbol = LOOKS.get(line.kind, ("", "info"))
    if line.kind == "viewing.span" and not line.counted_s:
        tone = "amber"
    why = [words for _, _, words in line.not_counted]
    device = CLIENTS.get(line.client, line.client) + (f" · 设备 {line.device}" if line.device else "")
    return Told(
        when=spoken_time(line.occurred_ms),
        what=line.title,
        how=" ".join([line.sentence.rstrip("。") + "。", *why]),
        worth="已撤销" if line.voided else _worth(line),
        device=device,
        tone="" if line.voided else tone,
        symbol=symbol,
    )


def _worth(line: EvidenceLine) -> str:
    if line.counted_s:
        return "已计入"
    if line.kind == "attendance.in":
        return "已签到"
    if line.kind == "attendance.pending":
        return "等核对"
    return "没有计入" if line.kind in ("viewing.span", "attendance.out", "attendance.refused") else ""
