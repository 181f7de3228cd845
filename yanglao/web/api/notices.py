"""Who of a class still lacks what, and the calls made about it."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint

from yanglao.completion import calls
from yanglao.completion import notices as rules
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.web import notices
from yanglao.web.auth import actor, who
from yanglao.web.forms import Strict

bp = APIBlueprint("api_notices", __name__, url_prefix="/api/v1", tag="班级 classes")


class PersonOut(Strict):
    """One person in a group; ``detail`` is what tells them from the others of it."""

    name: str
    masked: str
    detail: str


class GroupOut(Strict):
    """What several people lack. ``tone``: online, offline or quiz."""

    code: str
    title: str
    todo: str
    tone: str
    people: list[PersonOut]


class NoticeOut(Strict):
    """The notice of a class; ``text`` has masked names, ``text_full`` whole ones."""

    class_id: str
    class_name: str
    when: str
    summary: str
    enrolled: int
    done: int
    lacking: int
    groups: list[GroupOut]
    coming: list[str]
    text: str
    text_full: str


class CallBody(Strict):
    """How a call went."""

    enrolment_id: str
    result: Literal["reached", "no_answer", "later", "wrong_number"]


class CallOut(Strict):
    """A call that was made; ``said`` is how people read it."""

    enrolment_id: str
    result: str
    said: str
    by: str
    at: str


@bp.get("/classes/<class_id>/notice")
@who("session.teach", "session.plan")
@bp.output(NoticeOut)
def get_notice(class_id: str) -> dict[str, Any]:
    """Return who of a class still lacks what, without any number of theirs."""
    found = rules.notice(db.session, class_id, now=now(), actor=actor())
    texts = notices.texts(found)
    return {
        "class_id": found.class_id,
        "enrolled": found.enrolled,
        "done": found.done,
        "lacking": found.lacking,
        "text": texts["masked"],
        "text_full": texts["full"],
        **notices.drawn(found),
    }


@bp.post("/classes/<class_id>/calls")
@who("session.teach", "session.plan")
@bp.input(CallBody, arg_name="body")
@bp.output(CallOut, status_code=201)
def post_call(class_id: str, body: CallBody) -> dict[str, Any]:
    """Keep how a call went, so that no colleague calls the same person again today."""
    moment, me = now(), actor()
    made = run(lambda: calls.note(db.session, class_id, body.enrolment_id, body.result, now=moment, actor=me))
    return notices.told(made, body.enrolment_id)
