"""Bind a WeChat user to a person and part them again. One openid, one person; every change is an act that is kept.

The one exception, two registered persons of one phone, is made in ``shares`` and ends here. An openid is a secret of its owner: it never leaves this package but for sending, and is erased when the binding ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, exists, select, update
from sqlalchemy.orm import Session, aliased, scoped_session

from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Conflict, NotFound, Refused
from yanglao.outside.ciphers import ciphers
from yanglao.people import queries, telling
from yanglao.people.models import SignIn
from yanglao.people.reach import actor_id, need, person_row, scope_for
from yanglao.people.share_models import WechatClaim, WechatShare
from yanglao.people.wechat_models import OauthState, WechatAct, WechatIdentity

AnySession = Session | scoped_session[Any]
SHORTEST_REASON = 4


@dataclass(frozen=True)
class BindingView:
    """That a person is bound, since when and how; the openid is not told."""

    person_id: str
    how: str
    bound_ms: int


@dataclass(frozen=True)
class BindingActView:
    """One line of what happened to a binding, with the name of who did it (the person themselves, or the office)."""

    kind: str
    how: str
    reason: str
    done_name: str
    done_ms: int


def openid_key(appid: str, openid: str) -> str:
    """Return the keyed hash by which a WeChat user is known again after the openid was erased."""
    return ciphers().mac("wechat openid", f"{appid}:{openid}".encode()).hex()


def openid_keys(appid: str, openid: str) -> list[str]:
    """Return the keyed hashes under every key still held, the present one first."""
    return [key.hex() for key in ciphers().macs("wechat openid", f"{appid}:{openid}".encode())]


def person_of(session: AnySession, appid: str, openid: str) -> str | None:
    """Return the id of the person, the one that stands after merges, whose WeChat this is, or None.

    Of two who share it the one bound first: who must know which of them it is asks ``persons_of`` and lets them say.
    """
    return next(iter(persons_of(session, appid, openid)), None)


def persons_of(session: AnySession, appid: str, openid: str) -> list[str]:
    """Return the ids of those whose WeChat this is: none, one, or the two of a registered share, first bound first."""
    rows = session.scalars(
        _live(WechatIdentity.appid == appid, WechatIdentity.openid == openid).order_by(WechatIdentity.slot)
    )
    return [queries.standing_id(session, row.person_id) for row in rows]


def partner_of(session: AnySession, person_id: str) -> str | None:
    """Return the id of the other person of a registered shared WeChat, None for who has their own."""
    return partners_of(session, [person_id]).get(person_id)


def partners_of(session: AnySession, person_ids: Sequence[str]) -> dict[str, str]:
    """Return for those of ``person_ids`` who share a WeChat the id of the other person."""
    found = session.connection().execute(_partners(), {"ids": list(person_ids)})
    return {one: queries.standing_id(session, other) for one, other in found}


@cache
def _partners() -> Any:
    mine, theirs = aliased(WechatIdentity), aliased(WechatIdentity)
    asked = mine.person_id.in_(bindparam("ids", expanding=True)) & mine.unbound_ms.is_(None)
    return select(mine.person_id, theirs.person_id).where(asked, _beside(mine, theirs))


def is_shared(person_id: Any) -> ColumnElement[bool]:
    """Return the condition that the person of this column shares a WeChat, for a query about something else."""
    mine, theirs = aliased(WechatIdentity), aliased(WechatIdentity)
    return exists().where(mine.person_id == person_id, mine.unbound_ms.is_(None), _beside(mine, theirs))


def _beside(mine: Any, theirs: Any) -> ColumnElement[bool]:
    return (
        theirs.unbound_ms.is_(None)
        & (theirs.appid == mine.appid)
        & (theirs.openid == mine.openid)
        & (theirs.slot != mine.slot)
    )


def sign_partner_out(session: AnySession, person_id: str, *, now: datetime) -> None:
    """End every sign-in through WeChat of whoever shares it with this person, so that one of both holds the phone."""
    partner = partner_of(session, person_id)
    if partner is None:
        return
    theirs = SignIn.person_id.in_(queries.same_person_ids(session, partner))
    through = (SignIn.via == "wechat") | (SignIn.client == "wechat")
    session.execute(
        update(SignIn).where(theirs, through, SignIn.revoked_ms.is_(None)).values(revoked_ms=to_ms(now))
    )


def openid_of(session: AnySession, appid: str, person_id: str) -> str | None:
    """Return the openid to send a person's messages to, None for who is not bound."""
    row = session.scalar(_live(WechatIdentity.appid == appid, WechatIdentity.person_id == person_id))
    return None if row is None else row.openid


def binding_of(session: AnySession, person_id: str) -> BindingView | None:
    """Return the person's live binding, or None."""
    row = session.scalar(_live(WechatIdentity.person_id == person_id).limit(1))
    return None if row is None else BindingView(row.person_id, row.how, row.bound_ms)


def bound_among(session: AnySession, person_ids: list[str]) -> set[str]:
    """Return those of ``person_ids`` who are bound."""
    found: set[str] = set()
    for start in range(0, len(person_ids), 500):
        part = WechatIdentity.person_id.in_(person_ids[start : start + 500])
        found |= {row.person_id for row in session.scalars(_live(part))}
    return found


def binding_acts(session: AnySession, person_id: str) -> list[BindingActView]:
    """Return what happened to a person's binding, the latest first."""
    wanted = select(WechatAct).where(WechatAct.person_id == person_id)
    rows = list(session.scalars(wanted.order_by(WechatAct.done_ms.desc(), WechatAct.id.desc()).limit(100)))
    known = queries.persons(session, {row.done_by for row in rows if row.done_by})
    return [
        BindingActView(
            row.kind,
            row.how,
            row.reason,
            known[row.done_by].name if row.done_by in known else "系统",
            row.done_ms,
        )
        for row in rows
    ]


def restorable(session: AnySession, appid: str, openid: str) -> str | None:
    """Return the one whom ``restorables`` names first, or None."""
    return next(iter(restorables(session, appid, openid)), None)


def restorables(session: AnySession, appid: str, openid: str) -> list[str]:
    """Return whom this WeChat user was bound to until they left of themselves; not who was bound otherwise since.

    Two when it was a shared phone, the first bound first.
    """
    keys = WechatIdentity.appid == appid, WechatIdentity.openid_key.in_(openid_keys(appid, openid))
    newest = (
        select(WechatIdentity).where(*keys).order_by(WechatIdentity.bound_ms.desc(), WechatIdentity.id.desc())
    )
    last = session.scalar(newest.limit(1))
    if last is None or last.unbound_why != "unsubscribed":
        return []
    left = select(WechatIdentity).where(
        *keys,
        WechatIdentity.unbound_why == "unsubscribed",
        WechatIdentity.unbound_ms == last.unbound_ms,
    )
    return [
        queries.standing_id(session, row.person_id)
        for row in session.scalars(left.order_by(WechatIdentity.slot))
        if not _bound_since(session, row)
    ]


def _bound_since(session: AnySession, row: WechatIdentity) -> bool:
    since = select(WechatIdentity.id).where(
        WechatIdentity.appid == row.appid,
        WechatIdentity.person_id == queries.standing_id(session, row.person_id),
        WechatIdentity.bound_ms > (row.unbound_ms or 0),
    )
    return session.scalar(since.limit(1)) is not None


def bind(
    session: AnySession,
    person_id: str,
    *,
    appid: str,
    openid: str,
    unionid: str | None,
    how: str,
    now: datetime,
) -> None:
    """Bind a WeChat user to a person; the same again changes nothing.

    ``how``: slip, form, account, class or restored.

    Raises:
        Conflict: ``wechat.openid_bound`` to another person, or ``wechat.person_bound`` to another WeChat user: only
        an administrator parts them, or lets two persons share.
    """
    person_id = queries.standing_id(session, person_id)
    held = persons_of(session, appid, openid)
    if person_id in held:
        return
    if held:
        raise Conflict("wechat.openid_bound")
    if openid_of(session, appid, person_id) is not None:
        raise Conflict("wechat.person_bound")
    row = WechatIdentity(
        appid=appid,
        openid=openid,
        openid_key=openid_key(appid, openid),
        unionid=unionid,
        person_id=person_id,
        how=how,
        bound_ms=to_ms(now),
    )
    session.add(row)
    note(session, "bound", person_id, how=how, done_by=person_id, now=now)
    session.flush()
    telling.newly_bound(session, row, now=now)


def bind_second(
    session: AnySession, share: WechatShare, first: WechatIdentity, *, how: str, now: datetime
) -> None:
    """Bind the second person of an approved share beside the first. Raises Conflict when they are bound elsewhere."""
    person_id = queries.standing_id(session, share.second_id)
    if openid_of(session, share.appid, person_id) is not None:
        raise Conflict("wechat.person_bound")
    row = WechatIdentity(
        appid=share.appid,
        openid=first.openid,
        openid_key=first.openid_key,
        unionid=first.unionid,
        person_id=person_id,
        how=how,
        slot=2,
        share_id=share.id,
        share_state="approved",
        bound_ms=to_ms(now),
    )
    session.add(row)
    note(session, "bound", person_id, how=how, done_by=person_id, now=now)
    session.flush()
    telling.newly_bound(session, row, now=now)


def unbind_openid(session: AnySession, appid: str, openid: str, *, now: datetime) -> bool:
    """Part a WeChat user who leaves (unsubscribe, authorisation revoked) from their person; tell whether they were bound.

    Profile data go: openid and unionid here, and what OAuth kept of them. The training record stays with the person.
    Two who share it are both parted; their share stands, for when they come back. Again, or for a stranger, changes
    nothing.
    """
    rows = list(
        session.scalars(
            _live(WechatIdentity.appid == appid, WechatIdentity.openid == openid)
            .order_by(WechatIdentity.slot.desc())
            .with_for_update()
        )
    )
    _forget(session, appid, openid, now=now)
    for row in rows:
        _end(session, row, why="unsubscribed", now=now)
        note(session, "unbound", row.person_id, how="unsubscribed", done_by=row.person_id, now=now)
    session.flush()
    return bool(rows)


def _forget(session: AnySession, appid: str, openid: str, *, now: datetime) -> None:
    """Erase an openid where it is kept beside the identity: what OAuth said, claims in a class."""
    session.execute(
        delete(OauthState).where(OauthState.openid == openid).execution_options(synchronize_session=False)
    )
    session.execute(
        update(WechatClaim)
        .where(WechatClaim.appid == appid, WechatClaim.openid == openid)
        .values(openid=None, unionid=None, state="ended", decided_ms=to_ms(now))
        .execution_options(synchronize_session=False)
    )


def unbind_person(session: AnySession, person_id: str, *, reason: str, now: datetime, actor: Actor) -> None:
    """Part a person from their WeChat, so that another one can be bound; the only way to bind anew.

    A share that they were part of ends; the other one keeps the WeChat alone.

    Raises:
        Forbidden. NotFound: outside the caller's scope, or not bound. Refused: no reason.
    """
    need(actor, "people.manage")
    person_row(session, person_id, scope_for(actor, "people.manage"))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused("person.reason_missing")
    rows = list(session.scalars(_live(WechatIdentity.person_id == person_id).with_for_update()))
    if not rows:
        raise NotFound("wechat.not_bound")
    done_by = actor_id(actor)
    for row in rows:
        _forget(session, row.appid, str(row.openid), now=now)
        part(session, row, why="office", reason=reason, done_by=done_by, now=now)
    note(session, "unbound", person_id, how="office", reason=reason, done_by=done_by, now=now)
    session.flush()


def carry_over(session: AnySession, merged_id: str, keep_id: str, *, now: datetime) -> None:
    """Let the binding of a merged record go on under the one that stands, unless that one has its own."""
    for row in list(session.scalars(_live(WechatIdentity.person_id == merged_id))):
        if openid_of(session, row.appid, keep_id) is None:
            row.person_id = keep_id
            session.flush()
        else:
            part(session, row, why="merged", now=now)


def part(
    session: AnySession,
    row: WechatIdentity,
    *,
    why: str,
    reason: str = "",
    done_by: str | None = None,
    now: datetime,
) -> None:
    """End an identity for good: a share that it was part of ends with it, whoever is left holds the WeChat alone."""
    appid, openid, keys = row.appid, str(row.openid), openid_keys(row.appid, str(row.openid))
    _end(session, row, why=why, now=now)
    left = session.scalar(_live(WechatIdentity.appid == appid, WechatIdentity.openid == openid))
    if left is not None and left.slot == 2:
        left.slot, left.share_id, left.share_state = 1, None, None
        session.flush()
    close_shares(session, appid, keys, reason=reason, done_by=done_by, now=now)


def close_shares(
    session: AnySession, appid: str, keys: list[str], *, reason: str, done_by: str | None, now: datetime
) -> None:
    """End what is wished or approved of sharing this WeChat; no identity of slot 2 hangs on it any more."""
    still = select(WechatShare).where(
        WechatShare.appid == appid,
        WechatShare.openid_key.in_(keys),
        WechatShare.state.in_(("waiting", "approved")),
    )
    for share in list(session.scalars(still.with_for_update())):
        share.state, share.ended_ms, share.ended_by = "ended", to_ms(now), done_by
        share.end_reason = reason.strip()[:500]
        for one in (share.first_id, share.second_id):
            note(session, "share_ended", one, how="shared", reason=reason, done_by=done_by, now=now)
    session.flush()


def note(
    session: AnySession,
    kind: str,
    person_id: str,
    *,
    how: str,
    reason: str = "",
    done_by: str | None,
    now: datetime,
) -> None:
    """Keep one line of what happened to a binding."""
    session.add(
        WechatAct(
            kind=kind,
            how=how,
            person_id=person_id,
            reason=reason.strip()[:500],
            done_by=done_by,
            done_ms=to_ms(now),
        )
    )


def _end(session: AnySession, row: WechatIdentity, *, why: str, now: datetime) -> None:
    row.openid, row.unionid, row.share_id, row.share_state = None, None, None, None
    row.unbound_ms, row.unbound_why = to_ms(now), why
    through = SignIn.person_id == row.person_id, SignIn.via == "wechat", SignIn.revoked_ms.is_(None)
    session.execute(update(SignIn).where(*through).values(revoked_ms=to_ms(now)))
    session.flush()


def _live(*conditions: Any) -> Any:
    return select(WechatIdentity).where(WechatIdentity.unbound_ms.is_(None), *conditions)
