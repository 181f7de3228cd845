"""听题/听课: which questions and pages of the caller's classes have no voice yet, and a page that records one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from flask import Blueprint, Response, make_response
from pydantic import Field

from yanglao.classes import queries as classes
from yanglao.courses import materials, question_queries, recordings, voices
from yanglao.courses import queries as courses
from yanglao.courses.shapes import QuestionView, SegmentView
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of, now
from yanglao.kernel.db import db
from yanglao.people.roles import scope_of
from yanglao.web.auth import actor, who
from yanglao.web.forms import Query, read_query
from yanglao.web.guards import HEADERS
from yanglao.web.material import Linking, voice_dict
from yanglao.web.page import page

bp = Blueprint("teach_voices", __name__, url_prefix="/teach/voices")
PERMISSIONS = "Permissions-Policy"
WITH_MICROPHONE = HEADERS[PERMISSIONS].replace("microphone=()", "microphone=(self)")
SHOWN = 30


class ListQuery(Query):
    """Whether those with a voice are listed too, and from which place on."""

    all: bool = False
    start: int = Field(default=0, ge=0, le=100_000)


@dataclass(frozen=True)
class Aloud:
    """One text to read aloud: what it is (``question`` or ``page``), where it stands, its words, whether it has a voice."""

    kind: str
    id: str
    place: str
    text: str
    heard: bool


@bp.get("")
@who("recording.make")
def listed() -> str:
    """List what the classes of the caller's base are asked and shown; what has no voice yet first of all."""
    query = read_query(ListQuery)
    segments = _segments()
    found = [*_questions(segments), *_pages(segments)]
    silent = [one for one in found if not one.heard]
    shown = found if query.all else silent
    return page(
        "teach/voices.html",
        shown=shown[query.start : query.start + SHOWN],
        following=query.start + SHOWN if len(shown) > query.start + SHOWN else None,
        everything=query.all,
        silent=len(silent),
        whole=len(found),
    )


@bp.get("/<any(question, page):kind>/<target_id>")
@who("recording.make")
def record(kind: str, target_id: str) -> Response:
    """Show the words and record them; the only kind of page that may ask for the microphone."""
    me, moment = actor(), now()
    text = recordings.words_of(db.session, kind, target_id, me)
    if kind == "question":
        held = voices.of_questions(db.session, [target_id]).ready
    else:
        held = recordings.of(db.session, kind, [target_id])
    heard = voice_dict(held[target_id], Linking(me.person_id, moment)) if target_id in held else None
    most_s = policy.on(day_of(moment)).material.recording_max_s
    facts = {"kind": kind, "target": target_id, "most_s": most_s, "me": me.person_id}
    free = recordings.may_replace(db.session, kind, target_id, me)
    made = make_response(page("teach/voice.html", kind=kind, text=text, heard=heard, free=free, facts=facts))
    made.headers[PERMISSIONS] = WITH_MICROPHONE
    return made


def _segments() -> list[SegmentView]:
    """Return the segments of the programmes of the classes within the caller's scope, each once."""
    scope = scope_of(actor().grants, recordings.MAKERS)
    taught = classes.programmes_taught(db.session, scope)
    return [one for key in taught for one in courses.programme(db.session, key).segments]


def _questions(segments: list[SegmentView]) -> list[Aloud]:
    planned = chain.from_iterable(
        [one.bank_key, *(plan.bank_key for plan in one.quiz_plans)] for one in segments
    )
    every: list[QuestionView] = []
    for bank_key in dict.fromkeys(key for key in planned if key):
        for one in question_queries.current(db.session, bank_key):
            every += [one, *one.parts]
    ready = voices.of_questions(db.session, [one.id for one in every]).ready
    return [Aloud("question", one.id, "题目", one.text, one.id in ready) for one in every]


def _pages(segments: list[SegmentView]) -> list[Aloud]:
    found = []
    for lesson in chain.from_iterable(one.lessons for one in segments):
        if lesson.material_id is None or lesson.kind not in ("text", "pdf"):
            continue
        leaves = materials.ready(db.session, lesson.material_id).pages
        ready = recordings.of(db.session, "page", [leaf.id for leaf in leaves])
        found += [
            Aloud("page", one.id, f"{lesson.title} · 第 {n} 页", one.text, one.id in ready)
            for n, one in enumerate(leaves, 1)
        ]
    return list({one.id: one for one in found}.values())
