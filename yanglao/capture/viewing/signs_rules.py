"""What looks wrong in a night's or a day's viewings, pure: facts in, findings out. Nothing here refuses anybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, pairwise

from yanglao.kernel.intervals import clip, length, union

LEAD_MS = 3_600_000  # a night begins an hour before midnight
LOCKSTEP_MS = 2_000
CLOSE_MOST = 12  # more who begin in the same seconds are a class that was told to begin


@dataclass(frozen=True)
class Seen:
    """One viewing as the day's look at it needs it. Milliseconds of server time."""

    person_id: str
    lesson_id: str
    client: str
    device: str | None
    shared: bool
    opened_ms: int
    arrival_ms: int
    closed_ms: int | None
    closed_why: str | None


def night_s(pieces: Iterable[tuple[int, int]], midnight_ms: int, morning_ms: int) -> int:
    """Return the seconds of ``(wall_ms, seconds)`` between 23:00 before a midnight and the morning after it."""
    spans = union((wall_ms, wall_ms + seconds * 1000) for wall_ms, seconds in pieces)
    return length(clip(spans, midnight_ms - LEAD_MS, morning_ms)) // 1000


def changes(seen: Iterable[Seen], lease_s: int) -> dict[str, int]:
    """Return how often each person took a lesson over from another device of theirs that was still playing."""
    by_person: dict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        by_person[one.person_id].append(one)
    found: dict[str, int] = {}
    for person, theirs in by_person.items():
        rows = sorted(theirs, key=lambda one: one.opened_ms)
        found[person] = sum(
            first.closed_why == "taken_over"
            and first.closed_ms is not None
            and first.closed_ms - first.arrival_ms < lease_s * 1000
            and (first.client, first.device) != (then.client, then.device)
            for first, then in pairwise(rows)
        )
    return found


def crowded(seen: Iterable[Seen]) -> dict[str, set[str]]:
    """Return the persons of each phone on which more than one learned, other than a registered pair."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in seen:
        if one.device and not one.shared and one.client != "pc":
            found[one.device].add(one.person_id)
    return {device: persons for device, persons in found.items() if len(persons) > 1}


def lockstep(seen: Iterable[Seen]) -> dict[tuple[str, str], int]:
    """Return for pairs of persons how often they began the same lesson within two seconds of each other."""
    by_lesson: dict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        by_lesson[one.lesson_id].append(one)
    found: dict[tuple[str, str], int] = defaultdict(int)
    for rows in by_lesson.values():
        ordered = sorted(rows, key=lambda one: one.opened_ms)
        while ordered:
            near = [one for one in ordered if one.opened_ms - ordered[0].opened_ms <= LOCKSTEP_MS]
            persons = sorted({one.person_id for one in near})
            for pair in combinations(persons, 2) if len(persons) <= CLOSE_MOST else ():
                found[pair] += 1
            ordered = ordered[len(near) :]
    return dict(found)
