"""Say kindly what a planner should know of a session: a room too small, a day off, 农忙, more hours than needed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.classes import clashes, queries, rules, timetable_queries
from yanglao.classes.calendar_rules import day_notes
from yanglao.classes.models import TrainingClass
from yanglao.classes.rules import Gap
from yanglao.classes.shapes import SeasonView, SessionView
from yanglao.courses import queries as courses
from yanglao.kernel.calendar import published
from yanglao.kernel.clock import day_of


def notes(session: Session, meeting: SessionView) -> list[Gap]:
    """Name what is worth knowing of a planned session; nothing of it refuses anything."""
    found = [*room_notes(session, meeting.class_id, meeting.venue_id)]
    day = day_of(meeting.starts_ms)
    found += days_notes(session, meeting.base_id, [day])[day]
    return found + hours_notes(session, meeting)


def room_notes(session: Session, class_id: str, venue_id: str | None) -> list[Gap]:
    """Name a venue with fewer places than the class has people; one whose places are not known names nothing."""
    if not venue_id:
        return []
    venue = timetable_queries.venue(session, venue_id)
    own = session.scalars(select(TrainingClass).where(TrainingClass.id == class_id)).one()
    expected = clashes.expected(own, queries.class_(session, class_id).enrolled)
    if venue.capacity is None or expected <= venue.capacity:
        return []
    facts = {"venue": venue.name, "capacity": venue.capacity, "expected": expected}
    return [Gap("timetable.over_capacity", facts)]


def days_notes(session: Session, base_id: str, days: list[date]) -> dict[date, list[Gap]]:
    """Return of each day what the calendar and the farming seasons of a base and its division say."""
    seasons: list[SeasonView] = []
    if days:
        seasons = timetable_queries.seasons_of_base(session, base_id, min(days), max(days))
    return {day: day_notes(day, published(), seasons) for day in days}


def hours_notes(session: Session, meeting: SessionView) -> list[Gap]:
    """Name a segment whose sessions plan more hours than it requires."""
    segment = courses.segments(session, [meeting.segment_id])[meeting.segment_id]
    planned = rules.planned_s(queries.sessions_of_class(session, meeting.class_id), segment.id)
    if planned <= segment.required_s:
        return []
    facts = {"segment": segment.title, "planned_s": planned, "required_s": segment.required_s}
    return [Gap("timetable.over_planned", {**facts, "over_s": planned - segment.required_s})]
