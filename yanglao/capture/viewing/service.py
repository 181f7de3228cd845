"""Open a viewing, take its beats, close it. One live viewing per person; the caller commits."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.viewing import challenges, pairs, rows
from yanglao.capture.viewing.models import IS_LIVE, Viewing
from yanglao.capture.viewing.shapes import (
    Answered,
    Challenge,
    Closed,
    Elsewhere,
    Known,
    NotYours,
    Opened,
    Place,
)
from yanglao.capture.viewing.steps import full
from yanglao.capture.viewing.taking import answered, seen
from yanglao.capture.viewing.window import TAKEN_OVER, close, enter
from yanglao.evidence.ledger import device_digest
from yanglao.kernel import policy
from yanglao.kernel.actor import SYSTEM, Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.identifiers import new_id
from yanglao.kernel.intervals import minus, union
from yanglao.people import service as people


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
    live = session.scalar(select(Viewing).where(Viewing.person_id == person_id, IS_LIVE))
    if live is None:
        return None
    figures = policy.on(day_of(now)).viewing
    quiet_ms = to_ms(now) - live.arrival_ms
    if quiet_ms < figures.lease_s * 1000 and not takeover:
        raise Elsewhere(
            client=live.client, since_ms=live.opened_ms, viewing_id=live.id, lesson_id=live.lesson_id
        )
    close(session, live, TAKEN_OVER, now=now, actor=actor)
    return live


def open_viewing(
    session: Session, place: Place, *, client: str, known: Known, now: datetime, actor: Actor
) -> Opened:
    """Begin a viewing of a lesson; ``make_way`` came before. A rival's unique key makes the loser try once more."""
    figures = policy.on(day_of(now)).viewing
    now_ms = to_ms(now)
    start_s, reach_s = _start(session, place, known)
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
        reach_s=reach_s,
        cursor_ms=now_ms,
        arrival_ms=now_ms,
        client_ms=0,
        offset_ms=now_ms,
        lag_ms=0,
        late_s=0,
        watched_ms=now_ms,
        window_credited_s=0,
        pieces=[],
        beats=[],
        held=[],
    )
    _ground(viewing, known)
    session.add(viewing)
    session.flush()
    bare = rows.watch_of(rows.read(session, [viewing.id])[viewing.id])
    watch = challenges.carried(session, viewing.id, place.person_id, bare, now=now, figures=figures)
    rows.write(session, {viewing.id: (bare, watch)})
    return Opened(
        id=viewing.id,
        position_s=start_s,
        covered=known.covered,
        credited_s=viewing.base_credited_s,
        beat_interval_s=figures.beat_interval_s,
        beat_cap_s=figures.beat_cap_s,
        next_seq=1,
        challenge=seen(watch.asked),
    )


def _start(session: Session, place: Place, known: Known) -> tuple[int, int]:
    """Return where a person goes on, and the furthest second they may go on from.

    Where they were last in this lesson; a lesson that was played to its end goes on at its first gap.
    """
    last = session.execute(
        select(Viewing.position_s, Viewing.reach_s)
        .where(
            Viewing.person_id == place.person_id,
            Viewing.enrolment_id == place.enrolment_id,
            Viewing.lesson_id == place.lesson_id,
        )
        .order_by(Viewing.opened_ms.desc(), Viewing.id.desc())
        .limit(1)
    ).first()
    reach_s = max([last.reach_s if last else 0, *(end for _, end in known.covered)])
    if last is not None and 0 < last.position_s < place.duration_s:
        return last.position_s, reach_s
    gaps = minus([(0, place.duration_s)], known.covered)
    return (gaps[0][0] if gaps else 0), reach_s


def _ground(viewing: Viewing, known: Known) -> None:
    viewing.covered = [list(pair) for pair in union(known.covered)]
    viewing.base_credited_s = known.entered_s
    viewing.required_s = known.required_s
    viewing.day_used = known.day_used


def enter_full(session: Session, viewing_id: str, *, now: datetime, actor: Actor) -> bool:
    """Enter the window of a live viewing when it is full, as the answer to a beat said it was."""
    owner = session.scalar(select(Viewing.person_id).where(Viewing.id == viewing_id))
    if owner is None:
        return False
    people.lock(session, owner)
    row = rows.read(session, [viewing_id]).get(viewing_id)
    if row is None or row["state"] != "live":
        return False
    why = full(rows.watch_of(row), now=now, figures=policy.on(day_of(now)).viewing)
    viewing = session.get(Viewing, viewing_id, populate_existing=True)
    return bool(why) and viewing is not None and enter(session, viewing, str(why), now=now, actor=actor)


def _own(session: Session, viewing_id: str, actor: Actor) -> Viewing:
    held = select(Viewing).where(Viewing.id == viewing_id).with_for_update()
    viewing = session.scalar(held.execution_options(populate_existing=True))
    if viewing is None or viewing.person_id != actor.person_id:
        raise NotYours()
    return viewing


def answer_challenge(
    session: Session, viewing_id: str, challenge_id: str, *, client_ms: int, now: datetime, actor: Actor
) -> Challenge:
    """Take the answer to a challenge. Raises NotYours, NotYet, Closed."""
    viewing = _own(session, viewing_id, actor)
    if viewing.state != "live":
        raise Closed(why=viewing.closed_why or "closed", next_seq=viewing.next_seq)
    return challenges.answer(session, viewing, challenge_id, client_ms, now=now)


def close_viewing(session: Session, viewing_id: str, *, now: datetime, actor: Actor) -> Answered:
    """Close a viewing and enter its window; closing twice is the same. Raises NotYours."""
    people.lock(session, _own(session, viewing_id, actor).person_id)
    viewing = _own(session, viewing_id, actor)
    entered = viewing.state == "live" and close(session, viewing, "closed", now=now, actor=actor)
    watch = rows.watch_of(rows.read(session, [viewing_id])[viewing_id])
    return answered(watch, (), None, entered=entered)


def ground_again(session: Session, viewing_id: str, known: Known) -> None:
    """Set a viewing right by the standings after its window was entered."""
    viewing = session.get(Viewing, viewing_id, with_for_update=True, populate_existing=True)
    if viewing is not None and viewing.state == "live" and not viewing.beats and not viewing.pieces:
        _ground(viewing, known)
        session.flush()


def sweep(session: Session, *, now: datetime, most: int = 500) -> list[str]:
    """Enter windows that fell idle or lie before midnight; return the persons concerned. A viewing stays live."""
    figures = policy.on(day_of(now)).viewing
    idle_ms = to_ms(now - timedelta(seconds=figures.idle_s))
    rows = session.execute(
        select(Viewing.id, Viewing.person_id)
        .where(IS_LIVE, Viewing.arrival_ms < idle_ms, Viewing.window_credited_s > 0)
        .order_by(Viewing.arrival_ms)
        .limit(most)
    ).all()
    persons = []
    for row in rows:
        people.lock(session, row.person_id)
        viewing = session.get(Viewing, row.id, with_for_update=True, populate_existing=True)
        if (
            viewing is not None
            and viewing.arrival_ms < idle_ms
            and enter(session, viewing, "idle", now=now, actor=SYSTEM)
        ):
            persons.append(row.person_id)
    return persons
