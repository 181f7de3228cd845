"""Say the stretches of an enrolment as people read them: the same words on the trainee's page and on the office's twin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import Field

from yanglao.completion.hours import DAYS, Day, Stretch, Wanted
from yanglao.kernel.units import duration_text
from yanglao.oversight.record import CLIENT_NAMES
from yanglao.web.dress import clock_time, spoken_day
from yanglao.web.forms import Query

PARTS_SHOWN = 12
LOOKS = {
    "viewing.span": ("pine", "play"),
    "attendance.in": ("indigo", "scan"),
    "attendance.out": ("indigo", "out"),
    "attendance.ended": ("amber", "warn"),
    "attendance.refused": ("red", "refused"),
    "attendance.pending": ("amber", "wait"),
    "attendance.void": ("", "again"),
    "quiz.submitted": ("", "quiz"),
    "quiz.module_submitted": ("", "quiz"),
    "review.confirmed": ("", "done"),
    "review.questioned": ("amber", "warn"),
}
WORTHS = {
    "counted": "已计入",
    "partly": "计入一部分",
    "none": "没有计入",
    "open": "正在学，已计入",
    "void": "已撤销",
}


class Asked(Query):
    """What of an enrolment's hours is asked for; days are those of Shanghai, both inside. ``after``: the days before it."""

    segment: str = Field(default="", max_length=26)
    since: date | None = None
    until: date | None = None
    after: date | None = None
    limit: Annotated[int, Field(ge=1, le=60)] = DAYS

    @property
    def wanted(self) -> Wanted:
        """Return it as the explanation takes it."""
        return Wanted(self.segment, self.since, self.until, self.after, self.limit)

    def link(self, **more: Any) -> str:
        """Return the query of the address with some fields changed; empty ones are left out."""
        fields = self.model_dump(exclude={"limit"}) | more
        return "?" + urlencode({name: str(value) for name, value in fields.items() if value})


@dataclass(frozen=True)
class Told:
    """One stretch in the words of the page; ``parts`` only where it has several."""

    when: str
    what: str
    how: str
    worth: str
    lost: tuple[str, ...]
    parts: tuple[str, ...]
    device: str
    segment: str
    tone: str
    symbol: str


@dataclass(frozen=True)
class ToldDay:
    """One day in the words of the page."""

    name: str
    sums: str
    stretches: tuple[Told, ...]


def told_day(day: Day) -> ToldDay:
    """Return a day in words: what counted online and offline, what did not, and its stretches."""
    sums = [
        f"{name} {duration_text(seconds)}"
        for name, seconds in (
            ("线上计入", day.online_s),
            ("线下计入", day.offline_s),
            ("没有计入", day.lost_s),
        )
        if seconds
    ]
    return ToldDay(
        spoken_day(day.day), " · ".join(sums) or "没有学时", tuple(told(one) for one in day.stretches)
    )


def told(one: Stretch) -> Told:
    """Return one stretch in words: when, what, counted or why not, from which device."""
    tone, symbol = LOOKS.get(one.kind, ("", "info"))
    if one.kind == "viewing.span" and not one.counted_s:
        tone = "amber"
    device = CLIENT_NAMES.get(one.client, one.client) + (f" · 设备 {one.device}" if one.device else "")
    return Told(
        when=_span(one.from_ms, one.to_ms),
        what=one.title,
        how=one.sentence.rstrip("。") + "。",
        worth=_worth(one),
        lost=tuple(words for _, _, words in one.lost),
        parts=_parts(one),
        device=device + (" · 断网补传" if one.late else ""),
        segment=one.segment_title,
        tone="" if one.state == "void" else tone,
        symbol=symbol,
    )


def _span(from_ms: int, to_ms: int) -> str:
    """Return ``09:00–09:10``; once where both lie in the same minute."""
    start, end = clock_time(from_ms), clock_time(to_ms)
    return start if start == end else f"{start}–{end}"


def _worth(one: Stretch) -> str:
    if one.state == "waits":
        return "已签到，等签退" if one.kind == "attendance.in" else "等核对"
    said = WORTHS.get(one.state, "")
    return f"{said} {duration_text(one.counted_s)}" if one.counted_s else said


def _parts(one: Stretch) -> tuple[str, ...]:
    if len(one.parts) < 2:
        return ()
    said = [
        f"{_span(start, end)} {'计入 ' + duration_text(counted) if counted else '没有计入'}"
        for start, end, counted in one.parts[:PARTS_SHOWN]
    ]
    rest = one.parts[PARTS_SHOWN:]
    if rest:
        more_s = sum(counted for _, _, counted in rest)
        said.append(f"另有 {len(rest)} 小段，计入 {duration_text(more_s)}")
    return tuple(said)
