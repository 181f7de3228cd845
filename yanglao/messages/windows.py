"""Know how many customer-service messages one may still send to somebody: a right of the moments after they act."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import changed
from yanglao.messages import rules
from yanglao.messages.models import AnswerWindow


def open_window(session: Session, openid: str, kind: str, now: datetime) -> None:
    """Note that somebody did something that allows answers (``rules.WINDOWS``); anything else changes nothing.

    ``kind`` is the event's name, or ``message``. A window that is worth more stays as it is.
    """
    if kind not in rules.WINDOWS:
        return
    count, length_s = rules.WINDOWS[kind]
    until_ms = to_ms(now) + length_s * 1000
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = {"openid": openid, "until_ms": until_ms, "remaining": count}
    held = AnswerWindow.__table__.c
    opened = dialect.insert(AnswerWindow.__table__).values(row)
    session.execute(
        opened.on_conflict_do_update(
            index_elements=[held.openid],
            set_={"until_ms": until_ms, "remaining": count},
            where=or_(held.remaining == 0, held.until_ms <= until_ms),
        )
    )


def is_open(session: Session, openid: str, *, now: datetime) -> bool:
    """Tell whether a message may be sent now."""
    row = session.get(AnswerWindow, openid)
    return row is not None and row.remaining > 0 and row.until_ms > to_ms(now)


def use(session: Session, openid: str, *, now: datetime) -> bool:
    """Use one message of an open window up; False when there is none, or another worker used the last."""
    mine = (
        (AnswerWindow.openid == openid) & (AnswerWindow.remaining > 0) & (AnswerWindow.until_ms > to_ms(now))
    )
    less = update(AnswerWindow).where(mine).values(remaining=AnswerWindow.remaining - 1)
    return changed(session, less.execution_options(synchronize_session="fetch")) == 1


def close(session: Session, openid: str) -> None:
    """Forget somebody's window: it is used up, or they left."""
    session.execute(delete(AnswerWindow).where(AnswerWindow.openid == openid))


def expire(session: Session, *, now: datetime) -> None:
    """Delete windows that are over."""
    session.execute(delete(AnswerWindow).where(AnswerWindow.until_ms <= to_ms(now)))
