"""Look every morning at the viewings of the day before and raise what looks wrong as flags, once each; the caller commits."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.viewing import signs_rules as rules
from yanglao.capture.viewing.models import Viewing
from yanglao.evidence import queries as evidence
from yanglao.flags.service import raise_flag
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of, midnight_ms, to_ms

MORNING_MS = 6 * 3_600_000
DAY_BACK_MS = 26 * 3_600_000


def look(session: Session, *, now: datetime) -> list[str]:
    """Raise the flags of the last day and night and return their kinds; doing so again raises nothing new."""
    figures = policy.on(day_of(now)).viewing
    day = (day_of(now) - timedelta(days=1)).isoformat()
    seen = _seen(session, to_ms(now) - DAY_BACK_MS)
    raised = _nights(session, figures, day, now)
    for person, times in rules.changes(seen, figures.lease_s).items():
        if times >= figures.flag_device_changes:
            raised.append(
                _raise(session, "viewing.two_devices", person, {"day": day, "times": times}, now=now)
            )
    for device, persons in rules.crowded(seen).items():
        if len(persons) >= figures.flag_device_persons:
            facts = {"day": day, "people": len(persons), "persons": sorted(persons)[:50]}
            raised.append(
                _raise(session, "device.many_persons", min(persons), facts, now=now, of=device[-32:])
            )
    for pair, times in rules.lockstep(seen).items():
        if times >= figures.flag_lockstep_times:
            facts = {
                "people": 2,
                "times": times,
                "within_s": rules.LOCKSTEP_MS // 1000,
                "persons": list(pair),
            }
            raised.append(_raise(session, "viewing.lockstep", pair[0], facts, now=now, of="-".join(pair)))
    return raised


def _seen(session: Session, since_ms: int) -> list[rules.Seen]:
    names = ("person_id", "lesson_id", "client", "device_digest", "shared", "opened_ms", "arrival_ms", "closed_ms", "closed_why")  # fmt: skip
    columns = [getattr(Viewing, name) for name in names]
    found = session.execute(select(*columns).where(Viewing.opened_ms >= since_ms))
    return [rules.Seen(*row) for row in found]


def _nights(session: Session, figures: policy.Viewing, day: str, now: datetime) -> list[str]:
    midnight = midnight_ms(day_of(now))
    pieces: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for entry in evidence.of_kind_since(session, "viewing.span", midnight - rules.LEAD_MS):
        if entry.person_id:
            pieces[entry.person_id] += [(piece[0], piece[2]) for piece in entry.body["pieces"]]
    raised = []
    for person, theirs in pieces.items():
        watched_s = rules.night_s(theirs, midnight, midnight + MORNING_MS)
        if watched_s > figures.flag_night_s:
            facts = {"day": day, "watched_s": watched_s}
            raised.append(_raise(session, "viewing.long_night", person, facts, now=now))
    return raised


def _raise(
    session: Session, kind: str, person_id: str, facts: dict[str, object], *, now: datetime, of: str = ""
) -> str:
    day = (day_of(now) - timedelta(days=1)).isoformat()
    once = f"{kind}:{of or person_id}:{day}"
    raise_flag(session, kind, subject=("person", person_id), facts=facts, once=once, now=now)
    return kind
