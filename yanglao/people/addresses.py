"""Where a person's messages are sent: their openid in WeChat, handed out for sending and for nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, scoped_session

from yanglao.kernel.clock import to_ms
from yanglao.people import queries
from yanglao.people.wechat_models import WechatIdentity

AnySession = Session | scoped_session[Any]


@dataclass(frozen=True)
class Address:
    """An openid that WeChat is not known to refuse; ``shared`` says that two named persons read there."""

    openid: str = field(repr=False)
    shared: bool


def address_of(session: AnySession, appid: str, person_id: str) -> Address | None:
    """Return where to send to a person, the one that stands after merges; None for who cannot be reached."""
    standing = queries.standing_id(session, person_id)
    own = select(WechatIdentity.openid).where(
        WechatIdentity.appid == appid,
        WechatIdentity.person_id == standing,
        WechatIdentity.unbound_ms.is_(None),
        WechatIdentity.bad_ms.is_(None),
    )
    openid = session.scalar(own.limit(1))
    if openid is None:
        return None
    readers = session.scalar(select(func.count()).select_from(WechatIdentity).where(*_live(appid, openid)))
    return Address(openid, shared=(readers or 0) > 1)


def mark_bad(session: AnySession, appid: str, openid: str, *, now: datetime) -> None:
    """Note that WeChat does not know this openid as one of ours; the binding stays, nothing is sent there."""
    bad = update(WechatIdentity).where(*_live(appid, openid)).values(bad_ms=to_ms(now))
    session.execute(bad.execution_options(synchronize_session=False))


def mark_good(session: AnySession, openid: str) -> None:
    """Note that WeChat itself named this openid just now."""
    good = update(WechatIdentity).where(WechatIdentity.openid == openid, WechatIdentity.bad_ms.is_not(None))
    session.execute(good.values(bad_ms=None).execution_options(synchronize_session=False))


def _live(appid: str, openid: str) -> tuple[Any, ...]:
    return (
        WechatIdentity.appid == appid,
        WechatIdentity.openid == openid,
        WechatIdentity.unbound_ms.is_(None),
    )
