"""Four eyes for certificates of skill level, since money rests on them: one person asks for a change with a reason, another one decides.

Life of a change: 1. Who recorded the certificate, or who decides on certificates everywhere, asks. 2. Another one of these agrees, and it
happens (``level_life``), or refuses with a reason. One change of a certificate waits at most.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.certificates import level_life
from yanglao.certificates.level_life import Agreed, Correction
from yanglao.certificates.level_models import LevelCertificate, LevelChange
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, Forbidden, NotFound
from yanglao.people import queries as people

STATES = {"waiting": "等第二个人决定", "done": "已办", "refused": "没有同意"}


class ChangeWaits(Conflict):
    code = "level.change_waits"


class ChangeUnknown(NotFound):
    code = "level.change_unknown"


class LevelFourEyes(Forbidden):
    code = "level.four_eyes"


@dataclass(frozen=True)
class ChangeView:
    """A change that was asked for, with the names that a reader needs; ``said`` of a correction."""

    id: str
    certificate_id: str
    act: str
    said: dict[str, Any] | None
    reason: str
    filed_by: str
    filed_name: str
    filed_ms: int
    state: str
    decided_name: str
    decided_ms: int | None
    decision: str

    @property
    def act_name(self) -> str:
        """Return the act in Chinese."""
        return level_life.ACT_NAMES[self.act]

    @property
    def state_name(self) -> str:
        """Return the state in Chinese."""
        return STATES[self.state]


def ask(
    session: Session,
    certificate_id: str,
    act: str,
    said: Correction | None = None,
    *,
    reason: str,
    now: datetime,
    actor: Actor,
) -> str:
    """Ask to withdraw, restore or (with ``said``) correct a certificate; nothing changes until somebody else agrees. Return the id.

    Raises LevelUnknown, Forbidden (their own), LevelReason, LevelState, LevelWrong, ChangeWaits.
    """
    row, why = level_life.held(session, certificate_id, actor), level_life.need_reason(reason)
    if said is None:
        level_life.leads(row, act)
    else:
        level_life.checked(session, row, said, today=day_of(now))
    if session.scalar(_waiting(row.id)):
        raise ChangeWaits()
    change = LevelChange(
        certificate_id=row.id,
        act=act,
        said={**asdict(said), "issued_on": said.issued_on.isoformat()} if said else None,
        reason=why,
        filed_by=actor.person_id,
        filed_for=actor.stands_for or None,
        filed_ms=to_ms(now),
        state="waiting",
        decision="",
    )
    session.add(change)
    session.flush()
    return change.id


def decide(
    session: Session,
    certificate_id: str,
    change_id: str,
    *,
    accept: bool,
    reason: str,
    now: datetime,
    actor: Actor,
) -> None:
    """Agree as a second person, and the change happens, or refuse with a reason.

    Raises LevelUnknown, Forbidden (their own), ChangeUnknown, LevelFourEyes (who asked), LevelReason, LevelState, LevelWrong.
    """
    row = level_life.held(session, certificate_id, actor)
    change = session.get(LevelChange, change_id, with_for_update=True, populate_existing=True)
    if change is None or change.certificate_id != row.id or change.state != "waiting":
        raise ChangeUnknown()
    if {change.filed_by, change.filed_for} & set(actor.hands()):
        raise LevelFourEyes()
    change.decision = (
        reason.strip()[: level_life.LONGEST_REASON] if accept else level_life.need_reason(reason)
    )
    change.state = "done" if accept else "refused"
    change.decided_by, change.decided_ms = actor.person_id, to_ms(now)
    session.flush()
    if accept:
        _happens(session, row, change, now=now, actor=actor)


def of(session: Session, certificate_id: str) -> list[ChangeView]:
    """List what was asked for of a certificate, the newest first."""
    wanted = select(LevelChange).where(LevelChange.certificate_id == certificate_id)
    return _views(session, list(session.scalars(wanted.order_by(LevelChange.id.desc()))))


def waiting_for(session: Session, actor: Actor) -> list[ChangeView]:
    """List the changes that the actor, as a second person, may decide, the oldest first."""
    wanted = (
        select(LevelChange, LevelCertificate.recorded_by)
        .join(LevelCertificate, LevelCertificate.id == LevelChange.certificate_id)
        .where(LevelChange.state == "waiting")
        .order_by(LevelChange.id)
    )
    mine = [
        row
        for row, recorded_by in session.execute(wanted)
        if level_life.may_change(actor, recorded_by)
        and not {row.filed_by, row.filed_for} & set(actor.hands())
    ]
    return _views(session, mine)


def _happens(
    session: Session, row: LevelCertificate, change: LevelChange, *, now: datetime, actor: Actor
) -> None:
    agreed = Agreed(change.reason, change.filed_by)
    if change.said is None:
        level_life.take(session, row, change.act, agreed, now=now, actor=actor)
        return
    said = Correction(**{**change.said, "issued_on": date.fromisoformat(change.said["issued_on"])})
    level_life.correct(session, row, said, agreed, now=now, actor=actor)


def _waiting(certificate_id: str) -> Any:
    return select(LevelChange.id).where(
        LevelChange.certificate_id == certificate_id, LevelChange.state == "waiting"
    )


def _views(session: Session, rows: list[LevelChange]) -> list[ChangeView]:
    names = people.persons(session, {one for row in rows for one in (row.filed_by, row.decided_by) if one})
    return [
        ChangeView(
            id=row.id,
            certificate_id=row.certificate_id,
            act=row.act,
            said=row.said,
            reason=row.reason,
            filed_by=row.filed_by,
            filed_name=names[row.filed_by].name,
            filed_ms=row.filed_ms,
            state=row.state,
            decided_name=names[row.decided_by].name if row.decided_by else "",
            decided_ms=row.decided_ms,
            decision=row.decision,
        )
        for row in rows
    ]
