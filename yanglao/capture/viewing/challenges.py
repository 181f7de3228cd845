"""Challenges: is somebody there? Always issued ahead, so that they work without network; unanswered, they hold credit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.viewing import rows
from yanglao.capture.viewing.models import Viewing, ViewingChallenge
from yanglao.capture.viewing.shapes import Challenge, NotYet, NotYours
from yanglao.capture.viewing.steps import Asked, Watch, after_answer, answered_ms, left_ms
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.identifiers import new_id
from yanglao.kernel.policy import Viewing as Figures
from yanglao.kernel.values import replace
from yanglao.outside.ciphers import ciphers

CARRY_MS = 600_000  # who opens a lesson so soon after another one goes on with the challenge of that one


def asking(
    viewing_id: str,
    person_id: str,
    watch: Watch,
    *,
    now: datetime,
    figures: Figures,
    since_ms: int | None = None,
) -> Watch:
    """Return the viewing with its next challenge, counted from ``since_ms`` (now at first), never in the past.

    The gap is random within the policy's bounds, drawn from a keyed function, so that no client can foretell it.
    """
    key = new_id()
    drawn = ciphers().mac("challenge", f"{person_id}:{viewing_id}:{key}".encode())
    spread = figures.challenge_gap_max_s - figures.challenge_gap_min_s
    gap_s = figures.challenge_gap_min_s + int.from_bytes(drawn[:4], "big") % (spread + 1)
    now_ms = to_ms(now)
    show_ms = max(now_ms, (now_ms if since_ms is None else since_ms) + gap_s * 1000)
    return replace(watch, asked=Asked(key, show_ms, show_ms + figures.challenge_answer_s * 1000))


def carried(
    session: Session, viewing_id: str, person_id: str, watch: Watch, *, now: datetime, figures: Figures
) -> Watch:
    """Return a new viewing with its first challenge: what was left of that of a viewing just before, else a new one."""
    last = session.scalar(
        select(Viewing.id)
        .where(
            Viewing.person_id == person_id,
            Viewing.id != viewing_id,
            Viewing.closed_ms > to_ms(now) - CARRY_MS,
        )
        .order_by(Viewing.closed_ms.desc(), Viewing.id.desc())
        .limit(1)
    )
    left = left_ms(rows.watch_of(rows.read(session, [last])[last])) if last else None
    fresh = asking(viewing_id, person_id, watch, now=now, figures=figures)
    if left is None or fresh.asked is None:
        return fresh
    show_ms = to_ms(now) + left[0]
    due_ms = show_ms + figures.challenge_answer_s * 1000
    return replace(fresh, asked=Asked(fresh.asked.id, show_ms, due_ms, show_ms + left[1]))


def answer(
    session: Session, viewing: Viewing, challenge_id: str, client_ms: int, *, now: datetime
) -> Challenge:
    """Take the answer and issue the next challenge; the same answer again is the same.

    The time is the client's by our clock, never in the future. Raises NotYours, NotYet.
    """
    row = session.get(ViewingChallenge, challenge_id)
    if row is None or row.viewing_id != viewing.id:
        raise NotYours("viewing.challenge_not_found")
    if row.answered_ms is not None:
        return Challenge(row.id, row.show_ms, row.due_ms)
    figures, now_ms = policy.on(day_of(now)).viewing, to_ms(now)
    before = rows.watch_of(rows.read(session, [viewing.id])[viewing.id])
    asked = Asked(row.id, row.show_ms, row.due_ms, row.hold_ms)
    at_ms = answered_ms(before, asked, client_ms, now_ms=min(now_ms, viewing.closed_ms or now_ms))
    if at_ms is None:
        raise NotYet(wait_s=-(-(row.show_ms - now_ms) // 1000))
    in_time = at_ms <= row.due_ms
    row.answered_ms, row.received_ms, row.in_time = at_ms, now_ms, in_time
    after = after_answer(before, at_ms=at_ms, in_time=in_time, figures=figures)
    viewing.released_s = (viewing.released_s or 0) + after.window_credited_s - before.window_credited_s
    session.flush()
    since_ms = row.show_ms if in_time else at_ms
    after = asking(viewing.id, viewing.person_id, after, now=now, figures=figures, since_ms=since_ms)
    rows.write(session, {viewing.id: (replace(before, asked=None), after)})
    session.expire(viewing)
    return Challenge(row.id, row.show_ms, row.due_ms)
