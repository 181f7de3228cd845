"""Turn accepted scans into presences and every outcome into evidence. The caller holds the person lock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.attendance import endings, made_up, signs
from yanglao.capture.attendance.models import Presence, Scan
from yanglao.capture.attendance.rules import Span
from yanglao.classes.queries import SessionView
from yanglao.evidence import ledger
from yanglao.evidence.ledger import Appended, Entry
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import to_ms
from yanglao.outside.ciphers import ciphers


def enter(
    session: Session,
    scan: Scan,
    meeting: SessionView,
    *,
    now: datetime,
    actor: Actor,
    more: dict[str, Any] | None = None,
) -> Presence:
    """Begin a presence with the accepted scan in, then settle the scans out that waited for it.

    A scan in that arrives after a later one (from a phone that was offline) makes that presence begin earlier.
    """
    entry = note(session, scan, meeting, "attendance.in", now=now, actor=actor, more=more)
    after = (
        _of(meeting.id, str(scan.enrolment_id)).where(Presence.in_ms > scan.at_ms).order_by(Presence.in_ms)
    )
    presence = session.scalar(after.limit(1))
    if presence is None:
        presence = Presence(session_id=meeting.id, enrolment_id=scan.enrolment_id, person_id=scan.person_id)
        session.add(presence)
    begin_with(presence, scan, entry.position)
    session.flush()
    scan.presence_id = presence.id
    _settle_waiting(session, presence, meeting, now=now, actor=actor)
    return presence


def begin_with(presence: Presence, scan: Scan, position: int) -> None:
    """Let ``presence`` begin with ``scan``, whose entry stands at ``position``."""
    presence.in_ms, presence.in_scan_id, presence.in_position = scan.at_ms, scan.id, position
    presence.method, presence.grade = scan.kind, scan.grade


def leave(
    session: Session,
    scan: Scan,
    meeting: SessionView,
    *,
    now: datetime,
    actor: Actor,
    more: dict[str, Any] | None = None,
) -> None:
    """End the open presence with the accepted scan out; an end that was only assumed gives way to it."""
    presence = open_presence(session, scan)
    assert presence is not None
    endings.undo(session, [presence], meeting, now=now, actor=actor)
    paired = (more or {}) | {"in_entry": presence.in_position}
    entry = note(session, scan, meeting, "attendance.out", now=now, actor=actor, more=paired)
    presence.out_ms, presence.out_scan_id, presence.out_position = scan.at_ms, scan.id, entry.position
    scan.presence_id = presence.id
    session.flush()


def note(
    session: Session,
    scan: Scan,
    meeting: SessionView,
    kind: str,
    *,
    now: datetime,
    actor: Actor,
    more: dict[str, Any] | None = None,
) -> Appended:
    """Append what became of ``scan`` to the enrolment's chain, or to the session's when it has no enrolment here."""
    if kind in ("attendance.in", "attendance.out"):
        more = made_up.named_by(session, meeting) | (more or {})
    entry = entry_of(scan, meeting, kind, more or {})
    appended = ledger.append(session, entry, now=now, actor=actor)
    scan.chain_kind, scan.entry_position = entry.chain[0], appended.position
    if meeting.state == "closed":
        signs.ask(session, meeting.id, now=now)
    return appended


def entry_of(scan: Scan, meeting: SessionView, kind: str, more: dict[str, Any]) -> Entry:
    """Return what stands in the ledger about ``scan``, with ``more`` in its body."""
    return Entry(
        chain=("enrolment", scan.enrolment_id) if scan.enrolment_id else ("session", meeting.id),
        kind=kind,
        body=_body(scan, meeting, kind) | more,
        occurred_ms=scan.at_ms,
        person_id=scan.person_id if scan.enrolment_id else None,
        enrolment_id=scan.enrolment_id,
        segment_id=meeting.segment_id,
        client=scan.client,
        device_digest=scan.device_digest,
        grade=scan.grade,
    )


def void(
    session: Session, scan: Scan, meeting: SessionView, *, now: datetime, actor: Actor, reason: str
) -> None:
    """Append the reversal of an accepted scan and mark it; the entry itself stays."""
    phone = {"helper": actor.extra["helper"]} if actor.extra.get("helper") else {}
    entry = Entry(
        chain=("enrolment", str(scan.enrolment_id)),
        kind="attendance.void",
        body={"voids": scan.entry_position, "scan": scan.scan_uuid, "reason": digest_of(reason)} | phone,
        occurred_ms=to_ms(now),
        person_id=scan.person_id,
        enrolment_id=scan.enrolment_id,
        segment_id=meeting.segment_id,
        client=actor.client,
        grade=scan.grade,
    )
    ledger.append(session, entry, now=now, actor=actor)
    scan.voided_ms, scan.voided_by, scan.void_reason = to_ms(now), actor.person_id, reason.strip()[:200]


def spans(session: Session, session_id: str, enrolment_id: str) -> tuple[Span, ...]:
    """Return the presences of one enrolment in one session that are not voided, earliest first."""
    rows = session.scalars(_of(session_id, enrolment_id).order_by(Presence.in_ms))
    return tuple(Span(row.in_ms, row.out_ms, row.assumed) for row in rows)


def open_presence(session: Session, scan: Scan) -> Presence | None:
    """Return the presence that a scan out would end, or None: the open one, or one whose end was only assumed."""
    wanted = _of(scan.session_id, str(scan.enrolment_id)).where(
        Presence.out_scan_id.is_(None), Presence.in_ms <= scan.at_ms
    )
    return session.scalar(wanted.order_by(Presence.in_ms.desc()).limit(1))


def digest_of(words: str) -> str:
    """Return a keyed digest of free text, so that the ledger holds no names; empty stays empty."""
    return (
        f"hmac-sha256:{ciphers().mac('attendance.reason', words.encode())[:16].hex()}"
        if words.strip()
        else ""
    )


def _of(session_id: str, enrolment_id: str) -> Any:
    return select(Presence).where(
        Presence.session_id == session_id, Presence.enrolment_id == enrolment_id, Presence.voided_ms.is_(None)
    )


def _settle_waiting(
    session: Session, presence: Presence, meeting: SessionView, *, now: datetime, actor: Actor
) -> None:
    waiting = session.scalars(
        select(Scan)
        .where(
            Scan.session_id == meeting.id,
            Scan.enrolment_id == presence.enrolment_id,
            Scan.outcome == "pending_review",
            Scan.code == "attendance.no_in",
            Scan.at_ms >= presence.in_ms,
        )
        .order_by(Scan.at_ms)
    )
    for scan in waiting.all():
        doubt = scan.facts.get("review")
        if doubt:
            scan.code = doubt
        elif presence.out_scan_id is None:
            pending = {"pending": scan.entry_position}
            scan.outcome, scan.code = "accepted", None
            leave(session, scan, meeting, now=now, actor=actor, more=pending)
        else:
            scan.outcome, scan.code, scan.facts = (
                "refused",
                "attendance.already_out",
                {"out_ms": presence.out_ms},
            )
            note(session, scan, meeting, "attendance.refused", now=now, actor=actor)
    session.flush()


def _body(scan: Scan, meeting: SessionView, kind: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "session": meeting.id,
        "segment": meeting.segment_id,
        "direction": scan.direction,
        "method": scan.kind,
        "at_ms": scan.at_ms,
        "scan": scan.scan_uuid,
        "captured_ms": scan.captured_ms,
        "sent_ms": scan.sent_ms,
        "received_ms": scan.received_ms,
        "code_step": scan.code_step,
    }
    if scan.facts.get("shared"):
        body["shared"] = True
    if scan.facts.get("helper"):
        body["helper"] = scan.facts["helper"]
    if scan.facts.get("printed"):
        # A printed card proves the card; what the instructor ticked says how far it proves the person.
        body |= {
            name: scan.facts[name]
            for name in ("printed", "card", "photo_ticked", "id_checked", "photo_on_file")
        }
    if kind in ("attendance.in", "attendance.out"):
        body |= {
            "planned": [meeting.starts_ms, meeting.ends_ms],
            "breaks": [list(pause) for pause in meeting.breaks],
        }
    else:
        body |= {
            "code": scan.code,
            "facts": {key: value for key, value in scan.facts.items() if key != "class_name"},
        }
        if not scan.enrolment_id and scan.person_id:
            body["person"] = scan.person_id
    if kind in ("attendance.in", "attendance.out") and scan.facts.get("paper"):
        # Entered from a signed sheet: the digest of its page code, and the hash of the picture that was filed to it.
        body |= {"paper": scan.facts["paper"], "file": scan.facts["file"]}
    if scan.kind == "manual":
        body["reason"] = digest_of(scan.reason)
    return body
