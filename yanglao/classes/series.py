"""Plan a meeting that repeats (每周二、四 8:30–11:30 共 6 次): first every line with what stands in its way, then all or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from yanglao.classes import clashes, planning_notes, queries
from yanglao.classes.calendar_rules import Repeat, repeated_days
from yanglao.classes.clashes import SessionDraft
from yanglao.classes.models import TrainingClass
from yanglao.classes.queries import ClassUnknown
from yanglao.classes.rules import Gap, taught_s
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.calendar import published
from yanglao.kernel.clock import SHANGHAI, day_of, to_ms
from yanglao.kernel.errors import Conflict, Problem, Refused
from yanglao.kernel.wording import sentence
from yanglao.people.roles import scope_of


class RepeatWrong(Refused):
    code = "timetable.repeat_wrong"


class SeriesRefused(Conflict):
    """Say which lines cannot be planned; ``lines`` is a list of {day, code, sentence}. Nothing was planned."""

    code = "timetable.series_refused"


@dataclass(frozen=True)
class Series:
    """A meeting that repeats. Times are of Shanghai; ``breaks`` are (from, to) within them, in order."""

    class_id: str
    segment_id: str
    repeat: Repeat
    starts: time
    ends: time
    instructor_id: str
    venue: str = ""
    venue_id: str = ""
    breaks: Sequence[tuple[time, time]] = ()
    reason: str = ""


@dataclass(frozen=True)
class Line:
    """One meeting of a series: what would be planned, why it cannot be (None: it can), and what is worth knowing."""

    day: date
    draft: SessionDraft
    taught_s: int
    refusal: Problem | None
    notes: tuple[Gap, ...]


def drafts(series: Series, *, now: datetime) -> list[SessionDraft]:
    """Lay a series out as the meetings it is, earliest first. Raises RepeatWrong."""
    repeat, most = series.repeat, policy.on(day_of(now)).timetable.repeat_most
    if not repeat.weekdays or not 1 <= repeat.count <= most:
        raise RepeatWrong(most=most)
    return [_draft(series, day) for day in repeated_days(repeat, published())]


def preview(session: Session, series: Series, *, now: datetime, actor: Actor) -> list[Line]:
    """Say of each meeting whether it could be planned now. Reads only. Raises ClassUnknown, RepeatWrong."""
    reach = queries.within(scope_of(actor.grants, "session.plan"))
    own = session.scalar(reach.where(TrainingClass.id == series.class_id))
    if own is None:
        raise ClassUnknown(class_id=series.class_id)
    found = drafts(series, now=now)
    days = planning_notes.days_notes(session, own.base_id, [day_of(one.starts_ms) for one in found])
    return [_line(session, own, one, days, now=now) for one in found]


def need_free(lines: Sequence[Line]) -> None:
    """Raise SeriesRefused when a line cannot be planned."""
    refused = [
        {"day": one.day.isoformat(), "code": one.refusal.code, "sentence": said(one.refusal)}
        for one in lines
        if one.refusal is not None
    ]
    if refused:
        raise SeriesRefused(lines=refused, refused=len(refused), count=len(lines))


def said(refusal: Problem) -> str:
    """Return the sentence of a refusal."""
    return sentence(refusal.code, refusal.facts)


def _line(
    session: Session, own: TrainingClass, draft: SessionDraft, days: dict[date, list[Gap]], *, now: datetime
) -> Line:
    refusal: Problem | None = None
    notes: list[Gap] = []
    try:
        clashes.judge(session, own, draft, now=now)
        venue = clashes.venue_for(session, own.base_id, draft)
        notes = planning_notes.room_notes(session, own.id, venue.id if venue else None)
        clashes.need_room(own, venue, enrolled=queries.class_(session, own.id).enrolled, now=now)
        clashes.check(session, own, draft, venue)
    except Problem as found:
        refusal = found
    day = day_of(draft.starts_ms)
    net_s = taught_s(draft.starts_ms, draft.ends_ms, draft.breaks)
    return Line(day, draft, max(0, net_s), refusal, (*notes, *days[day]))


def _draft(series: Series, day: date) -> SessionDraft:
    def at(moment: time) -> int:
        return to_ms(datetime.combine(day, moment, SHANGHAI))

    facts: dict[str, Any] = {
        "class_id": series.class_id,
        "segment_id": series.segment_id,
        "instructor_id": series.instructor_id,
        "venue": series.venue,
        "venue_id": series.venue_id,
        "reason": series.reason,
    }
    breaks = tuple((at(start), at(end)) for start, end in series.breaks)
    return SessionDraft(starts_ms=at(series.starts), ends_ms=at(series.ends), breaks=breaks, **facts)
