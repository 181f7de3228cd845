"""What a beat is worth, pure: server time bounds it, coverage bounds it, one cap per beat bounds it.

Every credited second of a lesson is tied to one second of server time that no other credit uses: the wall cursor
only moves forward, and never past the present. So whatever a client posts, a viewing cannot earn more than the
time that passed, and one beat not more than one cap. An honest client loses nothing to jitter, because what the
cursor lies behind is kept, up to one cap.

``client_ms`` places beats that waited for the network: the client's monotonic clock began with the viewing, or earlier
as the least ``arrival - client_ms`` shows. A beat that belongs earlier gets its earlier time and is marked late; of
one gap without network, at most the backlog limit counts. A client clock that stood still (a suspended page) is
noticed, for its lag no longer changes, and anchored anew; one that went on by less than half of what was played, or back,
tells nothing, and the beat counts as made when it came.

What is watched past the due time of an unanswered challenge is *held*: it has its place in time and in the lesson,
but no credit. An answer that was given in time (it may arrive later, after beats that waited too) lets it go; a later one
lets go what was watched after it, and the rest is lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from yanglao.kernel.clock import day_of, next_midnight_ms
from yanglao.kernel.intervals import Interval, length, minus, prefix, union
from yanglao.kernel.policy import Viewing as Figures
from yanglao.kernel.values import replace

LATE_AFTER_BEATS = 2
STEADY_MS = 2_000  # a lag that changes less than this ...
SETTLED_MS = 20_000  # ... for this long is that of a clock that stood still


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
    """What is known of a viewing before a beat. Milliseconds of server time, seconds of the lesson.

    ``lag_ms`` is steady since ``lag_since_ms``; ``watched_ms`` is the end of the last beat that played anything;
    ``live_since_ms`` is when the unbroken row of beats that did not wait began, ``contact_ms`` when such a row was last
    longer than a moment; ``held`` waits for an answer.
    """

    cursor_ms: int
    reach_s: int
    covered: tuple[Interval, ...]
    day_used: tuple[tuple[str, int], ...]
    arrival_ms: int
    client_ms: int = 0
    offset_ms: int | None = None
    lag_ms: int = 0
    lag_since_ms: int | None = None
    late_s: int = 0
    watched_ms: int | None = None
    live_since_ms: int | None = None
    contact_ms: int | None = None
    held: tuple[Piece, ...] = ()


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
    """What holds credit: taken over at, present in an offline session since, a challenge unanswered since (server ms), or None."""

    offline_since_ms: int | None = None
    challenge_due_ms: int | None = None
    taken_over_ms: int | None = None


def made_ms(client_ms: int, ground: Ground, *, now_ms: int) -> int:
    """Return when something was done that a client dates ``client_ms``, by the server's clock and never in the future."""
    offset = now_ms - client_ms
    return client_ms + (offset if ground.offset_ms is None else min(offset, ground.offset_ms))


def judge(beat: Beat, ground: Ground, *, now_ms: int, figures: Figures, stops: Stops) -> Judged:
    """Judge one beat that arrived at ``now_ms``."""
    claimed = beat.to_s - beat.from_s
    end_ms, ground = _place(beat, ground, now_ms=now_ms, figures=figures)
    late = now_ms - end_ms > LATE_AFTER_BEATS * figures.beat_interval_s * 1000
    ground = _seen(ground, end_ms, late=late, played=claimed > 0, now_ms=now_ms, figures=figures)
    if ground.cursor_ms < end_ms - figures.beat_cap_s * 1000:
        ground = replace(ground, cursor_ms=end_ms - figures.beat_cap_s * 1000)
    lost: list[tuple[str, int]] = []
    if beat.from_s > ground.reach_s:
        return Judged((), (("viewing.jump_ahead", claimed),) if claimed else (), ground)
    span = min(claimed, figures.beat_cap_s)
    _lose(lost, "viewing.beat_too_long", claimed - span)
    ground = replace(ground, reach_s=max(ground.reach_s, beat.from_s + span))
    fresh = minus([(beat.from_s, beat.from_s + span)], [*ground.covered, *_media(ground.held)])
    _lose(lost, "viewing.already_covered", span - length(fresh))
    fresh, after, end_ms = _stop(fresh, end_ms, stops.taken_over_ms)
    _lose(lost, "viewing.taken_over", length(after))
    fresh, after, end_ms = _stop(fresh, end_ms, stops.offline_since_ms)
    _lose(lost, "viewing.offline_now", length(after))
    fresh, after, kept_end_ms = _stop(fresh, end_ms, stops.challenge_due_ms)
    counted, ground = _in_time(fresh, ground, lost, end_ms=kept_end_ms, late=late, figures=figures)
    held, ground = _in_time(after, ground, lost, end_ms=end_ms, late=late, figures=figures)
    _lose(lost, "viewing.challenge_missed", sum(piece.seconds for piece in held))
    pieces, ground = credit(counted, ground, figures=figures)
    _lose(lost, "viewing.daily_cap", sum(p.seconds for p in counted) - sum(p.seconds for p in pieces))
    return Judged(tuple(pieces), tuple(lost), replace(ground, held=(*ground.held, *held)) if held else ground)


def credit(counted: list[Piece], ground: Ground, *, figures: Figures) -> tuple[list[Piece], Ground]:
    """Return what of pieces the daily cap leaves, and the ground with it covered and used."""
    pieces, used = _under_daily_cap(counted, dict(ground.day_used), figures.daily_cap_s)
    covered = tuple(union(ground.covered, _media(pieces)))
    return pieces, replace(ground, covered=covered, day_used=tuple(sorted(used.items())))


def let_go(
    ground: Ground, *, answered_ms: int, in_time: bool, figures: Figures
) -> tuple[list[Piece], Ground]:
    """Return what of the held pieces counts after an answer: all of it, or what was watched after a late one."""
    freed = list(ground.held)
    if not in_time:
        freed = [one for piece in ground.held for one in _after(piece, answered_ms)]
        ground = replace(ground, cursor_ms=max(ground.cursor_ms, answered_ms))
    return credit(freed, replace(ground, held=()), figures=figures)


def _after(piece: Piece, moment_ms: int) -> list[Piece]:
    skipped = min(piece.seconds, max(0, -(-(moment_ms - piece.wall_ms) // 1000)))
    rest = replace(
        piece,
        wall_ms=piece.wall_ms + skipped * 1000,
        media_s=piece.media_s + skipped,
        seconds=piece.seconds - skipped,
    )
    return [rest] if rest.seconds else []


def _media(pieces: Iterable[Piece]) -> list[Interval]:
    return [(piece.media_s, piece.media_s + piece.seconds) for piece in pieces]


def _in_time(
    fresh: list[Interval],
    ground: Ground,
    lost: list[tuple[str, int]],
    *,
    end_ms: int,
    late: bool,
    figures: Figures,
) -> tuple[list[Piece], Ground]:
    """Lay seconds of the lesson onto server time that nothing else uses, up to ``end_ms``; what finds none is lost."""
    if not fresh:
        return [], ground
    start_ms = max(ground.cursor_ms, end_ms - figures.beat_cap_s * 1000)
    allowed = max(0, end_ms - start_ms) * figures.rate_percent // 100_000
    timely = prefix(fresh, allowed)
    _lose(lost, "viewing.too_fast", length(fresh) - length(timely))
    if late:
        in_backlog = prefix(timely, max(0, figures.backlog_limit_s - ground.late_s))
        _lose(lost, "viewing.too_late", length(timely) - length(in_backlog))
        timely = in_backlog
        ground = replace(ground, late_s=ground.late_s + length(timely))
    pieces = _pieces(timely, start_ms, late=late)
    cursor_ms = max([ground.cursor_ms, *(piece.wall_end_ms for piece in pieces)])
    return pieces, replace(ground, cursor_ms=cursor_ms)


def _lose(lost: list[tuple[str, int]], code: str, seconds: int) -> None:
    if seconds > 0:
        lost.append((code, seconds))


def _place(beat: Beat, ground: Ground, *, now_ms: int, figures: Figures) -> tuple[int, Ground]:
    """Return when the beat was made, by the server's clock and never in the future, and the ground moved on.

    What lies behind by no more than a cap lets make good for counts as just made: clocks drift and networks jitter.
    """
    made = made_ms(beat.client_ms, ground, now_ms=now_ms)
    lag, since = now_ms - made, ground.lag_since_ms
    if since is None or abs(lag - ground.lag_ms) > STEADY_MS:
        ground, since = replace(ground, lag_ms=lag), now_ms
    behind = lag > (figures.beat_cap_s - figures.beat_interval_s) * 1000
    stood = beat.client_ms - ground.client_ms < (beat.to_s - beat.from_s) * 500
    if behind and (stood or now_ms - since >= SETTLED_MS):
        made, since, behind = now_ms, now_ms, False
        ground = replace(ground, lag_ms=0)
    offset = made - beat.client_ms
    ground = replace(ground, offset_ms=offset, lag_since_ms=since, client_ms=beat.client_ms)
    return (made if behind else now_ms), ground


def _seen(ground: Ground, end_ms: int, *, late: bool, played: bool, now_ms: int, figures: Figures) -> Ground:
    """Note up to when somebody watched, and since when the beats come without waiting."""
    waits_ms = LATE_AFTER_BEATS * figures.beat_interval_s * 1000
    live, contact = ground.live_since_ms, ground.contact_ms
    if late:
        live = None
    elif live is None or now_ms - ground.arrival_ms > waits_ms:
        live = now_ms
    elif now_ms - live > waits_ms:
        contact = now_ms
    return replace(
        ground,
        arrival_ms=now_ms,
        watched_ms=max(ground.watched_ms or 0, end_ms) if played else ground.watched_ms,
        live_since_ms=live,
        contact_ms=contact,
        late_s=ground.late_s if late else 0,
    )


def _stop(
    fresh: list[Interval], end_ms: int, since_ms: int | None
) -> tuple[list[Interval], list[Interval], int]:
    """Part what was played before a stop from what would reach past it; return also when the first part ended."""
    if since_ms is None or end_ms <= since_ms or not fresh:
        return fresh, [], end_ms
    before = prefix(fresh, max(0, length(fresh) - -(-(end_ms - since_ms) // 1000)))
    return before, minus(fresh, before), since_ms


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
            taken = piece if piece.seconds <= room else replace(piece, seconds=room)
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
