"""Choose what somebody is asked live: questions on the lessons that the ledger credits to them. Reads only."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from yanglao.courses import queries as courses
from yanglao.courses import question_queries
from yanglao.courses.shapes import LessonView, QuestionView, SegmentView
from yanglao.evidence import queries as evidence

KINDS = frozenset({"single", "multiple", "true_false"})


@dataclass(frozen=True)
class Chosen:
    """A question and the lesson it is about."""

    question: QuestionView
    lesson: LessonView


def watched(session: Session, enrolment_ids: Sequence[str], *, least_bp: int) -> dict[str, list[LessonView]]:
    """Return per enrolment the lessons of which at least ``least_bp`` of the seconds are in the ledger, in their order."""
    seconds: dict[str, Counter[str]] = {}
    for entry in evidence.of_enrolments(session, enrolment_ids, kinds="viewing.span"):
        own = seconds.setdefault(str(entry.enrolment_id), Counter())
        own[entry.body["lesson"]] += sum(piece[2] for piece in entry.body["pieces"])
    known = courses.lessons(session, {lesson for own in seconds.values() for lesson in own})
    return {
        own: sorted(
            (
                known[lesson]
                for lesson, held in counted.items()
                if lesson in known and held * 10_000 >= known[lesson].duration_s * least_bp
            ),
            key=lambda one: (one.segment_id, one.position),
        )
        for own, counted in seconds.items()
    }


class Asker:
    """Draws questions; reads each bank once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._banks: dict[str, list[QuestionView]] = {}

    def draw(self, lessons: Sequence[LessonView], count: int, seed: str) -> list[Chosen]:
        """Return up to ``count`` different questions, over as many lessons as there are; the same seed gives the same."""
        segments = courses.segments(self._session, {one.segment_id for one in lessons})
        return spread({one: self._on(one, segments[one.segment_id]) for one in lessons}, count, seed)

    def _on(self, lesson: LessonView, segment: SegmentView) -> list[QuestionView]:
        """Return the questions of a lesson's topic; those of its whole bank where none has it."""
        planned = {plan.module_id: plan.bank_key for plan in segment.quiz_plans}
        keys = [one for one in (planned.get(lesson.module_id), segment.bank_key) if one]
        bank = [question for key in keys for question in self._bank(key)]
        on_topic = [one for one in bank if lesson.topic_code and one.topic_code == lesson.topic_code]
        return on_topic or bank

    def _bank(self, key: str) -> list[QuestionView]:
        if key not in self._banks:
            found = question_queries.current(self._session, key)
            self._banks[key] = [one for one in found if askable(one)]
        return self._banks[key]


def askable(question: QuestionView) -> bool:
    """Tell whether a question can be read out: ticked options, nothing to look at."""
    return question.kind in KINDS and not question.picture_name and not question.picture_id


def spread(on: Mapping[LessonView, Sequence[QuestionView]], count: int, seed: str) -> list[Chosen]:
    """Draw ``count`` different questions, going round the lessons. Pure."""
    dice = random.Random(seed)
    piles = [(lesson, dice.sample(list(found), len(found))) for lesson, found in on.items()]
    dice.shuffle(piles)
    chosen: dict[str, Chosen] = {}
    while len(chosen) < count and any(pile for _, pile in piles):
        for lesson, pile in piles:
            while pile:
                question = pile.pop()
                if question.key not in chosen:
                    chosen[question.key] = Chosen(question, lesson)
                    break
            if len(chosen) == count:
                break
    return list(chosen.values())
