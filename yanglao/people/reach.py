"""Hold a service to the caller's scope: outside of it a person does not exist."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from yanglao.kernel.actor import EVERYTHING, Actor, Scope
from yanglao.kernel.errors import Forbidden, NotFound
from yanglao.people import queries
from yanglao.people.models import Person, RoleGrant
from yanglao.people.roles import may, scope_of

AnySession = Session | scoped_session[Any]


def scope_for(actor: Actor, permission: str) -> Scope:
    """Return what ``actor`` reaches with ``permission``; the system itself reaches everything."""
    return EVERYTHING if actor.client == "system" else scope_of(actor.grants, permission)


def need(actor: Actor, permission: str) -> None:
    """Raise Forbidden unless ``actor`` (or the system itself) may do this anywhere at all."""
    if actor.client != "system" and not may(actor.grants, permission):
        raise Forbidden(permission=permission)


def person_row(session: AnySession, person_id: str, scope: Scope = EVERYTHING) -> Person:
    """Return the row of a person within ``scope``. Raises NotFound."""
    queries.person(session, person_id, scope)
    row = session.get(Person, person_id)
    if row is None:
        raise NotFound("person.not_found")
    return row


def is_staff_beyond(session: AnySession, person_id: str, scope: Scope) -> bool:
    """Tell whether a person holds a role that ``scope`` does not cover: whoever resets them would gain that role."""
    held = select(RoleGrant).where(RoleGrant.person_id == person_id, RoleGrant.revoked_ms.is_(None))
    return any(
        grant.role not in ("trainee", "instructor")
        or (grant.role == "instructor" and not scope.all and grant.base_id not in scope.bases)
        for grant in session.scalars(held)
    )


def actor_id(actor: Actor) -> str | None:
    """Return the person id to keep in a row; None for the system itself."""
    return None if actor.client == "system" else actor.person_id
