"""Look at received pushes and at what people allow."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yanglao.messages.models import NoticeRight, ReceivedPush


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


def push_counts(session: Session) -> dict[str, int]:
    """Return how many pushes are kept by event."""
    rows = session.execute(select(ReceivedPush.name, func.count()).group_by(ReceivedPush.name)).all()
    return {name: number for name, number in rows}


def remaining(session: Session, openid: str, template_id: str) -> int:
    """Return how many notices of a template a person still allows."""
    row = session.get(NoticeRight, (openid, template_id))
    return row.remaining if row else 0
