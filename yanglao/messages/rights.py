"""Count the subscription notices that people allow."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from yanglao.kernel.clock import to_ms
from yanglao.messages import rules
from yanglao.messages.models import NoticeRight

LONGEST_TEMPLATE = 64


def note(session: Session, openid: str, event: str, notice: dict[str, str], *, now: datetime) -> None:
    """Take one entry of a subscription event to the count; an entry without a template says nothing."""
    template = notice.get("TemplateId", "")
    if not 0 < len(template) <= LONGEST_TEMPLATE:
        return
    row = session.get(NoticeRight, (openid, template), with_for_update=True)
    if row is None:
        row = NoticeRight(openid=openid, template_id=template, remaining=0)
        session.add(row)
    if event == "subscribe_msg_sent_event" and row.unconfirmed > 0:
        row.unconfirmed -= 1  # counted when we sent it
    else:
        row.remaining = rules.remaining(row.remaining, notice, event)
    row.changed_ms = to_ms(now)
    session.flush()


def take(session: Session, openid: str, template_id: str, *, now: datetime) -> bool:
    """Use one right up before a notice is sent; False when none is left. WeChat's own word of it is then not counted."""
    return _change(session, openid, template_id, remaining=-1, unconfirmed=1, now=now)


def give_back(session: Session, openid: str, template_id: str, *, now: datetime) -> None:
    """Undo ``take``: WeChat did not send the notice."""
    _change(session, openid, template_id, remaining=1, unconfirmed=-1, now=now)


def none_left(session: Session, openid: str, template_id: str, *, now: datetime) -> None:
    """Note that WeChat knows of no right (43101), whatever was counted here."""
    row = session.get(NoticeRight, (openid, template_id), with_for_update=True)
    if row is not None:
        row.remaining, row.unconfirmed, row.changed_ms = 0, 0, to_ms(now)
        session.flush()


def _change(
    session: Session, openid: str, template_id: str, *, remaining: int, unconfirmed: int, now: datetime
) -> bool:
    row = session.get(NoticeRight, (openid, template_id), with_for_update=True)
    if row is None or row.remaining + remaining < 0:
        return False
    row.remaining += remaining
    row.unconfirmed = max(0, row.unconfirmed + unconfirmed)
    row.changed_ms = to_ms(now)
    session.flush()
    return True


def forget(session: Session, openid: str) -> None:
    """Delete every count of one openid."""
    session.execute(delete(NoticeRight).where(NoticeRight.openid == openid))
