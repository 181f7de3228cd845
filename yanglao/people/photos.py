"""Keep a photo by which an instructor knows a person: taken by the person, approved by the base, compared by people.

No picture is ever compared by a machine. The person may take it back or send another at any time; what does not
stand or wait is erased.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from yanglao.files import service as files
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor, Scope
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, Forbidden, NotFound, Refused, TooLarge
from yanglao.outside import pictures
from yanglao.people import queries
from yanglao.people.photo_models import PersonPhoto
from yanglao.people.reach import actor_id, need, person_row, scope_for

AnySession = Session | scoped_session[Any]
MOST_BYTES = 8 * 1024 * 1024
SHORTEST_REASON = 4
SHOWN = ("waiting", "approved")


@dataclass(frozen=True)
class PhotoView:
    """A photo: whose, in which state, and why it was refused."""

    id: str
    person_id: str
    name: str
    state: str
    taken_ms: int
    reason: str
    taken_by: str | None = None


def drawn_anew(content: bytes) -> bytes:
    """Return a photo as it is kept: small, upright, without what a phone hides in it. Takes no transaction.

    Raises TooLarge: over 8 MiB. Refused: no JPEG, PNG or WebP that can be read.
    """
    if len(content) > MOST_BYTES:
        raise TooLarge("photo.too_large")
    try:
        return pictures.portrait(content)
    except pictures.NoPicture:
        raise Refused("photo.unreadable") from None


def take(session: AnySession, picture: bytes, *, now: datetime, actor: Actor) -> str:
    """Keep a photo of the actor (as ``drawn_anew`` gave it) until the base has looked; one that waited is erased."""
    return keep_of(session, actor.person_id, picture, now=now)


def keep_of(
    session: AnySession, person_id: str, picture: bytes, *, now: datetime, taken_by: str | None = None
) -> str:
    """Keep a photo of a person until the base has looked; who may give it the caller knows. One that waited is erased."""
    for row in _of(session, person_id, ("waiting",)):
        _erase(session, row, "replaced", now=now)
    kept = timedelta(days=policy.on(day_of(now)).binding.photo_keep_days)
    file_id = files.store(
        session,  # type: ignore[arg-type]
        picture,
        name="photo.jpg",
        media_type="image/jpeg",
        owner_id=person_id,
        purpose="person_photo",
        now=now,
        keep_for=kept,
    )
    row = PersonPhoto(person_id=person_id, file_id=file_id, taken_ms=to_ms(now), taken_by=taken_by)
    session.add(row)
    session.flush()
    return row.id


def remove(session: AnySession, *, now: datetime, actor: Actor) -> None:
    """Erase the actor's own photos; again changes nothing."""
    forget(session, actor.person_id, now=now)


def forget(session: AnySession, person_id: str, *, now: datetime) -> None:
    """Erase a person's photos, also when they leave the service account; again changes nothing."""
    for row in _of(session, person_id, SHOWN):
        _erase(session, row, "removed", now=now)


def decide(
    session: AnySession, photo_id: str, *, accept: bool, reason: str = "", now: datetime, actor: Actor
) -> None:
    """Approve a photo, which then stands instead of the one before, or refuse and erase it.

    Raises:
        Forbidden: one's own, or taken by oneself. NotFound: outside the caller's scope. Conflict: decided or taken back already.
        Refused: refusing without a reason.
    """
    need(actor, "people.manage")
    row = session.get(PersonPhoto, photo_id, with_for_update=True)
    if row is None:
        raise NotFound("photo.unknown")
    person_row(session, row.person_id, scope_for(actor, "people.manage"))
    if row.person_id == actor.person_id:
        raise Forbidden("photo.own")
    if row.taken_by == actor.person_id:
        raise Forbidden("photo.taken_by_you")
    if row.state != "waiting":
        raise Conflict("photo.decided")
    if not accept and len(reason.strip()) < SHORTEST_REASON:
        raise Refused("person.reason_missing")
    row.decided_by, row.decided_ms, row.reason = actor_id(actor), to_ms(now), reason.strip()[:200]
    if not accept:
        _erase(session, row, "refused", now=now)
        return
    for before in _of(session, row.person_id, ("approved",)):
        _erase(session, before, "replaced", now=now)
    row.state = "approved"
    session.flush()


def waiting(session: AnySession, scope: Scope, *, limit: int = 100) -> list[PhotoView]:
    """Return the photos within ``scope`` that wait, the oldest first."""
    rows = session.scalars(
        select(PersonPhoto).where(PersonPhoto.state == "waiting").order_by(PersonPhoto.taken_ms)
    )
    found = []
    for row in rows:
        try:
            name = queries.person(session, row.person_id, scope).name
        except NotFound:
            continue
        found.append(_view(row, name))
        if len(found) == limit:
            break
    return found


def to_decide(session: AnySession, scope: Scope, *, actor: Actor) -> list[PhotoView]:
    """Return the photos within ``scope`` that wait for ``actor``: neither of nor by the actor."""
    return [one for one in waiting(session, scope) if actor.person_id not in (one.person_id, one.taken_by)]


def latest(session: AnySession, person_id: str) -> PhotoView | None:
    """Return a person's newest photo that waits, stands or was refused, or None."""
    wanted = select(PersonPhoto).where(
        PersonPhoto.person_id == person_id, PersonPhoto.state.in_((*SHOWN, "refused", "removed"))
    )
    row = session.scalar(wanted.order_by(PersonPhoto.taken_ms.desc(), PersonPhoto.id.desc()).limit(1))
    return None if row is None or row.state == "removed" else _view(row, "")


def approved_among(session: AnySession, person_ids: list[str]) -> set[str]:
    """Return those of ``person_ids`` of whom a photo stands."""
    return _among(session, person_ids, ("approved",))


def shown_among(session: AnySession, person_ids: list[str]) -> set[str]:
    """Return those of ``person_ids`` of whom a photo stands or waits."""
    return _among(session, person_ids, SHOWN)


def _among(session: AnySession, person_ids: list[str], states: tuple[str, ...]) -> set[str]:
    if not person_ids:
        return set()
    wanted = select(PersonPhoto.person_id).where(
        PersonPhoto.person_id.in_(person_ids), PersonPhoto.state.in_(states)
    )
    return set(session.scalars(wanted))


def opened(session: AnySession, photo_id: str, scope: Scope, *, now: datetime) -> files.FileView:
    """Return the picture of a photo that waits or stands, of a person within ``scope``. Raises NotFound."""
    row = session.get(PersonPhoto, photo_id)
    if row is None or row.state not in SHOWN:
        raise NotFound("photo.unknown")
    queries.person(session, row.person_id, scope)
    return files.open_(session, row.file_id, now=now)  # type: ignore[arg-type]


def opened_of(
    session: AnySession, person_id: str, *, states: tuple[str, ...] = ("approved",), now: datetime
) -> files.FileView:
    """Return the picture of a person, the newest of ``states``; who may see it the caller knows. Raises NotFound."""
    rows = _of(session, person_id, states)
    if not rows:
        raise NotFound("photo.unknown")
    return files.open_(session, rows[0].file_id, now=now)  # type: ignore[arg-type]


def _of(session: AnySession, person_id: str, states: tuple[str, ...]) -> list[PersonPhoto]:
    wanted = select(PersonPhoto).where(PersonPhoto.person_id == person_id, PersonPhoto.state.in_(states))
    return list(session.scalars(wanted.order_by(PersonPhoto.taken_ms.desc(), PersonPhoto.id.desc())))


def _erase(session: AnySession, row: PersonPhoto, state: str, *, now: datetime) -> None:
    row.state = state
    session.flush()
    files.drop(session, row.file_id, now=now)  # type: ignore[arg-type]


def _view(row: PersonPhoto, name: str) -> PhotoView:
    return PhotoView(row.id, row.person_id, name, row.state, row.taken_ms, row.reason, row.taken_by)
