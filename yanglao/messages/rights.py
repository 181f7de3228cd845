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
    row.remaining = rules.remaining(row.remaining, notice, event)
    row.changed_ms = to_ms(now)
    session.flush()


def forget(session: Session, openid: str) -> None:
    """Delete every count of one openid."""
    session.execute(delete(NoticeRight).where(NoticeRight.openid == openid))
