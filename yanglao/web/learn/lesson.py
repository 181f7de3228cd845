"""The page that shows a lesson: only for people of a class that has the lesson."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apiflask import APIBlueprint
from werkzeug.wrappers import Response as AnyResponse

from yanglao.capture.service import LessonUnknown, own_enrolment
from yanglao.capture.viewing.queries import last_position_s
from yanglao.classes.queries import EnrolmentUnknown
from yanglao.completion import queries
from yanglao.completion.shapes import EnrolmentStanding, LessonStanding, SegmentStanding
from yanglao.courses import queries as courses
from yanglao.courses.shapes import LessonView
from yanglao.kernel.clock import now
from yanglao.kernel.db import db
from yanglao.kernel.intervals import minus
from yanglao.kernel.wording import all_words, sentence
from yanglao.web.auth import actor, client_of_browser, who
from yanglao.web.learn import passed_on
from yanglao.web.learn.home import accounts
from yanglao.web.material import Linking, lesson_dict
from yanglao.web.page import page

bp = APIBlueprint("learn_lesson", __name__, url_prefix="/learn", enable_openapi=False)

APART_S = 5
SAID = {"learn.other_page", "learn.moved", "learn.signed_out", "learn.kept_in_page"}


@bp.get("/lessons/<enrolment_id>/<lesson_id>")
@who("learn.own")
def show(enrolment_id: str, lesson_id: str) -> str | AnyResponse:
    """Show a lesson of an own enrolment; its viewing begins only with the first touch."""
    try:
        own_enrolment(db.session, enrolment_id, actor())
    except EnrolmentUnknown:
        return passed_on.own_lesson(lesson_id)
    standing = queries.enrolment_page(db.session, enrolment_id, now=now(), own_eyes=True)
    segment, lesson = _find(standing, lesson_id)
    shown = courses.lesson(db.session, lesson_id)
    following = _following(segment, lesson_id)
    last_s = last_position_s(db.session, enrolment_id, lesson_id)
    return page(
        "learn/lesson.html",
        lesson=lesson,
        segment=segment,
        enrolment=standing,
        account=accounts(standing).get("online"),
        following=following,
        shown=shown,
        resume=resume(lesson, last_s),
        facts=_facts(standing, segment, lesson, shown) | {"last_s": last_s},
    )


def _find(standing: EnrolmentStanding, lesson_id: str) -> tuple[SegmentStanding, LessonStanding]:
    for segment in standing.segments:
        for lesson in segment.lessons:
            if lesson.id == lesson_id and segment.mode == "online":
                return segment, lesson
    raise LessonUnknown(lesson_id=lesson_id)


@dataclass(frozen=True)
class Resume:
    """Where a lesson may go on, in seconds of it: at the first one not seen, or where one stopped.

    ``other`` tells whether where one stopped is another place, worth a button.
    """

    first_s: int
    last_s: int
    other: bool

    @property
    def first(self) -> str:
        """Return the first second not seen as minutes and seconds."""
        return f"{self.first_s // 60:02d}:{self.first_s % 60:02d}"

    @property
    def last(self) -> str:
        """Return where one stopped as minutes and seconds."""
        return f"{self.last_s // 60:02d}:{self.last_s % 60:02d}"


def resume(lesson: LessonStanding, last_s: int) -> Resume:
    """Return where a lesson may go on; a lesson seen whole begins anew."""
    gaps = minus([(0, lesson.duration_s)], list(lesson.covered))
    first_s = gaps[0][0] if gaps else 0
    far = bool(lesson.covered) and abs(last_s - first_s) > APART_S and last_s < lesson.duration_s - APART_S
    return Resume(first_s, last_s, far and last_s > 0)


def _following(segment: SegmentStanding, lesson_id: str) -> LessonStanding | None:
    """Return the next lesson of the segment that is not covered whole, this one left out."""
    after = [lesson.id for lesson in segment.lessons].index(lesson_id)
    order = segment.lessons[after + 1 :] + segment.lessons[:after]
    return next((lesson for lesson in order if lesson.covered_s < lesson.duration_s), None)


def _facts(
    standing: EnrolmentStanding, segment: SegmentStanding, lesson: LessonStanding, shown: LessonView
) -> dict[str, Any]:
    """Return what the page's script needs: addresses, seconds, and the words for every reason."""
    words = {
        code: {"title": w.title, "sentence": sentence(code), "todo": w.todo}
        for code, w in all_words().items()
        if _told(code)
    }
    return {
        "person": standing.person_id,
        "enrolment_id": standing.id,
        "lesson_id": lesson.id,
        "segment_id": segment.id,
        "client": client_of_browser(),
        "duration_s": lesson.duration_s,
        "covered_s": lesson.covered_s,
        "covered": [list(pair) for pair in lesson.covered],
        "credited_s": segment.credited_s,
        "required_s": segment.required_s,
        "media": lesson_dict(shown, Linking(actor().person_id, now())),
        "words": words,
    }


def _told(code: str) -> bool:
    return code.startswith(("viewing.", "learn.stopped.", "learn.counts", "learn.lost.")) or code in SAID
