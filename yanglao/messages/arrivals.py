"""Note how a template message arrived, as WeChat tells it some moments after it was sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.kernel.clock import to_ms
from yanglao.messages import rules
from yanglao.messages.models import Delivery
from yanglao.work import service as work

HEARD_EARLY = timedelta(seconds=30)


def delivered(session: Session, msgid: str, status: str, now: datetime, *, last: bool = False) -> None:
    """Note what WeChat says of a template message (TEMPLATESENDJOBFINISH): ``success`` or why it failed.

    WeChat may be faster than we note the number of what we sent: then it is looked for once more a little later.
    """
    row = session.scalar(select(Delivery).where(Delivery.msgid == msgid)) if msgid else None
    if row is not None:
        row.state, row.reason = rules.arrival(status)
        row.changed_ms = to_ms(now)
        session.flush()
    elif msgid and not last:
        payload = {"msgid": msgid[:64], "status": status[:80]}
        work.enqueue(session, "message.delivered", msgid[:64], payload, due=now + HEARD_EARLY, now=now)
