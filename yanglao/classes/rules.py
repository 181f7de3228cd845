"""Rule on classes and their timetable: who decides, what is missing before filing, what a session must look like."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from yanglao.kernel.clock import day_of

LONGEST_SESSION_MS = 12 * 3_600_000
SHORTEST_SESSION_MS = 15 * 60_000


class Meeting(Protocol):
    """What a rule must know of a planned session."""

    @property
    def id(self) -> str: ...
    @property
    def makes_up_session_id(self) -> str | None: ...
    @property
    def segment_id(self) -> str: ...
    @property
    def starts_ms(self) -> int: ...
    @property
    def ends_ms(self) -> int: ...
    @property
    def breaks(self) -> Sequence[Sequence[int]]: ...
    @property
    def state(self) -> str: ...


class Segment(Protocol):
    """What a rule must know of a programme's segment; ``required_s`` in seconds."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def mode(self) -> str: ...
    @property
    def required_s(self) -> int: ...


@dataclass(frozen=True)
class Gap:
    """Something that is missing: a stable code with the facts its sentence names."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)


def taught_s(starts_ms: int, ends_ms: int, breaks: Iterable[Sequence[int]]) -> int:
    """Return the whole seconds of a session without its breaks."""
    return (ends_ms - starts_ms - sum(end - start for start, end in breaks)) // 1000


def planned_s(meetings: Iterable[Meeting], segment_id: str) -> int:
    """Return the seconds that the sessions of one segment plan, breaks and cancelled sessions not counted.

    A make-up session repeats hours that are planned already; it counts only in place of a session that was cancelled.
    """
    going = [one for one in meetings if one.segment_id == segment_id and one.state != "cancelled"]
    first = {one.id for one in going if one.makes_up_session_id is None}
    return sum(
        taught_s(one.starts_ms, one.ends_ms, one.breaks)
        for one in going
        if one.makes_up_session_id not in first
    )


def timetable_gaps(segments: Iterable[Segment], meetings: Sequence[Meeting]) -> list[Gap]:
    """Name each offline segment whose planned sessions do not give its required hours."""
    gaps = []
    for segment in segments:
        planned = planned_s(meetings, segment.id)
        if segment.mode == "offline" and planned < segment.required_s:
            facts = {
                "segment": segment.title,
                "planned_s": planned,
                "required_s": segment.required_s,
                "lacking_s": segment.required_s - planned,
            }
            gaps.append(Gap("classes.timetable_short", facts))
    return gaps


def class_gaps(*, capacity: int, most: int, starts_on: date, ends_on: date) -> list[Gap]:
    """Name what is wrong with the plain facts of a class."""
    gaps = []
    if ends_on < starts_on:
        gaps.append(Gap("classes.ends_before_start", {"starts_on": str(starts_on), "ends_on": str(ends_on)}))
    if not 1 <= capacity <= most:
        gaps.append(Gap("classes.capacity_out_of_range", {"capacity": capacity, "most": most}))
    return gaps


def filing_gaps(*, starts_on: date, today: date, lead_days: int) -> list[Gap]:
    """Name what keeps a draft from being filed on ``today``; 0 ``lead_days`` asks for no time ahead."""
    if lead_days and (starts_on - today).days < lead_days:
        return [Gap("classes.filed_too_late", {"lead_days": lead_days, "starts_on": str(starts_on)})]
    return []


def start_gaps(*, enrolled: int, starts_on: date, today: date) -> list[Gap]:
    """Name what keeps an approved class from starting on ``today``."""
    gaps = []
    if enrolled == 0:
        gaps.append(Gap("classes.roster_empty"))
    if today < starts_on:
        gaps.append(Gap("classes.too_early", {"starts_on": str(starts_on)}))
    return gaps


def finish_gaps(*, ends_on: date, today: date, waiting: int) -> list[Gap]:
    """Name what keeps a running class from finishing; ``waiting`` counts sessions neither closed nor cancelled."""
    gaps = []
    if today < ends_on:
        gaps.append(Gap("classes.not_over", {"ends_on": str(ends_on)}))
    if waiting:
        gaps.append(Gap("classes.sessions_waiting", {"sessions": waiting}))
    return gaps


def session_gaps(
    *,
    starts_ms: int,
    ends_ms: int,
    breaks: Sequence[Sequence[int]],
    starts_on: date,
    ends_on: date,
    now_ms: int,
) -> list[Gap]:
    """Name what is wrong with the times of a planned session of a class from ``starts_on`` to ``ends_on``."""
    if ends_ms <= starts_ms:
        return [Gap("timetable.ends_before_start")]
    gaps = []
    if ends_ms <= now_ms:
        gaps.append(Gap("timetable.already_over"))
    if not SHORTEST_SESSION_MS <= ends_ms - starts_ms <= LONGEST_SESSION_MS:
        gaps.append(Gap("timetable.length", {"longest_hours": LONGEST_SESSION_MS // 3_600_000}))
    if day_of(starts_ms) < starts_on or day_of(ends_ms) > ends_on:
        gaps.append(Gap("timetable.outside_class", {"starts_on": str(starts_on), "ends_on": str(ends_on)}))
    if not breaks_fit(starts_ms, ends_ms, breaks):
        gaps.append(Gap("timetable.breaks"))
    return gaps


def breaks_fit(starts_ms: int, ends_ms: int, breaks: Sequence[Sequence[int]]) -> bool:
    """Tell whether ``breaks`` lie within the session, in order, apart from each other, and leave time to teach."""
    last = starts_ms
    for pair in breaks:
        if len(pair) != 2 or pair[0] < last or pair[1] <= pair[0] or pair[1] > ends_ms:
            return False
        last = pair[1]
    return taught_s(starts_ms, ends_ms, breaks) > 0
