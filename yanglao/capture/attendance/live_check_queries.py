"""Read live checks as frozen values; the questions carry their keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.attendance.proof_models import LiveCheck, LiveQuestion
from yanglao.courses import question_queries
from yanglao.courses.shapes import QuestionView
from yanglao.kernel.clock import to_ms


@dataclass(frozen=True)
class AskedView:
    """One question of a check; ``question`` carries its key. ``verdict`` is right, wrong, none, or None while it is open."""

    number: int
    question: QuestionView
    lesson_id: str
    verdict: str | None
    way: str | None


@dataclass(frozen=True)
class CheckView:
    """Who is asked what, in the order of the questions. Milliseconds UTC."""

    id: str
    session_id: str
    enrolment_id: str
    person_id: str
    started_ms: int
    until_ms: int
    spoken: bool
    settled_ms: int | None
    asked: tuple[AskedView, ...]


def views(session: Session, rows: Sequence[LiveCheck]) -> list[CheckView]:
    """Return checks with their questions, in the order given."""
    asked = session.scalars(
        select(LiveQuestion)
        .where(LiveQuestion.check_id.in_([one.id for one in rows]))
        .order_by(LiveQuestion.number)
    ).all()
    known = question_queries.questions(session, [one.question_id for one in asked])
    return [
        CheckView(
            id=row.id,
            session_id=row.session_id,
            enrolment_id=row.enrolment_id,
            person_id=row.person_id,
            started_ms=row.started_ms,
            until_ms=row.until_ms,
            spoken=row.spoken_ms is not None,
            settled_ms=row.settled_ms,
            asked=tuple(
                AskedView(one.number, known[one.question_id], one.lesson_id, one.verdict, one.way)
                for one in asked
                if one.check_id == row.id
            ),
        )
        for row in rows
    ]


def of_session(session: Session, session_id: str) -> list[CheckView]:
    """List the checks of a session, open ones first, then the newest."""
    rows = session.scalars(
        select(LiveCheck)
        .where(LiveCheck.session_id == session_id)
        .order_by(LiveCheck.started_ms.desc(), LiveCheck.id)
    ).all()
    return views(session, sorted(rows, key=lambda one: one.settled_ms is not None))


def own(session: Session, person_id: str, *, now: datetime) -> list[CheckView]:
    """List the checks that wait for a person now."""
    open_ = (LiveCheck.settled_ms.is_(None), LiveCheck.until_ms > to_ms(now))
    return views(
        session, session.scalars(select(LiveCheck).where(LiveCheck.person_id == person_id, *open_)).all()
    )
