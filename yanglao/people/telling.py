"""Ask that a person be told of a new device or a new binding; ``messages`` stands above and does the telling."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from yanglao.kernel.clock import to_ms
from yanglao.people.models import SignIn
from yanglao.people.wechat_models import WechatIdentity
from yanglao.work import service as work

AnySession = Session | scoped_session[Any]
CLIENTS = {"pc": "电脑", "app": "手机应用", "wechat": "微信"}


def new_device(session: AnySession, row: SignIn, *, now: datetime) -> None:
    """Have a person told of a sign-in on a device that they never used, unless it is their very first.

    A sign-in through WeChat is the person's own WeChat: its binding was told of.
    """
    if row.via == "wechat":
        return
    earlier = select(SignIn.id).where(SignIn.person_id == row.person_id, SignIn.id != row.id)
    same = (SignIn.client == row.client) & (SignIn.device_label == row.device_label)
    if session.scalar(earlier.limit(1)) is None or session.scalar(earlier.where(same).limit(1)) is not None:
        return
    facts = {"device": row.device_label or CLIENTS[row.client], "at_ms": to_ms(now)}
    _ask(session, row.person_id, facts, once=row.id, now=now)


def newly_bound(session: AnySession, row: WechatIdentity, *, now: datetime) -> None:
    """Have a person told that their account is bound to a WeChat, unless nobody ever came in under it before."""
    earlier = select(SignIn.id).where(SignIn.person_id == row.person_id)
    bound = select(WechatIdentity.id).where(
        WechatIdentity.person_id == row.person_id, WechatIdentity.id != row.id
    )
    if session.scalar(earlier.limit(1)) is None and session.scalar(bound.limit(1)) is None:
        return
    facts = {"device": "微信", "at_ms": to_ms(now), "variant": "wechat"}
    _ask(session, row.person_id, facts, once=row.id, now=now)


def _ask(session: AnySession, person_id: str, facts: dict[str, Any], *, once: str, now: datetime) -> None:
    payload = {"person_id": person_id, "kind": "account_bound", "facts": facts, "once": once}
    work.enqueue(session, "message.tell", f"account_bound:{once}", payload, now=now)  # type: ignore[arg-type]
