"""The verbs of capture that need more than one kind: a beat must know whether the person sits in a hall now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.capture.attendance import queries as attendance
from yanglao.capture.viewing import service as viewing
from yanglao.capture.viewing import taking
from yanglao.capture.viewing.rules import Beat
from yanglao.capture.viewing.shapes import Answered, Known, NotNow, Opened, Place
from yanglao.capture.viewing.taking import Post
from yanglao.classes import queries as classes
from yanglao.courses import queries as courses
from yanglao.kernel.actor import Actor
from yanglao.kernel.errors import NotFound, Problem
from yanglao.people import queries as people

KnownOf = Callable[[str, str, str], Known]


class LessonUnknown(NotFound):
    """Say that the lesson is not one of this class's online segments."""

    code = "viewing.lesson_unknown"


def open_viewing(
    session: Session,
    enrolment_id: str,
    lesson_id: str,
    *,
    client: str,
    takeover: bool,
    known: KnownOf,
    now: datetime,
    actor: Actor,
) -> Opened:
    """Begin a viewing of a lesson of the actor's own enrolment.

    ``known`` (person, enrolment, lesson) answers from the standings, after another viewing has made way.
    Raises EnrolmentUnknown, LessonUnknown, NotNow (class not running), Elsewhere.
    """
    own = own_enrolment(session, enrolment_id, actor)
    lesson = courses.lesson(session, lesson_id)
    segment = courses.segment(session, lesson.segment_id)
    if segment.programme_id != own.programme_id or segment.mode != "online":
        raise LessonUnknown(lesson_id=lesson_id)
    if own.state != "enrolled" or own.class_state != "running":
        raise NotNow(class_state=own.class_state, starts_on=own.starts_on.isoformat())
    viewing.make_way(session, actor.person_id, takeover=takeover, now=now, actor=actor)
    place = Place(actor.person_id, own.id, segment.id, lesson.id, lesson.duration_s)
    found = known(actor.person_id, own.id, lesson.id)
    return viewing.open_viewing(session, place, client=client, known=found, now=now, actor=actor)


def own_enrolment(session: Session, enrolment_id: str, actor: Actor) -> classes.EnrolmentView:
    """Return an enrolment of the actor. Raises EnrolmentUnknown, also for somebody else's."""
    own = classes.enrolment(session, enrolment_id)
    if own.person_id not in people.same_person_ids(session, actor.person_id):
        raise classes.EnrolmentUnknown(enrolment_id=enrolment_id)
    return own


def take_posts(
    session: Session, posts: Sequence[Post], *, only_free: bool = False
) -> list[Answered | Problem | None]:
    """Judge posts of beats (see ``viewing.taking``); time spent in an open offline presence is not online."""
    return taking.take_posts(session, posts, present_since=attendance.present_since, only_free=only_free)


def take_beats(
    session: Session, viewing_id: str, beats: Sequence[Beat], *, now: datetime, actor: Actor
) -> Answered:
    """Judge beats of one viewing and enter its window when that is full.

    Raises:
        NotYours: no such viewing of this person.
        Closed: it has ended, and a beat is new.
        Gap: a beat is missing before the first new one.
        BeyondLesson: seconds outside the lesson or in the wrong order.
    """
    (found,) = take_posts(session, [Post(viewing_id, actor.person_id, tuple(beats), now)])
    if not isinstance(found, Answered):
        raise found or NotFound("viewing.not_found")
    entered = bool(found.full) and viewing.enter_full(session, viewing_id, now=now, actor=actor)
    return replace(found, entered=entered)
