"""Close a settlement run: who has filed, examined or approved nothing in it makes final what it held.

Life of a run: 1. The first claim that finance approves opens it. 2. Further ones of the month, mode and fund join it. 3. When all are
paid it is closed: its lines are copied into rows that nobody changes, their digest enters the chain of each claim. 4. What comes later,
also what the bank returns out of it, whole claims or single lines, belongs to the next run of that month.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.kernel.actor import Actor
from yanglao.kernel.canonical import digest
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Conflict, Forbidden, NotFound
from yanglao.people.roles import may, scope_of
from yanglao.subsidy import claims, payments, settlement
from yanglao.subsidy.models import Claim, ClaimLine, SettlementRun
from yanglao.subsidy.run_models import RunClosing, RunLine
from yanglao.subsidy.states import CLOSE, shut_out
from yanglao.subsidy.steps import done_by, note

NEEDS = CLOSE.needs


class RunUnknown(NotFound):
    code = "run.unknown"


class RunClosed(Conflict):
    code = "run.closed"


class RunUnpaid(Conflict):
    code = "run.unpaid"


class RunEmpty(Conflict):
    code = "run.empty"


class RunMoving(Conflict):
    code = "run.moving"


class RunFourEyes(Forbidden):
    code = "run.four_eyes"


def close(session: Session, run_id: str, *, now: datetime, actor: Actor) -> str:
    """Close a run whose claims are all paid and return the digest of its lines; what the bank returned goes into the next run.

    Raises:
        RunUnknown, Forbidden, RunFourEyes, OwnMoney: not this person. RunClosed, RunUnpaid, RunEmpty: not now.
        RunMoving: a claim joined or left meanwhile; ask again.
    """
    own, mine = _held(session, run_id, actor)
    returned = [one for one in mine if one.state == "bank_returned"]
    paid = [one for one in mine if one.state == claims.PAID]
    if unpaid := sum(one.people > 0 for one in mine if one not in paid and one not in returned):
        raise RunUnpaid(claims=unpaid)
    inside = payments.lines_in(session, own.id)
    whole = [
        line for one in paid for line in claims.lines_of(session, one.id, "claimed") if line.id in inside
    ]
    due = {
        one
        for one, row in payments.standing(session, [line.id for line in whole]).items()
        if row.state == "due"
    }
    lines = [line for line in whole if line.id not in due]
    if not lines:
        raise RunEmpty()
    for one in mine:
        if shut_out(CLOSE, done_by(session, one.id), *actor.hands()):
            raise RunFourEyes()
        claims.not_own(session, one, actor)
    sealed = digest([[own.id, own.mode, own.fund, own.month_key, own.number], claims.roster(lines)])
    _kept(session, own, lines, sealed, now=now, actor=actor)
    for one in paid:
        note(session, one, "run_closed", {"run_digest": sealed, "lines": len(lines)}, now=now, actor=actor)
    for one in returned:
        settlement.join(session, one, now=now)
        note(session, one, "run_moved", {"left": own.id}, now=now, actor=actor)
    moved = payments.move_on(session, own.id, paid, now=now)
    for one in paid:
        if one.id in moved:
            note(session, one, "run_moved", {"left": own.id, "lines": moved[one.id]}, now=now, actor=actor)
    return sealed


def _held(session: Session, run_id: str, actor: Actor) -> tuple[SettlementRun, list[Claim]]:
    """Lock the claims of a run in order of id, then the run, as those who fund and pay do."""
    wanted = select(Claim).where(Claim.id.in_(payments.claims_in(session, run_id))).order_by(Claim.id)
    locked = wanted.with_for_update().execution_options(populate_existing=True)
    before = [one.id for one in session.scalars(locked)]
    own = session.scalar(select(SettlementRun).where(SettlementRun.id == run_id).with_for_update())
    scope = scope_of(actor.grants, "claim.read")
    if own is None or not (scope.all or own.division_code in scope.divisions):
        raise RunUnknown()
    if not may(actor.grants, NEEDS, division=own.division_code):
        raise Forbidden(permission=NEEDS)
    if settlement.closed(session, own.id):
        raise RunClosed()
    mine = list(session.scalars(wanted))
    if payments.claims_in(session, run_id) != set(before):
        raise RunMoving()
    return own, mine


def _kept(
    session: Session, own: SettlementRun, lines: list[ClaimLine], sealed: str, *, now: datetime, actor: Actor
) -> None:
    session.add(
        RunClosing(
            run_id=own.id,
            mode=own.mode,
            closed_by=actor.person_id,
            closed_ms=to_ms(now),
            digest=sealed,
            claims=len({line.claim_id for line in lines}),
            people=len({line.person_id for line in lines}),
            total_fen=sum(line.amount_fen for line in lines),
        )
    )
    session.flush()
    session.add_all(
        RunLine(
            run_id=own.id,
            line_id=line.id,
            claim_id=line.claim_id,
            mode=line.mode,
            seconds=line.seconds,
            amount_fen=line.amount_fen,
        )
        for line in lines
    )
    session.flush()
