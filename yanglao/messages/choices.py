"""What a person wants by WeChat, and whether their nights are quiet. On our own pages everything is shown always."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Refused
from yanglao.messages.kinds import KINDS
from yanglao.messages.models import MessageChoice
from yanglao.people import queries as people


class ChoiceUnknown(Refused):
    """Say that a kind of message that is chosen does not exist."""

    code = "message.choice_unknown"


@dataclass(frozen=True)
class Choice:
    """The kinds that somebody does not want by WeChat, and whether nights are quiet."""

    off: frozenset[str] = frozenset()
    quiet_nights: bool = False


def of(session: Session, person_id: str) -> Choice:
    """Return what a person chose; who never chose gets everything at any time."""
    row = session.get(MessageChoice, people.standing_id(session, person_id))
    return Choice(frozenset(row.off), row.quiet_nights) if row else Choice()


def choose(
    session: Session, person_id: str, *, off: Collection[str], quiet_nights: bool, now: datetime
) -> None:
    """Keep what a person does not want. Raises ChoiceUnknown."""
    unknown = sorted(set(off) - set(KINDS))
    if unknown:
        raise ChoiceUnknown(kind=unknown[0][:40])
    standing = people.standing_id(session, person_id)
    row = session.get(MessageChoice, standing)
    if row is None:
        row = MessageChoice(person_id=standing)
        session.add(row)
    row.off, row.quiet_nights, row.changed_ms = sorted(set(off)), quiet_nights, to_ms(now)
    session.flush()
