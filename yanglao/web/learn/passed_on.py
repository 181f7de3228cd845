"""A personal link that somebody passed on opens the reader's own page, never the sender's."""

from __future__ import annotations

from flask import flash, redirect
from werkzeug.wrappers import Response

from yanglao.classes import queries as classes
from yanglao.classes.queries import EnrolmentView
from yanglao.courses import queries as courses
from yanglao.kernel.db import db
from yanglao.kernel.errors import NotFound
from yanglao.kernel.wording import sentence
from yanglao.people import queries as people
from yanglao.web.auth import actor

HOME = "/learn/"


def own_lesson(lesson_id: str) -> Response:
    """Lead to the same lesson of the reader's own class; to their first page when none of theirs has it."""
    try:
        segment_id = courses.lesson(db.session, lesson_id).segment_id
    except NotFound:
        return home()
    return _lead(own_enrolment_with(segment_id), f"/learn/lessons/{{}}/{lesson_id}")


def own_quiz(segment_id: str) -> Response:
    """Lead to the quiz of the same segment of the reader's own class; to their first page when there is none."""
    return _lead(own_enrolment_with(segment_id), f"/learn/quiz/{{}}/{segment_id}")


def home() -> Response:
    """Lead to the reader's first page, saying that the link was somebody else's."""
    flash(sentence("learn.passed_on"), "amber")
    return redirect(HOME)


def own_enrolment_with(segment_id: str) -> EnrolmentView | None:
    """Return an enrolment of the reader in whose programme the segment stands, or None."""
    try:
        programme_id = courses.segment(db.session, segment_id).programme_id
    except NotFound:
        return None
    own = own_enrolments()
    return next((one for one in own if one.programme_id == programme_id), None)


def own_enrolments() -> list[EnrolmentView]:
    """Return the reader's own live enrolments, under every record that is theirs."""
    persons = people.same_person_ids(db.session, actor().person_id)
    return [
        own for one in persons for own in classes.enrolments_of(db.session, one) if own.state == "enrolled"
    ]


def _lead(own: EnrolmentView | None, path: str) -> Response:
    if own is None:
        return home()
    flash(sentence("learn.passed_on_own"), "indigo")
    return redirect(path.format(own.id))
