"""Tell a class and its instructor what becomes of a meeting, in the transaction that decides it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.classes import queries
from yanglao.classes.queries import EnrolmentView, SessionView
from yanglao.kernel.clock import from_ms, to_ms
from yanglao.messages import service as messages
from yanglao.people import queries as people


def cancelled(session: Session, meeting: SessionView, *, reason: str, now: datetime) -> None:
    """Tell that a meeting is cancelled; one that is over already concerns nobody."""
    if meeting.ends_ms > to_ms(now) and queries.goes_ahead(session, meeting.class_id):
        _everybody(session, meeting, "session_cancelled", {"reason": reason}, once=meeting.id, now=now)


def added(session: Session, meeting: SessionView, *, reason: str, now: datetime) -> None:
    """Tell a class that goes ahead of one more meeting."""
    if queries.goes_ahead(session, meeting.class_id):
        _everybody(session, meeting, "session_added", {"reason": reason}, once=meeting.id, now=now)


def substituted(
    session: Session, meeting: SessionView, before: SessionView, *, reason: str, now: datetime
) -> None:
    """Tell the class who teaches instead, the substitute that it is theirs, and the former instructor that it is not."""
    if not queries.goes_ahead(session, meeting.class_id):
        return
    teacher = people.person(session, meeting.instructor_id).name
    said = {**_facts(meeting), "reason": reason, "before_ms": before.starts_ms, "teacher": teacher}
    once, until = f"{meeting.id}:{to_ms(now)}", from_ms(meeting.ends_ms)
    told = [(own.person_id, "substitute") for own in queries.roster(session, meeting.class_id)]
    told += [(meeting.instructor_id, "substitute_teach"), (before.instructor_id, "relieved")]
    for person_id, variant in told:
        facts = {**said, "variant": variant}
        messages.tell(session, person_id, "session_moved", facts, once=once, until=until, now=now)


def moved(session: Session, meeting: SessionView, before: SessionView, *, reason: str, now: datetime) -> None:
    """Tell that a meeting has another time, place or instructor; an instructor who is relieved is told too."""
    if not queries.goes_ahead(session, meeting.class_id):
        return
    teacher = people.person(session, meeting.instructor_id).name
    facts = {"reason": reason, "before_ms": before.starts_ms, "teacher": teacher}
    once = f"{meeting.id}:{to_ms(now)}"
    _everybody(session, meeting, "session_moved", facts, once=once, now=now)
    if before.instructor_id != meeting.instructor_id:
        told = {**_facts(before), "reason": reason, "variant": "teach"}
        messages.tell(session, before.instructor_id, "session_cancelled", told, once=once, now=now)


def binding_asked(
    session: Session, seat: EnrolmentView, opened_by: str, *, window_id: str, now: datetime
) -> None:
    """Tell who opened a binding window of its first claim; the page itself shows all that follow."""
    facts = {
        "class_name": seat.class_name,
        "name": people.person(session, seat.person_id).name,
        "link": f"/teach/classes/{seat.class_id}/binding",
    }
    messages.tell(session, opened_by, "binding_requested", facts, once=window_id, now=now)


def _everybody(
    session: Session, meeting: SessionView, kind: str, facts: dict[str, object], *, once: str, now: datetime
) -> None:
    said, until = {**_facts(meeting), **facts}, from_ms(meeting.ends_ms)
    for own in queries.roster(session, meeting.class_id):
        messages.tell(session, own.person_id, kind, said, once=once, until=until, now=now)
    taught = {**said, "variant": "teach"}
    messages.tell(session, meeting.instructor_id, kind, taught, once=once, until=until, now=now)


def _facts(meeting: SessionView) -> dict[str, object]:
    return {
        "class_name": meeting.class_name,
        "starts_ms": meeting.starts_ms,
        "ends_ms": meeting.ends_ms,
        "venue": meeting.venue,
    }
