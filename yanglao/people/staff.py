"""Take on staff: a person, an account with a one-time password and a role, in one go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, scoped_session

from yanglao.kernel.actor import Actor, Grant
from yanglao.kernel.errors import Conflict
from yanglao.people import queries
from yanglao.people.admission import Draft, admit, grant, open_account
from yanglao.people.reach import need

AnySession = Session | scoped_session[Any]


class NameDiffers(Conflict):
    """Say that the ID number stands on record with another name."""

    code = "person.name_differs"


@dataclass(frozen=True)
class TakenOn:
    """A member of staff; ``one_time_password`` is None when the account was there already."""

    person_id: str
    grant_id: str
    one_time_password: str | None


def take_on(session: AnySession, draft: Draft, given: Grant, *, now: datetime, actor: Actor) -> TakenOn:
    """Admit a person, open an account where there is none, and grant the role.

    Raises:
        Forbidden, NameDiffers, and what ``admit``, ``open_account`` and ``grant`` raise.
    """
    need(actor, "staff.manage")
    admitted = admit(session, draft, now=now, actor=actor)
    if admitted.name_differs:
        raise NameDiffers()
    one_time = None
    if queries.person(session, admitted.person_id).account_phone is None:
        opened = open_account(session, admitted.person_id, phone=draft.phone, now=now, actor=actor)
        one_time = opened.one_time_password
    grant_id = grant(session, admitted.person_id, given, now=now, actor=actor)
    return TakenOn(admitted.person_id, grant_id, one_time)
