"""Add people after the start: the base asks with a reason, the organising level decides, both are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.classes import queries
from yanglao.classes.models import LateAddition
from yanglao.classes.queries import LateUnknown, LateView
from yanglao.classes.registry import EnrolDraft, enter, locked_class
from yanglao.classes.roster_rules import tidy_id, tidy_name, tidy_phone
from yanglao.kernel.actor import Actor, Scope
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Conflict, Forbidden, Refused
from yanglao.kernel.identifiers import mask_name
from yanglao.people import service as people
from yanglao.people.roles import may, scope_of
from yanglao.places import queries as places


class NotRunning(Conflict):
    code = "late.class_not_running"


class AlreadyEnrolled(Conflict):
    code = "late.already_enrolled"


class AlreadyDecided(Conflict):
    code = "late.already_decided"


class OwnRequest(Forbidden):
    code = "late.own_request"


class NotTheDecider(Forbidden):
    code = "late.not_the_organiser"


class LateReasonMissing(Refused):
    code = "late.reason_missing"


class LateNameDiffers(Refused):
    code = "late.name_differs"


def request_late(
    session: Session, class_id: str, draft: EnrolDraft, *, reason: str, now: datetime, actor: Actor
) -> LateView:
    """Ask to add a person to a running class; asking again while it is undecided gives the same request.

    Raises: ClassUnknown, NotRunning, AlreadyEnrolled, LateReasonMissing.
    """
    scope = _reach(actor, "late.request")
    row = locked_class(session, class_id, scope)
    if row.state != "running":
        raise NotRunning(state=row.state)
    if not reason.strip():
        raise LateReasonMissing
    known = queries.enrolment_in(session, class_id, draft.person_id)
    if known is not None and known.state == "enrolled":
        raise AlreadyEnrolled
    own = (LateAddition.class_id == class_id, LateAddition.person_id == draft.person_id)
    late = session.scalar(select(LateAddition).where(*own, LateAddition.state == "pending"))
    if late is None:
        late = LateAddition(
            class_id=class_id,
            person_id=draft.person_id,
            employer=draft.employer,
            trainee_status=draft.trainee_status,
            division_code=draft.division_code or places.base(session, row.base_id).division_code,
            reason=reason.strip(),
            requested_by=actor.person_id,
            requested_ms=to_ms(now),
        )
        session.add(late)
        session.flush()
    return queries.late_addition(session, late.id)


def admit_late(session: Session, class_id: str, person: people.Draft, *, now: datetime, actor: Actor) -> str:
    """Admit the person a late addition is about, as a trainee of the class's base; return the person's id.

    Raises: ClassUnknown, NotRunning, LateNameDiffers, WrongId, Refused (name, phone).
    """
    row = locked_class(session, class_id, _reach(actor, "late.request"))
    if row.state != "running":
        raise NotRunning(state=row.state)
    draft = replace(
        person,
        name=tidy_name(person.name),
        id_number=tidy_id(person.id_number),
        phone=tidy_phone(person.phone)[0],
        base_id=row.base_id,
        is_demo=row.is_demo,
    )
    admitted = people.admit(session, draft, now=now, actor=actor)
    if admitted.name_differs:
        raise LateNameDiffers(known_name=mask_name(admitted.name_on_record))
    return admitted.person_id


def decide_late(
    session: Session, late_id: str, *, accept: bool, reason: str = "", now: datetime, actor: Actor
) -> LateView:
    """Accept or refuse a late addition as the organising level's officer; refusing needs its reason.

    Raises: LateUnknown, AlreadyDecided, OwnRequest, NotTheDecider, NotRunning, ClassFull, LateReasonMissing.
    """
    _reach(actor, "late.decide")
    scope = _reach(actor, "standing.read")
    view = queries.late_addition(session, late_id, scope)
    row = locked_class(session, view.class_id, scope)
    late = session.get(LateAddition, late_id, with_for_update=True)
    if late is None:
        raise LateUnknown(late_id=late_id)
    if late.state != "pending":
        raise AlreadyDecided(state=late.state)
    if actor.person_id == late.requested_by:
        raise OwnRequest
    if not may(actor.grants, "late.decide", division=row.division_code):
        raise NotTheDecider(division=row.division_code)
    if not accept and not reason.strip():
        raise LateReasonMissing
    if accept and row.state != "running":
        raise NotRunning(state=row.state)
    if accept:
        draft = EnrolDraft(late.person_id, late.employer, late.trainee_status, late.division_code)
        enter(session, row, draft, source="late", now=now)
    late.state = "approved" if accept else "refused"
    late.decided_by, late.decided_ms, late.decision_reason = actor.person_id, to_ms(now), reason.strip()
    session.flush()
    return queries.late_addition(session, late_id)


def _reach(actor: Actor, permission: str) -> Scope:
    scope = scope_of(actor.grants, permission)
    if scope.empty:
        raise Forbidden(permission=permission)
    return scope
