"""Work out how a question does: share correct, time, wrong answers, discrimination. Pure.

Discrimination is the share correct in the best ``group_bp`` of the papers that asked the question, less that in the worst,
in hundredths: 100 parts them perfectly, below 0 the weak do better and the key may be wrong.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from yanglao.courses.shapes import QuestionView

MOST_TEXTS = 5
LEAST_ALIKE = 2  # a wrong text typed by one person only is not shown: it may say who


@dataclass(frozen=True)
class Taken:
    """How often (``count``) papers of one score held one answer (empty: none), and its share of the marks."""

    score: int
    answer: tuple[str, ...]
    share: Fraction
    count: int = 1


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


def item(
    question: QuestionView, taken: Sequence[Taken], times: Mapping[int, int], *, small: int, group_bp: int
) -> Item:
    """Return how a question does over ``taken`` and ``times`` (seconds -> how often); of few papers only their number is told."""
    asked = sum(one.count for one in taken)
    enough = asked >= small
    return Item(
        question=question,
        asked=asked,
        answered=sum(one.count for one in taken if one.answer),
        share_bp=int(_earned(taken) * 10_000 / asked) if enough else None,
        median_s=_median(times) if sum(times.values()) >= small else None,
        discrimination=discrimination(taken, group_bp=group_bp) if asked >= 2 * small else None,
        picked=_picked(question, taken, asked) if enough else (),
    )


def discrimination(taken: Sequence[Taken], *, group_bp: int) -> int:
    """Return the share correct of the best group less that of the worst, in hundredths.

    Of papers with the same score at a group's border each counts for the same part.
    """
    size = max(1, sum(one.count for one in taken) * group_bp // 10_000)
    by_score: dict[int, list[Taken]] = defaultdict(list)
    for one in taken:
        by_score[one.score].append(one)
    worst = [by_score[score] for score in sorted(by_score)]
    return (_group_bp(worst[::-1], size) - _group_bp(worst, size)) // 100


def _group_bp(by_score: Sequence[Sequence[Taken]], size: int) -> int:
    """Return the mean share of the first ``size`` papers, basis points."""
    left, earned = size, Fraction(0)
    for same in by_score:
        held = sum(one.count for one in same)
        part = min(left, held)
        earned += _earned(same) * part / held
        left -= part
        if not left:
            break
    return int(earned * 10_000 / size)


def _earned(taken: Sequence[Taken]) -> Fraction:
    return sum((one.share * one.count for one in taken), Fraction(0))


def _median(times: Mapping[int, int]) -> int:
    """Return the lower median."""
    before, half = 0, (sum(times.values()) + 1) // 2
    for seconds in sorted(times):
        before += times[seconds]
        if before >= half:
            return seconds
    raise ValueError("no times")


def _picked(question: QuestionView, taken: Sequence[Taken], asked: int) -> tuple[Picked, ...]:
    counted: Counter[str] = Counter()
    if question.kind == "fill_in":
        for one in taken:
            if one.answer and one.share < 1:
                counted["；".join(one.answer)] += one.count
        shown = [(text, count) for text, count in counted.most_common(MOST_TEXTS) if count >= LEAST_ALIKE]
        return tuple(Picked(text, False, count, count * 10_000 // asked) for text, count in shown)
    for one in taken:
        for option in set(one.answer):
            counted[option] += one.count
    return tuple(
        Picked(option.text, option.correct, counted[option.id], counted[option.id] * 10_000 // asked)
        for option in question.options
    )
