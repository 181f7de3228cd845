"""Remind of meetings: the evening before, shortly before, and at their end who has not signed out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from yanglao.capture.attendance import queries
from yanglao.classes import queries as classes
from yanglao.classes.queries import SessionView
from yanglao.kernel import policy
from yanglao.kernel.clock import DAY_MS, day_of, from_ms, midnight_ms, to_ms
from yanglao.messages import service as messages
from yanglao.work import queries as work_queries
from yanglao.work import service as work

TOPIC = "session.remind_one"


@dataclass(frozen=True)
class Due:
    """A meeting and which of its reminders is due: evening, before or out. A meeting that moves is reminded of anew."""

    meeting: SessionView
    which: str

    @property
    def key(self) -> str:
        """Return the key under which this reminder is asked for once."""
        moment = self.meeting.ends_ms if self.which == "out" else self.meeting.starts_ms
        return f"{self.meeting.id}:{self.which}:{moment}"


def ask(session: Session, *, now: datetime) -> int:
    """Ask for every reminder that is due and was never asked for; return how many. One of the past is never due."""
    found = due(session, now=now)
    before = work_queries.asked(session, TOPIC, [one.key for one in found])
    fresh = [one for one in found if one.key not in before]
    for one in fresh:
        payload = {"session_id": one.meeting.id, "which": one.which, "starts_ms": one.meeting.starts_ms}
        work.enqueue(session, TOPIC, one.key, payload, now=now)
    return len(fresh)


def due(session: Session, *, now: datetime) -> list[Due]:
    """Return what is due now, by the figures of today."""
    figures, moment = policy.on(day_of(now)), to_ms(now)
    midnight = midnight_ms(day_of(now))
    soon = moment + figures.messages.before_s * 1000
    tomorrow = (midnight + DAY_MS, midnight + 2 * DAY_MS)
    coming = classes.sessions_between(session, moment, max(soon, tomorrow[1]), states=("planned", "open"))
    found = [Due(one, "before") for one in coming if moment < one.starts_ms <= soon]
    if moment >= midnight + figures.messages.evening_s * 1000:
        found += [Due(one, "evening") for one in coming if tomorrow[0] <= one.starts_ms < tomorrow[1]]
    closing_ms = figures.attendance.close_after_s * 1000
    ending = classes.sessions_between(session, midnight - DAY_MS, moment, states=("open",))
    return found + [Due(one, "out") for one in ending if one.ends_ms <= moment < one.ends_ms + closing_ms]


def remind(session: Session, session_id: str, which: str, *, starts_ms: int, now: datetime) -> None:
    """Remind everybody whom one meeting concerns; nobody when it was moved, cancelled or is over meanwhile."""
    meeting = classes.sessions(session, [session_id]).get(session_id)
    if meeting is None or meeting.starts_ms != starts_ms or meeting.state not in ("planned", "open"):
        return
    if which == "out":
        _sign_out(session, meeting, now=now)
    elif meeting.starts_ms > to_ms(now):
        _coming(session, meeting, which, now=now)


def _coming(session: Session, meeting: SessionView, which: str, *, now: datetime) -> None:
    facts = {
        "class_name": meeting.class_name,
        "starts_ms": meeting.starts_ms,
        "ends_ms": meeting.ends_ms,
        "venue": meeting.venue,
    }
    once, until = f"{meeting.id}:{which}:{meeting.starts_ms}", from_ms(meeting.starts_ms)
    if not classes.goes_ahead(session, meeting.class_id):
        return
    for own in classes.roster(session, meeting.class_id):
        messages.tell(session, own.person_id, "session_reminder", facts, once=once, until=until, now=now)
    taught = {**facts, "variant": "teach"}
    messages.tell(session, meeting.instructor_id, "session_reminder", taught, once=once, until=until, now=now)


def _sign_out(session: Session, meeting: SessionView, *, now: datetime) -> None:
    closing = timedelta(seconds=policy.on(day_of(now)).attendance.close_after_s)
    until = from_ms(meeting.ends_ms) + closing
    if meeting.state != "open" or now >= until:
        return
    for presence in queries.presences_of_session(session, meeting.id):
        if presence.out_ms is not None:
            continue
        facts = {"class_name": meeting.class_name, "in_ms": presence.in_ms, "ends_ms": meeting.ends_ms}
        once = f"{meeting.id}:{meeting.ends_ms}"
        messages.tell(
            session, presence.person_id, "sign_out_reminder", facts, once=once, until=until, now=now
        )
