"""Tell who of a class has said their word on which segment: for the office's page and the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yanglao.classes import queries as classes
from yanglao.classes.shapes import ClassView
from yanglao.completion import own_words, paper_words
from yanglao.completion.own_words import Asked
from yanglao.courses import queries as courses
from yanglao.kernel.clock import rfc3339
from yanglao.kernel.db import db
from yanglao.people import queries as people
from yanglao.people.roles import scope_of
from yanglao.web.auth import actor
from yanglao.web.own_words import word_line


@dataclass(frozen=True)
class Line:
    """One trainee and one whole segment. ``state``: of ``Asked``, or paper while a word read from paper waits."""

    asked: Asked
    name: str
    segment_title: str
    state: str

    @property
    def said(self) -> str:
        """Return the latest word as people say it, empty without one."""
        return word_line(self.asked.last) if self.asked.last else ""


def lines_of(class_id: str, permission: str) -> tuple[ClassView, list[Line]]:
    """Return a class within the caller's scope and its lines in roster order. Raises ClassUnknown."""
    own = classes.class_(db.session, class_id, scope_of(actor().grants, permission))
    ids = [one.id for one in classes.roster(db.session, class_id)]
    found = own_words.asked_of(db.session, ids)
    known = people.persons(db.session, {one.own.person_id for one in found})
    named = courses.segments(db.session, {one.days.segment_id for one in found})
    read = paper_words.waiting(db.session, ids)
    return own, [
        Line(
            one,
            known[one.own.person_id].name,
            named[one.days.segment_id].title,
            "paper" if (one.own.id, one.days.segment_id) in read else one.state,
        )
        for one in found
    ]


def line_dict(line: Line) -> dict[str, Any]:
    """Return a line as the API gives it."""
    asked, last = line.asked, line.asked.last
    return {
        "id": f"{asked.own.id}.{asked.days.segment_id}",
        "enrolment_id": asked.own.id,
        "segment_id": asked.days.segment_id,
        "segment_title": line.segment_title,
        "name": line.name,
        "state": line.state,
        "closed": asked.closed,
        "days": len(asked.days.days),
        "entered_s": asked.days.entered_s,
        "said": line.said,
        "said_at": rfc3339(last.said_ms) if last else None,
        "way": last.way if last else None,
        "reminded_at": rfc3339(asked.reminded_ms) if asked.reminded_ms else None,
    }
