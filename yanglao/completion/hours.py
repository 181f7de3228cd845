"""我的学时: every minute of an enrolment by day, where from, on which device, counted or not and why.

One function answers trainee, administrator, auditor, API and sheet. What the stretches of a segment are worth adds up
to the segment's ``credited_s``: entries of the ledger first, then the open window of a lesson that is being watched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from yanglao.capture.viewing import queries as viewings
from yanglao.capture.viewing.queries import LiveWindow
from yanglao.completion import queries
from yanglao.completion.lines import DEVICE_LETTERS, evidence_lines
from yanglao.completion.shapes import EnrolmentStanding, EvidenceLine, SegmentStanding
from yanglao.courses import queries as courses
from yanglao.kernel.clock import day_of
from yanglao.kernel.wording import sentence, words

DAYS = 7
Lost = tuple[str, int, str]


@dataclass(frozen=True)
class Stretch:
    """One stretch of time, or one thing that happened. Milliseconds of UTC; ``to_ms`` is ``from_ms`` where nothing lasted.

    ``counted_s`` is None where the thing carries no hours. ``lost``: (code, seconds, sentence) of what is not counted.
    ``parts``: [from_ms, to_ms, counted_s] within it, in order. ``position`` is that of the ledger entry; None while
    the lesson is still open and nothing is entered. ``state``: counted, partly, none, open, waits, void or told.
    """

    position: int | None
    kind: str
    segment_id: str | None
    segment_title: str
    mode: str
    from_ms: int
    to_ms: int
    title: str
    sentence: str
    client: str
    device: str | None
    late: bool
    counted_s: int | None
    lost: tuple[Lost, ...]
    parts: tuple[tuple[int, int, int], ...]
    state: str

    @property
    def lost_s(self) -> int:
        """Return the seconds that are not counted, whatever the reason."""
        return sum(seconds for _, seconds, _ in self.lost)


@dataclass(frozen=True)
class Day:
    """One day in Shanghai with its stretches, the latest first. Online and offline are never added up."""

    day: date
    online_s: int
    offline_s: int
    lost_s: int
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True)
class Explained:
    """An enrolment, its days (the latest first), and the day to go on from (None at the end).

    ``sums``: segment id -> what all its stretches are worth, filters and paging left aside.
    """

    standing: EnrolmentStanding
    days: tuple[Day, ...]
    next: date | None
    sums: dict[str, int]


@dataclass(frozen=True)
class Wanted:
    """What to tell: of one segment, from one day to another (both inside), the days before ``before``, at most ``days``."""

    segment_id: str = ""
    since: date | None = None
    until: date | None = None
    before: date | None = None
    days: int = DAYS


def explain(
    session: Session, enrolment_id: str, wanted: Wanted, *, now: datetime, own_eyes: bool = False
) -> Explained:
    """Return every minute of an enrolment that ``wanted`` asks for. Raises EnrolmentUnknown.

    The trainee and the office read the same; with ``own_eyes`` alone the scores of quizzes that tell none are left out.
    """
    standing = queries.enrolment_page(session, enrolment_id, now=now, own_eyes=own_eyes)
    segments = {one.id: one for one in standing.segments}
    found = [
        _of_line(line, segments)
        for line in evidence_lines(session, enrolment_id, own_eyes=own_eyes)
        if not line.joined
    ] + _open(session, enrolment_id, segments)
    sums = dict.fromkeys(segments, 0)
    for one in found:
        if one.segment_id in sums:
            sums[one.segment_id] += one.counted_s or 0
    days = by_day(one for one in found if wanted.segment_id in ("", one.segment_id))
    shown = [day for day in days if _within(day.day, wanted)]
    more = shown[wanted.days :]
    kept = shown[: wanted.days]
    return Explained(standing, tuple(kept), kept[-1].day if more else None, sums)


def by_day(stretches: Iterable[Stretch]) -> list[Day]:
    """Return stretches under the days they began on, the latest first."""
    days: dict[date, list[Stretch]] = {}
    for one in stretches:
        days.setdefault(day_of(one.from_ms), []).append(one)
    return [
        Day(
            day=day,
            online_s=sum(one.counted_s or 0 for one in own if one.mode == "online"),
            offline_s=sum(one.counted_s or 0 for one in own if one.mode == "offline"),
            lost_s=sum(one.lost_s for one in own),
            stretches=tuple(sorted(own, key=lambda one: (one.from_ms, one.position or 0), reverse=True)),
        )
        for day, own in sorted(days.items(), reverse=True)
    ]


def _within(day: date, wanted: Wanted) -> bool:
    return (
        (wanted.since is None or day >= wanted.since)
        and (wanted.until is None or day <= wanted.until)
        and (wanted.before is None or day < wanted.before)
    )


def _of_line(line: EvidenceLine, segments: dict[str, SegmentStanding]) -> Stretch:
    segment = segments.get(line.segment_id or "")
    return Stretch(
        position=line.position,
        kind=line.kind,
        segment_id=line.segment_id,
        segment_title=segment.title if segment else "",
        mode=segment.mode if segment else "",
        from_ms=line.parts[0][0] if line.parts else line.occurred_ms,
        to_ms=line.parts[-1][1] if line.parts else line.occurred_ms,
        title=line.title,
        sentence=line.sentence,
        client=line.client,
        device=line.device,
        late=line.grade == "late",
        counted_s=line.counted_s,
        lost=line.not_counted,
        parts=line.parts,
        state=_state(line),
    )


def _state(line: EvidenceLine) -> str:
    if line.voided:
        return "void"
    if line.kind in ("attendance.pending", "attendance.in"):
        return "waits"
    if line.kind == "attendance.refused":
        return "none"
    if line.counted_s is None:
        return "told"
    lost = [code for code, _, _ in line.not_counted if code != "viewing.already_covered"]
    return ("partly" if lost else "counted") if line.counted_s else "none"


def _open(session: Session, enrolment_id: str, segments: dict[str, SegmentStanding]) -> list[Stretch]:
    """Return what is credited in lessons that are being watched now, and not yet in the ledger."""
    windows = viewings.live_windows(session, enrolment_id)
    titles = courses.lessons(session, {one.lesson_id for one in windows})
    return [
        _of_window(one, segments[one.segment_id], titles[one.lesson_id].title)
        for one in windows
        if one.segment_id in segments
    ]


def _of_window(one: LiveWindow, segment: SegmentStanding, title: str) -> Stretch:
    code = "evidence.viewing.span"
    return Stretch(
        position=None,
        kind="viewing.span",
        segment_id=one.segment_id,
        segment_title=segment.title,
        mode=segment.mode,
        from_ms=one.pieces[0][0] if one.pieces else one.arrival_ms,
        to_ms=one.pieces[-1][0] + one.pieces[-1][2] * 1000 if one.pieces else one.arrival_ms,
        title=words(code).title,
        sentence=sentence(code, {"lesson_title": title, "counted_s": one.credited_s}),
        client=one.client,
        device=one.device_digest.rpartition(":")[2][:DEVICE_LETTERS] if one.device_digest else None,
        late=any(piece[3] for piece in one.pieces),
        counted_s=one.credited_s,
        lost=tuple(
            (lost, seconds, sentence(lost, {"seconds": seconds}))
            for lost, seconds in sorted(one.lost.items())
        ),
        parts=tuple((piece[0], piece[0] + piece[2] * 1000, piece[2]) for piece in one.pieces),
        state="open",
    )
