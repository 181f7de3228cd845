"""Claim to be somebody of a class in its window: a tapped name and the end of the ID; the instructor decides.

Who may open a window and who stands on the roster is for ``classes`` to say; here the WeChat user is kept until the
claim is decided. Wrong ends are counted per WeChat user and per person, never per address.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, scoped_session

from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, Forbidden, NotFound, Problem, Refused, TooMany
from yanglao.people import queries, shares, wechat
from yanglao.people.binding import tries_key
from yanglao.people.entrance import count_wrong, lock
from yanglao.people.models import WrongTries
from yanglao.people.oauth import Visit
from yanglao.people.reach import actor_id, person_row
from yanglao.people.rules import clean_id
from yanglao.people.share_models import WechatClaim

AnySession = Session | scoped_session[Any]
MOST_SHOWN = 200


class TailWrong(Refused):
    """Say that the last four do not belong to the name that was tapped."""

    code = "binding.tail_wrong"


class TailLocked(TooMany):
    """Say that it was tried too often from this WeChat, or for this name."""

    code = "binding.tail_locked"


@dataclass(frozen=True)
class ClaimView:
    """A claim as the instructor sees it. ``for_share``: this WeChat belongs to ``holder`` already."""

    id: str
    window_id: str
    person_id: str
    state: str
    wrong_count: int
    made_ms: int
    for_share: bool
    holder: str


def claim(
    session: AnySession,
    window_id: str,
    person_id: str,
    tail: str,
    *,
    visit: Visit,
    appid: str,
    until_ms: int,
    now: datetime,
) -> str | Problem:
    """Keep that a WeChat user says they are ``person_id`` and return the claim's id; a newer claim replaces theirs.

    A wrong end is returned, not raised, so that it is counted. The caller knows the window open and the person on
    its roster. Raises Conflict: the person is bound meanwhile.
    """
    now_ms, figures = to_ms(now), policy.on(day_of(now)).sign_in
    keys = sorted(
        [tries_key("class openid", f"{appid}:{visit.openid}"), tries_key("class person", person_id)]
    )
    tries = {key: session.get(WrongTries, key, with_for_update=True) for key in keys}
    locked_ms = max((row.locked_until_ms for row in tries.values() if row), default=0)
    if locked_ms > now_ms:
        return TailLocked(retry_after_s=-(-(locked_ms - now_ms) // 1000))
    if wechat.openid_of(session, appid, person_id) is not None:
        raise Conflict("binding.taken")
    if clean_id(tail) != person_row(session, person_id).id_tail4:
        for key in keys:
            left = count_wrong(session, tries[key], key, figures=figures, now_ms=now_ms)
        return TailWrong(tries_left=left)
    wrong = max((row.wrong_count for row in tries.values() if row), default=0)
    openid_key = wechat.openid_key(appid, visit.openid)
    _end_waiting(session, now_ms, WechatClaim.window_id == window_id, WechatClaim.openid_key == openid_key)
    row = WechatClaim(
        window_id=window_id,
        person_id=person_id,
        appid=appid,
        openid=visit.openid,
        openid_key=openid_key,
        unionid=visit.unionid,
        wrong_count=wrong,
        made_ms=now_ms,
        until_ms=until_ms,
    )
    session.add(row)
    session.flush()
    return row.id


def decide(session: AnySession, claim_id: str, *, accept: bool, now: datetime, actor: Actor) -> str:
    """Bind whom a claim names, or send them away; return the claim's state after it.

    ``shared``: the WeChat is another person's, so a wish to share it now waits for the base. Deciding the same again
    changes nothing. The caller knows that the actor may decide and that the person still stands on the roster.

    Raises:
        Forbidden: it is about the actor. NotFound: unknown. Conflict: out of time, decided the other way, or the
        person was bound by somebody else meanwhile.
    """
    claimed = session.scalar(select(WechatClaim.person_id).where(WechatClaim.id == claim_id))
    if claimed is None:
        raise NotFound("binding.claim_unknown")
    lock(session, claimed)  # the person first: two claims on one name end each other
    row = session.get_one(WechatClaim, claim_id, with_for_update=True, populate_existing=True)
    if row.person_id == actor.person_id:
        raise Forbidden("binding.own_claim")
    if row.state != "waiting":
        if row.state in (("confirmed", "shared") if accept else ("refused",)):
            return row.state
        raise Conflict("binding.decided")
    if row.until_ms <= to_ms(now):
        raise Conflict("binding.window_over")
    state = _bind(session, row, now=now) if accept else "refused"
    _decided(row, state, by=actor_id(actor), now=now)
    session.flush()
    if state == "confirmed":
        rivals = WechatClaim.person_id == row.person_id, WechatClaim.appid == row.appid
        _end_waiting(session, to_ms(now), *rivals, state="lost")
    return row.state


def claims_of_window(session: AnySession, window_id: str) -> list[ClaimView]:
    """Return the claims of a window, the newest first; those that were replaced or ran out are left out."""
    wanted = select(WechatClaim).where(WechatClaim.window_id == window_id, WechatClaim.state != "ended")
    rows = session.scalars(
        wanted.order_by(WechatClaim.made_ms.desc(), WechatClaim.id.desc()).limit(MOST_SHOWN)
    )
    return [_view(session, row) for row in rows]


def claim_row(session: AnySession, claim_id: str) -> ClaimView:
    """Return one claim. Raises NotFound."""
    row = session.get(WechatClaim, claim_id)
    if row is None:
        raise NotFound("binding.claim_unknown")
    return _view(session, row)


def claim_of_visit(
    session: AnySession, window_id: str, *, visit: Visit, appid: str, now: datetime
) -> ClaimView | None:
    """Return the latest claim that this WeChat user made in a window, or None; out of time it is ``ended``."""
    keys = wechat.openid_keys(appid, visit.openid)
    wanted = select(WechatClaim).where(WechatClaim.window_id == window_id, WechatClaim.openid_key.in_(keys))
    row = session.scalar(wanted.order_by(WechatClaim.made_ms.desc(), WechatClaim.id.desc()).limit(1))
    if row is None:
        return None
    over = row.state == "waiting" and row.until_ms <= to_ms(now)
    return replace(_view(session, row), state="ended") if over else _view(session, row)


def end_window(session: AnySession, window_id: str, *, now: datetime) -> None:
    """End what still waits in a window that is closed."""
    _end_waiting(session, to_ms(now), WechatClaim.window_id == window_id)


def prolong(session: AnySession, window_id: str, until_ms: int) -> None:
    """Let what waits in a window wait as long as the window now does."""
    session.execute(
        update(WechatClaim)
        .where(WechatClaim.window_id == window_id, WechatClaim.state == "waiting")
        .values(until_ms=until_ms)
        .execution_options(synchronize_session=False)
    )


def expire_claims(session: AnySession, *, now: datetime) -> None:
    """End the claims whose window ran out; with that their openids are erased."""
    _end_waiting(session, to_ms(now), WechatClaim.until_ms <= to_ms(now))


def _bind(session: AnySession, row: WechatClaim, *, now: datetime) -> str:
    """Bind by a claim and return its state: ``confirmed``, or ``shared`` when the WeChat is another person's."""
    visit = Visit(str(row.openid), row.unionid, "", row.made_ms)
    person_id = queries.standing_id(session, row.person_id)
    if wechat.openid_of(session, row.appid, person_id) not in (None, row.openid):
        raise Conflict("binding.taken")
    held = wechat.persons_of(session, row.appid, visit.openid)
    if held and person_id not in held:
        shares.file(session, person_id, "one_phone", how="class", visit=visit, appid=row.appid, now=now)
        return "shared"
    wechat.bind(
        session,
        person_id,
        appid=row.appid,
        openid=visit.openid,
        unionid=visit.unionid,
        how="class",
        now=now,
    )
    return "confirmed"


def _decided(row: WechatClaim, state: str, *, by: str | None, now: datetime) -> None:
    row.state, row.decided_by, row.decided_ms = state, by, to_ms(now)
    row.openid = row.unionid = None


def _end_waiting(session: AnySession, now_ms: int, *conditions: Any, state: str = "ended") -> None:
    session.execute(
        update(WechatClaim)
        .where(WechatClaim.state == "waiting", *conditions)
        .values(state=state, openid=None, unionid=None, decided_ms=now_ms)
        .execution_options(synchronize_session="fetch")
    )


def _view(session: AnySession, row: WechatClaim) -> ClaimView:
    """Return a claim; a waiting one says whose the WeChat is now."""
    holder = ""
    if row.openid is not None:
        held = [one for one in wechat.persons_of(session, row.appid, row.openid) if one != row.person_id]
        holder = queries.person(session, held[0]).name if held else ""
    return ClaimView(
        id=row.id,
        window_id=row.window_id,
        person_id=row.person_id,
        state=row.state,
        wrong_count=row.wrong_count,
        made_ms=row.made_ms,
        for_share=bool(holder),
        holder=holder,
    )
