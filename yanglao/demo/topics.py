"""The demo city's own work in the background."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from yanglao.demo import service
from yanglao.jobs import Topic


def renew(session: Session, payload: dict[str, Any], *, now: datetime, report: Any) -> None:
    """Keep one class of the demo city going today; without a demo city there is nothing to do."""
    if service.loaded(session):
        service.renew(session, now=now)


TOPICS = {"demo.renew": Topic(renew)}
