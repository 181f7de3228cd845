"""Makers for the tests of messages: people, what they are told, and an office that sends it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from tests.outside.wechat_stub import Stub
from yanglao.jobs.perform import perform
from yanglao.kernel.actor import SYSTEM
from yanglao.kernel.db import db, run
from yanglao.messages import rights, service, windows
from yanglao.messages.models import Delivery, Message
from yanglao.people import service as people
from yanglao.people import wechat
from yanglao.work import queries as work
from yanglao.work.models import WorkTask

NOON = datetime(2026, 3, 8, 4, 0, tzinfo=timezone.utc)
APP_ID = "wx0123456789abcdef"
WANG, LI = "oWangXiuying000001", "oLiGuihua00000002"
NUMBERS = {"王秀英": "11010519491231002X", "李桂花": "370202198001010029"}
TEMPLATE, NOTICE, TEXT = (
    f"/cgi-bin/message/{name}" for name in ("template/send", "subscribe/bizsend", "custom/send")
)


def person(name: str = "王秀英", *, now: datetime = NOON) -> str:
    """Admit somebody and return their id."""
    draft = people.Draft(name=name, id_number=NUMBERS[name])
    return run(lambda: people.admit(db.session, draft, now=now, actor=SYSTEM)).person_id


def tell(
    person_id: str, kind: str = "account_bound", *, once: str = "1", now: datetime = NOON, **facts: Any
) -> str | None:
    """Tell somebody something in a transaction of its own."""
    said = facts or {"device": "手机", "at_ms": 1_772_942_400_000}
    return run(lambda: service.tell(db.session, person_id, kind, said, once=once, now=now))


class Office:
    """A house with a service account, its clock, and WeChat beside it."""

    def __init__(self, app: Any, stub: Stub, clock: Path) -> None:
        self.app, self.stub, self.clock, self.now = app, stub, clock, NOON
        self.wait(0)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)
        self.clock.write_text(self.now.isoformat())

    def until(self, moment: datetime) -> None:
        """Let time pass until ``moment``."""
        self.wait((moment - self.now).total_seconds())

    def bound(self, name: str = "王秀英", openid: str = WANG) -> str:
        """Admit somebody, bind their WeChat and return their id."""
        person_id = person(name, now=self.now)
        run(
            lambda: wechat.bind(
                db.session, person_id, appid=APP_ID, openid=openid, unionid=None, how="slip", now=self.now
            )
        )
        self.bodies_before = len(self.stub.bodies)
        return person_id

    def work(self) -> None:
        """Perform what is due, until nothing is."""
        db.session.remove()
        while due := work.due(db.session, now=self.now):
            for task_id in due:
                perform(task_id)
        db.session.remove()

    def tell(self, person_id: str, kind: str = "account_bound", *, once: str = "1", **facts: Any) -> Any:
        """Tell somebody something now and have it sent."""
        message_id = tell(person_id, kind, once=once, now=self.now, **facts)
        self.work()
        return message_id

    def allow(self, openid: str, kind: str = "account_bound", times: int = 1) -> None:
        """Let somebody allow notices of a kind."""
        notice = {"TemplateId": f"demo_{kind}", "SubscribeStatusString": "accept"}
        for _ in range(times):
            run(lambda: rights.note(db.session, openid, "subscribe_msg_popup_event", notice, now=self.now))

    def answerable(self, openid: str, kind: str = "message") -> None:
        """Let somebody do what allows answers."""
        run(lambda: windows.open_window(db.session, openid, kind, self.now))

    def faults(self, path: str, *codes: int | str) -> None:
        """Let WeChat answer with these codes, the last one for ever; a text is an answer that is no JSON."""
        self.stub.answers[path] = [
            one if isinstance(one, str) else {"errcode": one, "errmsg": "x rid: 0-0", "msgid": 7}
            for one in codes
        ]

    def sent(self, path: str) -> list[dict[str, Any]]:
        """Return the bodies that were posted to a call."""
        bodies = [raw for asked, raw in self.stub.bodies if asked.split("?")[0] == path]
        return [json.loads(raw) for raw in bodies]

    def deliveries(self) -> list[tuple[str, str, str]]:
        """Return (way, state, reason) of every delivery, in the order of the ways."""
        db.session.remove()
        order = {"template": 0, "notice": 1, "text": 2}
        rows = db.session.query(Delivery).all()
        return sorted(((row.way, row.state, row.reason) for row in rows), key=lambda one: order[one[0]])

    def messages(self, person_id: str) -> list[str]:
        """Return the kinds of a person's messages."""
        db.session.remove()
        found = db.session.query(Message).filter_by(person_id=person_id).order_by(Message.id)
        return [row.kind for row in found]

    def waiting(self) -> list[datetime]:
        """Return when each message that is still to be sent is due."""
        db.session.remove()
        rows = db.session.query(WorkTask).filter_by(topic="message.send", state="queued")
        return sorted(datetime.fromtimestamp(row.due_ms / 1000, timezone.utc) for row in rows)
