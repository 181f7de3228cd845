"""Void what was accepted by mistake and decide what waits. Nothing is changed in the ledger: both append."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.attendance import by_hand, endings, presences, rules, telling
from yanglao.capture.attendance.models import Presence, Scan
from yanglao.capture.attendance.service import case_of
from yanglao.classes import queries as classes
from yanglao.classes.queries import SessionView
from yanglao.evidence.ledger import device_digest
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, Forbidden, NotFound, Refused
from yanglao.people import service as persons
from yanglao.people.roles import may


class ScanUnknown(NotFound):
    code = "attendance.scan_unknown"


class VoidTooLate(Conflict):
    code = "attendance.void_too_late"


class AlreadyVoided(Conflict):
    code = "attendance.already_voided"


class NotAccepted(Conflict):
    code = "attendance.not_accepted"


class NotPending(Conflict):
    code = "attendance.not_pending"


class ReopenedTwice(Conflict):
    code = "attendance.reopened_twice"


class CorrectionReasonMissing(Refused):
    code = "attendance.correction_reason_missing"


class OwnDecision(Forbidden):
    code = "attendance.own_decision"


def void(session: Session, scan_uuid: str, *, device: str, reason: str, now: datetime, actor: Actor) -> str:
    """Reverse an accepted scan and return whose it was; of a scan in, its scan out is reversed with it.

    The device that made the scan may do so within the window of the policy, later only a person with the right.
    A closed session is corrected by a person with the right alone, who says why.

    Raises: ScanUnknown, OwnDecision, VoidTooLate, NotAccepted, AlreadyVoided, ReopenedTwice, CorrectionReasonMissing.
    """
    scan, meeting = _within_reach(session, scan_uuid, actor)
    closed = meeting.state == "closed"
    at_once = not closed and _same_device_in_time(scan, device, now=now, actor=actor)
    if not at_once:
        _check_right(scan, meeting, actor)
    if closed and not reason.strip():
        raise CorrectionReasonMissing
    if scan.voided_ms is not None:
        raise AlreadyVoided
    if scan.outcome != rules.ACCEPTED or scan.presence_id is None:
        raise NotAccepted
    presence = session.get(Presence, scan.presence_id)
    assert presence is not None
    endings.undo_of(session, presence.enrolment_id, meeting, now=now, actor=actor)
    if scan.direction == "in":
        _void_in(session, scan, presence, meeting=meeting, now=now, actor=actor, reason=reason)
    else:
        _reopen(session, scan, presence)
    presences.void(session, scan, meeting, now=now, actor=actor, reason=reason)
    if not at_once:
        telling.voided(session, scan, meeting, reason=reason, now=now)
    session.flush()
    _end_again(session, scan, meeting, now=now, actor=actor)
    return str(scan.person_id)


def came_from(session: Session, scan_uuid: str, device: str, *, session_id: str) -> bool:
    """Tell whether a scan of a session was made with ``device``."""
    made = (Scan.scan_uuid == scan_uuid, Scan.session_id == session_id)
    return (
        session.scalar(select(Scan.id).where(*made, Scan.device_digest == device_digest(device))) is not None
    )


def decide(
    session: Session, scan_uuid: str, *, accept: bool, reason: str, now: datetime, actor: Actor
) -> str:
    """Accept or refuse a scan that waits, as a person with the right who neither made it nor is meant by it.

    What waits only because too many were marked by hand another instructor of the base may confirm too.

    Returns whose it is. Raises: ScanUnknown, OwnDecision, NotPending, Conflict (accepting it would break a rule now).
    """
    scan, meeting = _within_reach(session, scan_uuid, actor)
    _check_decider(scan, meeting, actor)
    if scan.outcome != rules.PENDING:
        raise NotPending
    scan.decided_by, scan.decided_ms, scan.decision_reason = actor.person_id, to_ms(now), reason.strip()
    decided = {
        "decided_by": actor.person_id,
        "pending": scan.entry_position,
        "decision_reason": presences.digest_of(reason),
    }
    if accept:
        _check_still_right(session, scan, meeting)
        scan.outcome = rules.ACCEPTED
        act = presences.enter if scan.direction == "in" else presences.leave
        act(session, scan, meeting, now=now, actor=actor, more=decided)
        _end_again(session, scan, meeting, now=now, actor=actor)
    else:
        scan.outcome, scan.code = rules.REFUSED, "attendance.turned_down"
        presences.note(session, scan, meeting, "attendance.refused", now=now, actor=actor, more=decided)
        telling.turned_down(session, scan, meeting, reason=reason, now=now)
    session.flush()
    return str(scan.person_id)


def _end_again(session: Session, scan: Scan, meeting: SessionView, *, now: datetime, actor: Actor) -> None:
    """Judge anew where a presence ends that has no scan out, once its session is over."""
    if scan.enrolment_id and endings.is_over(meeting, now=now):
        endings.undo_of(session, scan.enrolment_id, meeting, now=now, actor=actor)
        endings.end(session, meeting, now=now, actor=actor, enrolment_id=scan.enrolment_id)


def _within_reach(session: Session, scan_uuid: str, actor: Actor) -> tuple[Scan, SessionView]:
    """Lock the person of a scan that ``actor`` may know of and return it fresh."""
    scan = session.scalar(select(Scan).where(Scan.scan_uuid == scan_uuid))
    if scan is None:
        raise ScanUnknown
    meeting = classes.session_(session, scan.session_id)
    known = actor.person_id in (scan.by_person_id, scan.person_id, meeting.instructor_id)
    if not known and not _has_right(meeting, actor) and not _may_confirm(scan, meeting, actor):
        raise ScanUnknown
    if scan.person_id:
        persons.lock(session, scan.person_id)
        session.refresh(scan)
    return scan, meeting


def _has_right(meeting: SessionView, actor: Actor) -> bool:
    return may(actor.grants, "scan.decide", base=meeting.base_id, division=meeting.division_code)


def _may_confirm(scan: Scan, meeting: SessionView, actor: Actor) -> bool:
    return scan.code == by_hand.OVER_CAP and may(actor.grants, "session.teach", base=meeting.base_id)


def _check_decider(scan: Scan, meeting: SessionView, actor: Actor) -> None:
    if actor.person_id in (scan.by_person_id, scan.person_id):
        raise OwnDecision
    if not _has_right(meeting, actor) and not _may_confirm(scan, meeting, actor):
        raise Forbidden(permission="scan.decide")


def _check_right(scan: Scan, meeting: SessionView, actor: Actor) -> None:
    if actor.person_id in (scan.by_person_id, scan.person_id):
        if _has_right(meeting, actor):
            raise OwnDecision
        raise VoidTooLate
    if not _has_right(meeting, actor):
        raise Forbidden(permission="scan.decide")


def _same_device_in_time(scan: Scan, device: str, *, now: datetime, actor: Actor) -> bool:
    window_ms = policy.on(day_of(now)).attendance.void_window_s * 1000
    same = bool(device) and scan.device_digest == device_digest(device)
    return same and actor.person_id == scan.by_person_id and to_ms(now) - scan.received_ms <= window_ms


def _void_in(
    session: Session,
    scan: Scan,
    presence: Presence,
    *,
    meeting: SessionView,
    now: datetime,
    actor: Actor,
    reason: str,
) -> None:
    """Let the presence begin with another scan in that it has, else void it as a whole with its scan out."""
    other = session.scalar(
        select(Scan)
        .where(
            Scan.presence_id == presence.id,
            Scan.direction == "in",
            Scan.outcome == rules.ACCEPTED,
            Scan.voided_ms.is_(None),
            Scan.id != scan.id,
        )
        .order_by(Scan.at_ms)
        .limit(1)
    )
    if other is not None:
        presences.begin_with(presence, other, other.entry_position or 0)
        return
    presence.voided_ms = to_ms(now)
    if presence.out_scan_id:
        scan_out = session.get(Scan, presence.out_scan_id)
        assert scan_out is not None
        presences.void(session, scan_out, meeting, now=now, actor=actor, reason=reason)


def _reopen(session: Session, scan: Scan, presence: Presence) -> None:
    other = select(Presence.id).where(
        Presence.session_id == scan.session_id,
        Presence.enrolment_id == scan.enrolment_id,
        Presence.voided_ms.is_(None),
        Presence.in_ms > presence.in_ms,
    )
    if session.scalar(other.limit(1)) is not None:
        raise ReopenedTwice
    presence.out_ms = presence.out_scan_id = presence.out_position = None


def _check_still_right(session: Session, scan: Scan, meeting: SessionView) -> None:
    clash = rules.clash(case_of(session, scan, meeting, received_ms=scan.received_ms))
    if clash is not None:
        raise Conflict(clash.code, **clash.facts)
