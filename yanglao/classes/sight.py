"""Say of whom an instructor may see a photo: the people of a class in which they teach."""

from __future__ import annotations

from sqlalchemy.orm import Session

from yanglao.classes import queries
from yanglao.kernel.actor import Actor
from yanglao.kernel.errors import NotFound
from yanglao.people.roles import may


def need_sight(session: Session, person_id: str, *, actor: Actor) -> None:
    """Raise NotFound unless the actor teaches a class of this person, or administers its base."""
    own = [one for one in queries.enrolments_of(session, person_id) if one.state == "enrolled"]
    for one in own:
        if may(actor.grants, "session.plan", base=one.base_id, division=one.class_division_code):
            return
    meetings = queries.sessions_of_classes(session, (one.class_id for one in own))
    mine = any(one.instructor_id == actor.person_id and one.state != "cancelled" for one in meetings)
    if not (mine and may(actor.grants, "session.teach")):
        raise NotFound("photo.unknown")
