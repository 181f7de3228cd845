"""A school for quiz tests: the town, the bundled courses, and one running class with two trainees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.people.town import Town, database_url, town  # noqa: F401
from yanglao.capture.quiz import service as quiz
from yanglao.capture.quiz.shapes import Paper
from yanglao.classes import service as classes
from yanglao.courses import queries as courses
from yanglao.courses import service as loading
from yanglao.courses import triggers
from yanglao.courses.question_models import QuizPlan
from yanglao.courses.shapes import SegmentView
from yanglao.evidence import queries as evidence
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db, run


@dataclass
class School:
    """The town with a running class of the 五级 programme."""

    town: Town
    class_id: str
    enrolment: str
    other_enrolment: str
    segment: SegmentView
    offline_segment: str

    @property
    def now(self) -> datetime:
        return self.town.now

    @property
    def pupil(self) -> Actor:
        return self.town.actor("trainee")

    @property
    def stranger(self) -> Actor:
        return self.town.actor("far_trainee")

    def start(self, **later: int) -> Paper:
        """Begin (or resume) the pupil's attempt some time after now."""
        moment = self.now + timedelta(**later)
        return run(
            lambda: quiz.start(db.session, self.enrolment, self.segment.id, now=moment, actor=self.pupil)
        )

    def tick(self, paper: Paper, wrong: int = 0, **later: int) -> None:
        """Save answers, the first ``wrong`` of them wrong."""
        for n, one in enumerate(paper.questions):
            right = courses.questions(db.session, [one.id])[one.id].correct
            ticked = (
                [option.id for option in one.options if option.id not in right][:1]
                if n < wrong
                else list(right)
            )
            self.save(paper, one.id, ticked, **later)

    def save(self, paper: Paper, question_id: str, ticked: list[str], **later: int) -> quiz.Saved:
        """Save one answer."""
        moment = self.now + timedelta(**later)
        draft = quiz.AnswerDraft(question_id, tuple(ticked))
        return run(lambda: quiz.answer(db.session, paper.id, draft, now=moment, actor=self.pupil))

    def submit(self, paper: Paper, **later: int) -> quiz.Result:
        """Hand in."""
        moment = self.now + timedelta(**later)
        return run(lambda: quiz.submit(db.session, paper.id, now=moment, actor=self.pupil))

    def entries(self) -> list[Any]:
        """Return the quiz entries of the pupil's chain."""
        chain = evidence.chain(db.session, "enrolment", self.enrolment)
        return [one for one in chain if one.kind == "quiz.submitted"]


def plan_before(**facts: Any) -> None:
    """Add the plan of a module's quiz as if it had been there before the programme was published."""
    triggers.drop(db.session.connection())
    figures = {
        "id": "01plan",
        "pass_mark": 60,
        "questions": 3,
        "time_limit_s": 600,
        "attempts": 5,
        "min_gap_s": 0,
    }
    db.session.add(QuizPlan(**{"feedback": "score", **figures, **facts}))


@pytest.fixture
def campus(town: Town) -> School:  # noqa: F811
    """Give the school at the town's hour, with no database open: for requests."""
    with town.app.app_context():
        found = run(lambda: _opened(town))
        db.session.remove()
    return found


@pytest.fixture
def school(campus: School) -> Iterator[School]:
    """Give the school with its database open, to call services."""
    with campus.town.app.app_context():
        yield campus
        db.session.remove()


def _opened(town: Town) -> School:  # noqa: F811
    loading.load_courses(db.session, town.now)
    programme = courses.programme_by_code(db.session, "caregiver_l5")
    admin = town.actor("admin")
    draft = classes.ClassDraft(town.bases["renhe"], programme.id, date(2026, 3, 8), date(2026, 3, 20), 30)
    made = classes.create_class(db.session, draft, now=town.now, actor=admin)
    enrolled = [
        classes.enrol(db.session, made.id, classes.EnrolDraft(town.people[who]), now=town.now, actor=admin)
        for who in ("trainee", "new_trainee")
    ]
    online, offline = programme.segments
    begins = to_ms(town.now) + 3_600_000
    meeting = classes.SessionDraft(
        class_id=made.id,
        segment_id=offline.id,
        starts_ms=begins,
        ends_ms=begins + offline.required_s * 1000,
        breaks=(),
        venue="实训室一",
        instructor_id=town.people["teacher"],
    )
    classes.plan_session(db.session, meeting, now=town.now, actor=admin)
    classes.file(db.session, made.id, now=town.now, actor=admin)
    classes.approve(db.session, made.id, now=town.now, actor=town.actor("officer"))
    classes.start(db.session, made.id, now=town.now, actor=admin)
    return School(town, made.id, enrolled[0], enrolled[1], online, offline.id)
