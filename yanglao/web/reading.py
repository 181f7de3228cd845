"""Let somebody read an enrolment: their own, or one within the scope of a permission."""

from __future__ import annotations

from yanglao.capture.service import own_enrolment
from yanglao.classes import queries as classes
from yanglao.kernel.db import db
from yanglao.people import queries as people
from yanglao.people.roles import may, scope_of
from yanglao.web.auth import actor


def readable(enrolment_id: str, permission: str) -> bool:
    """Tell whether the enrolment is the caller's own; raise EnrolmentUnknown unless it is or ``permission`` reaches it."""
    me = actor()
    if may(me.grants, permission):
        try:
            own = classes.enrolment(db.session, enrolment_id, scope_of(me.grants, permission))
            return own.person_id in people.same_person_ids(db.session, me.person_id)
        except classes.EnrolmentUnknown:
            if not may(me.grants, "learn.own"):
                raise
    own_enrolment(db.session, enrolment_id, me)
    return True
