"""Sets of half-open integer intervals as sorted lists of ``(from, to)`` pairs that neither touch nor overlap."""

from __future__ import annotations

from collections.abc import Iterable

Interval = tuple[int, int]


def union(*many: Iterable[Interval]) -> list[Interval]:
    """Return the union of any number of interval lists, in any order, as one clean list."""
    merged: list[Interval] = []
    for start, end in sorted(pair for one in many for pair in one):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def minus(these: Iterable[Interval], those: Iterable[Interval]) -> list[Interval]:
    """Return what of ``these`` is not in ``those``."""
    left: list[Interval] = []
    holes = union(those)
    for start, end in union(these):
        for hole_start, hole_end in holes:
            if hole_end <= start or hole_start >= end:
                continue
            if hole_start > start:
                left.append((start, hole_start))
            start = max(start, hole_end)
        if start < end:
            left.append((start, end))
    return left


def clip(these: Iterable[Interval], start: int, end: int) -> list[Interval]:
    """Return what of ``these`` lies in ``[start, end)``."""
    return [(max(a, start), min(b, end)) for a, b in union(these) if min(b, end) > max(a, start)]


def length(these: Iterable[Interval]) -> int:
    """Return the total length of a clean list."""
    return sum(end - start for start, end in these)


def prefix(these: Iterable[Interval], most: int) -> list[Interval]:
    """Return the first ``most`` units of a clean list."""
    kept: list[Interval] = []
    for start, end in these:
        if most <= 0:
            break
        kept.append((start, min(end, start + most)))
        most -= min(end, start + most) - start
    return kept
