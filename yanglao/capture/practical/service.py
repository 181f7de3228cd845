"""Take a score sheet, and let a result stand when enough are in. The caller commits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from yanglao.capture.practical import rules, settling, signs
from yanglao.capture.practical.models import PracticalAssessment, PracticalEvidence, PracticalSheet
from yanglao.classes import queries as classes
from yanglao.classes.shapes import EnrolmentView
from yanglao.courses import queries as courses
from yanglao.courses.shapes import RubricView
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.canonical import digest
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, Forbidden, NotFound, Refused
from yanglao.kernel.identifiers import new_id
from yanglao.kernel.policy import Practical
from yanglao.people import queries as persons
from yanglao.people import service as people
from yanglao.people.roles import scope_of

PERMISSION = "practical.score"
OPEN_CLASSES = ("running", "finished")


class NoRubric(NotFound):
    code = "practical.no_rubric"


class NotRunning(Conflict):
    code = "practical.not_running"


class OwnWork(Forbidden):
    code = "practical.own"


class NotSigned(Refused):
    code = "practical.not_signed"


class UuidReused(Conflict):
    code = "practical.uuid_reused"


class NumberPassed(Conflict):
    """Say that this try is over or has not begun: the list on the phone is old. ``number`` is the present one."""

    code = "practical.number_passed"


class SheetThere(Conflict):
    code = "practical.sheet_there"


class EnoughSheets(Conflict):
    code = "practical.enough_sheets"


class TaughtBoth(Conflict):
    """Say that too many of the assessors have taught this person."""

    code = "practical.taught_both"


class EvidenceUnknown(Refused):
    code = "practical.evidence_unknown"


@dataclass(frozen=True)
class SheetDraft:
    """What a phone sends. ``number``: which try it belongs to; ``marks``: item key -> points; ``evidence``: uuids sent before.

    ``handed_ms`` and ``sent_ms`` are the phone's clock: their distance is trusted, not where they stand.
    """

    sheet_uuid: str
    enrolment_id: str
    segment_id: str
    number: int
    marks: dict[str, int]
    remark: str
    evidence: tuple[str, ...]
    signed: bool
    took_s: int
    handed_ms: int
    sent_ms: int


@dataclass(frozen=True)
class Handed:
    """What was taken: the first answer to a sheet, and every later one."""

    sheet_uuid: str
    assessment_id: str
    person_id: str
    number: int
    total: int
    received_ms: int


@dataclass(frozen=True)
class Place:
    """Whom a sheet is about, and how the work is scored."""

    enrolment: EnrolmentView
    segment_id: str
    title: str
    rubric: RubricView


def place(session: Session, enrolment_id: str, segment_id: str, actor: Actor) -> Place:
    """Return whom the actor may score, and by which rubric.

    Raises:
        EnrolmentUnknown: outside the actor's reach. NoRubric: the segment is none of its programme, or has no rubric.
        OwnWork: the actor's own. NotRunning: the class does not run, or the person left it.
    """
    own = classes.enrolment(session, enrolment_id, scope_of(actor.grants, PERMISSION))
    segment = courses.segments(session, [segment_id]).get(segment_id)
    if segment is None or segment.programme_id != own.programme_id or segment.practical is None:
        raise NoRubric()
    if actor.person_id in persons.same_person_ids(session, own.person_id):
        raise OwnWork()
    if own.class_state not in OPEN_CLASSES or own.state != "enrolled":
        raise NotRunning(class_name=own.class_name)
    return Place(own, segment_id, segment.title, segment.practical)


def hand_in(session: Session, draft: SheetDraft, *, now: datetime, actor: Actor) -> Handed:
    """Take a signed sheet; with the second, or the third where two differ, the result stands.

    The same sheet again gets the first answer and changes nothing.

    Raises:
        UuidReused: the uuid was used for other content or by somebody else. What ``place`` raises.
        NotSigned, MarksFaulty, EvidenceUnknown: the sheet is not whole.
        SheetThere: the actor has handed one in for this try. EnoughSheets: two or three are in. NumberPassed: another try is on.
        TaughtBoth: too many of the assessors taught this person. AlreadyPassed, NoneLeft, TooSoon: see rules.check_begin.
    """
    content = digest(_content(draft))
    known = session.get(PracticalSheet, draft.sheet_uuid)
    if known is not None:
        return _again(session, known, content, actor)
    where = place(session, draft.enrolment_id, draft.segment_id, actor)
    people.lock(session, where.enrolment.person_id)
    if not draft.signed:
        raise NotSigned()
    rules.check_marks(where.rubric, draft.marks)
    limits = policy.on(day_of(now)).practical
    row = _assessment(session, where, draft.number, limits, now=now)
    sheets = sheets_of(session, row.id)
    _check_seat(session, row, sheets, limits=limits, actor=actor)
    sheet = PracticalSheet(
        sheet_uuid=draft.sheet_uuid,
        assessment_id=row.id,
        person_id=row.person_id,
        seat=len(sheets) + 1,
        assessor_id=actor.person_id,
        digest=content,
        marks=dict(draft.marks),
        total=rules.total(draft.marks),
        remark=draft.remark,
        signed=True,
        handed_ms=min(to_ms(now), to_ms(now) - max(0, draft.sent_ms - draft.handed_ms)),
        received_ms=to_ms(now),
        took_s=draft.took_s,
    )
    session.add(sheet)
    session.flush()
    _enter_sheet(session, row, sheet, draft, now=now, actor=actor)
    signs.too_fast(session, row, sheet, items=len(where.rubric.items), limits=limits, now=now)
    named = settling.Named(where.title, where.enrolment.class_name, where.rubric)
    settling.go_on(session, named, row, [*sheets, sheet], now=now, actor=actor)
    return _handed(row, sheet)


def sheets_of(session: Session, assessment_id: str) -> list[PracticalSheet]:
    """Return the sheets of an assessment by seat. Whoever has not handed in must not see them."""
    wanted = select(PracticalSheet).where(PracticalSheet.assessment_id == assessment_id)
    return list(session.scalars(wanted.order_by(PracticalSheet.seat)))


def _content(draft: SheetDraft) -> dict[str, object]:
    """Return what makes a sheet the same one: everything but when it was sent."""
    return {
        "sheet": draft.sheet_uuid,
        "enrolment": draft.enrolment_id,
        "segment": draft.segment_id,
        "number": draft.number,
        "marks": dict(draft.marks),
        "remark": draft.remark,
        "evidence": list(draft.evidence),
        "signed": draft.signed,
        "took_s": draft.took_s,
        "handed_ms": draft.handed_ms,
    }


def _again(session: Session, known: PracticalSheet, content: str, actor: Actor) -> Handed:
    if known.assessor_id != actor.person_id or known.digest != content:
        raise UuidReused()
    return _handed(session.get_one(PracticalAssessment, known.assessment_id), known)


def _handed(row: PracticalAssessment, sheet: PracticalSheet) -> Handed:
    return Handed(
        sheet.sheet_uuid, row.id, row.person_id, row.number, total=sheet.total, received_ms=sheet.received_ms
    )


def _assessment(
    session: Session, where: Place, number: int, limits: Practical, *, now: datetime
) -> PracticalAssessment:
    """Return the try that a sheet belongs to, begun with the first sheet."""
    wanted = select(PracticalAssessment).where(
        PracticalAssessment.enrolment_id == where.enrolment.id,
        PracticalAssessment.segment_id == where.segment_id,
    )
    rows = session.scalars(wanted.order_by(PracticalAssessment.number).with_for_update()).all()
    if number <= len(rows) and rows[number - 1].live:
        return rows[number - 1]
    if number <= len(rows) and rows[number - 1].voided_ms is not None:
        raise NumberPassed(number=rows[-1].number + (not rows[-1].live))
    if number <= len(rows):
        raise EnoughSheets()
    if rows and rows[-1].live:
        raise NumberPassed(number=rows[-1].number)
    rules.check_begin(past(rows), to_ms(now), limits)
    if number != len(rows) + 1:
        raise NumberPassed(number=len(rows) + 1)
    row = PracticalAssessment(
        id=new_id(),
        enrolment_id=where.enrolment.id,
        person_id=where.enrolment.person_id,
        segment_id=where.segment_id,
        class_id=where.enrolment.class_id,
        number=number,
        state="open",
        rubric_digest=rubric_digest(where.rubric),
        begun_ms=to_ms(now),
    )
    session.add(row)
    session.flush()
    return row


def past(rows: Iterable[PracticalAssessment]) -> list[rules.Past]:
    """Return the tries that count, as the rules know them."""
    return [rules.Past(one.number, one.passed, one.settled_ms) for one in rows if one.voided_ms is None]


def rubric_digest(rubric: RubricView) -> str:
    """Return the digest of a rubric's wording and points."""
    items = [[one.key, one.title, one.look_for, one.points, one.must_pass] for one in rubric.items]
    return digest({"segment": rubric.segment_id, "pass_mark": rubric.pass_mark, "items": items})


def _check_seat(
    session: Session,
    row: PracticalAssessment,
    sheets: list[PracticalSheet],
    *,
    limits: Practical,
    actor: Actor,
) -> None:
    assessors = [one.assessor_id for one in sheets]
    if actor.person_id in assessors:
        raise SheetThere()
    if len(sheets) == 2 and row.state != "differs":
        raise EnoughSheets()
    taught = teachers(session, row.class_id, row.segment_id)
    seat = len(sheets) + 1
    own = sum(one in taught for one in [*assessors, actor.person_id])
    if actor.person_id in taught and (seat == 3 or own > limits.own_teachers_max):
        raise TaughtBoth(most=limits.own_teachers_max)


def teachers(session: Session, class_id: str, segment_id: str) -> set[str]:
    """Return who teaches a segment of a class."""
    return {
        one.instructor_id
        for one in classes.sessions_of_class(session, class_id)
        if one.segment_id == segment_id and one.state != "cancelled"
    }


def _enter_sheet(
    session: Session,
    row: PracticalAssessment,
    sheet: PracticalSheet,
    draft: SheetDraft,
    *,
    now: datetime,
    actor: Actor,
) -> None:
    """Tie the evidence to the sheet and enter it; its marks stay out of the ledger until the result stands."""
    hashes = []
    for one in draft.evidence:
        found = session.get(PracticalEvidence, one)
        own = found is not None and (found.assessor_id, found.enrolment_id, found.segment_id) == (
            actor.person_id,
            row.enrolment_id,
            row.segment_id,
        )
        if found is None or not own or found.sheet_uuid is not None:
            raise EvidenceUnknown()
        hashes.append(f"sha256:{found.sha256}")
    session.execute(
        update(PracticalEvidence)
        .where(PracticalEvidence.evidence_uuid.in_(draft.evidence))
        .values(sheet_uuid=sheet.sheet_uuid)
    )
    body = {
        "assessment": row.id,
        "segment": row.segment_id,
        "number": row.number,
        "seat": sheet.seat,
        "rubric": row.rubric_digest,
        "sheet": sheet.digest,
        "evidence": sorted(hashes),
        "took_s": sheet.took_s,
    }
    settling.enter(session, row, "practical.scored", body, occurred_ms=sheet.handed_ms, now=now, actor=actor)
