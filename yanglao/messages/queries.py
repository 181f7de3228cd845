"""Look at messages and how they went, at received pushes and at what people allow."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from yanglao.messages import delivery_rules as rules
from yanglao.messages.models import Delivery, Message, NoticeRight, ReceivedPush
from yanglao.messages.telling import Said, say
from yanglao.people import queries as people


@dataclass(frozen=True)
class PushView:
    """One push as it was received: its event, how often it came, what was answered."""

    name: str
    deliveries: int
    reply: str | None
    received_ms: int


def pushes(session: Session, *, limit: int = 50) -> list[PushView]:
    """Return the latest pushes, the newest first."""
    rows = session.scalars(
        select(ReceivedPush).order_by(ReceivedPush.received_ms.desc(), ReceivedPush.key).limit(limit)
    )
    return [PushView(row.name, row.deliveries, row.reply, row.received_ms) for row in rows]


@dataclass(frozen=True)
class DeliveryView:
    """How a message went on one way; ``reason`` is a word or WeChat's code."""

    way: str
    state: str
    reason: str
    changed_ms: int


@dataclass(frozen=True)
class MessageView:
    """One message in words. ``deliveries`` stand in the order in which they were tried."""

    id: str
    kind: str
    said: Said
    told_ms: int
    read_ms: int | None
    deliveries: tuple[DeliveryView, ...] = ()


@dataclass(frozen=True)
class AlertView:
    """A fault that only the system administrator can mend: WeChat's code, how often and when last."""

    code: str
    count: int
    last_ms: int


def messages(
    session: Session, person_id: str, *, after: str = "", limit: int = 50
) -> tuple[list[MessageView], str | None]:
    """Return messages of a person and of those merged into them, the newest first, and where to go on.

    ``after`` is what an answer before said; one that is not theirs is ignored.
    """
    own = people.same_person_ids(session, person_id)
    wanted = select(Message).where(Message.person_id.in_(own))
    last = session.get(Message, after) if after else None
    if last is not None and last.person_id in own:
        wanted = wanted.where(tuple_(Message.told_ms, Message.id) < (last.told_ms, last.id))
    order = (Message.told_ms.desc(), Message.id.desc())
    rows = list(session.scalars(wanted.order_by(*order).limit(limit + 1)))
    went = _went(session, [row.id for row in rows[:limit]])
    found = [
        MessageView(
            row.id, row.kind, say(row.kind, row.facts), row.told_ms, row.read_ms, tuple(went.get(row.id, ()))
        )
        for row in rows[:limit]
    ]
    return found, found[-1].id if len(rows) > limit else None


def unread(session: Session, person_id: str) -> int:
    """Return how many messages a person has not read."""
    own = people.same_person_ids(session, person_id)
    wanted = select(func.count()).where(Message.person_id.in_(own), Message.read_ms.is_(None))
    return session.scalar(wanted) or 0


def alerts(session: Session, *, since_ms: int) -> list[AlertView]:
    """Return what WeChat refused since ``since_ms`` for reasons of the configuration, the latest first."""
    wanted = (
        select(Delivery.reason, func.count(), func.max(Delivery.changed_ms))
        .where(Delivery.state == "failed", Delivery.changed_ms >= since_ms)
        .group_by(Delivery.reason)
    )
    found = [
        AlertView(reason.removeprefix("wechat_"), number, last_ms)
        for reason, number, last_ms in session.execute(wanted)
        if rules.needs_office(reason)
    ]
    return sorted(found, key=lambda one: (-one.last_ms, one.code))


def delivery_counts(session: Session) -> dict[str, int]:
    """Return how many deliveries are kept in each state."""
    rows = session.execute(select(Delivery.state, func.count()).group_by(Delivery.state)).all()
    return {state: number for state, number in rows}


def _went(session: Session, message_ids: list[str]) -> dict[str, list[DeliveryView]]:
    rows = session.scalars(select(Delivery).where(Delivery.message_id.in_(message_ids)).order_by(Delivery.id))
    found: dict[str, list[DeliveryView]] = {}
    for row in rows:
        view = DeliveryView(row.way, row.state, row.reason, row.changed_ms)
        found.setdefault(row.message_id, []).append(view)
    return found


def push_counts(session: Session) -> dict[str, int]:
    """Return how many pushes are kept by event."""
    rows = session.execute(select(ReceivedPush.name, func.count()).group_by(ReceivedPush.name)).all()
    return {name: number for name, number in rows}


def remaining(session: Session, openid: str, template_id: str) -> int:
    """Return how many notices of a template a person still allows."""
    row = session.get(NoticeRight, (openid, template_id))
    return row.remaining if row else 0


def told_ms(session: Session, person_id: str, kind: str, once: str) -> int | None:
    """Return when a person was told a fact, None when never."""
    wanted = select(Message.told_ms).where(
        Message.person_id == people.standing_id(session, person_id),
        Message.kind == kind,
        Message.once == once,
    )
    return session.scalar(wanted)
