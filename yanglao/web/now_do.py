"""Say the one step that stands next, in the words of page and API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yanglao.certificates import queries as certificates
from yanglao.completion import own_words
from yanglao.completion.next_step import Step, word_steps
from yanglao.completion.shapes import EnrolmentStanding
from yanglao.kernel.db import db
from yanglao.kernel.wording import sentence, todo
from yanglao.web import dress


def steps_of(enrolments: Sequence[EnrolmentStanding]) -> tuple[Step, ...]:
    """Return a step for each segment whose days wait for their trainee's word."""
    waiting = own_words.unsaid(db.session, [one.id for one in enrolments])
    return word_steps(enrolments, [(one.own.id, one.days.segment_id) for one in waiting])


def certified(step: Step, enrolments: Sequence[EnrolmentStanding]) -> Step:
    """Return ``step``; where nothing is left to do and the base has gone on, what came of it."""
    if step.code != "done":
        return step
    here = [one for one in enrolments if one.class_state == "running"]
    found = certificates.by_enrolment(db.session, [one.id for one in here])
    if any(one.state == "issued" for each in found.values() for one in each):
        return Step("certified", href="/learn/certificates", symbol="card")
    looked = all(
        (segment.review or {}).get("verdict") == "confirmed" for one in here for segment in one.segments
    )
    return Step("looked_at", symbol="done", tone="plain") if looked else step


@dataclass(frozen=True)
class Spoken:
    """A step in words: ``line`` says it, ``act`` stands on the button."""

    line: str
    act: str


def spoken(step: Step) -> Spoken:
    """Return the words of a step; the times of a coming session as people say them."""
    times = step.facts.get("times")
    facts = {**step.facts, "when": dress.span(times)} if times else step.facts
    code = f"learn.now.{step.code}"
    return Spoken(sentence(code, facts), todo(code, facts))
