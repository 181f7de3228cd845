"""Let the result of an assessment stand: enter it, tell the trainee, look for signs. The caller commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.capture.practical import rules, signs
from yanglao.capture.practical.models import PracticalAssessment, PracticalSheet
from yanglao.courses.shapes import RubricView
from yanglao.evidence.ledger import Entry, append, device_digest
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.messages import service as messages


@dataclass(frozen=True)
class Named:
    """How a segment and its class are called, and how its work is scored."""

    title: str
    class_name: str
    rubric: RubricView


def enter(
    session: Session,
    row: PracticalAssessment,
    kind: str,
    body: dict[str, object],
    *,
    occurred_ms: int,
    now: datetime,
    actor: Actor,
) -> None:
    """Append an entry about an assessment to the chain of its enrolment; the caller holds the person lock."""
    entry = Entry(
        chain=("enrolment", row.enrolment_id),
        kind=kind,
        body=body,
        occurred_ms=occurred_ms,
        person_id=row.person_id,
        enrolment_id=row.enrolment_id,
        segment_id=row.segment_id,
        client=actor.client,
        device_digest=device_digest(actor.device),
    )
    append(session, entry, now=now, actor=actor)


def go_on(
    session: Session,
    named: Named,
    row: PracticalAssessment,
    sheets: list[PracticalSheet],
    *,
    now: datetime,
    actor: Actor,
) -> None:
    """After the second sheet: settle, or wait for a third; after the third: settle."""
    if len(sheets) < 2:
        return
    limits = policy.on(day_of(now)).practical
    marks = [one.marks for one in sheets]
    if len(sheets) == 2:
        apart = rules.gap(named.rubric, marks[0], marks[1], limits)
        row.gap_points = apart.points
        if apart.too_far:
            row.state = "differs"
            session.flush()
            return
    found = rules.outcome(named.rubric, marks[0], marks[1], marks[2] if len(marks) == 3 else None)
    row.state, row.settled_ms = "settled", to_ms(now)
    row.halves, row.score_bp = found.halves, found.score_bp
    row.passed, row.decided_by = found.passed, found.decided_by
    session.flush()
    body: dict[str, object] = {
        "assessment": row.id,
        "segment": row.segment_id,
        "number": row.number,
        "rubric": row.rubric_digest,
        "sheets": [one.digest for one in sheets],
        "halves": found.halves,
        "score_bp": found.score_bp,
        "pass_mark": named.rubric.pass_mark,
        "failed_musts": list(found.failed_musts),
        "passed": found.passed,
        "decided_by": found.decided_by,
    }
    enter(session, row, "practical.result", body, occurred_ms=to_ms(now), now=now, actor=actor)
    signs.same_sheets(session, row, limits=limits, now=now)
    facts = {
        "class_name": named.class_name,
        "title": f"{named.title}（实操）",
        "score": rules.score_text(found.score_bp),
        "pass_mark": named.rubric.pass_mark,
        "variant": "passed" if found.passed else "failed",
        "link": "/learn/hours",
    }
    messages.tell(session, row.person_id, "quiz_result", facts, once=row.id, now=now)
