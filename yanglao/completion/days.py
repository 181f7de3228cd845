"""Add up what counted on which day, online and offline apart. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from yanglao.completion.shapes import EvidenceLine
from yanglao.kernel.clock import day_of

Sums = dict[date, int]


def by_day(evidence: Iterable[EvidenceLine]) -> tuple[Sums, Sums]:
    """Return (online, offline) seconds that counted per day in Shanghai; a day on which only nothing counted is 0."""
    online: Sums = {}
    offline: Sums = {}
    for line in evidence:
        mode = online if line.kind == "viewing.span" else offline
        day = day_of(line.occurred_ms)
        mode[day] = mode.get(day, 0) + (line.counted_s or 0)
    return online, offline
