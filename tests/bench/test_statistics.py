"""What the statistics of a bank cost over ten thousand papers: of everything, and of one class among many people."""

from __future__ import annotations

import json
import random
import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from tests.bench.crowd import crowd
from yanglao.capture.quiz import items
from yanglao.capture.quiz.models import QuizAttempt
from yanglao.classes.models import Enrolment
from yanglao.courses import queries as courses
from yanglao.courses import question_queries
from yanglao.kernel.actor import EVERYTHING
from yanglao.kernel.clock import now, to_ms
from yanglao.kernel.db import db, run
from yanglao.kernel.identifiers import new_id

PAPERS, ASKED, PEOPLE = 10_000, 10, 1000


def papers() -> tuple[str, str]:
    """Close ten thousand papers of a thousand people; return bank and class."""
    segment = courses.programme_by_code(db.session, "caregiver_l5").segments[0]
    bank = str(segment.bank_key)
    questions = [one for one in question_queries.of_bank(db.session, bank).values() if one.options]
    people = db.session.execute(select(Enrolment.id, Enrolment.person_id, Enrolment.class_id)).all()
    chance, moment = random.Random(4), now()
    rows = [_paper(segment.id, questions, people[n % len(people)], n, moment, chance) for n in range(PAPERS)]
    db.session.execute(insert(QuizAttempt.__table__), rows)
    return bank, str(people[0].class_id)


def _paper(
    segment_id: str, questions: list[Any], who: Any, number: int, moment: Any, chance: Any
) -> dict[str, Any]:
    began = to_ms(moment - timedelta(minutes=number))
    drawn = chance.sample(questions, ASKED)
    told = [[one.id, chance.choice(one.options).id, chance.randrange(5, 90)] for one in drawn]
    paper = [{"question": one.id, "options": [option.id for option in one.options]} for one in drawn]
    shape: dict[str, Any] = {
        "segment_id": segment_id,
        "state": "submitted",
        "pass_mark": 60,
        "passed": True,
        "module_id": None,
    }
    return shape | {
        "id": new_id(),
        "person_id": who.person_id,
        "enrolment_id": who.id,
        "number": number,
        "paper": paper,
        "started_ms": began,
        "expires_ms": began + 1,
        "submitted_ms": began,
        "score": 10 * chance.randrange(11),
        "seed": None,
        "feedback": "score",
        "by_share": False,
        "tally": json.dumps([[key, answer, seconds] for key, answer, seconds in told], separators=(",", ":")),
    }


def test_statistics_over_ten_thousand_papers_are_read_within_a_request(
    either: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    crowd(PEOPLE, entries=1)
    bank, class_id = run(papers)
    for name, wanted in (("everything", items.Wanted()), ("one class", items.Wanted(class_id=class_id))):
        begun = time.perf_counter()
        found = items.statistics(db.session, bank, EVERYTHING, wanted)
        gone = time.perf_counter() - begun
        with capsys.disabled():
            print(f"\n{db.engine.dialect.name}: statistics of {name}: {found.papers} papers in {gone:.2f} s")
