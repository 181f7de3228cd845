"""How the API explains hours: days, stretches, and what they are worth. Seconds, instants RFC 3339 in UTC."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

State = Literal["counted", "partly", "none", "open", "waits", "void", "told"]


class LostOut(BaseModel):
    """Seconds that do not count, and why."""

    code: str
    seconds: int
    sentence: str


class PartOut(BaseModel):
    """A part of a stretch, in one go."""

    from_: str = Field(alias="from")
    to: str
    counted_s: int


class StretchOut(BaseModel):
    """One stretch of time or one event. ``counted_s`` is null where it carries no hours, ``position`` before it is entered."""

    position: int | None
    kind: str
    state: State
    segment_id: str | None
    mode: str | None
    from_: str = Field(alias="from")
    to: str
    title: str
    sentence: str
    client: str
    device: str | None
    late: bool
    counted_s: int | None
    not_counted: list[LostOut]
    parts: list[PartOut]


class ExplainedDayOut(BaseModel):
    """One day in Shanghai, its stretches the latest first."""

    day: str
    online_s: int
    offline_s: int
    not_counted_s: int
    stretches: list[StretchOut]


class SumOut(BaseModel):
    """What all stretches of a segment are worth: its ``credited_s``."""

    segment_id: str
    counted_s: int


class HoursOut(BaseModel):
    """The days asked for, the latest first, and the sums of all days."""

    items: list[ExplainedDayOut]
    next: str | None
    sums: list[SumOut]
