"""What a day added to somebody's hours, in the figures of their own page: counted, not counted, still lacking."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from yanglao.completion import lines, queries
from yanglao.completion.shapes import EnrolmentStanding, EvidenceLine
from yanglao.evidence import queries as evidence
from yanglao.kernel.clock import DAY_MS, day_of, midnight_ms
from yanglao.kernel.units import duration_text
from yanglao.kernel.wording import sentence
from yanglao.messages import queries as message_queries
from yanglao.messages import service as messages
from yanglao.people import queries as people
from yanglao.work import service as work

AT_S = 20 * 3600  # seconds after midnight: when a day is told of
LEAST_LOST_S = 60
TOPIC = "message.digest_one"


def day_told(now: datetime) -> date:
    """Return the day that is to be told of at ``now``: today from eight in the evening on, else yesterday."""
    return day_of(now - timedelta(seconds=AT_S))


def concerned(session: Session, *, now: datetime) -> list[str]:
    """Return the ids of everybody of whom the ledger heard since the last digest."""
    since_ms = midnight_ms(day_told(now)) - DAY_MS + AT_S * 1000
    return sorted({people.standing_id(session, one) for one in evidence.persons_since(session, since_ms)})


def ask(session: Session, person_ids: Iterable[str], *, now: datetime) -> None:
    """Ask for the digest of these persons."""
    day = day_told(now).isoformat()
    for person_id in person_ids:
        work.enqueue(session, TOPIC, f"{person_id}:{day}", {"person_id": person_id, "day": day}, now=now)


def tell(session: Session, person_id: str, day: date, *, now: datetime) -> bool:
    """Tell a person what ``day`` added; False when it added nothing."""
    facts = of_person(session, person_id, day, now=now)
    if not facts["online_s"] and not facts["offline_s"] and not facts["earlier"]:
        return False
    messages.tell(session, person_id, "daily_digest", facts, once=day.isoformat(), now=now)
    return True


def of_person(session: Session, person_id: str, day: date, *, now: datetime) -> dict[str, Any]:
    """Return the facts of a digest; hours entered after the digest of the evening before are told as ``earlier``."""
    enrolments = queries.enrolments_of(session, person_id, now=now)
    found = [line for one in enrolments for line in lines.evidence_lines(session, one.id)]
    today = [line for line in found if day_of(line.occurred_ms) == day]
    yesterday = day - timedelta(days=1)
    told_ms = message_queries.told_ms(session, person_id, "daily_digest", yesterday.isoformat())
    told_ms = max(told_ms or 0, midnight_ms(yesterday) + AT_S * 1000)
    earlier_s = sum(
        line.counted_s or 0
        for line in found
        if day_of(line.occurred_ms) == yesterday and line.recorded_ms >= told_ms
    )
    return {
        "day": day.isoformat(),
        "online_s": sum(line.counted_s or 0 for line in today if line.kind == "viewing.span"),
        "offline_s": sum(line.counted_s or 0 for line in today if line.kind != "viewing.span"),
        "earlier": f"前一天晚上又计入 {duration_text(earlier_s)}。" if earlier_s else "",
        "lost": _lost(today),
        "lacking": _lacking(enrolments),
    }


def _lost(today: list[EvidenceLine]) -> str:
    """Return what of the day was not counted and why, in the words of the evidence; nothing below a minute."""
    sums: dict[str, int] = {}
    for line in today:
        for code, seconds, _ in line.not_counted:
            sums[code] = sums.get(code, 0) + seconds
    return "".join(
        sentence(code, {"seconds": seconds})
        for code, seconds in sorted(sums.items())
        if seconds >= LEAST_LOST_S
    )


def _lacking(enrolments: list[EnrolmentStanding]) -> str:
    """Return what is still lacking in the classes that run, each by its name when there are several."""
    running = [one for one in enrolments if one.class_state == "running"]
    if len(running) == 1:
        return f"{running[0].sentence}。"
    return "".join(f"“{one.class_name}”{one.sentence}。" for one in running)
