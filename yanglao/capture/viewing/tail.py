"""Take what a device still held when its viewing was taken over: watched before that moment, sent after it.

Who loses the network on the phone and goes on at a PC loses nothing by it. Everything is judged as if it had come when the viewing
ended, and the credit of a beat that was under way then ends there; from there on server time belongs to the viewing that took over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.viewing import challenges, rows
from yanglao.capture.viewing.models import IS_LIVE, Viewing, ViewingChallenge
from yanglao.capture.viewing.rules import Beat, made_ms
from yanglao.capture.viewing.shapes import Answered, Challenge, Closed, NotYours
from yanglao.capture.viewing.steps import EARLY_MS, Watch
from yanglao.capture.viewing.taking import Post, take_late
from yanglao.capture.viewing.window import HELD, TAKEN_OVER, enter
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import from_ms, to_ms
from yanglao.people import service as people


def take_tail(
    session: Session, viewing_id: str, beats: Sequence[Beat], *, now: datetime, actor: Actor
) -> Answered:
    """Take those beats of a viewing that began before it was taken over, the last one up to that moment, and enter them.

    Raises:
        NotYours: no such viewing of this person.
        Closed: it ended otherwise, or no new beat began before it did, or none brings anything.
        Gap, BeyondLesson.
    """
    viewing, held = _ended(session, viewing_id, actor)
    watch, ended_ms = rows.watch_of(held[viewing_id]), viewing.closed_ms or 0
    timely, until_ms = _begun_before(watch, beats, ended_ms, now_ms=to_ms(now))
    if not timely:
        raise Closed(why=TAKEN_OVER, next_seq=watch.next_seq)
    post = Post(viewing_id, viewing.person_id, timely, from_ms(until_ms))
    answer = take_late(session, post, held[viewing_id], watch, taken_over_ms=ended_ms)
    if not _worth(answer, watch.next_seq):
        raise Closed(why=TAKEN_OVER, next_seq=watch.next_seq)
    _enter_all(session, held, now=now, actor=actor)
    return answer


def answer_tail(
    session: Session, viewing_id: str, challenge_id: str, *, client_ms: int, now: datetime, actor: Actor
) -> Challenge:
    """Take the answer to a challenge that was asked before the viewing was taken over. Raises NotYours, Closed."""
    viewing, held = _ended(session, viewing_id, actor)
    row = session.get(ViewingChallenge, challenge_id)
    if row is None or row.show_ms > (viewing.closed_ms or 0) + EARLY_MS:
        raise Closed(why=TAKEN_OVER, next_seq=viewing.next_seq)
    found = challenges.answer(session, viewing, challenge_id, client_ms, now=now)
    _enter_all(session, held, now=now, actor=actor)
    return found


def _ended(session: Session, viewing_id: str, actor: Actor) -> tuple[Viewing, dict[str, dict[str, Any]]]:
    """Return a viewing that was taken over, and the locked rows of it and of the person's live one."""
    mine = select(Viewing.id).where(Viewing.person_id == actor.person_id)
    if session.scalar(mine.where(Viewing.id == viewing_id)) is None:
        raise NotYours()
    people.lock(session, str(actor.person_id))
    held = rows.read(session, {viewing_id, *session.scalars(mine.where(IS_LIVE))})
    viewing = session.get(Viewing, viewing_id, populate_existing=True)
    if viewing is None or viewing.closed_why != TAKEN_OVER:
        why = (viewing.closed_why if viewing else None) or "closed"
        raise Closed(why=why, next_seq=held[viewing_id]["next_seq"])
    return viewing, held


def _begun_before(
    watch: Watch, beats: Sequence[Beat], ended_ms: int, *, now_ms: int
) -> tuple[tuple[Beat, ...], int]:
    """Return the beats in order of ``seq`` up to the one that was under way at the end, and when the last of them was made.

    Nothing when there are new ones and none of them began before.
    """
    timely: list[Beat] = []
    until_ms = ended_ms
    for beat in sorted(beats, key=attrgetter("seq")):
        if beat.seq >= watch.next_seq and until_ms > ended_ms:
            break
        made = made_ms(beat.client_ms, watch.ground, now_ms=now_ms)
        if beat.seq >= watch.next_seq and made > ended_ms:
            if made - (beat.to_s - beat.from_s) * 100_000 // max(1, beat.rate_percent) >= ended_ms:
                break
            until_ms = made
        timely.append(beat)
    alone = len(timely) < len(beats) and all(beat.seq < watch.next_seq for beat in timely)
    return (() if alone else tuple(timely)), until_ms


def _worth(answer: Answered, next_seq: int) -> bool:
    """Tell whether anything new counts or waits for the answer to a question; what was answered before is answered again."""
    new = [item for item in answer.items if item.seq >= next_seq]
    return not new or any(item.credited_s or HELD in dict(item.not_counted) for item in new)


def _enter_all(session: Session, ids: Iterable[str], *, now: datetime, actor: Actor) -> None:
    """Enter the windows of all these viewings, so that what is live can be set right by the standings."""
    for one in ids:
        viewing = session.get(Viewing, one, populate_existing=True)
        if viewing is not None:
            enter(session, viewing, TAKEN_OVER, now=now, actor=actor)
    session.flush()
