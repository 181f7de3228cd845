"""Raise flags about score sheets: marked faster than one can look, or alike for many people. They change no result."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from yanglao.capture.practical.models import PracticalAssessment, PracticalSheet
from yanglao.flags.service import raise_flag
from yanglao.kernel.policy import Practical


def too_fast(
    session: Session,
    row: PracticalAssessment,
    sheet: PracticalSheet,
    *,
    items: int,
    limits: Practical,
    now: datetime,
) -> None:
    """Raise a flag when a sheet took less time than its items need."""
    least_s = items * limits.least_item_s
    if sheet.took_s >= least_s:
        return
    raise_flag(
        session,
        "practical.too_fast",
        subject=("enrolment", row.enrolment_id),
        facts={"items": items, "took_s": sheet.took_s, "least_s": least_s, "persons": [sheet.assessor_id]},
        once=f"practical.too_fast:{sheet.sheet_uuid}",
        now=now,
    )


def same_sheets(session: Session, row: PracticalAssessment, *, limits: Practical, now: datetime) -> None:
    """Raise a flag about a class when two assessors gave exactly the same marks to many of its people; once for each pair."""
    first, second = aliased(PracticalSheet), aliased(PracticalSheet)
    held = session.execute(
        select(first, second)
        .join(second, second.assessment_id == first.assessment_id)
        .join(PracticalAssessment, PracticalAssessment.id == first.assessment_id)
        .where(
            PracticalAssessment.class_id == row.class_id,
            PracticalAssessment.segment_id == row.segment_id,
            first.seat == 1,
            second.seat == 2,
        )
    ).all()
    alike: dict[tuple[str, str], list[str]] = {}
    for one, other in held:
        if one.marks == other.marks:
            low, high = sorted((one.assessor_id, other.assessor_id))
            alike.setdefault((low, high), []).append(one.assessment_id)
    for pair, found in alike.items():
        if len(found) >= limits.same_sheets:
            raise_flag(
                session,
                "practical.same_sheets",
                subject=("class", row.class_id),
                facts={"people": len(found), "persons": list(pair)},
                once=f"practical.same:{row.class_id}:{row.segment_id}:{pair[0]}:{pair[1]}",
                now=now,
            )
