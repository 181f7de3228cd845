"""Judge answers and grade a paper. Pure.

A question gives its marks, a case the marks of the case, shared over its parts by theirs. Marks are exact fractions; the
score is out of 100 and rounded down once, at the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from yanglao.courses.answer_text import plain
from yanglao.courses.shapes import QuestionView


@dataclass(frozen=True)
class Grade:
    """A score of 0–100, rounded down, and the ids of the questions (parts of cases, too) answered wholly rightly."""

    score: int
    right: frozenset[str]


def share(question: QuestionView, answer: Sequence[str], *, by_share: bool = False) -> Fraction:
    """Return which part of its marks an answer earns, 0 to 1.

    Ticked options must be exactly the right ones; with ``by_share`` a multiple question gives for each right tick, as long as
    nothing wrong is ticked. Of blanks each right one gives its part.
    """
    if question.kind == "fill_in":
        right = [
            _accepted(question, number, text) for number, text in enumerate(answer[: len(question.blanks)])
        ]
        return Fraction(sum(right), len(question.blanks) or 1)
    ticked, key = frozenset(answer), question.correct
    if by_share and question.kind == "multiple" and ticked <= key and key:
        return Fraction(len(ticked), len(key))
    return Fraction(bool(key) and ticked == key)


def _accepted(question: QuestionView, number: int, text: str) -> bool:
    typed = plain(text, numerals=question.numerals)
    return bool(typed) and typed in {
        plain(one, numerals=question.numerals) for one in question.blanks[number]
    }


def grade(
    questions: Sequence[QuestionView], answers: Mapping[str, Sequence[str]], *, by_share: bool = False
) -> Grade:
    """Grade the questions of a paper (cases with their parts, not the parts alone) by question id -> answer."""
    total = sum(one.marks for one in questions)
    earned = Fraction(0)
    right: set[str] = set()
    for one in questions:
        parts = one.parts or (one,)
        of_parts = sum(part.marks for part in parts)
        for part in parts:
            own = share(part, answers.get(part.id, ()), by_share=by_share)
            earned += Fraction(one.marks * part.marks, of_parts) * own
            right |= {part.id} if own == 1 else set()
    return Grade(score=int(earned * 100 / total) if total else 0, right=frozenset(right))
