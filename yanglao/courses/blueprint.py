"""Say how many questions of each topic and difficulty a paper has, and what a bank lacks for it. Pure.

A blueprint is ``{"topics": {code: weight}, "difficulties": {difficulty: weight}}``; either may be missing or empty: then it
does not matter. Weights are positive integers. A question without difficulty counts as medium.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yanglao.courses.question_shapes import DIFFICULTIES
from yanglao.courses.shapes import QuestionView

Cell = tuple[str | None, str | None]
MOST_WEIGHT = 1000


@dataclass(frozen=True)
class Shortage:
    """What a bank lacks: of ``topic`` and ``difficulty`` (None: any) ``wanted`` questions are asked for, ``held`` are there."""

    topic: str | None
    difficulty: str | None
    wanted: int
    held: int


def shares(count: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Split ``count`` by weights with the largest remainder; ties go to whoever is named first."""
    total = sum(weights.values())
    floors = {name: count * weight // total for name, weight in weights.items()}
    rest = sorted(weights, key=lambda name: -(count * weights[name] % total))
    for name in rest[: count - sum(floors.values())]:
        floors[name] += 1
    return floors


def quotas(blueprint: Mapping[str, Any] | None, count: int) -> dict[Cell, int]:
    """Return how many questions each cell (topic, difficulty) gives; topics and difficulties each hold their shares exactly.

    Cells are in the order of the blueprint; those that give none are left out.
    """
    topics = dict((blueprint or {}).get("topics") or {})
    levels = dict((blueprint or {}).get("difficulties") or {})
    rows, columns = _split(count, topics), _split(count, levels)
    cells = {
        (row, column): rows[row] * columns[column] // count if count else 0
        for row in rows
        for column in columns
    }
    # What the floors left goes to the cells with the largest remainders whose row and column still lack some.
    while sum(cells.values()) < count:
        lacking = [
            cell
            for cell in cells
            if _sum(cells, row=cell[0]) < rows[cell[0]] and _sum(cells, column=cell[1]) < columns[cell[1]]
        ]
        chosen = max(lacking, key=lambda cell: rows[cell[0]] * columns[cell[1]] - cells[cell] * count)
        cells[chosen] += 1
    return {cell: wanted for cell, wanted in cells.items() if wanted}


def _split(count: int, weights: Mapping[str, int]) -> dict[str | None, int]:
    return {name: part for name, part in shares(count, weights).items()} if weights else {None: count}


def _sum(cells: Mapping[Cell, int], **place: str | None) -> int:
    if "row" in place:
        return sum(held for (row, _), held in cells.items() if row == place["row"])
    return sum(held for (_, column), held in cells.items() if column == place["column"])


def fits(question: QuestionView, cell: Cell) -> bool:
    """Tell whether a question may be drawn for a cell."""
    topic, difficulty = cell
    return topic in (None, question.topic_code) and difficulty in (None, question.difficulty or "medium")


def shortages(
    bank: Sequence[QuestionView], blueprint: Mapping[str, Any] | None, count: int
) -> list[Shortage]:
    """List what ``bank`` lacks for a paper of ``count`` questions; empty when a paper can always be drawn."""
    held = Counter((one.topic_code, one.difficulty or "medium") for one in bank)
    if len(bank) < count:
        return [Shortage(None, None, count, len(bank)), *_lacking(held, quotas(blueprint, count))]
    return _lacking(held, quotas(blueprint, count))


def _lacking(held: Mapping[tuple[str | None, str], int], wanted: Mapping[Cell, int]) -> list[Shortage]:
    found = []
    for (topic, difficulty), asked in wanted.items():
        there = sum(
            count
            for (own, level), count in held.items()
            if topic in (None, own) and difficulty in (None, level)
        )
        if there < asked and (topic or difficulty):
            found.append(Shortage(topic, difficulty, asked, there))
    return found


def faults(blueprint: Mapping[str, Any] | None, topics: Iterable[str]) -> list[str]:
    """Name what is wrong with a blueprint: unknown topics or difficulties, weights that are no positive whole numbers."""
    known = {"topics": set(topics), "difficulties": set(DIFFICULTIES)}
    found = []
    for part, weights in (blueprint or {}).items():
        if part not in known or not isinstance(weights, dict):
            found.append(str(part)[:40])
            continue
        for name, weight in weights.items():
            if name not in known[part] or type(weight) is not int or not 1 <= weight <= MOST_WEIGHT:
                found.append(f"{part}.{str(name)[:40]}")
    return found
