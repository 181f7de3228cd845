"""Take back an assessment that was wrong: a new entry by a person above, with a reason. Its sheets and photos stay. The caller commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.capture.practical import queries, service, settling
from yanglao.capture.practical.models import PracticalAssessment
from yanglao.classes import queries as classes
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Conflict, Forbidden, Refused
from yanglao.messages import service as messages
from yanglao.outside.ciphers import ciphers
from yanglao.people import queries as persons
from yanglao.people import service as people
from yanglao.people.roles import scope_of

PERMISSION = "practical.void"


class AlreadyVoided(Conflict):
    code = "practical.already_voided"


class VoidReasonMissing(Refused):
    code = "practical.void_reason_missing"


class OwnResult(Forbidden):
    """Say that who scored this, or is meant by it, cannot take it back."""

    code = "practical.own_result"


def void(session: Session, assessment_id: str, *, reason: str, now: datetime, actor: Actor) -> str:
    """Take an assessment back, also one that still waits for sheets; the person may be scored anew. Return whose it is.

    Raises: AssessmentUnknown (outside the actor's reach), VoidReasonMissing, OwnResult, AlreadyVoided.
    """
    found = queries.result(session, assessment_id, scope_of(actor.grants, PERMISSION))
    said = reason.strip()
    if not said:
        raise VoidReasonMissing()
    people.lock(session, found.person_id)
    row = session.get_one(PracticalAssessment, found.id, with_for_update=True, populate_existing=True)
    concerned = {one.assessor_id for one in service.sheets_of(session, row.id)}
    concerned |= set(persons.same_person_ids(session, row.person_id))
    if actor.person_id in concerned:
        raise OwnResult()
    if row.voided_ms is not None:
        raise AlreadyVoided()
    row.voided_ms, row.voided_by, row.void_reason = to_ms(now), actor.person_id, said
    session.flush()
    body: dict[str, object] = {
        "assessment": row.id,
        "segment": row.segment_id,
        "number": row.number,
        "score_bp": row.score_bp,
        "reason": f"hmac-sha256:{ciphers().mac('practical.reason', said.encode())[:16].hex()}",
    }
    settling.enter(session, row, "practical.voided", body, occurred_ms=to_ms(now), now=now, actor=actor)
    own = classes.enrolment(session, row.enrolment_id)
    facts = {
        "class_name": own.class_name,
        "at_ms": row.settled_ms or row.begun_ms,
        "reason": f"实操考核的评分作废，要重新考。{said}",
    }
    messages.tell(session, row.person_id, "hours_refused", facts, once=f"{row.id}:voided", now=now)
    return row.person_id
