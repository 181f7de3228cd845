"""Which voice reads a question aloud, over its versions.

A recording belongs to the version it was made for. A later version that says the same words is read by the same voice; one
whose words differ is silent, and its author is told that it must be recorded again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.courses import question_queries, recordings
from yanglao.courses.material_models import Recording
from yanglao.courses.question_models import Question
from yanglao.courses.recordings import RecordingView
from yanglao.courses.shapes import QuestionView

KIND = "question"


@dataclass(frozen=True)
class Voices:
    """``ready``: question id -> its voice. ``outdated``: ids whose earlier versions were read aloud in other words."""

    ready: dict[str, RecordingView]
    outdated: frozenset[str]


def of_questions(session: Session, question_ids: Iterable[str]) -> Voices:
    """Return the voices of questions, cases and parts: a version's own before one of another version with the same words."""
    wanted = set(question_ids)
    ready = recordings.of(session, KIND, wanted)
    silent = question_queries.questions(session, wanted - set(ready))
    if not silent:
        return Voices(ready, frozenset())
    heard = _heard(session, {one.key for one in silent.values()})
    voices = recordings.of(session, KIND, [one.id for one in heard])
    outdated = set()
    for one in silent.values():
        others = [each for each in heard if (each.bank_key, each.key) == (one.bank_key, one.key)]
        same = [each for each in others if _words(each) == _words(one)]
        if same:
            ready[one.id] = voices[max(same, key=lambda each: each.version).id]
        elif any(each.version < one.version for each in others):
            outdated.add(one.id)
    return Voices(ready, frozenset(outdated))


def _heard(session: Session, keys: set[str]) -> list[QuestionView]:
    """Return every version of the questions with these keys that was read aloud."""
    wanted = (
        select(Question.id)
        .join(Recording, Recording.target_id == Question.id)
        .where(Recording.target_kind == KIND, Recording.state == "ready", Question.key.in_(keys))
    )
    return list(question_queries.questions(session, session.scalars(wanted)).values())


def _words(one: QuestionView) -> tuple[str, tuple[str, ...]]:
    """Return what is read aloud: the text and the options; key, explanation and weight are not."""
    return one.text, tuple(option.text for option in one.options)
