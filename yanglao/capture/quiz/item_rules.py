"""Work out how a question does: share correct, time, wrong answers, discrimination. Pure.

Discrimination is the share correct in the best ``group_bp`` of the papers that asked the question, less that in the worst,
in hundredths: 100 parts them perfectly, below 0 the weak do better and the key may be wrong.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median_low

from yanglao.courses.shapes import QuestionView

MOST_TEXTS = 5
LEAST_ALIKE = 2  # a wrong text typed by one person only is not shown: it may say who


@dataclass(frozen=True)
class Taken:
    """One time a question was asked: the paper's score, the answer (empty: none), its share of marks, milliseconds or None."""

    score: int
    answer: tuple[str, ...]
    share: Fraction
    took_ms: int | None


@dataclass(frozen=True)
class Picked:
    """One option, or a wrong text: how many gave it, and the share of all papers that asked (basis points; None: too few)."""

    text: str
    correct: bool
    count: int
    share_bp: int | None


@dataclass(frozen=True)
class Item:
    """How one version of a question does. Figures are None where fewer than the least number of papers asked it.

    ``share_bp`` is the mean share of marks, basis points; ``median_s`` seconds from first shown to first answer, of those
    whose time is known; ``discrimination`` −100 to 100.
    """

    question: QuestionView
    asked: int
    answered: int
    share_bp: int | None
    median_s: int | None
    discrimination: int | None
    picked: tuple[Picked, ...]


def item(question: QuestionView, taken: Sequence[Taken], *, small: int, group_bp: int) -> Item:
    """Return how a question does over ``taken``; below ``small`` papers only their number is told."""
    asked = len(taken)
    times = [one.took_ms for one in taken if one.took_ms is not None]
    enough = asked >= small
    return Item(
        question=question,
        asked=asked,
        answered=sum(bool(one.answer) for one in taken),
        share_bp=_mean_bp(taken) if enough else None,
        median_s=round(median_low(times) / 1000) if len(times) >= small else None,
        discrimination=discrimination(taken, group_bp=group_bp) if asked >= 2 * small else None,
        picked=_picked(question, taken) if enough else (),
    )


def discrimination(taken: Sequence[Taken], *, group_bp: int) -> int:
    """Return the share correct of the best group less that of the worst, in hundredths."""
    ranked = sorted(taken, key=lambda one: one.score)
    size = max(1, len(ranked) * group_bp // 10_000)
    return (_mean_bp(ranked[-size:]) - _mean_bp(ranked[:size])) // 100


def _mean_bp(taken: Sequence[Taken]) -> int:
    return int(sum((one.share for one in taken), Fraction(0)) * 10_000 / len(taken))


def _picked(question: QuestionView, taken: Sequence[Taken]) -> tuple[Picked, ...]:
    if question.kind == "fill_in":
        wrong = Counter("；".join(one.answer) for one in taken if one.answer and one.share < 1)
        shown = [(text, count) for text, count in wrong.most_common(MOST_TEXTS) if count >= LEAST_ALIKE]
        return tuple(Picked(text, False, count, count * 10_000 // len(taken)) for text, count in shown)
    counted = Counter(option for one in taken for option in set(one.answer))
    return tuple(
        Picked(option.text, option.correct, counted[option.id], counted[option.id] * 10_000 // len(taken))
        for option in question.options
    )
