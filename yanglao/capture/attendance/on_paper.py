"""Enter what people signed on a blank sheet: scans by hand that cite the sheet and its picture, and wait for a second person.

Every line waits, however few they are: who entered it never decides it (the database says so too), so no share of them could pass
unseen. Entered twice, a line is there once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.attendance import presences, reversals, rules
from yanglao.capture.attendance.models import Scan
from yanglao.capture.attendance.service import case_of
from yanglao.classes import queries as classes
from yanglao.classes.shapes import EnrolmentView, SessionView
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.canonical import digest
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, Forbidden, NotFound, Refused
from yanglao.people import service as persons
from yanglao.people.roles import may

CODE = "attendance.on_paper"


class LinesWrong(Refused):
    """Say which lines cannot be entered: ``lines`` maps an enrolment to the code of what is wrong with it."""

    code = "attendance.paper_lines"


class NothingWaits(Conflict):
    """Say that nothing of this sheet waits for a decision."""

    code = "attendance.paper_nothing"


@dataclass(frozen=True)
class Line:
    """What one person wrote: when they came, and when they left; None where nothing is written."""

    enrolment_id: str
    in_ms: int | None
    out_ms: int | None


@dataclass(frozen=True)
class Cited:
    """The sheet that is entered: the digest of its page code, and the SHA-256 of the picture that is filed to it."""

    page: str
    file: str


@dataclass(frozen=True)
class Sheet:
    """A sheet as it is entered: of which session, cited how, and what the one who enters it says."""

    meeting: SessionView
    cited: Cited
    reason: str


@dataclass(frozen=True)
class Entered:
    """A scan of a sheet that waits."""

    scan_uuid: str
    enrolment_id: str
    direction: str
    at_ms: int
    by_person_id: str
    reason: str


def enter(session: Session, sheet: Sheet, lines: Sequence[Line], *, now: datetime, actor: Actor) -> int:
    """Keep the lines of a sheet as scans that wait and return how many are new.

    Raises: NotFound, Forbidden; LinesWrong: a line cannot be, nothing is entered then; Conflict: the session is cancelled or to come.
    """
    meeting = sheet.meeting
    _check_right(meeting, actor)
    if meeting.state == "cancelled" or meeting.starts_ms > to_ms(now):
        raise Conflict("attendance.paper_early", starts_ms=meeting.starts_ms)
    enrolled = {one.id: one for one in classes.roster(session, meeting.class_id)}
    meant = [enrolled[one.enrolment_id].person_id for one in lines if one.enrolment_id in enrolled]
    for person_id in sorted(set(meant)):
        persons.lock(session, person_id)
    wrong, new = {}, 0
    for line in lines:
        own = enrolled.get(line.enrolment_id)
        code = fault_of(line, meeting, now_ms=to_ms(now)) if own else "attendance.other_class"
        if own is not None and code is None:
            added, code = _keep(session, sheet, own, line, now=now, actor=actor)
            new += added
        if code:
            wrong[line.enrolment_id] = code
    if wrong:
        raise LinesWrong(lines=wrong, count=len(wrong))
    return new


def fault_of(line: Line, meeting: SessionView, *, now_ms: int) -> str | None:
    """Return why a line cannot be, by its times alone, or None."""
    limits = policy.on(day_of(meeting.starts_ms)).attendance
    if line.in_ms is None:
        return "attendance.paper_no_in"
    if line.out_ms is not None and line.out_ms <= line.in_ms:
        return "attendance.paper_order"
    first, last = (
        meeting.starts_ms - limits.open_before_s * 1000,
        meeting.ends_ms + limits.close_after_s * 1000,
    )
    outside = line.in_ms < first or line.in_ms >= meeting.ends_ms or (line.out_ms or 0) > last
    return "attendance.paper_outside" if outside or max(line.in_ms, line.out_ms or 0) > now_ms else None


def waiting(session: Session, session_id: str, page: str) -> list[Entered]:
    """List what waits of one sheet, in before out and by time; ``page`` is the digest of its code."""
    rows = session.scalars(
        select(Scan)
        .where(Scan.session_id == session_id, Scan.outcome == rules.PENDING, Scan.kind == "manual")
        .order_by(Scan.direction, Scan.at_ms, Scan.id)
    )
    return [
        Entered(row.scan_uuid, str(row.enrolment_id), row.direction, row.at_ms, row.by_person_id, row.reason)
        for row in rows
        if row.facts.get("paper") == page
    ]


def decide(
    session: Session,
    meeting: SessionView,
    page: str,
    *,
    accept: bool,
    reason: str,
    now: datetime,
    actor: Actor,
) -> list[str]:
    """Accept or refuse everything that waits of a sheet, as a second person; return whose it is.

    Raises: NothingWaits, OwnDecision, Forbidden, Conflict (one line would break a rule now: nothing is decided then).
    """
    found = waiting(session, meeting.id, page)
    if not found:
        raise NothingWaits
    return [
        reversals.decide(session, one.scan_uuid, accept=accept, reason=reason, now=now, actor=actor)
        for one in found
    ]


def _check_right(meeting: SessionView, actor: Actor) -> None:
    reach: dict[str, Any] = {"base": meeting.base_id, "division": meeting.division_code}
    if not may(actor.grants, "session.plan", **reach):
        raise (
            Forbidden(permission="session.plan")
            if may(actor.grants, "standing.read", **reach)
            else NotFound("classes.session_unknown")
        )


def _keep(
    session: Session, sheet: Sheet, own: EnrolmentView, line: Line, *, now: datetime, actor: Actor
) -> tuple[int, str | None]:
    """Return how many scans a line added, and why it cannot be added."""
    new, meeting = 0, sheet.meeting
    for direction, at_ms in (("in", line.in_ms), ("out", line.out_ms)):
        scan_uuid = (
            _free_uuid(session, own.id, (direction, at_ms), sheet.cited.page) if at_ms is not None else None
        )
        if scan_uuid is None or at_ms is None:
            continue
        scan = _row(sheet, own, (direction, at_ms), now=now, actor=actor)
        scan.scan_uuid = scan_uuid
        clash = rules.clash(case_of(session, scan, meeting, received_ms=to_ms(now)))
        if clash is not None and clash.code != "attendance.no_in":
            return new, clash.code
        session.add(scan)
        session.flush()
        presences.note(session, scan, meeting, "attendance.pending", now=now, actor=actor)
        new += 1
    return new, None


def _free_uuid(session: Session, enrolment_id: str, moment: tuple[str, int], page: str) -> str | None:
    """Return the scan_uuid of a line of this sheet; None when it is there and was not turned down."""
    for turn in range(100):
        named = digest({"page": page, "own": enrolment_id, "moment": moment, "turn": turn})
        scan_uuid = f"paper-{named.rpartition(':')[2][:40]}"
        before = session.scalar(select(Scan).where(Scan.scan_uuid == scan_uuid))
        if before is None:
            return scan_uuid
        if before.outcome != rules.REFUSED and before.voided_ms is None:
            return None
    return None


def _row(sheet: Sheet, own: EnrolmentView, moment: tuple[str, int], *, now: datetime, actor: Actor) -> Scan:
    direction, at_ms = moment
    cited, received_ms = sheet.cited, to_ms(now)
    facts = {"paper": cited.page, "file": cited.file, "at_ms": at_ms}
    return Scan(
        content_digest=digest(facts | {"own": own.id, "way": direction, "by": actor.person_id}),
        kind="manual",
        session_id=sheet.meeting.id,
        enrolment_id=own.id,
        person_id=own.person_id,
        by_person_id=actor.person_id,
        direction=direction,
        outcome=rules.PENDING,
        code=CODE,
        facts=facts,
        answer={"outcome": rules.PENDING, "code": CODE, "facts": facts},
        grade="weak",
        captured_ms=at_ms,
        sent_ms=received_ms,
        received_ms=received_ms,
        judged_ms=received_ms,
        at_ms=at_ms,
        client=actor.client,
        reason=sheet.reason.strip()[:200],
        chain_kind="enrolment",
    )
