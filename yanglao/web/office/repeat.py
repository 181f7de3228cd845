"""Office page of repeated planning: 每周二、四 8:30–11:30 共 6 次, first as a preview with a reason per row, then all or none."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from apiflask import APIBlueprint
from pydantic import Field

from yanglao.classes import queries, series
from yanglao.classes.calendar_rules import Repeat, spoken_weekdays
from yanglao.classes.series import Line, Series
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of, now
from yanglao.kernel.db import db
from yanglao.kernel.errors import Problem
from yanglao.people.roles import scope_of
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.note_words import said
from yanglao.web.office.sessions import around
from yanglao.web.page import page

bp = APIBlueprint("office_repeat", __name__, url_prefix="/office", enable_openapi=False)


class RepeatQuery(forms.Query):
    """A repeated meeting as the form says it; without ``segment_id`` nothing was asked yet. ``d1`` to ``d7`` are weekdays."""

    segment_id: str = Field(default="", max_length=80)
    first: date | None = None
    count: int = Field(default=6, ge=1, le=1000)
    start: time = time(9, 0)
    end: time = time(11, 30)
    pause_from: time | None = None
    pause_to: time | None = None
    venue_id: str = Field(default="", max_length=26)
    venue: str = Field(default="", max_length=120)
    instructor_id: str = Field(default="", max_length=26)
    skip_off: bool = False
    d1: bool = False
    d2: bool = False
    d3: bool = False
    d4: bool = False
    d5: bool = False
    d6: bool = False
    d7: bool = False

    @property
    def weekdays(self) -> list[int]:
        """Return the weekdays ticked, 1 is Monday."""
        return [number for number in range(1, 8) if getattr(self, f"d{number}")]


@bp.get("/classes/<class_id>/sessions/repeat")
@who("session.plan")
def repeat(class_id: str) -> str:
    """Show the form and, once asked, every row with what stands in its way; changes nothing."""
    me, moment = actor(), now()
    own = queries.class_(db.session, class_id, scope_of(me.grants, "session.plan"))
    asked = forms.read_query(RepeatQuery)
    lines: list[Line] = []
    fault = None
    if asked.segment_id:
        try:
            lines = series.preview(db.session, _series(class_id, asked), now=moment, actor=me)
        except Problem as refusal:
            fault = forms.said(refusal)
    return page(
        "office/repeat.html",
        asked=asked,
        fault=fault,
        lines=[(one, one.refusal and forms.said(one.refusal), said(one.notes)) for one in lines],
        body=_body(asked) if lines else {},
        words=spoken_weekdays([one - 1 for one in asked.weekdays]),
        most=policy.on(day_of(moment)).timetable.repeat_most,
        **around(own),
    )


def _series(class_id: str, asked: RepeatQuery) -> Series:
    weekdays = frozenset(one - 1 for one in asked.weekdays)
    first = asked.first or day_of(now())
    return Series(
        class_id=class_id,
        segment_id=asked.segment_id,
        repeat=Repeat(first, weekdays, asked.count, skip_off=asked.skip_off),
        starts=asked.start,
        ends=asked.end,
        instructor_id=asked.instructor_id,
        venue=asked.venue,
        venue_id=asked.venue_id,
        breaks=((asked.pause_from, asked.pause_to),) if asked.pause_from and asked.pause_to else (),
    )


def _body(asked: RepeatQuery) -> dict[str, Any]:
    """Return what the API is to plan, in its own words."""
    pause = [f"{one:%H:%M}" for one in (asked.pause_from, asked.pause_to) if one]
    return {
        "segment_id": asked.segment_id,
        "first": (asked.first or day_of(now())).isoformat(),
        "weekdays": asked.weekdays,
        "count": asked.count,
        "starts": f"{asked.start:%H:%M}",
        "ends": f"{asked.end:%H:%M}",
        "breaks": [pause] if len(pause) == 2 else [],
        "venue": "" if asked.venue_id else asked.venue,
        "venue_id": asked.venue_id,
        "instructor_id": asked.instructor_id,
        "skip_off": asked.skip_off,
    }
