"""Challenges: is somebody there? Issued ahead, so that they work without network; unanswered, they hold credit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.viewing.models import Viewing, ViewingChallenge
from yanglao.capture.viewing.shapes import Challenge, NotYours
from yanglao.kernel.clock import to_ms
from yanglao.kernel.identifiers import new_id
from yanglao.kernel.policy import Viewing as Figures
from yanglao.outside.ciphers import ciphers

LEAD_S = 240


def open_row(session: Session, viewing_id: str) -> ViewingChallenge | None:
    """Return the challenge that waits for its answer."""
    return session.scalar(
        select(ViewingChallenge).where(
            ViewingChallenge.viewing_id == viewing_id, ViewingChallenge.answered_ms.is_(None)
        )
    )


def seen(row: ViewingChallenge | None) -> Challenge | None:
    """Return a challenge as the client sees it."""
    return Challenge(row.id, row.show_ms, row.due_ms) if row else None


def ahead(session: Session, viewing: Viewing, *, now: datetime, figures: Figures) -> ViewingChallenge | None:
    """Return the waiting challenge, issuing one when the next is near.

    The gap since the last one is random within the policy's bounds, drawn from a keyed function of the viewing and
    the last challenge, so that no client can foretell it.
    """
    waiting = open_row(session, viewing.id)
    if waiting is not None:
        return waiting
    left_s = _gap_s(session, viewing, figures) - viewing.since_challenge_s
    if left_s > LEAD_S:
        return None
    show_ms = to_ms(now) + max(0, left_s) * 1000
    row = ViewingChallenge(
        id=new_id(),
        viewing_id=viewing.id,
        show_ms=show_ms,
        due_ms=show_ms + figures.challenge_answer_s * 1000,
    )
    session.add(row)
    session.flush()
    return row


def _gap_s(session: Session, viewing: Viewing, figures: Figures) -> int:
    last = session.scalar(
        select(ViewingChallenge.id)
        .where(ViewingChallenge.viewing_id == viewing.id)
        .order_by(ViewingChallenge.id.desc())
        .limit(1)
    )
    drawn = ciphers().mac(
        "challenge", f"{viewing.person_id}:{last or 'first'}:{viewing.opened_ms // 86_400_000}".encode()
    )
    spread = figures.challenge_gap_max_s - figures.challenge_gap_min_s
    return figures.challenge_gap_min_s + int.from_bytes(drawn[:4], "big") % (spread + 1)


def answer(
    session: Session, viewing: Viewing, challenge_id: str, client_ms: int, *, now: datetime
) -> Challenge:
    """Take the answer; the same answer again is the same. The time is the client's by our clock, never in the future."""
    row = session.get(ViewingChallenge, challenge_id)
    if row is None or row.viewing_id != viewing.id:
        raise NotYours("viewing.challenge_not_found")
    if row.answered_ms is None:
        now_ms = to_ms(now)
        offset = (
            now_ms - client_ms if viewing.offset_ms is None else min(now_ms - client_ms, viewing.offset_ms)
        )
        at_ms = min(now_ms, max(offset + client_ms, row.show_ms))
        row.answered_ms, row.received_ms, row.in_time = at_ms, now_ms, at_ms <= row.due_ms
        viewing.since_challenge_s = 0
        if not row.in_time:
            # What was held is lost: credit goes on from the answer.
            viewing.cursor_ms = max(viewing.cursor_ms, at_ms)
        session.flush()
    return Challenge(row.id, row.show_ms, row.due_ms)
