"""Judge score sheets, pure: whether a sheet is whole, whether two differ too much, and what comes out.

The written rule: two sheets that lie close together give the mean of each item, and each must-pass item as both say. Where their
totals, one item or one must-pass item differ by more than policy allows, a third person scores: each item is then as the third says,
each must-pass item as two of the three say. Whoever fails a must-pass item fails. Points are counted in halves, so nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yanglao.courses.shapes import RubricItemView, RubricView
from yanglao.kernel.errors import Conflict, Refused
from yanglao.kernel.policy import Practical

Marks = Mapping[str, int]
WHOLE_BP = 10_000


class MarksFaulty(Refused):
    """Say which items lack a mark or have one that cannot be given; ``items`` are their titles or unknown keys."""

    code = "practical.marks_faulty"


class AlreadyPassed(Conflict):
    code = "practical.already_passed"


class NoneLeft(Conflict):
    code = "practical.none_left"


class TooSoon(Conflict):
    code = "practical.too_soon"


@dataclass(frozen=True)
class Gap:
    """How far two sheets lie apart: points of the totals, and the keys of items and of must-pass items that differ too much."""

    points: int
    items: tuple[str, ...]
    musts: tuple[str, ...]
    too_far: bool


@dataclass(frozen=True)
class Outcome:
    """A result. ``halves``: item key -> half points; ``score_bp`` of 10,000; ``decided_by``: mean or third."""

    halves: dict[str, int]
    score_bp: int
    passed: bool
    failed_musts: tuple[str, ...]
    decided_by: str


@dataclass(frozen=True)
class Past:
    """A try before: whether it is passed (None: not settled yet), and when it was settled (ms)."""

    number: int
    passed: bool | None
    settled_ms: int | None


def check_marks(rubric: RubricView, marks: Marks) -> None:
    """Refuse a sheet unless each item has a whole mark from 0 to its points, and a must-pass item all or none.

    Raises MarksFaulty.
    """
    faulty = [one.title for one in rubric.items if not _fits(one, marks.get(one.key))]
    faulty += sorted(set(marks) - {one.key for one in rubric.items})
    if faulty:
        raise MarksFaulty(items=faulty)


def _fits(item: RubricItemView, mark: int | None) -> bool:
    if mark is None or not 0 <= mark <= item.points:
        return False
    return not item.must_pass or mark in (0, item.points)


def total(marks: Marks) -> int:
    """Return the points of a sheet."""
    return sum(marks.values())


def gap(rubric: RubricView, one: Marks, other: Marks, limits: Practical) -> Gap:
    """Compare two whole sheets."""
    points = abs(total(one) - total(other))
    items = tuple(
        item.key
        for item in rubric.items
        if not item.must_pass
        and abs(one[item.key] - other[item.key]) * WHOLE_BP > item.points * limits.gap_item_bp
    )
    musts = tuple(item.key for item in rubric.items if item.must_pass and one[item.key] != other[item.key])
    return Gap(points, items, musts, bool(points > limits.gap_total_points or items or musts))


def outcome(rubric: RubricView, one: Marks, other: Marks, third: Marks | None = None) -> Outcome:
    """Return what two sheets that lie close together come to, or two that do not and a third."""
    halves: dict[str, int] = {}
    for item in rubric.items:
        given = [one[item.key], other[item.key], *([third[item.key]] if third else [])]
        if third is None:
            halves[item.key] = sum(given)
        elif item.must_pass:
            halves[item.key] = 2 * sorted(given)[1]  # as two of three say
        else:
            halves[item.key] = 2 * third[item.key]
    failed = tuple(item.key for item in rubric.items if item.must_pass and halves[item.key] < 2 * item.points)
    whole = 2 * sum(item.points for item in rubric.items)
    score_bp = sum(halves.values()) * WHOLE_BP // whole
    passed = not failed and score_bp >= rubric.pass_mark * 100
    return Outcome(halves, score_bp, passed, failed, "mean" if third is None else "third")


def check_begin(past: list[Past], now_ms: int, limits: Practical) -> None:
    """Refuse another try after a passed one, after the last one, or too soon after a failed one.

    Raises AlreadyPassed, NoneLeft, TooSoon.
    """
    if any(one.passed for one in past):
        raise AlreadyPassed()
    if len(past) >= limits.attempts_max:
        raise NoneLeft(attempts=limits.attempts_max)
    last = max((one.settled_ms or 0 for one in past), default=0)
    wait_ms = last + limits.retake_gap_s * 1000 - now_ms
    if past and wait_ms > 0:
        raise TooSoon(wait_s=-(-wait_ms // 1000))


def score_text(score_bp: int) -> str:
    """Return points out of 100 as people say them: 86 or 86.5."""
    whole, rest = divmod(score_bp, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)
