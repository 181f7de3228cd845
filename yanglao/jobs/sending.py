"""Send one message: short transactions of our own, and WeChat asked between them, never within one."""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from yanglao.jobs.calls import Payload, Report
from yanglao.kernel.clock import now as moment
from yanglao.kernel.db import run
from yanglao.messages import sending
from yanglao.messages.sending import Account, Call, Later


class NotYet(Exception):
    """Say that the task is to be done at ``due``; nothing failed."""

    def __init__(self, due: datetime) -> None:
        super().__init__("not yet")
        self.due = due


def send_message(session: Session, payload: Payload, *, now: datetime, report: Report) -> None:
    """Send a message on the first way that WeChat takes: ``{message_id}``. Raises NotYet."""
    door = current_app.extensions["wechat"]
    if not door.on:
        return
    account, message_id = Account(current_app.config["SETTINGS"], door.app_id), payload["message_id"]
    while True:
        step = run(lambda: sending.begin(session, message_id, account, now=moment()))
        if step is None:
            return
        later = step if isinstance(step, Later) else _ask(session, step, account)
        if later is not None:
            raise NotYet(later.due)


def _ask(session: Session, call: Call, account: Account) -> Later | None:
    answer = sending.ask(current_app.extensions["wechat"].api, call)
    return run(lambda: sending.settle(session, call, answer, account, now=moment()))
