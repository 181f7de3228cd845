"""Makers for the tests of messages: people, and what they are told."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from yanglao.kernel.actor import SYSTEM
from yanglao.kernel.db import db, run
from yanglao.messages import service
from yanglao.people import service as people

NOON = datetime(2026, 3, 8, 4, 0, tzinfo=timezone.utc)
WANG, LI = "oWangXiuying000001", "oLiGuihua00000002"
NUMBERS = {"王秀英": "11010519491231002X", "李桂花": "370202198001010017"}


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
