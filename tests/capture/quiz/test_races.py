"""Many phones at once: one attempt, one entry."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.capture.quiz.school import School
from yanglao.capture.quiz import queries
from yanglao.capture.quiz import service as quiz
from yanglao.capture.quiz.models import QuizAttempt
from yanglao.evidence.verify import verify
from yanglao.kernel.db import db, run

AT_ONCE = 50


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Race on SQLite and, in a second run, on PostgreSQL."""
    return "" if request.param == "sqlite" else str(request.getfixturevalue("pg_built_url"))


def at_once(school: School, act: Callable[[int], Any]) -> list[Any]:
    """Run ``act`` fifty times, each in a thread and a connection of its own."""

    def one(n: int) -> Any:
        with school.town.app.app_context():
            try:
                return run(lambda: act(n))
            finally:
                db.session.remove()

    db.session.rollback()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_fifty_submissions_at_once_give_one_result_and_one_entry(school: School) -> None:
    paper, pupil = school.start(), school.pupil
    school.tick(paper, wrong=2)
    results = at_once(
        school,
        lambda n: quiz.submit(db.session, paper.id, now=school.now + timedelta(seconds=n), actor=pupil),
    )
    assert len(set(results)) == 1 and results[0].score == 80
    assert len(school.entries()) == 1


def test_fifty_beginnings_at_once_open_one_attempt(school: School) -> None:
    pupil, segment = school.pupil, school.segment.id
    papers = at_once(
        school, lambda _: quiz.start(db.session, school.enrolment, segment, now=school.now, actor=pupil)
    )
    assert len({one.id for one in papers}) == 1
    assert db.session.scalar(select(func.count()).select_from(QuizAttempt)) == 1


def test_fifty_sweeps_at_once_grade_an_attempt_once(school: School) -> None:
    school.start()
    late = school.now + timedelta(hours=1)
    touched = at_once(school, lambda _: quiz.sweep(db.session, now=late))
    assert sorted(touched) == [[]] * (AT_ONCE - 1) + [[school.town.people["trainee"]]]
    assert len(school.entries()) == 1
    assert queries.attempts(db.session, [school.enrolment])[0].state == "expired"
    assert verify(db.session).ok
