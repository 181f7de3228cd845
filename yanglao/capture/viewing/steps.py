"""How a viewing moves on, pure: beats are taken in order, its challenge moves with what is watched, answers let go.

A challenge stands at a moment of the server's clock, so that a page without network knows when to ask. Time in which
nothing was played moves it back by as much: who pauses is neither asked meanwhile nor missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yanglao.capture.viewing.rules import Beat, Ground, Judged, Piece, Stops, join, judge, let_go, made_ms
from yanglao.kernel import json_text
from yanglao.kernel.clock import day_of
from yanglao.kernel.intervals import length
from yanglao.kernel.policy import Viewing as Figures
from yanglao.kernel.values import replace

PAUSE_MS = 5_000  # less than this between two beats is how networks and players are
WINDOW_BEATS = 120  # a window with so many is entered, that its row stays short
EARLY_MS = 2_000  # a page's idea of the server's clock may be off by this much
ANSWER_MS = 30_000  # an answer may come so long after beats that did not wait

Row = list[Any]  # [seq, from_s, to_s, credited_s, [[code, seconds]]]


@dataclass(frozen=True)
class Told:
    """The rows of the beats of an open window, in order of seq without a gap, as the JSON text in which they are kept.

    Rows are added until the window is entered and hardly ever read again: a beat does not take the text apart.
    """

    text: str = "[]"

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return self.text != "[]"

    @property
    def first(self) -> int | None:
        """Return the seq of the first row, None without any."""
        return int(self.text[2 : self.text.index(",")]) if self else None

    def plus(self, row: Row) -> Told:
        """Return these rows and one more."""
        last = json_text.write(row)
        return Told(f"{self.text[:-1]},{last}]" if self else f"[{last}]")

    def since(self, seq: int) -> dict[int, Row]:
        """Return the rows from ``seq`` on by their seq; all of them when they begin later."""
        at = self.text.rfind(f"[{seq},")  # only a row begins with a number
        rows: list[Row] = json_text.read("[" + self.text[at:] if at > 0 else self.text)
        return {row[0]: row for row in rows}


@dataclass(frozen=True)
class Asked:
    """A challenge that waits: shown at, to be answered by, and holding credit from (server ms)."""

    id: str
    show_ms: int
    due_ms: int
    hold_ms: int | None = None

    @property
    def holds_ms(self) -> int:
        """Return from when on credit waits for the answer."""
        return self.due_ms if self.hold_ms is None else self.hold_ms

    def moved(self, ms: int) -> Asked:
        """Return the same challenge ``ms`` later."""
        hold = None if self.hold_ms is None else self.hold_ms + ms
        return replace(self, show_ms=self.show_ms + ms, due_ms=self.due_ms + ms, hold_ms=hold)


@dataclass(frozen=True)
class Watch:
    """A viewing between two posts: its ground, its open window, its challenge."""

    ground: Ground
    duration_s: int
    next_seq: int
    position_s: int
    base_credited_s: int
    required_s: int
    window_credited_s: int
    pieces: tuple[Piece, ...]
    beats: Told
    asked: Asked | None

    @property
    def credited_s(self) -> int:
        """Return the seconds of the segment: entered and in the open window."""
        return self.base_credited_s + self.window_credited_s

    @property
    def covered_s(self) -> int:
        """Return the seconds of the lesson that are covered."""
        return length(self.ground.covered)


def take(
    watch: Watch,
    beats: Sequence[Beat],
    *,
    now_ms: int,
    figures: Figures,
    offline_since_ms: int | None,
    taken_over_ms: int | None = None,
) -> Watch:
    """Take new beats in order of ``seq``; each leaves its row at the end of ``beats``."""
    for beat in beats:
        asked = _asked_at(watch, beat, now_ms)
        stops = Stops(offline_since_ms, asked.holds_ms if asked else None, taken_over_ms)
        judged = judge(beat, watch.ground, now_ms=now_ms, figures=figures, stops=stops)
        watch = _moved_on(watch, beat, judged, asked)
    return watch


def _asked_at(watch: Watch, beat: Beat, now_ms: int) -> Asked | None:
    """Return the challenge as it stands at a beat: later by the pause before it, when it was not shown until then."""
    asked, ground = watch.asked, watch.ground
    played_ms = (beat.to_s - beat.from_s) * 1000
    if asked is None or ground.watched_ms is None or not played_ms or ground.watched_ms >= asked.show_ms:
        return asked
    pause_ms = made_ms(beat.client_ms, ground, now_ms=now_ms) - played_ms - ground.watched_ms
    return asked.moved(pause_ms) if pause_ms > PAUSE_MS else asked


def _moved_on(watch: Watch, beat: Beat, judged: Judged, asked: Asked | None) -> Watch:
    lost = [[code, seconds] for code, seconds in judged.not_counted]
    return replace(
        watch,
        asked=asked,
        ground=judged.ground,
        next_seq=beat.seq + 1,
        position_s=min(beat.to_s, judged.ground.reach_s),
        window_credited_s=watch.window_credited_s + judged.credited_s,
        pieces=tuple(join(list(watch.pieces), judged.pieces)) if judged.pieces else watch.pieces,
        beats=watch.beats.plus([beat.seq, beat.from_s, beat.to_s, judged.credited_s, lost]),
    )


def answered_ms(watch: Watch, asked: Asked, client_ms: int, *, now_ms: int) -> int | None:
    """Return when an answer was given, by the server's clock and never in the future; None when it was not asked yet.

    A client may say that it answered earlier and had no network; not before its beats last came without waiting.
    """
    if now_ms < asked.show_ms - EARLY_MS:
        return None
    ground = watch.ground
    said_ms = made_ms(client_ms, ground, now_ms=now_ms)
    if ground.contact_ms is not None:
        said_ms = max(said_ms, ground.contact_ms - ANSWER_MS)
    return min(now_ms, max(said_ms, asked.show_ms))


def after_answer(watch: Watch, *, at_ms: int, in_time: bool, figures: Figures) -> Watch:
    """Return the viewing after the answer to its challenge: what was held is credited, or lost up to the answer.

    Whose last beat is older than the question may have paused, and answered while the next one was on its way.
    """
    watched_ms = watch.ground.watched_ms
    if watch.asked and not in_time and watched_ms is not None and watched_ms < watch.asked.show_ms:
        at_ms -= 2 * figures.beat_interval_s * 1000
        at_ms = at_ms if at_ms > watch.asked.holds_ms else 0
    freed, ground = let_go(watch.ground, answered_ms=at_ms, in_time=in_time, figures=figures)
    return replace(
        watch,
        ground=ground,
        window_credited_s=watch.window_credited_s + sum(piece.seconds for piece in freed),
        pieces=tuple(join(list(watch.pieces), tuple(freed))),
        asked=None,
    )


def full(watch: Watch, *, now: datetime, figures: Figures) -> str | None:
    """Return why the window is to be entered now, or None: the lesson is covered, the hours are met, the day is over, it is long."""
    if not watch.beats and not watch.pieces:
        return None
    if watch.covered_s >= watch.duration_s:
        return "covered"
    if watch.base_credited_s < watch.required_s <= watch.credited_s:
        return "hours_met"
    if watch.pieces and day_of(watch.pieces[0].wall_ms) != day_of(now):
        return "midnight"
    first = watch.beats.first
    if (
        watch.window_credited_s >= figures.window_s
        or watch.next_seq - (first or watch.next_seq) >= WINDOW_BEATS
    ):
        return "window"
    return None


def left_ms(watch: Watch) -> tuple[int, int] | None:
    """Return how long a viewing's waiting challenge was still off, and after that its credit was not held; None without one."""
    asked, watched = watch.asked, watch.ground.watched_ms
    if asked is None or watched is None:
        return None
    return max(0, asked.show_ms - watched), max(0, asked.holds_ms - max(watched, asked.show_ms))
