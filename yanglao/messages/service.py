"""Tell people what happened, once; take WeChat's pushes up once and answer each delivery alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from yanglao.kernel import policy
from yanglao.kernel.clock import DAY_MS, day_of, to_ms
from yanglao.kernel.errors import NotFound, Refused
from yanglao.messages import kinds, rules, windows
from yanglao.messages.effects import EFFECTS, PASSING
from yanglao.messages.models import Delivery, Message, ReceivedPush
from yanglao.outside.wechat_events import Push
from yanglao.people import queries as people
from yanglao.people import wechat
from yanglao.work import service as work


class MessageUnknown(NotFound):
    """Say that a person has no such message."""

    code = "message.not_found"


class KindUnknown(Refused):
    """Say that there is no such kind of message, or that it lacks a fact; ``lacks`` says which of both."""

    code = "message.kind_unknown"


@dataclass(frozen=True)
class Received:
    """What a delivery is answered with: our words (None: nothing), the moment they were first said, and whether now."""

    reply: str | None
    at_ms: int
    first: bool


def tell(
    session: Session,
    person_id: str,
    kind: str,
    facts: dict[str, Any],
    *,
    once: str,
    until: datetime | None = None,
    now: datetime,
) -> str | None:
    """Tell a person something, in the transaction of the fact itself; return the message's id, None when told before.

    It stands on their own pages at once; who is bound to WeChat is sent it by a task of its own.

    ``facts`` are those of the kind's row (``kinds.KINDS``): names, times in milliseconds, seconds; no personal
    identifier. ``once`` is a stable key of the fact: the same person, kind and key are told once. ``until`` is when
    WeChat need not carry it any more (default: the kind's own).

    Raises:
        KindUnknown: no such kind or variant, or a fact is missing.
    """
    lacks = kinds.fault(kind, facts)
    if lacks:
        raise KindUnknown(kind=kind, lacks=lacks)
    standing, moment = people.standing_id(session, person_id), to_ms(now)
    told = select(Message.id).where(Message.person_id == standing, Message.kind == kind, Message.once == once)
    if session.scalar(told) is not None:
        return None
    until_ms = to_ms(until) if until else moment + kinds.KINDS[kind].lives_s * 1000
    row = Message(
        person_id=standing, kind=kind, once=once, facts=facts, told_ms=moment, until_ms=max(until_ms, moment)
    )
    session.add(row)
    session.flush()
    if wechat.binding_of(session, standing) is not None:
        work.enqueue(session, "message.send", row.id, {"message_id": row.id}, now=now)
    return row.id


def read(session: Session, person_id: str, message_id: str, *, now: datetime) -> None:
    """Note that a person opened one of their messages; again changes nothing. Raises MessageUnknown."""
    row = session.get(Message, message_id)
    if row is None or row.person_id not in people.same_person_ids(session, person_id):
        raise MessageUnknown
    row.read_ms = row.read_ms or to_ms(now)
    session.flush()


def read_all(session: Session, person_id: str, *, until: str, now: datetime) -> None:
    """Note that a person saw their list down from the message ``until``; what came later stays unread."""
    seen = session.get(Message, until)
    own = people.same_person_ids(session, person_id)
    if seen is None or seen.person_id not in own:
        raise MessageUnknown
    mine = Message.person_id.in_(own) & Message.read_ms.is_(None) & (Message.told_ms <= seen.told_ms)
    session.execute(
        update(Message).where(mine).values(read_ms=to_ms(now)).execution_options(synchronize_session=False)
    )


def takes(push: Push) -> bool:
    """Tell whether anything happens on this push; else it needs no row and no transaction."""
    return bool(EFFECTS.get(push.name))


def lasts(push: Push) -> bool:
    """Tell whether what this push leaves must outlast a power cut."""
    return push.name not in PASSING


def receive(session: Session, push: Push, *, appid: str, now: datetime) -> Received:
    """Have the effect of ``push`` if this is its first delivery, and return the answer that all deliveries get.

    ``appid`` is the account that WeChat pushed to.

    Two deliveries at once both insert; one loses the race (IntegrityError), its effects are undone with it, and tried
    again it finds the row. In a flood every statement counts: this is the core's SQL, and one row written once.
    """
    key, moment = rules.kept_key(push.account, push.key), to_ms(now)
    kept = ReceivedPush.__table__.c
    held = session.execute(select(kept.reply, kept.received_ms).where(kept.key == key)).first()
    if held is not None:
        again = update(ReceivedPush).where(ReceivedPush.key == key)
        session.execute(again.values(deliveries=ReceivedPush.deliveries + 1))
        return Received(held.reply, held.received_ms, first=False)
    texts = [effect(session, push, appid=appid, now=now) for effect in EFFECTS.get(push.name, ())]
    said = next((text for text in texts if text), None)
    reply = rules.shortened(said) if said else None
    row = {"key": key, "name": push.name, "reply": reply, "deliveries": 1, "received_ms": moment}
    session.execute(insert(ReceivedPush.__table__).values(row))
    return Received(reply, moment, first=True)


def expire(session: Session, *, now: datetime) -> None:
    """Delete messages past their time, windows that are over, and pushes of more than a day ago (refused at the door)."""
    figures = policy.on(day_of(now)).messages
    old = select(Message.id).where(Message.told_ms < to_ms(now) - figures.kept_days * DAY_MS)
    session.execute(delete(Delivery).where(Delivery.message_id.in_(old)))
    session.execute(delete(Message).where(Message.id.in_(old)))
    windows.expire(session, now=now)
    session.execute(delete(ReceivedPush).where(ReceivedPush.received_ms < to_ms(now) - rules.KEPT_MS))
