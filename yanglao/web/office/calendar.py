"""Office pages of the calendar: the sessions of a scope by month, week or as a list; as a sheet; repeated planning."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from apiflask import APIBlueprint
from flask import Response, make_response
from pydantic import Field

from yanglao.classes import queries, timetable_queries
from yanglao.classes.calendar_rules import day_notes, month_weeks
from yanglao.classes.clashes import instructors
from yanglao.classes.queries import SessionView
from yanglao.classes.rules import taught_s
from yanglao.classes.shapes import SeasonView
from yanglao.classes.timetable_queries import Wanted
from yanglao.kernel.actor import Scope
from yanglao.kernel.calendar import published
from yanglao.kernel.clock import SHANGHAI, day_of, from_ms, now, to_ms
from yanglao.kernel.db import db
from yanglao.outside.workbook import Column, Table, write
from yanglao.people import queries as people
from yanglao.people.queries import PersonView
from yanglao.people.roles import may, scope_of
from yanglao.places import queries as places
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.dress import class_hours
from yanglao.web.note_words import Said, said
from yanglao.web.office.classes import dated
from yanglao.web.page import page

bp = APIBlueprint("office_calendar", __name__, url_prefix="/office/calendar", enable_openapi=False)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = (
    "日期",
    "上课",
    "下课",
    "休息",
    "学时",
    "班级",
    "内容",
    "教室",
    "教师",
    "原定教师",
    "状态",
    "补课",
    "提醒",
)
STATE_WORDS = {"planned": "未开始", "open": "正在签到", "closed": "已下课", "cancelled": "已取消"}
MOST_DAYS = 400


class CalendarQuery(forms.Query):
    """View, day within it, and filters, all kept in the address. ``last`` ends a list; without it a list has 31 days."""

    view: Literal["month", "week", "list"] = "month"
    day: date | None = None
    last: date | None = None
    base_id: str = Field(default="", max_length=26)
    class_id: str = Field(default="", max_length=26)
    instructor_id: str = Field(default="", max_length=26)
    venue_id: str = Field(default="", max_length=26)
    state: Literal["", "planned", "open", "closed", "cancelled"] = ""


@dataclass(frozen=True)
class Look:
    """What the address asks for: the days shown, whole weeks of them unless it is a list, and the sessions found."""

    asked: CalendarQuery
    today: date
    day: date
    weeks: list[list[date]]
    first: date
    last: date
    scope: Scope
    found: list[SessionView]


@bp.get("")
@who("standing.read")
def calendar() -> str:
    """Show the sessions within the person's scope by month, week, or as a list."""
    look = _look()
    asked, day, first, last, found = look.asked, look.day, look.first, look.last, look.found
    by_day: dict[date, list[SessionView]] = {}
    for one in found:
        by_day.setdefault(day_of(one.starts_ms), []).append(one)
    seasons = _seasons(look.scope, asked.base_id, first, last)
    return page(
        "office/calendar.html",
        asked=asked,
        today=look.today,
        day=day,
        first=first,
        last=last,
        weeks=look.weeks,
        by_day=by_day,
        found=found,
        notes=_notes(first, last, seasons),
        seasons=seasons,
        gaps=[year for year in sorted({first.year, last.year}) if not published().loaded(year)],
        known=_known(found),
        steps=_steps(asked.view, day),
        may_plan=may(actor().grants, "session.plan"),
        taught=lambda one: taught_s(one.starts_ms, one.ends_ms, one.breaks),
        dated=dated,
        printed_ms=to_ms(now()),
        **_choices(look.scope, asked),
    )


def _look() -> Look:
    asked, today = forms.read_query(CalendarQuery), day_of(now())
    day = asked.day or today
    weeks = _weeks(asked.view, day)
    first, last = (weeks[0][0], weeks[-1][-1]) if weeks else (day, _last(asked, day))
    scope = scope_of(actor().grants, "standing.read")
    found = timetable_queries.calendar(db.session, scope, _wanted(asked, first, last))
    return Look(asked, today, day, weeks, first, last, scope, found)


@bp.get("/sheet")
@who("standing.read")
def sheet() -> Response:
    """Send the sessions that the filters of the calendar name, as an .xlsx."""
    look = _look()
    first, last, found = look.first, look.last, look.found
    notes = _notes(first, last, _seasons(look.scope, look.asked.base_id, first, last))
    known = _known(found)
    rows = [_row(one, known, notes.get(day_of(one.starts_ms), [])) for one in found]
    title = f"课表 {first} 至 {last}"
    answer = make_response(write([Table("课表", [Column(name) for name in COLUMNS], rows, title)]))
    answer.headers["Content-Type"] = XLSX
    answer.headers["Content-Disposition"] = f'attachment; filename="timetable-{first}-{last}.xlsx"'
    return answer


def _weeks(view: str, day: date) -> list[list[date]]:
    if view == "week":
        monday = day - timedelta(days=day.weekday())
        return [[monday + timedelta(days=at) for at in range(7)]]
    return month_weeks(day) if view == "month" else []


def _last(asked: CalendarQuery, day: date) -> date:
    last = asked.last or day + timedelta(days=30)
    return min(max(last, day), day + timedelta(days=MOST_DAYS))


def _wanted(asked: CalendarQuery, first: date, last: date) -> Wanted:
    return Wanted(
        first,
        last,
        base_id=asked.base_id,
        class_id=asked.class_id,
        instructor_id=asked.instructor_id,
        venue_id=asked.venue_id,
        state=asked.state,
    )


def _seasons(scope: Scope, base_id: str, first: date, last: date) -> list[SeasonView]:
    """Return the farming seasons of what is shown: one base with its division, or all within the scope."""
    if base_id:
        places.base(db.session, base_id, scope)
        return timetable_queries.seasons_of_base(db.session, base_id, first, last)
    bases = places.bases(db.session, scope)
    return timetable_queries.seasons(
        db.session,
        divisions={one.division_code for one in bases} | {places.CITY},
        bases=[one.id for one in bases],
        first=first,
        last=last,
    )


def _notes(first: date, last: date, seasons: list[SeasonView]) -> dict[date, list[Said]]:
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    found = {day: day_notes(day, published(), seasons) for day in days}
    # A year without a table is said once above, not on each of its days.
    return {day: said(one for one in gaps if one.code != "calendar.no_table") for day, gaps in found.items()}


def _known(found: Iterable[SessionView]) -> dict[str, PersonView]:
    wanted = {name for one in found for name in (one.instructor_id, one.planned_instructor)}
    return people.persons(db.session, wanted)


def _steps(view: str, day: date) -> tuple[date, date]:
    """Return the day one view earlier and one later."""
    if view == "month":
        first = day.replace(day=1)
        return (first - timedelta(days=1)).replace(day=1), (first + timedelta(days=32)).replace(day=1)
    step = timedelta(days=7 if view == "week" else 31)
    return day - step, day + step


def _choices(scope: Scope, asked: CalendarQuery) -> dict[str, Any]:
    """Return what the filters offer: bases, and the instructors and venues of the base chosen or the only one."""
    bases = places.bases(db.session, scope)
    wanted = [one for one in bases if asked.base_id in ("", one.id)]
    one_base = wanted[0].id if len(wanted) == 1 else ""
    own = queries.class_(db.session, asked.class_id, scope) if asked.class_id else None
    return {
        "bases": bases,
        "own": own,
        "teachers": instructors(db.session, one_base) if one_base else [],
        "venues": timetable_queries.venues(db.session, [one_base]) if one_base else [],
        "base_names": {one.id: one.short_name for one in bases},
    }


def _row(one: SessionView, known: dict[str, PersonView], notes: list[Said]) -> list[str | int | float | None]:
    starts, ends = (from_ms(ms).astimezone(SHANGHAI) for ms in (one.starts_ms, one.ends_ms))
    pauses = [
        f"{from_ms(start).astimezone(SHANGHAI):%H:%M}–{from_ms(end).astimezone(SHANGHAI):%H:%M}"
        for start, end in one.breaks
    ]
    planned = known[one.planned_instructor].name if one.planned_instructor_id else ""
    return [
        dated(one.starts_ms),
        f"{starts:%H:%M}",
        f"{ends:%H:%M}",
        "、".join(pauses),
        float(class_hours(taught_s(one.starts_ms, one.ends_ms, one.breaks))),
        one.class_name,
        one.title or one.segment_title,
        one.venue,
        known[one.instructor_id].name,
        planned,
        STATE_WORDS[one.state],
        "是" if one.makes_up_session_id else "",
        "；".join(note.sentence for note in notes),
    ]
