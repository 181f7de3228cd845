"""Take a push up once, whoever delivers it how often, and answer each delivery alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from yanglao.kernel.clock import to_ms
from yanglao.messages import rules
from yanglao.messages.effects import EFFECTS
from yanglao.messages.models import ReceivedPush
from yanglao.outside.wechat_events import Push


@dataclass(frozen=True)
class Received:
    """What a delivery is answered with: our words (None: nothing), the moment they were first said, and whether now."""

    reply: str | None
    at_ms: int
    first: bool


def takes(push: Push) -> bool:
    """Tell whether anything happens on this push; else it needs no row and no transaction."""
    return bool(EFFECTS.get(push.name))


def receive(session: Session, push: Push, *, now: datetime) -> Received:
    """Have the effect of ``push`` if this is its first delivery, and return the answer that all deliveries get.

    Two deliveries at once both insert; one loses the race (IntegrityError), is tried again and finds the row.
    """
    key, moment = rules.kept_key(push.account, push.key), to_ms(now)
    held = session.get(ReceivedPush, key)
    if held is not None:
        again = update(ReceivedPush).where(ReceivedPush.key == key)
        session.execute(again.values(deliveries=ReceivedPush.deliveries + 1))
        return Received(held.reply, held.received_ms, first=False)
    row = ReceivedPush(key=key, name=push.name, received_ms=moment, deliveries=1)
    session.add(row)
    session.flush()
    texts = [effect(session, push, now=now) for effect in EFFECTS.get(push.name, ())]
    said = next((text for text in texts if text), None)
    row.reply = rules.shortened(said) if said else None
    session.flush()
    return Received(row.reply, moment, first=True)


def expire(session: Session, *, now: datetime) -> None:
    """Delete pushes of more than a day ago: what is that old is refused at the door."""
    session.execute(delete(ReceivedPush).where(ReceivedPush.received_ms < to_ms(now) - rules.KEPT_MS))
