"""Raise a flag when one printed card turns up at two places at once: it was lent, or copied."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.capture.attendance.card_models import PrintedCard
from yanglao.capture.attendance.models import Scan
from yanglao.classes import queries as classes
from yanglao.classes.queries import SessionView
from yanglao.flags.service import raise_flag
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of

KIND = "card.two_places"


def look(session: Session, scan: Scan, meeting: SessionView, *, now: datetime) -> None:
    """Look at a scan that was just judged. At two places: signed in elsewhere, or scanned at another base shortly before or after.

    Whatever became of either scan: a refusal here is often the only trace of the second card. One flag a person and day.
    """
    if not scan.facts.get("printed") or scan.person_id is None or scan.code == "code.card_revoked":
        return
    card = session.get(PrintedCard, scan.facts["card"])
    assert card is not None
    apart_s = policy.on(day_of(now)).attendance.card_apart_s
    within_s = _elsewhere_s(session, card, scan, meeting)
    if card.seen_ms is None or scan.at_ms >= card.seen_ms:
        card.seen_ms, card.seen_session_id = scan.at_ms, meeting.id
    if scan.code != "attendance.elsewhere" and (within_s is None or within_s >= apart_s):
        return
    day = day_of(scan.at_ms).isoformat()
    raise_flag(
        session,
        KIND,
        subject=("person", scan.person_id),
        facts={"at_ms": scan.at_ms, "within_s": within_s or 0, "day": day},
        once=f"{KIND}:{scan.person_id}:{day}",
        now=now,
        class_id=meeting.class_id,
    )


def _elsewhere_s(session: Session, card: PrintedCard, scan: Scan, meeting: SessionView) -> int | None:
    """Return the whole seconds between this scan and the card's latest one at another base, None when it was at this one."""
    if card.seen_ms is None or card.seen_session_id in (None, meeting.id):
        return None
    before = classes.session_(session, str(card.seen_session_id))
    return None if before.base_id == meeting.base_id else abs(scan.at_ms - card.seen_ms) // 1000
