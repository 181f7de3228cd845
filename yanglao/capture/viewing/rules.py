"""What a beat is worth, pure: server time bounds it, coverage bounds it, one cap per beat bounds it.

Every credited second of a lesson is tied to one second of server time that no other credit uses: the wall cursor
only moves forward, and never past the present. So whatever a client posts, a viewing cannot earn more than the
time that passed, and one beat not more than one cap. An honest client loses nothing to jitter, because what the
cursor lies behind is kept, up to one cap.

``client_ms`` places beats that waited for the network: the client's monotonic clock began with the viewing, or later
as the least ``arrival - client_ms`` shows. A beat that belongs earlier gets its earlier time and is marked late; of
one gap without network, at most the backlog limit counts. A client clock that stood still (a suspended page) is
noticed and anchored anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from yanglao.kernel.clock import day_of, next_midnight_ms
from yanglao.kernel.intervals import Interval, length, minus, prefix, union
from yanglao.kernel.policy import Viewing as Figures

LATE_AFTER_BEATS = 2
DRIFT_MS = 5_000


@dataclass(frozen=True)
class Beat:
    """What a client says: whole seconds ``[from_s, to_s)`` of the lesson, at ``client_ms`` since the viewing began."""

    seq: int
    from_s: int
    to_s: int
    client_ms: int
    rate_percent: int = 100


@dataclass(frozen=True)
class Piece:
    """``seconds`` of the lesson from ``media_s`` on, watched during as many seconds of server time from ``wall_ms`` on."""

    wall_ms: int
    media_s: int
    seconds: int
    late: bool = False

    @property
    def wall_end_ms(self) -> int:
        """Return the millisecond after the piece."""
        return self.wall_ms + self.seconds * 1000


@dataclass(frozen=True)
class Ground:
    """What is known of a viewing before a beat. Milliseconds of server time, seconds of the lesson."""

    cursor_ms: int
    reach_s: int
    covered: tuple[Interval, ...]
    day_used: tuple[tuple[str, int], ...]
    arrival_ms: int
    client_ms: int = 0
    offset_ms: int | None = None
    lag_ms: int = 0
    late_s: int = 0


@dataclass(frozen=True)
class Judged:
    """What became of a beat: pieces that count, and seconds that do not, by code."""

    pieces: tuple[Piece, ...]
    not_counted: tuple[tuple[str, int], ...]
    ground: Ground

    @property
    def credited_s(self) -> int:
        """Return the seconds credited."""
        return sum(piece.seconds for piece in self.pieces)


@dataclass(frozen=True)
class Stops:
    """What holds credit now: present in an offline session since, a challenge unanswered since (server ms), or None."""

    offline_since_ms: int | None = None
    challenge_due_ms: int | None = None


def judge(beat: Beat, ground: Ground, *, now_ms: int, figures: Figures, stops: Stops) -> Judged:
    """Judge one beat that arrived at ``now_ms``."""
    claimed = beat.to_s - beat.from_s
    end_ms, ground = _place(beat, ground, now_ms=now_ms, figures=figures)
    lost: list[tuple[str, int]] = []
    if beat.from_s > ground.reach_s:
        return Judged((), (("viewing.jump_ahead", claimed),) if claimed else (), ground)
    span = min(claimed, figures.beat_cap_s)
    _lose(lost, "viewing.beat_too_long", claimed - span)
    ground = replace(ground, reach_s=max(ground.reach_s, beat.from_s + span))
    fresh = minus([(beat.from_s, beat.from_s + span)], ground.covered)
    _lose(lost, "viewing.already_covered", span - length(fresh))
    late = now_ms - end_ms > LATE_AFTER_BEATS * figures.beat_interval_s * 1000
    fresh, end_ms = _hold(fresh, lost, end_ms=end_ms, stops=stops)
    start_ms = max(ground.cursor_ms, end_ms - figures.beat_cap_s * 1000)
    allowed = max(0, end_ms - start_ms) * figures.rate_percent // 100_000
    timely = prefix(fresh, allowed)
    _lose(lost, "viewing.too_fast", length(fresh) - length(timely))
    if late:
        in_backlog = prefix(timely, max(0, figures.backlog_limit_s - ground.late_s))
        _lose(lost, "viewing.too_late", length(timely) - length(in_backlog))
        timely = in_backlog
    pieces = _pieces(timely, start_ms, late=late)
    pieces, used = _under_daily_cap(pieces, dict(ground.day_used), figures.daily_cap_s)
    _lose(lost, "viewing.daily_cap", length(timely) - sum(piece.seconds for piece in pieces))
    cursor = max([ground.cursor_ms, start_ms, *(piece.wall_end_ms for piece in pieces)])
    covered = union(ground.covered, [(piece.media_s, piece.media_s + piece.seconds) for piece in pieces])
    return Judged(
        tuple(pieces),
        tuple(lost),
        replace(
            ground,
            cursor_ms=cursor,
            covered=tuple(covered),
            day_used=tuple(sorted(used.items())),
            late_s=ground.late_s + length(timely) if late else 0,
        ),
    )


def _lose(lost: list[tuple[str, int]], code: str, seconds: int) -> None:
    if seconds > 0:
        lost.append((code, seconds))


def _place(beat: Beat, ground: Ground, *, now_ms: int, figures: Figures) -> tuple[int, Ground]:
    """Return when the beat was made, by the server's clock and never in the future, and the ground moved on."""
    offset = now_ms - beat.client_ms
    if ground.offset_ms is not None:
        offset = min(offset, ground.offset_ms)
    lag = now_ms - (offset + beat.client_ms)
    passed, told = now_ms - ground.arrival_ms, beat.client_ms - ground.client_ms
    stood_still = (
        lag > LATE_AFTER_BEATS * figures.beat_interval_s * 1000
        and abs(lag - ground.lag_ms) <= DRIFT_MS
        and passed > DRIFT_MS
        and abs(passed - told) <= DRIFT_MS
    )
    if stood_still:
        offset, lag = now_ms - beat.client_ms, 0
    moved = replace(ground, offset_ms=offset, lag_ms=lag, arrival_ms=now_ms, client_ms=beat.client_ms)
    return min(now_ms, offset + beat.client_ms), moved


def _hold(
    fresh: list[Interval], lost: list[tuple[str, int]], *, end_ms: int, stops: Stops
) -> tuple[list[Interval], int]:
    """Take away what falls after a stop: the seconds that would reach past it are not counted."""
    for since, code in (
        (stops.offline_since_ms, "viewing.offline_now"),
        (stops.challenge_due_ms, "viewing.challenge_missed"),
    ):
        if since is None or end_ms <= since or not fresh:
            continue
        kept = prefix(fresh, max(0, length(fresh) - -(-(end_ms - since) // 1000)))
        _lose(lost, code, length(fresh) - length(kept))
        fresh, end_ms = kept, since
    return fresh, end_ms


def _pieces(media: list[Interval], wall_ms: int, *, late: bool) -> list[Piece]:
    pieces = []
    for start, end in media:
        pieces.append(Piece(wall_ms, start, end - start, late))
        wall_ms += (end - start) * 1000
    return pieces


def cut_at_midnight(piece: Piece) -> list[Piece]:
    """Split a piece at Shanghai midnights; the second that straddles belongs to the day it began in."""
    parts: list[Piece] = []
    while True:
        midnight = next_midnight_ms(piece.wall_ms)
        first = -(-(midnight - piece.wall_ms) // 1000)
        if first >= piece.seconds:
            return [*parts, piece]
        parts.append(replace(piece, seconds=first))
        piece = replace(
            piece,
            wall_ms=piece.wall_ms + first * 1000,
            media_s=piece.media_s + first,
            seconds=piece.seconds - first,
        )


def _under_daily_cap(
    pieces: list[Piece], used: dict[str, int], cap_s: int
) -> tuple[list[Piece], dict[str, int]]:
    kept = []
    for piece in (part for whole in pieces for part in cut_at_midnight(whole)):
        day = day_of(piece.wall_ms).isoformat()
        room = max(0, cap_s - used.get(day, 0))
        if room:
            taken = replace(piece, seconds=min(room, piece.seconds))
            kept.append(taken)
            used[day] = used.get(day, 0) + taken.seconds
    return kept, {day: seconds for day, seconds in sorted(used.items())[-2:]}


def join(pieces: list[Piece], more: tuple[Piece, ...]) -> list[Piece]:
    """Append pieces, merging what goes on without a gap in both clocks and in the same day."""
    joined = list(pieces)
    for piece in more:
        last = joined[-1] if joined else None
        if (
            last
            and last.late == piece.late
            and last.wall_end_ms == piece.wall_ms
            and last.media_s + last.seconds == piece.media_s
            and day_of(last.wall_ms) == day_of(piece.wall_ms)
        ):
            joined[-1] = replace(last, seconds=last.seconds + piece.seconds)
        else:
            joined.append(piece)
    return joined
