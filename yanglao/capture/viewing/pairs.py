"""Keep two who share a WeChat apart: of a registered pair one learns at a time, and never in the other's minute.

This holds on whatever device: the other one's viewing is closed before this one begins, and beats that come for it
later are refused, so that no server time is credited to both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yanglao.capture.viewing.models import IS_LIVE, Viewing
from yanglao.capture.viewing.shapes import PartnerJustNow, PartnerWatches
from yanglao.capture.viewing.window import close
from yanglao.kernel import policy
from yanglao.kernel.actor import SYSTEM
from yanglao.kernel.clock import day_of, to_ms
from yanglao.people import service as people
from yanglao.people import wechat

MINUTE_MS = 60_000


def make_room(session: Session, person_id: str, *, takeover: bool, now: datetime) -> None:
    """Close the viewing of whoever shares a WeChat with this person; holds both persons' locks, in order of ids.

    Raises:
        PartnerWatches: they beat within the lease, and ``takeover`` was not said.
        PartnerJustNow: they may have been credited within this very minute of the clock.
    """
    partner = wechat.partner_of(session, person_id)
    if partner is None:
        return
    for one in sorted((person_id, partner)):
        people.lock(session, one)
    figures, now_ms = policy.on(day_of(now)).viewing, to_ms(now)
    theirs = select(Viewing).where(Viewing.person_id == partner, IS_LIVE)
    live = session.scalar(theirs.with_for_update())
    if live is not None and now_ms - live.arrival_ms < figures.lease_s * 1000 and not takeover:
        raise PartnerWatches(since_ms=live.opened_ms)
    last_ms = session.scalar(select(func.max(Viewing.arrival_ms)).where(Viewing.person_id == partner)) or 0
    if last_ms // MINUTE_MS == now_ms // MINUTE_MS:
        raise PartnerJustNow(wait_s=60 - now_ms // 1000 % 60)
    if live is not None:
        close(session, live, "partner", now=now, actor=SYSTEM)


def gave_way(session: Session, rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return the ids of those viewings whose person's partner began one later, and which take no more beats."""
    partners = wechat.partners_of(session, [row["person_id"] for row in rows])
    found = set()
    for row in rows:
        partner = partners.get(row["person_id"])
        if partner is None:
            continue
        later = select(Viewing.id).where(
            Viewing.person_id == partner, IS_LIVE, Viewing.opened_ms >= row["opened_ms"]
        )
        if session.scalar(later.limit(1)) is not None:
            found.add(row["id"])
    return found
