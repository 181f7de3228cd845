"""Let two named persons use one WeChat: the second asks, the base approves, the base ends it.

A wish is proven first: by a slip, by three fields, by password, or before the instructor in class. What was proven is
sealed (``proof``) and bound to the WeChat user who proved it, so that asking needs no second proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, scoped_session

from yanglao.kernel.actor import Actor, Scope
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Conflict, Forbidden, NotFound, Refused
from yanglao.outside.ciphers import Unreadable, ciphers
from yanglao.people import queries, wechat
from yanglao.people.oauth import Visit
from yanglao.people.reach import actor_id, need, person_row, scope_for
from yanglao.people.share_models import WechatShare
from yanglao.people.wechat_models import WechatIdentity

AnySession = Session | scoped_session[Any]
PROOF_MS = 1_800_000
RELATIONS = {
    "couple": "夫妻共用",
    "parent_child": "父母和子女共用",
    "siblings": "兄弟姐妹共用",
    "one_phone": "家里只有一部手机",
}


@dataclass(frozen=True)
class ShareView:
    """A wish to share, or a share: who with whom, why, how the second proved who they are, what became of it."""

    id: str
    state: str
    first: queries.PersonView
    second: queries.PersonView
    relation: str
    how: str
    filed_ms: int
    decided_name: str
    decided_ms: int | None
    reason: str
    ended_ms: int | None
    end_reason: str

    @property
    def relation_name(self) -> str:
        """Return why they share, as people say it."""
        return RELATIONS[self.relation]


def proof(person_id: str, *, how: str, visit: Visit, appid: str, now: datetime) -> str:
    """Return, sealed, that this WeChat user has just proven to be ``person_id``; it holds for half an hour."""
    key = wechat.openid_key(appid, visit.openid)
    return ciphers().seal(f"share|{person_id}|{how}|{key}|{to_ms(now) + PROOF_MS}")


def ask(session: AnySession, word: str, relation: str, *, visit: Visit, appid: str, now: datetime) -> str:
    """File the wish that a proof allows and return its id; the same wish again stays one.

    Raises:
        NotFound: the proof is not this WeChat user's, or too old. Refused: no such reason.
        Conflict: nobody holds this WeChat, or it waits or is shared already.
    """
    try:
        kind, person_id, how, key, until = ciphers().open(word).split("|")
    except (Unreadable, ValueError):
        raise NotFound("wechat.visit_over") from None
    known = key in wechat.openid_keys(appid, visit.openid) and int(until) > to_ms(now)
    if kind != "share" or not known:
        raise NotFound("wechat.visit_over")
    return file(session, person_id, relation, how=how, visit=visit, appid=appid, now=now)


def file(
    session: AnySession,
    person_id: str,
    relation: str,
    *,
    how: str,
    visit: Visit,
    appid: str,
    now: datetime,
) -> str:
    """File that ``person_id``, who was recognised, wants to use this WeChat beside the one bound to it.

    Raises:
        Refused: no such reason. Conflict: nobody holds this WeChat, it is shared or asked for already, or
        the person is bound elsewhere.
    """
    if relation not in RELATIONS:
        raise Refused("wechat.share_reason")
    second = queries.standing_id(session, person_id)
    held = wechat.persons_of(session, appid, visit.openid)
    if not held or second in held:
        raise Conflict("wechat.share_gone")
    if wechat.openid_of(session, appid, second) is not None:
        raise Conflict("wechat.person_bound")
    keys = wechat.openid_keys(appid, visit.openid)
    open_now = WechatShare.state.in_(("waiting", "approved"))
    same = or_(WechatShare.openid_key.in_(keys), WechatShare.second_id == second)
    before = session.scalar(select(WechatShare).where(WechatShare.appid == appid, same, open_now))
    if before is not None:
        if before.second_id == second and before.openid_key in keys and before.state == "waiting":
            return before.id
        raise Conflict("wechat.share_taken")
    share = WechatShare(
        appid=appid,
        openid_key=keys[0],
        first_id=held[0],
        second_id=second,
        relation=relation,
        how=how,
        filed_ms=to_ms(now),
    )
    session.add(share)
    for one in (held[0], second):
        wechat.note(session, "share_filed", one, how=how, done_by=second, now=now)
    session.flush()
    return share.id


def decide(
    session: AnySession, share_id: str, *, accept: bool, reason: str = "", now: datetime, actor: Actor
) -> None:
    """Approve a wish, which binds the second person at once, or refuse it with a reason.

    Raises:
        Forbidden: one of the two themselves. NotFound: the second person is outside the caller's scope.
        Conflict: decided already, the first person has left this WeChat, or the second is bound elsewhere.
        Refused: refusing without a reason.
    """
    share = _within(session, share_id, actor)
    if share.state != "waiting":
        raise Conflict("wechat.share_decided")
    if not accept and len(reason.strip()) < wechat.SHORTEST_REASON:
        raise Refused("person.reason_missing")
    share.decided_by, share.decided_ms = actor_id(actor), to_ms(now)
    share.reason = reason.strip()[:500]
    share.state = "approved" if accept else "refused"
    session.flush()
    if accept:
        wechat.bind_second(session, share, _first(session, share), how="shared", now=now)
    kind = "share_approved" if accept else "share_refused"
    for one in (share.first_id, share.second_id):
        wechat.note(session, kind, one, how="shared", reason=reason, done_by=actor_id(actor), now=now)
    session.flush()


def end(session: AnySession, share_id: str, *, reason: str, now: datetime, actor: Actor) -> None:
    """End a share: the second person is parted from the WeChat, the first keeps it.

    Raises:
        Forbidden: one of the two themselves. NotFound: outside the caller's scope. Conflict: not shared now.
        Refused: no reason.
    """
    share = _within(session, share_id, actor)
    if share.state != "approved":
        raise Conflict("wechat.share_decided")
    if len(reason.strip()) < wechat.SHORTEST_REASON:
        raise Refused("person.reason_missing")
    done_by = actor_id(actor)
    second = session.scalar(
        select(WechatIdentity).where(WechatIdentity.share_id == share.id, WechatIdentity.unbound_ms.is_(None))
    )
    if second is None:  # both have left the service account meanwhile
        wechat.close_shares(session, share.appid, [share.openid_key], reason=reason, done_by=done_by, now=now)
        return
    wechat.part(session, second, why="share_ended", reason=reason, done_by=done_by, now=now)
    wechat.note(session, "unbound", share.second_id, how="shared", reason=reason, done_by=done_by, now=now)
    session.flush()


def restore(session: AnySession, person_id: str, *, visit: Visit, appid: str, now: datetime) -> None:
    """Bind the second person again after both left and came back; without a share that stands nothing is changed."""
    keys = wechat.openid_keys(appid, visit.openid)
    share = session.scalar(
        select(WechatShare).where(
            WechatShare.appid == appid, WechatShare.openid_key.in_(keys), WechatShare.state == "approved"
        )
    )
    if share is not None and queries.standing_id(session, share.second_id) == person_id:
        wechat.bind_second(session, share, _first(session, share), how="restored", now=now)


def shares(session: AnySession, scope: Scope, *, state: str = "waiting") -> list[ShareView]:
    """Return the shares in ``state`` whose second person is within ``scope``, the oldest first."""
    wanted = select(WechatShare).where(WechatShare.state == state).order_by(WechatShare.filed_ms)
    return [one for one in _views(session, wanted) if _reaches(session, one.second.id, scope)]


def shares_of(session: AnySession, person_id: str) -> list[ShareView]:
    """Return every share that a person is or was part of, the latest first."""
    own = or_(WechatShare.first_id == person_id, WechatShare.second_id == person_id)
    return _views(session, select(WechatShare).where(own).order_by(WechatShare.filed_ms.desc()))


def _first(session: AnySession, share: WechatShare) -> WechatIdentity:
    row = session.scalar(
        select(WechatIdentity)
        .where(
            WechatIdentity.appid == share.appid,
            WechatIdentity.person_id.in_(queries.same_person_ids(session, share.first_id)),
            WechatIdentity.unbound_ms.is_(None),
        )
        .with_for_update()
    )
    if row is None or share.openid_key not in wechat.openid_keys(share.appid, str(row.openid)):
        raise Conflict("wechat.share_gone")
    return row


def _within(session: AnySession, share_id: str, actor: Actor) -> WechatShare:
    need(actor, "people.manage")
    share = session.get(WechatShare, share_id, with_for_update=True)
    if share is None:
        raise NotFound("wechat.share_unknown")
    person_row(session, share.second_id, scope_for(actor, "people.manage"))
    if actor.person_id in (share.first_id, share.second_id):
        raise Forbidden("wechat.share_own")
    return share


def _reaches(session: AnySession, person_id: str, scope: Scope) -> bool:
    try:
        queries.person(session, person_id, scope)
    except NotFound:
        return False
    return True


def _views(session: AnySession, wanted: Any) -> list[ShareView]:
    rows = list(session.scalars(wanted.limit(queries.MOST)))
    ids = {one for row in rows for one in (row.first_id, row.second_id, row.decided_by) if one}
    known = queries.persons(session, ids)
    return [
        ShareView(
            id=row.id,
            state=row.state,
            first=known[row.first_id],
            second=known[row.second_id],
            relation=row.relation,
            how=row.how,
            filed_ms=row.filed_ms,
            decided_name=known[row.decided_by].name if row.decided_by in known else "",
            decided_ms=row.decided_ms,
            reason=row.reason,
            ended_ms=row.ended_ms,
            end_reason=row.end_reason,
        )
        for row in rows
    ]
