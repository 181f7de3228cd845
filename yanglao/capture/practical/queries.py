"""Read whom one may score, what came out, and a trainee's own results. Marks are told only once a result stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import Session

from yanglao.capture.practical import rules, service
from yanglao.capture.practical.models import PracticalAssessment, PracticalEvidence, PracticalSheet
from yanglao.classes import queries as classes
from yanglao.classes.shapes import ClassView, Filters
from yanglao.courses import queries as courses
from yanglao.courses.shapes import RubricView
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor, Scope
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import NotFound, Problem
from yanglao.kernel.wording import sentence
from yanglao.people import queries as people
from yanglao.people.roles import scope_of


class AssessmentUnknown(NotFound):
    code = "practical.unknown"


@dataclass(frozen=True)
class ListHead:
    """A segment of a class whose practical work the actor may score, and how far it is."""

    class_id: str
    class_name: str
    segment_id: str
    title: str
    people: int
    passed: int
    thirds: int


@dataclass(frozen=True)
class Seat:
    """One person of a list. ``number``: the try that a sheet would belong to; ``mine``: the actor's sheet of it is in.

    ``state``: to_score, mine, enough, third, not_now, passed or none_left; ``why`` says it in words. ``in_count``: sheets that are in.
    """

    enrolment_id: str
    roster_no: int
    name: str
    number: int
    state: str
    in_count: int
    why: str


@dataclass(frozen=True)
class ScoreList:
    """What an assessor's phone needs for one segment of a class; nothing else about the people than their names."""

    class_id: str
    class_name: str
    segment_id: str
    title: str
    rubric: RubricView
    seats: tuple[Seat, ...]


@dataclass(frozen=True)
class SheetView:
    """One sheet of a result that stands."""

    seat: int
    assessor_id: str
    assessor_name: str
    marks: dict[str, Any]
    total: int
    remark: str
    handed_ms: int
    received_ms: int
    took_s: int


@dataclass(frozen=True)
class EvidenceView:
    """A photo or film; ``file_id`` is None once it expired, the hash stays."""

    evidence_uuid: str
    kind: str
    file_id: str
    sha256: str
    size_bytes: int
    received_ms: int


@dataclass(frozen=True)
class Result:
    """One assessment. Before it is settled everything but ``state`` and ``sheets_in`` is empty, ``gap_points`` aside.

    ``voided_ms``: since when it counts for nothing, None if it counts; with it ``voided_by_name`` and ``void_reason``.
    """

    id: str
    enrolment_id: str
    person_id: str
    person_name: str
    class_id: str
    class_name: str
    base_id: str
    segment_id: str
    title: str
    number: int
    state: str
    sheets_in: int
    gap_points: int | None
    score_bp: int | None
    passed: bool | None
    decided_by: str | None
    halves: dict[str, int]
    begun_ms: int
    settled_ms: int | None
    voided_ms: int | None
    voided_by_name: str
    void_reason: str
    rubric: RubricView

    @property
    def score(self) -> str:
        """Return the points as people say them, empty before the result stands."""
        return "" if self.score_bp is None else rules.score_text(self.score_bp)

    @property
    def lines(self) -> list[tuple[str, str, int, bool, bool]]:
        """Return (title, points got, points, must it be passed, was it failed) of each item of a result that stands."""
        found = []
        for item in self.rubric.items if self.halves else ():
            got = self.halves.get(item.key, 0)
            failed = item.must_pass and got < 2 * item.points
            found.append((item.title, rules.score_text(got * 50), item.points, item.must_pass, failed))
        return found


@dataclass(frozen=True)
class Wanted:
    """Filters of the results; an empty one does not limit. ``state``: open, differs, passed, failed or voided."""

    class_id: str = ""
    base_id: str = ""
    segment_id: str = ""
    state: str = ""
    text: str = ""


def heads(session: Session, actor: Actor) -> list[ListHead]:
    """List the segments with a rubric of the running classes within the actor's reach, the latest class first."""
    reach = scope_of(actor.grants, service.PERMISSION)
    running = (
        classes.classes(session, reach, Filters(states=("running",)), limit=200) if not reach.empty else []
    )
    held = select(
        PracticalAssessment.class_id, PracticalAssessment.segment_id, PracticalAssessment.state,
        PracticalAssessment.passed, func.count(),
    ).where(
        PracticalAssessment.class_id.in_([one.id for one in running]), PracticalAssessment.voided_ms.is_(None)
    ).group_by(
        PracticalAssessment.class_id, PracticalAssessment.segment_id, PracticalAssessment.state,
        PracticalAssessment.passed,
    )  # fmt: skip
    counted: dict[tuple[str, str], dict[str, int]] = {}
    for class_id, segment_id, state, passed, count in session.execute(held):
        sums = counted.setdefault((class_id, segment_id), {"passed": 0, "differs": 0})
        sums["passed"] += count if passed else 0
        sums["differs"] += count if state == "differs" else 0
    programmes = {one: courses.programme(session, one) for one in {each.programme_id for each in running}}
    return [
        _head(one, segment.id, segment.title, counted.get((one.id, segment.id), {}))
        for one in running
        for segment in programmes[one.programme_id].segments
        if segment.practical
    ]


def _head(one: ClassView, segment_id: str, title: str, sums: dict[str, int]) -> ListHead:
    return ListHead(
        one.id, one.name, segment_id, title, one.enrolled, sums.get("passed", 0), sums.get("differs", 0)
    )


def score_list(session: Session, class_id: str, segment_id: str, *, now: datetime, actor: Actor) -> ScoreList:
    """Return whom the actor may score in a segment of a class, in roster order; the actor is left out.

    Raises ClassUnknown: outside the actor's reach. NoRubric.
    """
    own = classes.class_(session, class_id, scope_of(actor.grants, service.PERMISSION))
    segment = courses.segments(session, [segment_id]).get(segment_id)
    if segment is None or segment.programme_id != own.programme_id or segment.practical is None:
        raise service.NoRubric()
    roster = [one for one in classes.roster(session, class_id) if one.person_id != actor.person_id]
    known = people.persons(session, {one.person_id for one in roster})
    wanted = select(PracticalAssessment).where(
        PracticalAssessment.class_id == class_id, PracticalAssessment.segment_id == segment_id
    )
    tries: dict[str, list[PracticalAssessment]] = {}
    for row in session.scalars(wanted.order_by(PracticalAssessment.number)):
        tries.setdefault(row.enrolment_id, []).append(row)
    assessors: dict[str, set[str]] = {}
    ids = [row.id for rows in tries.values() for row in rows[-1:]]
    for sheet in session.scalars(select(PracticalSheet).where(PracticalSheet.assessment_id.in_(ids))):
        assessors.setdefault(sheet.assessment_id, set()).add(sheet.assessor_id)
    seats = []
    for one in roster:
        rows = tries.get(one.id, [])
        there = assessors.get(rows[-1].id, set()) if rows else set()
        number, state, why = _seat(rows, there, now=now, actor=actor)
        live = len(there) if rows and rows[-1].live else 0
        seats.append(
            Seat(one.id, one.roster_no, known[one.person_id].name, number, state, in_count=live, why=why)
        )
    return ScoreList(class_id, own.name, segment_id, segment.title, segment.practical, tuple(seats))


def _seat(
    rows: Sequence[PracticalAssessment], there: set[str], *, now: datetime, actor: Actor
) -> tuple[int, str, str]:
    """Return (number of the try, state, why) of one person for the actor."""
    if rows and rows[-1].live:
        number = rows[-1].number
        if actor.person_id in there:
            code = "mine_differs" if rows[-1].state == "differs" else "mine"
            return number, "mine", sentence(f"practical.state.{code}", {})
        if rows[-1].state == "differs":
            return number, "third", sentence("practical.state.third", {})
        return number, "to_score", ""
    try:
        rules.check_begin(service.past(rows), to_ms(now), policy.on(day_of(now)).practical)
    except rules.AlreadyPassed as refusal:
        return len(rows), "passed", _why(refusal)
    except rules.NoneLeft as refusal:
        return len(rows), "none_left", _why(refusal)
    except rules.TooSoon as refusal:
        return len(rows) + 1, "not_now", _why(refusal)
    return len(rows) + 1, "to_score", ""


def _why(refusal: Problem) -> str:
    return sentence(refusal.code, refusal.facts)


def results(
    session: Session, scope: Scope, wanted: Wanted, *, after: str = "", limit: int = 200
) -> list[Result]:
    """List the assessments of classes within ``scope``, the newest first; ``after`` is the last id seen."""
    asked = _filtered(scope, wanted).order_by(PracticalAssessment.id.desc()).limit(limit)
    if after:
        asked = asked.where(PracticalAssessment.id < after)
    return _results(session, session.scalars(asked).all())


def count(session: Session, scope: Scope, wanted: Wanted) -> dict[str, int]:
    """Count the assessments within ``scope``: open, differs, passed, failed, voided."""
    inner = _filtered(scope, Wanted(wanted.class_id, wanted.base_id, wanted.segment_id, "", wanted.text))
    voided = PracticalAssessment.voided_ms.is_not(None)
    each = inner.with_only_columns(
        PracticalAssessment.state, PracticalAssessment.passed, voided, func.count()
    ).group_by(PracticalAssessment.state, PracticalAssessment.passed, voided)
    sums = {"open": 0, "differs": 0, "passed": 0, "failed": 0, "voided": 0}
    for state, passed, gone, number in session.execute(each):
        settled = "passed" if passed else "failed"
        sums["voided" if gone else settled if state == "settled" else state] += number
    return sums


def _filtered(scope: Scope, wanted: Wanted) -> Select[PracticalAssessment]:
    tables = PracticalAssessment.metadata.tables
    own = tables["training_class"].c
    asked = select(PracticalAssessment).join(tables["training_class"], own.id == PracticalAssessment.class_id)
    if not scope.all:
        reach = or_(own.base_id.in_(scope.bases), own.division_code.in_(scope.divisions))
        asked = asked.where(false() if scope.empty else reach)
    if wanted.base_id:
        asked = asked.where(own.base_id == wanted.base_id)
    if wanted.class_id:
        asked = asked.where(PracticalAssessment.class_id == wanted.class_id)
    if wanted.segment_id:
        asked = asked.where(PracticalAssessment.segment_id == wanted.segment_id)
    if wanted.state:
        gone = PracticalAssessment.voided_ms.is_not(None)
        asked = asked.where(gone if wanted.state == "voided" else ~gone)
    if wanted.state in ("passed", "failed"):
        asked = asked.where(PracticalAssessment.passed.is_(wanted.state == "passed"))
    elif wanted.state in ("open", "differs"):
        asked = asked.where(PracticalAssessment.state == wanted.state)
    if wanted.text:
        asked = asked.where(PracticalAssessment.person_id.in_(people.ids_matching(wanted.text)))
    return asked


def result(session: Session, assessment_id: str, scope: Scope) -> Result:
    """Return one assessment of a class within ``scope``. Raises AssessmentUnknown."""
    asked = _filtered(scope, Wanted()).where(PracticalAssessment.id == assessment_id)
    found = _results(session, session.scalars(asked).all())
    if not found:
        raise AssessmentUnknown()
    return found[0]


def of_enrolment(session: Session, enrolment_id: str) -> list[Result]:
    """Return the assessments of an enrolment, the newest first; who may read them the caller knows."""
    asked = select(PracticalAssessment).where(PracticalAssessment.enrolment_id == enrolment_id)
    return _results(session, session.scalars(asked.order_by(PracticalAssessment.id.desc())).all())


def of_enrolments(session: Session, enrolment_ids: Sequence[str]) -> list[Result]:
    """Return the assessments of many enrolments, each one's first one first."""
    asked = select(PracticalAssessment).where(PracticalAssessment.enrolment_id.in_(enrolment_ids))
    order = (PracticalAssessment.enrolment_id, PracticalAssessment.segment_id, PracticalAssessment.number)
    return _results(session, session.scalars(asked.order_by(*order)).all())


def void_reason(session: Session, assessment_id: str) -> str:
    """Return why an assessment was taken back, empty when it was not."""
    row = session.get(PracticalAssessment, assessment_id)
    return (row.void_reason or "") if row else ""


def sheets(session: Session, one: Result) -> list[SheetView]:
    """Return the sheets of a result that stands, by seat; of one that does not, none."""
    if one.state != "settled":
        return []
    rows = service.sheets_of(session, one.id)
    known = people.persons(session, {row.assessor_id for row in rows})
    return [
        SheetView(
            seat=row.seat, assessor_id=row.assessor_id, assessor_name=known[row.assessor_id].name, marks=row.marks,
            total=row.total, remark=row.remark, handed_ms=row.handed_ms, received_ms=row.received_ms, took_s=row.took_s,
        )
        for row in rows
    ]  # fmt: skip


def evidence(session: Session, one: Result) -> list[EvidenceView]:
    """Return the photos and films of a result that stands, in order of arrival."""
    if one.state != "settled":
        return []
    uuids = [row.sheet_uuid for row in service.sheets_of(session, one.id)]
    wanted = select(PracticalEvidence).where(PracticalEvidence.sheet_uuid.in_(uuids))
    return [
        EvidenceView(
            row.evidence_uuid, row.kind, row.file_id, row.sha256, size_bytes=row.size_bytes, received_ms=row.received_ms
        )
        for row in session.scalars(wanted.order_by(PracticalEvidence.received_ms))
    ]  # fmt: skip


def _results(session: Session, rows: Iterable[PracticalAssessment]) -> list[Result]:
    held = list(rows)
    met = {one for row in held for one in (row.person_id, row.voided_by) if one}
    known = people.persons(session, met)
    named = classes.classes_by_id(session, {row.class_id for row in held})
    segments = courses.segments(session, {row.segment_id for row in held})
    counted = dict(
        session.execute(
            select(PracticalSheet.assessment_id, func.count())
            .where(PracticalSheet.assessment_id.in_([row.id for row in held]))
            .group_by(PracticalSheet.assessment_id)
        ).all()
    )
    found = []
    for row in held:
        segment = segments[row.segment_id]
        if segment.practical is None:
            continue
        found.append(
            Result(
                id=row.id, enrolment_id=row.enrolment_id, person_id=row.person_id,
                person_name=known[row.person_id].name, class_id=row.class_id, class_name=named[row.class_id].name,
                base_id=named[row.class_id].base_id, segment_id=row.segment_id, title=segment.title,
                number=row.number, state=row.state, sheets_in=counted.get(row.id, 0), gap_points=row.gap_points,
                score_bp=row.score_bp, passed=row.passed, decided_by=row.decided_by, halves=row.halves or {},
                begun_ms=row.begun_ms, settled_ms=row.settled_ms, voided_ms=row.voided_ms,
                voided_by_name=known[row.voided_by].name if row.voided_by else "", void_reason=row.void_reason or "",
                rubric=segment.practical,
            )
        )  # fmt: skip
    return found
