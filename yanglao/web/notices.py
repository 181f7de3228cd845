"""What the notice of a class and its call list show, on the instructor's phone and in the office alike."""

from __future__ import annotations

from typing import Any

from yanglao.completion import calls, notices
from yanglao.completion.notices import Notice
from yanglao.kernel.clock import now, rfc3339, say_time
from yanglao.kernel.db import db
from yanglao.web.auth import actor


def notice_page(class_id: str) -> dict[str, Any]:
    """Return what a page of the notice shows. Raises ClassUnknown."""
    found = notices.notice(db.session, class_id, now=now(), actor=actor())
    return {"found": found, "drawn": drawn(found), "texts": texts(found)}


def calls_page(class_id: str) -> dict[str, Any]:
    """Return what a page of the call list shows. Raises ClassUnknown."""
    found, listed = calls.call_list(db.session, class_id, now=now(), actor=actor())
    return {
        "found": found,
        "listed": listed,
        "results": {one: calls.result_words(one) for one in calls.RESULTS},
    }


def texts(found: Notice) -> dict[str, str]:
    """Return the text of the notice with masked and with full names."""
    return {
        "masked": notices.text(found, masked=True),
        "full": notices.text(found, masked=False),
    }


def drawn(found: Notice) -> dict[str, Any]:
    """Return what the picture of the notice is drawn from, and what the API tells of it."""
    return {
        "class_name": found.class_name,
        "when": say_time(found.at_ms),
        "summary": found.summary,
        "groups": [
            {
                "code": group.code,
                "title": group.title,
                "todo": group.todo,
                "tone": group.tone,
                "people": [
                    {"name": one.name, "masked": one.masked, "detail": one.detail} for one in group.people
                ],
            }
            for group in found.groups
        ],
        "coming": [notices.coming_line(one) for one in found.coming],
    }


def told(note: calls.NoteView, enrolment_id: str) -> dict[str, Any]:
    """Return one call as the API tells it; times as people say them stand beside the instant."""
    return {
        "enrolment_id": enrolment_id,
        "result": note.result,
        "said": f"{say_time(note.done_ms)} {note.done_name} {note.said}",
        "by": note.done_name,
        "at": rfc3339(note.done_ms),
    }
