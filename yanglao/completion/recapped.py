"""Fold the same evidence under another daily cap of online hours: what standings would be, without setting any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.completion.explain import lacking, practical_lacking
from yanglao.completion.models import CompletionPerson
from yanglao.completion.rules import MET, Sums, add_up
from yanglao.completion.shapes import EnrolmentStanding, SegmentStanding
from yanglao.kernel.clock import to_ms
from yanglao.people import queries as people


def recapped(
    session: Session, standings: Sequence[EnrolmentStanding], *, daily_cap_s: int, now: datetime
) -> list[EnrolmentStanding]:
    """Return standings as the fold gives them when ``daily_cap_s`` holds on every day.

    What was not credited when it happened stays so: another cap can take hours away, not give any. A review of the hours as they are
    counts for the hours as they would be.
    """
    survivors = {one.id: people.same_person_ids(session, one.person_id)[0] for one in standings}
    wanted = select(CompletionPerson).where(CompletionPerson.person_id.in_(set(survivors.values())))
    sums = {
        row.person_id: add_up(row.state, daily_cap_s=lambda _day: daily_cap_s)
        for row in session.scalars(wanted)
    }
    return [
        replace(
            own,
            segments=tuple(
                _segment(own.id, one, sums.get(survivors[own.id]), now=now) for one in own.segments
            ),
        )
        for own in standings
    ]


def _segment(enrolment_id: str, one: SegmentStanding, sums: Sums | None, *, now: datetime) -> SegmentStanding:
    found = sums.segments.get((enrolment_id, one.id)) if sums else None
    if found is None or found.entered_s >= one.entered_s:
        return one
    credited_s = one.credited_s - one.entered_s + found.entered_s
    whole = found.entered_s >= one.required_s
    missing = lacking(
        mode=one.mode,
        required_s=one.required_s,
        credited_s=credited_s,
        quiz=one.quiz,
        sessions=one.sessions,
        now_ms=to_ms(now),
        pending=one.pending,
        modules=one.modules,
    )
    return replace(
        one,
        entered_s=found.entered_s,
        credited_s=credited_s,
        state="in_progress" if one.state in MET and not whole else one.state,
        missing=missing + practical_lacking(one.practical),
        review=_reviewed(one, found.entered_s),
    )


def _reviewed(one: SegmentStanding, entered_s: int) -> dict[str, Any] | None:
    """Return the review, of the hours as they would be when it was of those that stand."""
    said = one.review
    return {**said, "entered_s": entered_s} if said and said.get("entered_s") == one.entered_s else said
