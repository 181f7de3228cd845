"""Write down who is present and not on the roster; their minutes count once the base and the organiser have let them in.

The instructor says who is there. The base, another person, makes out who that is and asks for a late addition; when the organiser
grants it, the marks become scans by hand that a second person has seen. Whatever comes out, the row and its entries stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from yanglao.capture.attendance import meetings, presences, rules, service, walk_in_marks
from yanglao.capture.attendance.proof_models import WalkIn
from yanglao.capture.attendance.shapes import Answer, ScanDraft
from yanglao.classes import queries as classes
from yanglao.classes import service as rosters
from yanglao.classes.queries import EnrolmentView, LateView, SessionView
from yanglao.classes.roster_rules import tidy_id, tidy_name, tidy_phone
from yanglao.evidence import filing
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import DAY_MS, day_of, to_ms
from yanglao.kernel.db import changed
from yanglao.kernel.errors import Conflict, Forbidden, NotFound, Refused
from yanglao.outside.ciphers import ciphers
from yanglao.people import queries as people
from yanglao.people import service as persons
from yanglao.people.roles import may
from yanglao.people.rules import IdFault, check_id, name_holds

ERASED = "（已删）"
FOUND = "现场登记，在名单里查到本人"


class WalkInUnknown(NotFound):
    code = "walk_in.unknown"


class WhoMissing(Refused):
    code = "walk_in.who_missing"


class SameName(Conflict):
    code = "walk_in.same_name"


class NotThen(Conflict):
    code = "walk_in.not_then"


class TooMany(Conflict):
    code = "walk_in.too_many"


class Decided(Conflict):
    code = "walk_in.decided"


class OwnWalkIn(Forbidden):
    code = "walk_in.own"


class IdMissing(Refused):
    code = "walk_in.id_missing"


class WhyMissing(Refused):
    code = "walk_in.reason_missing"


@dataclass(frozen=True)
class Arrived:
    """Who is there, as the instructor wrote it down. ``another``: surely not the one of that name on the roster."""

    walk_in_uuid: str
    name: str
    phone: str
    captured_ms: int
    sent_ms: int
    id_number: str = ""
    id_type: str = "resident"
    reason: str = ""
    device: str = ""
    another: bool = False


@dataclass(frozen=True)
class Known:
    """Who the base made out: the ID number (empty: the one the instructor wrote down), and what else it knows."""

    id_number: str = ""
    id_type: str = "resident"
    employer: str = ""


@dataclass(frozen=True)
class WalkInView:
    """A walk-in; ``state`` is pending, asked, counted or refused, ``id_told`` whether an ID number was written down. Milliseconds UTC."""

    id: str
    session_id: str
    name: str
    phone: str
    reason: str
    in_ms: int
    out_ms: int | None
    recorded_by: str
    state: str
    person_id: str | None
    decided_ms: int | None
    decision_reason: str
    id_told: bool


@dataclass(frozen=True)
class Recorded:
    """What became of it: a walk-in that waits, or the answer to a scan by hand of who stands on the roster."""

    walk_in: WalkInView | None
    scan: Answer | None


def record(session: Session, session_id: str, who: Arrived, *, now: datetime, actor: Actor) -> Recorded:
    """Write down who came; who stands on the roster is signed in by hand instead. The same uuid, or person again, gives the first row.

    Raises: SessionUnknown (not the actor's), WhoMissing, WrongId, SameName, NotThen, TooMany.
    """
    meeting = meetings.own(session, session_id, actor)
    who = _tidied(who, now)
    classes_held = classes.roster(session, meeting.class_id)
    own = _on_roster(session, classes_held, who)
    if own is not None:
        draft = _scan_draft(who, session_id, own)
        return Recorded(None, service.judge(session, draft, now=now, actor=actor))
    said = service.first_answer(session, who.walk_in_uuid, session_id, actor=actor)
    if said is not None and said.person is not None and said.person.name == who.name:
        return Recorded(None, said)
    before = _standing(session, session_id, who)
    if before is not None:
        return Recorded(_view(before), None)
    if not who.another:
        _check_names(session, classes_held, who)
    times = rules.Times(who.captured_ms, who.sent_ms, to_ms(now))
    _check_time(session, meeting, times)
    row = WalkIn(
        walk_in_uuid=who.walk_in_uuid,
        session_id=session_id,
        name=who.name,
        phone=who.phone,
        id_type=who.id_type,
        id_sealed=ciphers().seal(who.id_number) if who.id_number else None,
        reason=who.reason.strip()[:200],
        in_ms=times.corrected_ms,
        recorded_by=actor.person_id,
        recorded_ms=to_ms(now),
        client=actor.client,
        state="pending",
        decision_reason="",
        entry_position=0,
    )
    session.add(row)
    session.flush()
    told = {"captured_ms": who.captured_ms, "sent_ms": who.sent_ms, "who": _who(row)}
    row.entry_position = walk_in_marks.note(session, row, meeting, "came", more=told, now=now, actor=actor)
    session.flush()
    return Recorded(_view(row), None)


def leave(
    session: Session, walk_in_id: str, *, times: rules.Times | None = None, now: datetime, actor: Actor
) -> WalkInView:
    """Write down that a walk-in left now, or when a phone says; the first time stays.

    Raises: WalkInUnknown (not the actor's), Decided, NotThen.
    """
    row, meeting = _row(session, walk_in_id)
    try:
        meetings.own(session, meeting.id, actor)
    except NotFound:
        raise WalkInUnknown from None
    if row.state in ("counted", "refused"):
        raise Decided(state=row.state)
    if row.out_ms is None:
        at_ms = times.corrected_ms if times else to_ms(now)
        in_time = meeting.state == "closed" and times is not None and at_ms <= (meeting.closed_ms or 0)
        if meeting.state != "open" and not in_time:
            raise NotThen(starts_ms=meeting.starts_ms, ends_ms=meeting.ends_ms)
        row.out_ms = max(row.in_ms, at_ms)
        told = {"captured_ms": times.captured_ms, "sent_ms": times.sent_ms} if times else {}
        walk_in_marks.note(session, row, meeting, "left", more=told, now=now, actor=actor)
        session.flush()
    return _view(row)


def decide(
    session: Session, walk_in_id: str, *, accept: bool, known: Known, reason: str, now: datetime, actor: Actor
) -> WalkInView:
    """Decide as the base: make out who it is and ask for the late addition, or refuse with the reason.

    Who came onto the roster since is counted at once.

    Raises: WalkInUnknown, OwnWalkIn, Decided, WhyMissing, IdMissing, and what ``filing.request_late`` raises.
    """
    row, meeting = _row(session, walk_in_id, hold=True)
    if not may(actor.grants, "late.request", base=meeting.base_id, division=meeting.division_code):
        raise WalkInUnknown
    if actor.person_id == row.recorded_by:
        raise OwnWalkIn
    if row.state != "pending":
        raise Decided(state=row.state)
    if not accept and not reason.strip():
        raise WhyMissing
    row.decided_by, row.decided_ms, row.decision_reason = actor.person_id, to_ms(now), reason.strip()[:500]
    if accept:
        _ask(session, row, meeting, known, reason=reason, now=now, actor=actor)
    else:
        _refuse(session, row, meeting, reason, now=now, actor=actor)
    session.flush()
    return _view(row)


def decide_late(
    session: Session, late_id: str, *, accept: bool, reason: str = "", now: datetime, actor: Actor
) -> tuple[LateView, list[str]]:
    """Decide a late addition as ``filing.decide_late`` does and settle the walk-ins that waited for it; return also whose they are."""
    late = filing.decide_late(session, late_id, accept=accept, reason=reason, now=now, actor=actor)
    rows = session.scalars(
        select(WalkIn).where(WalkIn.late_id == late_id, WalkIn.state == "asked").order_by(WalkIn.in_ms)
    ).all()
    for row in rows:
        meeting = classes.session_(session, row.session_id)
        if accept:
            own = classes.enrolment_in(session, late.class_id, late.person_id)
            assert own is not None
            walk_in_marks.count(session, row, meeting, own, now=now, actor=actor)
        else:
            _refuse(session, row, meeting, reason, now=now, actor=actor)
    session.flush()
    return late, [late.person_id] if rows and accept else []


def of_sessions(session: Session, session_ids: Iterable[str], *, state: str = "") -> list[WalkInView]:
    """List the walk-ins of some sessions, what waits for the base first, then by the time they came."""
    wanted = select(WalkIn).where(WalkIn.session_id.in_(list(session_ids))).order_by(WalkIn.in_ms, WalkIn.id)
    if state:
        wanted = wanted.where(WalkIn.state == state)
    return sorted(map(_view, session.scalars(wanted)), key=lambda one: one.state != "pending")


def forget(session: Session, *, now: datetime) -> int:
    """Erase name and phone of who was refused once their time is over; return how many. What happened, and why, stays."""
    kept_ms = policy.on(day_of(now)).attendance.walk_in_kept_days * DAY_MS
    old = update(WalkIn).where(
        WalkIn.state == "refused", WalkIn.decided_ms < to_ms(now) - kept_ms, WalkIn.phone != ""
    )
    return changed(session, old.values(name=ERASED, phone="").execution_options(synchronize_session=False))


def _tidied(who: Arrived, now: datetime) -> Arrived:
    name, phone, number = tidy_name(who.name), tidy_phone(who.phone)[0], tidy_id(who.id_number)
    if not name_holds(name) or not phone:
        raise WhoMissing(name=name_holds(name), phone=bool(phone))
    checked = check_id(who.id_type, number, today=day_of(now)) if number else None
    if isinstance(checked, IdFault):
        raise persons.WrongId(checked.code)
    return replace(who, name=name, phone=phone, id_number=checked.number if checked else "")


def _on_roster(session: Session, enrolled: Sequence[EnrolmentView], who: Arrived) -> EnrolmentView | None:
    """Return the one of the roster whom the ID number names, else whom name and phone name together."""
    seats = {one.person_id: one for one in enrolled}
    if who.id_number:
        found = people.find_by_id_number(session, who.id_number, who.id_type)
        if found is not None:
            return seats.get(people.standing_id(session, found.id))
    known = people.persons(session, seats).values()
    same = [one.id for one in known if one.name == who.name and who.phone in (one.phone, one.account_phone)]
    return seats[same[0]] if len(same) == 1 else None


def _check_names(session: Session, enrolled: Sequence[EnrolmentView], who: Arrived) -> None:
    known = people.persons(session, [one.person_id for one in enrolled])
    same = [one.roster_no for one in enrolled if known[one.person_id].name == who.name]
    if same:
        raise SameName(name=who.name, roster_no=same[0])


def _standing(session: Session, session_id: str, who: Arrived) -> WalkIn | None:
    meant = (WalkIn.session_id == session_id, WalkIn.name == who.name, WalkIn.phone == who.phone)
    row = session.scalar(select(WalkIn).where(*meant, WalkIn.state != "refused"))
    if row is not None:
        return row
    row = session.scalar(select(WalkIn).where(WalkIn.walk_in_uuid == who.walk_in_uuid))
    if row is not None and (row.session_id, row.name, row.phone) != (session_id, who.name, who.phone):
        raise Conflict("scan.uuid_reused")
    return row


def _check_time(session: Session, meeting: SessionView, times: rules.Times) -> None:
    at_ms, until_ms = times.corrected_ms, min(meeting.ends_ms, meeting.closed_ms or meeting.ends_ms)
    held = meeting.state in ("open", "closed") and meeting.opened_ms is not None
    if not held or not (meeting.opened_ms or 0) - rules.CLOCK_TOLERANCE_MS <= at_ms < until_ms:
        raise NotThen(starts_ms=meeting.starts_ms, ends_ms=until_ms)
    most = policy.on(day_of(meeting.starts_ms)).attendance.walk_ins_most
    if len(of_sessions(session, [meeting.id])) >= most:
        raise TooMany(most=most)


def _scan_draft(who: Arrived, session_id: str, own: EnrolmentView) -> ScanDraft:
    return ScanDraft(
        scan_uuid=who.walk_in_uuid,
        kind="manual",
        payload=own.id,
        direction="in",
        captured_ms=who.captured_ms,
        sent_ms=who.sent_ms,
        session_id=session_id,
        device=who.device,
        reason=who.reason.strip() or FOUND,
    )


def _row(session: Session, walk_in_id: str, *, hold: bool = False) -> tuple[WalkIn, SessionView]:
    row = session.get(WalkIn, walk_in_id, with_for_update=hold or None)
    if row is None:
        raise WalkInUnknown
    return row, classes.session_(session, row.session_id)


def _ask(
    session: Session,
    row: WalkIn,
    meeting: SessionView,
    known: Known,
    *,
    reason: str,
    now: datetime,
    actor: Actor,
) -> None:
    number = known.id_number.strip() or (ciphers().open(row.id_sealed) if row.id_sealed else "")
    if not number:
        raise IdMissing
    kind = known.id_type if known.id_number.strip() else row.id_type
    draft = persons.Draft(row.name, number, kind, row.phone)
    row.person_id = rosters.admit_late(session, meeting.class_id, draft, now=now, actor=actor)
    own = classes.enrolment_in(session, meeting.class_id, row.person_id)
    if own is not None and own.state == "enrolled":
        walk_in_marks.count(session, row, meeting, own, now=now, actor=actor)
        return
    asked = filing.LateRequest(draft, reason.strip() or row.reason or walk_in_marks.CAME, known.employer)
    late = filing.request_late(session, meeting.class_id, asked, now=now, actor=actor)
    row.late_id, row.state, row.id_sealed = late.id, "asked", None
    walk_in_marks.note(session, row, meeting, "asked", more={"late": late.id}, now=now, actor=actor)


def _refuse(
    session: Session, row: WalkIn, meeting: SessionView, reason: str, *, now: datetime, actor: Actor
) -> None:
    row.state, row.id_sealed = "refused", None
    row.decision_reason = reason.strip()[:500] or row.decision_reason
    walk_in_marks.note(
        session, row, meeting, "refused", more={"reason": presences.digest_of(reason)}, now=now, actor=actor
    )


def _who(row: WalkIn) -> str:
    return presences.digest_of(f"{row.name} {row.phone}")


def _view(row: WalkIn) -> WalkInView:
    kept = {name: getattr(row, name) for name in WalkInView.__dataclass_fields__ if name not in ("id_told",)}
    return WalkInView(**kept, id_told=row.id_sealed is not None)
