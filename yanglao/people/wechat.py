"""Bind a WeChat user to a person and part them again. One openid, one person; every change is an act that is kept.

An openid is a secret of its owner: it never leaves this package but for sending, and is erased when the binding ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, scoped_session

from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Conflict, NotFound, Refused
from yanglao.outside.ciphers import ciphers
from yanglao.people import queries
from yanglao.people.models import SignIn
from yanglao.people.reach import actor_id, need, person_row, scope_for
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


def _openid_keys(appid: str, openid: str) -> list[str]:
    return [key.hex() for key in ciphers().macs("wechat openid", f"{appid}:{openid}".encode())]


def person_of(session: AnySession, appid: str, openid: str) -> str | None:
    """Return the id of the person, the one that stands after merges, whose WeChat this is, or None."""
    row = session.scalar(_live(WechatIdentity.appid == appid, WechatIdentity.openid == openid))
    return None if row is None else queries.standing_id(session, row.person_id)


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
    """Return the person this WeChat user was bound to until they left of themselves; None when others came between."""
    wanted = (
        select(WechatIdentity)
        .where(WechatIdentity.appid == appid, WechatIdentity.openid_key.in_(_openid_keys(appid, openid)))
        .order_by(WechatIdentity.bound_ms.desc(), WechatIdentity.id.desc())
        .limit(1)
    )
    row = session.scalar(wanted)
    if row is None or row.unbound_why != "unsubscribed":
        return None
    person_id = queries.standing_id(session, row.person_id)
    since = select(WechatIdentity.id).where(
        WechatIdentity.appid == appid,
        WechatIdentity.person_id == person_id,
        WechatIdentity.bound_ms > (row.unbound_ms or 0),
    )
    return None if session.scalar(since.limit(1)) else person_id


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

    ``how``: slip, form, account or restored.

    Raises:
        Conflict: ``wechat.openid_bound`` to another person, or ``wechat.person_bound`` to another WeChat user: only
        an administrator parts them.
    """
    person_id = queries.standing_id(session, person_id)
    held = person_of(session, appid, openid)
    if held == person_id:
        return
    if held is not None:
        raise Conflict("wechat.openid_bound")
    if openid_of(session, appid, person_id) is not None:
        raise Conflict("wechat.person_bound")
    session.add(
        WechatIdentity(
            appid=appid,
            openid=openid,
            openid_key=openid_key(appid, openid),
            unionid=unionid,
            person_id=person_id,
            how=how,
            bound_ms=to_ms(now),
        )
    )
    note(session, "bound", person_id, how=how, done_by=person_id, now=now)
    session.flush()


def unbind_openid(session: AnySession, appid: str, openid: str, *, now: datetime) -> bool:
    """Part a WeChat user who leaves (unsubscribe, authorisation revoked) from their person; tell whether they were bound.

    Profile data go: openid and unionid here, and what OAuth kept of them. The training record stays with the person.
    Again, or for a stranger, changes nothing.
    """
    row = session.scalar(
        _live(WechatIdentity.appid == appid, WechatIdentity.openid == openid).with_for_update()
    )
    session.execute(
        delete(OauthState).where(OauthState.openid == openid).execution_options(synchronize_session=False)
    )
    if row is None:
        return False
    _end(session, row, why="unsubscribed", now=now)
    note(session, "unbound", row.person_id, how="unsubscribed", done_by=row.person_id, now=now)
    session.flush()
    return True


def unbind_person(session: AnySession, person_id: str, *, reason: str, now: datetime, actor: Actor) -> None:
    """Part a person from their WeChat, so that another one can be bound; the only way to bind anew.

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
    for row in rows:
        session.execute(
            delete(OauthState)
            .where(OauthState.openid == row.openid)
            .execution_options(synchronize_session=False)
        )
        _end(session, row, why="office", now=now)
    done_by = actor_id(actor)
    note(session, "unbound", person_id, how="office", reason=reason, done_by=done_by, now=now)
    session.flush()


def carry_over(session: AnySession, merged_id: str, keep_id: str, *, now: datetime) -> None:
    """Let the binding of a merged record go on under the one that stands, unless that one has its own."""
    for row in list(session.scalars(_live(WechatIdentity.person_id == merged_id))):
        if openid_of(session, row.appid, keep_id) is None:
            row.person_id = keep_id
            session.flush()
        else:
            _end(session, row, why="merged", now=now)


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
    row.openid, row.unionid = None, None
    row.unbound_ms, row.unbound_why = to_ms(now), why
    through = SignIn.person_id == row.person_id, SignIn.via == "wechat", SignIn.revoked_ms.is_(None)
    session.execute(update(SignIn).where(*through).values(revoked_ms=to_ms(now)))
    session.flush()


def _live(*conditions: Any) -> Any:
    return select(WechatIdentity).where(WechatIdentity.unbound_ms.is_(None), *conditions)
