"""Say the one step that stands next, in the words of page and API."""

from __future__ import annotations

from dataclasses import dataclass

from yanglao.completion.next_step import Step
from yanglao.kernel.wording import sentence, todo
from yanglao.web import dress


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
