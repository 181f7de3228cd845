"""Open a viewing, take its beats, close it. One live viewing per person; the caller commits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.viewing import challenges, pairs
from yanglao.capture.viewing.models import Viewing
from yanglao.capture.viewing.rules import Beat, Ground, Judged, Piece, Stops, join, judge
from yanglao.capture.viewing.shapes import (
    Answered,
    BeatAnswer,
    BeyondLesson,
    Challenge,
    Closed,
    Elsewhere,
    Gap,
    Known,
    NotYours,
    Opened,
    Place,
)
from yanglao.capture.viewing.window import close, enter
from yanglao.evidence import queries as evidence
from yanglao.evidence.ledger import device_digest
from yanglao.kernel import policy
from yanglao.kernel.actor import SYSTEM, Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.identifiers import new_id
from yanglao.kernel.intervals import length, minus, union
from yanglao.people import service as people

CARRY_CHALLENGE_MS = 600_000


def make_way(
    session: Session, person_id: str, *, takeover: bool, now: datetime, actor: Actor
) -> Viewing | None:
    """Close the person's live viewing, so that another can begin; return it, or None.

    Also that of whoever shares a WeChat with them (``pairs``).

    Raises:
        Elsewhere: it beat within the lease, and ``takeover`` was not said.
        PartnerWatches, PartnerJustNow.
    """
    pairs.make_room(session, person_id, takeover=takeover, now=now)
    people.lock(session, person_id)
    live = session.scalar(select(Viewing).where(Viewing.person_id == person_id, Viewing.state == "live"))
    if live is None:
        return None
    figures = policy.on(day_of(now)).viewing
    quiet_ms = to_ms(now) - live.arrival_ms
    if quiet_ms < figures.lease_s * 1000 and not takeover:
        raise Elsewhere(
            client=live.client, since_ms=live.opened_ms, viewing_id=live.id, lesson_id=live.lesson_id
        )
    close(session, live, "taken_over", now=now, actor=actor)
    return live


def open_viewing(
    session: Session, place: Place, *, client: str, known: Known, now: datetime, actor: Actor
) -> Opened:
    """Begin a viewing of a lesson; ``make_way`` came before. A rival's unique key makes the loser try once more."""
    figures = policy.on(day_of(now)).viewing
    now_ms = to_ms(now)
    gaps = minus([(0, place.duration_s)], known.covered)
    start_s = gaps[0][0] if gaps else 0
    viewing = Viewing(
        id=new_id(),
        person_id=place.person_id,
        enrolment_id=place.enrolment_id,
        segment_id=place.segment_id,
        lesson_id=place.lesson_id,
        duration_s=place.duration_s,
        client=client,
        device_digest=device_digest(actor.device),
        shared=bool(actor.extra.get("shared")),
        state="live",
        opened_ms=now_ms,
        next_seq=1,
        position_s=start_s,
        reach_s=max([end for _, end in known.covered], default=0),
        cursor_ms=now_ms,
        arrival_ms=now_ms,
        client_ms=0,
        lag_ms=0,
        late_s=0,
        window_credited_s=0,
        since_challenge_s=_carried_s(session, place.person_id, now_ms),
        pieces=[],
        beats=[],
    )
    _ground(viewing, known)
    session.add(viewing)
    session.flush()
    waiting = challenges.ahead(session, viewing, now=now, figures=figures)
    return Opened(
        id=viewing.id,
        position_s=start_s,
        covered=known.covered,
        credited_s=viewing.base_credited_s,
        beat_interval_s=figures.beat_interval_s,
        beat_cap_s=figures.beat_cap_s,
        next_seq=1,
        challenge=challenges.seen(waiting),
    )


def _carried_s(session: Session, person_id: str, now_ms: int) -> int:
    """Return the seconds since the last challenge that a viewing just before this one had gathered."""
    last = session.execute(
        select(Viewing.since_challenge_s, Viewing.closed_ms)
        .where(Viewing.person_id == person_id, Viewing.state == "closed")
        .order_by(Viewing.id.desc())
        .limit(1)
    ).first()
    near = last is not None and last.closed_ms is not None and now_ms - last.closed_ms <= CARRY_CHALLENGE_MS
    return last.since_challenge_s if near and last is not None else 0


def _ground(viewing: Viewing, known: Known) -> None:
    viewing.covered = [list(pair) for pair in union(known.covered)]
    viewing.base_credited_s = known.entered_s
    viewing.required_s = known.required_s
    viewing.day_used = known.day_used


def take_beats(
    session: Session,
    viewing_id: str,
    beats: Sequence[Beat],
    *,
    present_since_ms: Callable[[str], int | None],
    now: datetime,
    actor: Actor,
) -> Answered:
    """Judge beats in order of ``seq`` and answer each; beats answered before get their first answer again.

    Raises:
        NotYours: no such viewing of this person.
        Closed: it has ended, and a beat is new.
        Gap: a beat is missing before the first new one.
        BeyondLesson: seconds outside the lesson or in the wrong order.
    """
    viewing = _own(session, viewing_id, actor)
    ordered = sorted(beats, key=lambda beat: beat.seq)
    known = {row[0]: row for row in viewing.beats}
    if ordered and ordered[0].seq < viewing.next_seq and ordered[0].seq not in known:
        known = {**_entered_beats(session, viewing), **known}
    fresh = [beat for beat in ordered if beat.seq >= viewing.next_seq]
    if fresh and viewing.state != "live":
        raise Closed(why=viewing.closed_why or "closed", next_seq=viewing.next_seq)
    if fresh and pairs.gave_way(session, viewing):
        raise Closed(why="partner", next_seq=viewing.next_seq)
    _check(viewing, fresh)
    figures = policy.on(day_of(now)).viewing
    present = present_since_ms(viewing.person_id) if fresh else None
    waiting = challenges.ahead(session, viewing, now=now, figures=figures) if fresh else None
    stops = Stops(present, waiting.due_ms if waiting else None)
    for beat in fresh:
        judged = judge(beat, _ground_of(viewing), now_ms=to_ms(now), figures=figures, stops=stops)
        _take(viewing, beat, judged)
        known[beat.seq] = viewing.beats[-1]
    entered = bool(fresh) and _enter_when_due(session, viewing, figures, now=now, actor=actor)
    items = tuple(
        BeatAnswer(row[0], row[3], tuple((code, seconds) for code, seconds in row[4]))
        for row in (known[beat.seq] for beat in ordered if beat.seq in known)
    )
    return _answered(
        viewing, items, challenges.seen(waiting or challenges.open_row(session, viewing.id)), entered
    )


def _answered(
    viewing: Viewing, items: tuple[BeatAnswer, ...], challenge: Challenge | None, entered: bool
) -> Answered:
    return Answered(
        next_seq=viewing.next_seq,
        credited_s=viewing.base_credited_s + viewing.window_credited_s,
        covered_s=length([(a, b) for a, b in viewing.covered]),
        position_s=viewing.position_s,
        items=items,
        challenge=challenge,
        entered=entered,
    )


def _own(session: Session, viewing_id: str, actor: Actor) -> Viewing:
    viewing = session.scalar(select(Viewing).where(Viewing.id == viewing_id).with_for_update())
    if viewing is None or viewing.person_id != actor.person_id:
        raise NotYours()
    return viewing


def _check(viewing: Viewing, fresh: Sequence[Beat]) -> None:
    for number, beat in enumerate(fresh):
        if beat.seq != viewing.next_seq + number:
            raise Gap(next_seq=viewing.next_seq + number, got=beat.seq)
        if not 0 <= beat.from_s <= beat.to_s <= viewing.duration_s:
            raise BeyondLesson(
                from_s=beat.from_s, to_s=beat.to_s, duration_s=viewing.duration_s, seq=beat.seq
            )


def _ground_of(viewing: Viewing) -> Ground:
    return Ground(
        cursor_ms=viewing.cursor_ms,
        reach_s=viewing.reach_s,
        covered=tuple((a, b) for a, b in viewing.covered),
        day_used=tuple(sorted(viewing.day_used.items())),
        arrival_ms=viewing.arrival_ms,
        client_ms=viewing.client_ms,
        offset_ms=viewing.offset_ms,
        lag_ms=viewing.lag_ms,
        late_s=viewing.late_s,
    )


def _take(viewing: Viewing, beat: Beat, judged: Judged) -> None:
    ground = judged.ground
    viewing.cursor_ms, viewing.reach_s = ground.cursor_ms, ground.reach_s
    viewing.covered = [list(pair) for pair in ground.covered]
    viewing.day_used = dict(ground.day_used)
    viewing.arrival_ms, viewing.client_ms = ground.arrival_ms, ground.client_ms
    viewing.offset_ms, viewing.lag_ms, viewing.late_s = ground.offset_ms, ground.lag_ms, ground.late_s
    viewing.next_seq = beat.seq + 1
    viewing.position_s = min(beat.to_s, ground.reach_s)
    viewing.window_credited_s += judged.credited_s
    viewing.since_challenge_s += judged.credited_s
    joined = join([Piece(*row) for row in viewing.pieces], judged.pieces)
    viewing.pieces = [[piece.wall_ms, piece.media_s, piece.seconds, int(piece.late)] for piece in joined]
    lost = [[code, seconds] for code, seconds in judged.not_counted]
    viewing.beats = [*viewing.beats, [beat.seq, beat.from_s, beat.to_s, judged.credited_s, lost]]


def _enter_when_due(
    session: Session, viewing: Viewing, figures: policy.Viewing, *, now: datetime, actor: Actor
) -> bool:
    """Enter the window when the lesson is covered, the segment's hours are met, it is long, or the day is over."""
    covered = length([(a, b) for a, b in viewing.covered]) >= viewing.duration_s
    before = viewing.base_credited_s < viewing.required_s
    met = before and viewing.base_credited_s + viewing.window_credited_s >= viewing.required_s
    older = any(day_of(row[0]) != day_of(now) for row in viewing.pieces)
    full = (
        viewing.window_credited_s >= figures.window_s
        or len(viewing.beats) * figures.beat_interval_s >= figures.window_s
    )
    why = (
        "covered" if covered else "hours_met" if met else "midnight" if older else "window" if full else None
    )
    if why is None or not viewing.beats:
        return False
    people.lock(session, viewing.person_id)
    return enter(session, viewing, why, now=now, actor=actor)


def _entered_beats(session: Session, viewing: Viewing) -> dict[int, list[object]]:
    """Return the beats of this viewing that stand in the ledger already, by ``seq``."""
    rows: dict[int, list[object]] = {}
    for entry in evidence.chain(session, "enrolment", viewing.enrolment_id):
        if entry.kind == "viewing.span" and entry.body["viewing"] == viewing.id:
            rows.update({row[0]: row for row in entry.body["beats"]})
    return rows


def answer_challenge(
    session: Session, viewing_id: str, challenge_id: str, *, client_ms: int, now: datetime, actor: Actor
) -> Challenge:
    """Take the answer to a challenge. Raises NotYours, Closed."""
    viewing = _own(session, viewing_id, actor)
    if viewing.state != "live":
        raise Closed(why=viewing.closed_why or "closed", next_seq=viewing.next_seq)
    return challenges.answer(session, viewing, challenge_id, client_ms, now=now)


def close_viewing(session: Session, viewing_id: str, *, now: datetime, actor: Actor) -> Answered:
    """Close a viewing and enter its window; closing twice is the same. Raises NotYours."""
    viewing = _own(session, viewing_id, actor)
    people.lock(session, viewing.person_id)
    entered = False
    if viewing.state == "live":
        entered = close(session, viewing, "closed", now=now, actor=actor)
    return _answered(viewing, (), None, entered)


def ground_again(session: Session, viewing_id: str, known: Known) -> None:
    """Set a viewing right by the standings after its window was entered."""
    viewing = session.scalar(select(Viewing).where(Viewing.id == viewing_id).with_for_update())
    if viewing is not None and viewing.state == "live" and not viewing.beats:
        _ground(viewing, known)
        session.flush()


def sweep(session: Session, *, now: datetime, most: int = 500) -> list[str]:
    """Enter windows that fell idle or lie before midnight; return the persons concerned. A viewing stays live."""
    figures = policy.on(day_of(now)).viewing
    idle_ms = to_ms(now - timedelta(seconds=figures.idle_s))
    rows = session.execute(
        select(Viewing.id, Viewing.person_id)
        .where(Viewing.state == "live", Viewing.arrival_ms < idle_ms, Viewing.window_credited_s > 0)
        .order_by(Viewing.arrival_ms)
        .limit(most)
    ).all()
    persons = []
    for row in rows:
        people.lock(session, row.person_id)
        viewing = session.get(Viewing, row.id, with_for_update=True)
        if (
            viewing is not None
            and viewing.arrival_ms < idle_ms
            and enter(session, viewing, "idle", now=now, actor=SYSTEM)
        ):
            persons.append(row.person_id)
    return persons
