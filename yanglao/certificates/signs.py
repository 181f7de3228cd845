"""Look at what was just issued and raise what looks wrong: too early, too many, too fast. Nothing is refused by it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.certificates import queries, rules
from yanglao.certificates.models import Certificate
from yanglao.classes import queries as classes
from yanglao.flags.service import raise_flag
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms


def look(session: Session, issued: Sequence[Certificate], *, now: datetime, actor: Actor) -> None:
    """Raise flags about certificates that were issued in this transaction."""
    session.flush()
    own = classes.classes_by_id(session, {row.class_id for row in issued})
    for row in issued:
        ends_on = own[row.class_id].ends_on
        if rules.came_early(day_of(now), ends_on):
            raise_flag(
                session,
                "certificate.before_end",
                subject=("enrolment", row.enrolment_id),
                facts={"day": ends_on.isoformat(), "at_ms": to_ms(now)},
                once=f"certificate.before_end:{row.id}",
                now=now,
            )
    for class_id, view in own.items():
        count = queries.issued_in(session, class_id)
        if count > view.enrolled:
            raise_flag(
                session,
                "certificate.more_than_enrolled",
                subject=("class", class_id),
                facts={"people": view.enrolled, "certificates": count},
                once=f"certificate.more_than_enrolled:{class_id}:{count}",
                now=now,
            )
    _burst(session, [row.class_id for row in issued], now=now, actor=actor)


def _burst(session: Session, class_ids: list[str], *, now: datetime, actor: Actor) -> None:
    figures = policy.on(day_of(now)).certificates
    since_ms = to_ms(now) - figures.burst_s * 1000
    count = queries.issued_since(session, actor.person_id, since_ms)
    if count > figures.burst_most:
        raise_flag(
            session,
            "certificate.burst",
            subject=("class", class_ids[0]),
            facts={"certificates": count, "within_s": figures.burst_s, "at_ms": to_ms(now)},
            once=f"certificate.burst:{actor.person_id}:{to_ms(now) // (figures.burst_s * 1000)}",
            now=now,
        )
