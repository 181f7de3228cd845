"""What is asked for by the clock. Asking twice in one slot asks once, so cron and relay may both ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.kernel.clock import DAY_MS, day_of, midnight_ms, to_ms
from yanglao.work import queries, service


@dataclass(frozen=True)
class Planned:
    """One topic: every ``every_s`` seconds, or daily ``daily_s`` seconds after midnight in Shanghai."""

    topic: str
    every_s: int = 0
    daily_s: int = 0
    in_production: bool = True


SCHEDULE = (
    Planned("viewing.sweep", every_s=60),
    Planned("quiz.sweep", every_s=60),
    Planned("session.remind", every_s=60),
    Planned("session.end", every_s=300),
    Planned("demo.renew", every_s=3600, in_production=False),
    Planned("evidence.checkpoint", daily_s=10 * 60),
    Planned("completion.check", daily_s=2 * 3600 + 30 * 60),
    Planned("subsidy.recheck", daily_s=3 * 3600),
    Planned("viewing.signs", daily_s=6 * 3600 + 20 * 60),
    Planned("message.digest", daily_s=20 * 3600),
    Planned("rows.expire", daily_s=3 * 3600 + 30 * 60),
)


def of(env: str) -> list[Planned]:
    """Return what is planned in an environment."""
    return [planned for planned in SCHEDULE if planned.in_production or env != "production"]


def slot_ms(planned: Planned, moment: datetime) -> int:
    """Return the latest moment, in milliseconds and not after ``moment``, at which the topic was to be asked for."""
    at_ms = to_ms(moment)
    if planned.every_s:
        return at_ms - at_ms % (planned.every_s * 1000)
    today = midnight_ms(day_of(moment)) + planned.daily_s * 1000
    return today if today <= at_ms else today - DAY_MS


def missing(session: Session, env: str, *, now: datetime) -> list[Planned]:
    """Return what nobody has asked for since its latest slot: cron was away, or the machine was off."""
    found = []
    for planned in of(env):
        asked = queries.last_asked_ms(session, planned.topic, until=now)
        if asked is None or asked < slot_ms(planned, now):
            found.append(planned)
    return found


def ask(session: Session, env: str, *, now: datetime) -> int:
    """Ask for everything that is missing; return how many topics that were."""
    wanted = missing(session, env, now=now)
    for planned in wanted:
        service.enqueue(session, planned.topic, str(slot_ms(planned, now)), {}, now=now)
    return len(wanted)
