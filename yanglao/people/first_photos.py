"""Keep a photo that an instructor takes of somebody who signs in and of whom there is none: only of who agreed to the notice.

It waits for the base as any photo does, and is erased when its person says so. Nobody has to be photographed: without a photo
one signs in all the same, and who took a photo back is not asked again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, exists, select

from yanglao.kernel.actor import Actor
from yanglao.kernel.errors import Conflict
from yanglao.people import photos
from yanglao.people.models import Consent, Person
from yanglao.people.photo_models import PersonPhoto
from yanglao.people.photos import AnySession
from yanglao.people.rules import PRIVACY_VERSION


class NotAgreed(Conflict):
    code = "photo.not_agreed"


class PhotoThere(Conflict):
    code = "photo.there"


class TakenBack(Conflict):
    code = "photo.taken_back"


def standing(session: AnySession, person_ids: Iterable[str]) -> dict[str, str]:
    """Return how it stands with the photo of each person, in one question.

    ``approved``: one stands; ``waiting``: one waits for the base; ``removed``: the person took it back;
    ``open``: there is none and one may be taken; ``not_agreed``: there is none, and the person never agreed to the notice.
    """
    wanted = sorted(set(person_ids))
    return {row[0]: row[1] for row in session.execute(_standing(), {"ids": wanted})} if wanted else {}


def keep(session: AnySession, person_id: str, picture: bytes, *, now: datetime, actor: Actor) -> None:
    """Keep the first photo of a person (as ``photos.drawn_anew`` gave it); the taker may take it anew while it waits.

    The caller holds the person's lock; the same again changes nothing. Raises NotAgreed, TakenBack, PhotoThere.
    """
    held = standing(session, [person_id]).get(person_id)
    if held == "removed":
        raise TakenBack
    if held in photos.SHOWN:
        last = photos.latest(session, person_id)
        if last is None or last.taken_by != actor.person_id:
            raise PhotoThere
        kept = photos.opened_of(session, person_id, states=(held,), now=now)
        if held == "approved" or kept.sha256 == hashlib.sha256(picture).hexdigest():
            return
    elif held != "open":
        raise NotAgreed
    photos.keep_of(session, person_id, picture, now=now, taken_by=actor.person_id)


@cache
def _standing() -> Any:
    own = PersonPhoto.person_id == Person.id
    last = (
        select(PersonPhoto.state)
        .where(own, PersonPhoto.state != "replaced")
        .order_by(PersonPhoto.taken_ms.desc(), PersonPhoto.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    agreed = exists().where(Consent.person_id == Person.id, Consent.version == PRIVACY_VERSION)
    state = case(
        (exists().where(own, PersonPhoto.state == "approved"), "approved"),
        (last.in_(("waiting", "removed")), last),
        (agreed, "open"),
        else_="not_agreed",
    )
    return select(Person.id, state).where(Person.id.in_(bindparam("ids", expanding=True)))
