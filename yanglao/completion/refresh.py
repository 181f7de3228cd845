"""Fold what is new of a person into the standings; rebuild everything and compare."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.viewing.shapes import Known
from yanglao.classes import queries as classes
from yanglao.completion.models import CompletionPerson, Standing
from yanglao.completion.rules import EMPTY, MET, SegmentSum, Sums, add_up, gather_all, state_of
from yanglao.courses import queries as courses
from yanglao.evidence import queries as evidence
from yanglao.kernel import policy
from yanglao.kernel.intervals import Interval
from yanglao.people import queries as people
from yanglao.people import service as people_service
from yanglao.work import service as work

ASK_WORD = "completion.ask_word"


def refresh(session: Session, person_id: str, *, now: datetime) -> bool:
    """Fold the person's new entries under the person lock and set their standings; True when anything was new.

    Where the hours of a segment are whole, it asks to ask for the person's word on them.
    """
    survivor, *_ = family = people.same_person_ids(session, person_id)
    people_service.lock(session, survivor)
    kept = session.get(CompletionPerson, survivor, with_for_update=True)
    if kept is None:
        kept = CompletionPerson(person_id=survivor, folded_to=0, state=dict(EMPTY))
        session.add(kept)
    fresh = list(evidence.of_persons(session, family, after_id=kept.folded_to))
    if fresh:
        kept.state = gather_all(kept.state, fresh)
        kept.folded_to = fresh[-1].id
    sums = derive(kept.state)
    moved = [wanted for wanted in _standings(session, family, sums) if _set(session, wanted)]
    if any(wanted["state"] in MET for wanted in moved):
        work.enqueue(session, ASK_WORD, survivor, {"person_id": survivor}, now=now)
    session.flush()
    return bool(fresh)


def derive(state: dict[str, Any]) -> Sums:
    """Add up what was gathered, with the daily cap that was policy on each day."""
    return add_up(state, daily_cap_s=lambda day: policy.on(date.fromisoformat(day)).viewing.daily_cap_s)


def known(session: Session, person_id: str, enrolment_id: str, lesson_id: str, *, now: datetime) -> Known:
    """Return what a viewing must know: coverage of its lesson, the segment's hours, the days used so far."""
    refresh(session, person_id, now=now)
    segment = courses.segment(session, courses.lesson(session, lesson_id).segment_id)
    survivor = people.same_person_ids(session, person_id)[0]
    kept = session.get(CompletionPerson, survivor)
    sums = derive(kept.state) if kept else Sums()
    found = sums.segments.get((enrolment_id, segment.id), SegmentSum())
    days = sorted(sums.day_used.items())[-2:]
    covered: list[Interval] = found.covered.get(lesson_id, [])
    return Known(tuple(covered), found.entered_s, segment.required_s, dict(days))


def _standings(session: Session, family: tuple[str, ...], sums: Sums) -> Iterator[dict[str, Any]]:
    """Yield the columns of every standing the person has: one per segment of each enrolment."""
    for person_id in family:
        for own in classes.enrolments_of(session, person_id):
            for segment in courses.programme(session, own.programme_id).segments:
                found = sums.segments.get((own.id, segment.id), SegmentSum())
                yield {
                    "enrolment_id": own.id,
                    "segment_id": segment.id,
                    "segment_position": segment.position,
                    "person_id": own.person_id,
                    "class_id": own.class_id,
                    "base_id": own.base_id,
                    "division_code": own.class_division_code,
                    "mode": segment.mode,
                    "state": state_of(
                        found,
                        required_s=segment.required_s,
                        assessed=segment.assessment != "none",
                        tested=[module.id for module, _ in segment.module_quizzes],
                        practical=bool(segment.practical and segment.practical.required),
                    ),
                    "required_s": segment.required_s,
                    "entered_s": found.entered_s,
                    "quiz_best": found.quiz_best,
                    "quiz_passed": found.quiz_passed,
                    "quiz_attempts": found.quiz_attempts,
                    "module_quizzes": found.modules or None,
                    "practical": found.practical or None,
                    "refused": found.refused,
                    "pending": found.pending,
                    "presences": found.presences,
                    "covered": {
                        lesson: [list(pair) for pair in spans] for lesson, spans in found.covered.items()
                    },
                    "review": found.review,
                }


def _set(session: Session, wanted: dict[str, Any]) -> bool:
    """Set a standing; True when anything of it is new."""
    row = session.get(Standing, (wanted["enrolment_id"], wanted["segment_id"]))
    if row is None:
        session.add(Standing(**wanted))
        return True
    fresh = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    for name, value in fresh.items():
        setattr(row, name, value)
    return bool(fresh)


def differences(session: Session, person_id: str) -> list[str]:
    """Fold a person anew from the first entry and name every standing that differs from what is stored."""
    family = people.same_person_ids(session, person_id)
    kept = session.get(CompletionPerson, family[0])
    entries = list(evidence.of_persons(session, family))
    state = gather_all(dict(EMPTY), entries)
    faults = []
    last = entries[-1].id if entries else 0
    if kept is None or kept.folded_to != last or kept.state != state:
        faults.append(f"person {family[0]}: what was gathered differs, or stops before entry {last}")
    for wanted in _standings(session, family, derive(state)):
        row = session.get(Standing, (wanted["enrolment_id"], wanted["segment_id"]))
        names = [name for name, value in wanted.items() if row is None or getattr(row, name) != value]
        if names:
            have = (
                "missing"
                if row is None
                else ", ".join(f"{n} {getattr(row, n)!r} ≠ {wanted[n]!r}" for n in names)
            )
            faults.append(f"standing {wanted['enrolment_id']}/{wanted['segment_id']}: {have}"[:400])
    return faults


def check(session: Session) -> list[str]:
    """Compare stepping with rebuilding for everybody the ledger or the standings know; return what differs."""
    persons = set(evidence.persons_with_entries(session))
    persons |= set(session.scalars(select(CompletionPerson.person_id)))
    return [fault for person in sorted(persons) for fault in differences(session, person)]


def rebuild(session: Session, *, now: datetime) -> int:
    """Throw away what was gathered and fold everybody anew; return the number of persons."""
    persons = sorted(
        set(evidence.persons_with_entries(session)) | set(session.scalars(select(CompletionPerson.person_id)))
    )
    for person_id in persons:
        kept = session.get(CompletionPerson, person_id)
        if kept is not None:
            kept.state, kept.folded_to = dict(EMPTY), 0
            session.flush()
        refresh(session, person_id, now=now)
    return len(persons)
