"""Whom to telephone about what they lack, and that somebody did: one list for all colleagues of a base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.classes.queries import EnrolmentUnknown
from yanglao.completion import notices
from yanglao.completion.models import CallNote
from yanglao.completion.notices import Notice
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import to_ms
from yanglao.kernel.wording import words
from yanglao.people import queries as people

RESULTS = ("reached", "no_answer", "later", "wrong_number")


@dataclass(frozen=True)
class NoteView:
    """One call: how it went, who made it and when."""

    result: str
    done_name: str
    done_ms: int

    @property
    def said(self) -> str:
        """Return the result as people say it."""
        return result_words(self.result)


@dataclass(frozen=True)
class Call:
    """One person to call: everything they lack, and the calls made, the latest first. No phone: ``""``."""

    enrolment_id: str
    name: str
    phone: str
    lacks: tuple[str, ...]
    notes: tuple[NoteView, ...]


@dataclass(frozen=True)
class CallGroup:
    """The people whose first lack is the same."""

    title: str
    tone: str
    calls: tuple[Call, ...]


def result_words(result: str) -> str:
    """Return how people say a result."""
    return words(f"call.{result}").title


def call_list(
    session: Session, class_id: str, *, now: datetime, actor: Actor
) -> tuple[Notice, list[CallGroup]]:
    """Return the notice of a class and its people to call, each once, under what they lack first. Raises ClassUnknown."""
    found = notices.notice(session, class_id, now=now, actor=actor)
    lacks: dict[str, list[str]] = {}
    for group in found.groups:
        for one in group.people:
            lacks.setdefault(one.enrolment_id, []).append(one.said)
    enrolled = classes.enrolments(session, lacks)
    known = people.persons(session, {one.person_id for one in enrolled.values()})
    made = notes(session, list(lacks))
    listed: list[CallGroup] = []
    seen: set[str] = set()
    for group in found.groups:
        calls = [
            Call(one.enrolment_id, one.name, known[enrolled[one.enrolment_id].person_id].phone,
                 tuple(lacks[one.enrolment_id]), tuple(made.get(one.enrolment_id, ())))
            for one in group.people
            if one.enrolment_id not in seen
        ]  # fmt: skip
        seen |= {one.enrolment_id for one in calls}
        if calls:
            listed.append(CallGroup(group.title, group.tone, tuple(calls)))
    return found, listed


def notes(session: Session, enrolment_ids: Sequence[str]) -> dict[str, list[NoteView]]:
    """Return the calls made to each enrolment, the latest first."""
    rows: list[CallNote] = []
    for start in range(0, len(enrolment_ids), 500):
        wanted = select(CallNote).where(CallNote.enrolment_id.in_(enrolment_ids[start : start + 500]))
        rows += session.scalars(wanted.order_by(CallNote.done_ms.desc(), CallNote.id.desc()))
    known = people.persons(session, {row.done_by for row in rows})
    found: dict[str, list[NoteView]] = {}
    for row in rows:
        found.setdefault(row.enrolment_id, []).append(
            NoteView(row.result, known[row.done_by].name, row.done_ms)
        )
    return found


def note(
    session: Session, class_id: str, enrolment_id: str, result: str, *, now: datetime, actor: Actor
) -> NoteView:
    """Keep how a call went; ``result`` is one of ``RESULTS``.

    Raises:
        ClassUnknown: not the actor's. EnrolmentUnknown: of another class, or withdrawn.
    """
    own = notices.own_class(session, class_id, actor)
    enrolled = classes.enrolment(session, enrolment_id)
    if enrolled.class_id != own.id or enrolled.state != "enrolled":
        raise EnrolmentUnknown(enrolment_id=enrolment_id)
    row = CallNote(enrolment_id=enrolment_id, result=result, done_by=actor.person_id, done_ms=to_ms(now))
    session.add(row)
    session.flush()
    return NoteView(result, actor.name, row.done_ms)
