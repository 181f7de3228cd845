"""Pages of the instructor: today's sessions, one session, and a PC screen that waits to be bound."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from flask import Blueprint

from yanglao.capture.attendance import lists, meetings
from yanglao.capture.attendance.lists import Listed
from yanglao.classes.planning_notes import days_notes
from yanglao.kernel.clock import day_of, now, to_ms
from yanglao.kernel.db import db
from yanglao.messages import queries as messages
from yanglao.web.auth import actor, public, who
from yanglao.web.note_words import Said, said
from yanglao.web.page import page

bp = Blueprint("teach_sessions", __name__)
PAST_SHOWN = 10


@bp.get("/teach/")
@who("session.teach", "session.plan")
def sessions() -> str:
    """Show today's sessions with one button each, then the coming and the past ones."""
    unread = messages.unread(db.session, actor().person_id)
    parts = _by_day(lists.listed(db.session, actor()))
    return page(
        "teach/sessions.html",
        pairing=None,
        unread=unread,
        by_day=_days,
        day_notes=_day_notes(parts["later"]),
        **parts,
    )


@bp.get("/teach/screens/<pairing>")
@who("session.teach", "session.plan")
def bind(pairing: str) -> str:
    """Ask which session the PC screen that was scanned is to show; nothing is changed yet."""
    parts = _by_day(lists.listed(db.session, actor()))
    return page("teach/sessions.html", pairing=pairing, today=parts["today"], later=[], past=[])


@bp.get("/teach/sessions/<session_id>")
@who("session.teach", "session.plan")
def session(session_id: str) -> str:
    """Show one session: 大屏码, 扫学员, 名单."""
    meeting = meetings.own(db.session, session_id, actor())
    return page(
        "teach/session.html", meeting=meeting, room=lists.room(db.session, meeting), now_ms=to_ms(now())
    )


@bp.get("/teach/hall")
@public
def hall() -> str:
    """Show the empty page of a session that the service worker keeps; the phone fills it from what it holds."""
    return page("teach/hall.html")


def _days(listed: list[Listed]) -> list[tuple[date, list[Listed]]]:
    """Return sessions, which stand in order, under their days."""
    return [(day, list(one)) for day, one in groupby(listed, lambda one: day_of(one.meeting.starts_ms))]


def _day_notes(listed: list[Listed]) -> dict[date, list[Said]]:
    """Return what is worth knowing of the days of sessions; a year without a table is the office's matter."""
    found: dict[date, list[Said]] = {}
    for base_id in {one.meeting.base_id for one in listed}:
        days = [day_of(one.meeting.starts_ms) for one in listed if one.meeting.base_id == base_id]
        for day, gaps in days_notes(db.session, base_id, days).items():
            found[day] = said(one for one in gaps if one.code != "calendar.no_table")
    return found


def _by_day(listed: list[Listed]) -> dict[str, list[Listed]]:
    """Part sessions into today's (open ones too), later ones, and the last past ones, newest first."""
    day = day_of(now())
    today = [one for one in listed if day_of(one.meeting.starts_ms) == day or one.meeting.state == "open"]
    rest = [one for one in listed if one not in today]
    later = [one for one in rest if day_of(one.meeting.starts_ms) > day and one.meeting.state != "cancelled"]
    past = [one for one in rest if day_of(one.meeting.starts_ms) < day]
    return {"today": today, "later": later, "past": past[-PAST_SHOWN:][::-1]}
