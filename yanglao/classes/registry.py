"""Enter people on a class's roster, one row per person and class, never more than the class holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yanglao.classes import queries
from yanglao.classes.models import Enrolment, TrainingClass
from yanglao.classes.queries import ClassUnknown
from yanglao.classes.states import OPEN_ROSTER
from yanglao.kernel.actor import Actor, Scope
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Conflict
from yanglao.people.roles import scope_of
from yanglao.places import queries as places


class RosterFrozen(Conflict):
    code = "roster.frozen"


class ClassFull(Conflict):
    code = "roster.no_room"


@dataclass(frozen=True)
class EnrolDraft:
    """Who is to be entered and what the roster says of them; an empty division means the base's own."""

    person_id: str
    employer: str = ""
    trainee_status: str = ""
    division_code: str = ""


def locked_class(session: Session, class_id: str, scope: Scope) -> TrainingClass:
    """Load a class within ``scope`` and hold its row until the transaction ends. Raises ClassUnknown."""
    row = session.scalar(
        queries.within(scope).where(TrainingClass.id == class_id).with_for_update(of=TrainingClass)
    )
    if row is None:
        raise ClassUnknown(class_id=class_id)
    return row


def enrol(session: Session, class_id: str, draft: EnrolDraft, *, now: datetime, actor: Actor) -> str:
    """Enter a person while the roster is open and return the enrolment's id; who is on it already stays as is.

    Raises: ClassUnknown, RosterFrozen, ClassFull.
    """
    row = locked_class(session, class_id, scope_of(actor.grants, "roster.import"))
    if row.state not in OPEN_ROSTER:
        raise RosterFrozen(state=row.state)
    return enter(session, row, draft, source="roster", now=now)


def enter(session: Session, row: TrainingClass, draft: EnrolDraft, *, source: str, now: datetime) -> str:
    """Write the enrolment; the caller holds the class's row and has judged whether anybody may come now.

    Someone who was withdrawn comes back with the roster number they had. Raises ClassFull.
    """
    own = (Enrolment.class_id == row.id, Enrolment.person_id == draft.person_id)
    division_code = draft.division_code or places.base(session, row.base_id).division_code
    known = session.scalar(select(Enrolment).where(*own))
    if known is not None and known.state == "enrolled":
        return known.id
    taken = session.scalar(
        select(func.count())
        .select_from(Enrolment)
        .where(Enrolment.class_id == row.id, Enrolment.state == "enrolled")
    )
    if (taken or 0) >= row.capacity:
        raise ClassFull(capacity=row.capacity)
    if known is None:
        last = session.scalar(select(func.max(Enrolment.roster_no)).where(Enrolment.class_id == row.id))
        known = Enrolment(
            class_id=row.id, person_id=draft.person_id, roster_no=(last or 0) + 1, created_ms=to_ms(now)
        )
        session.add(known)
    known.state, known.source = "enrolled", source
    known.withdrawn_ms, known.withdrawn_reason = None, ""
    known.employer, known.trainee_status = draft.employer, draft.trainee_status
    known.division_code = division_code
    session.flush()
    return known.id
