"""Write how lines are paid: each time is a row; a line that the bank sent back is due again, and paid by another row.

Rows follow ``states.PAYMENT_NEXT``. A claim that an earlier release paid may lack its rows: where one is missing it is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import Subquery

from yanglao.kernel.clock import to_ms
from yanglao.subsidy import settlement
from yanglao.subsidy.models import Claim, ClaimLine
from yanglao.subsidy.run_models import Payment
from yanglao.subsidy.states import PAYMENT_NEXT, STANDING


@dataclass(frozen=True)
class Held:
    """What of a claim came back from the bank and waits to be paid again."""

    lines: int
    fen: int


def begin(session: Session, claim: Claim, lines: Sequence[ClaimLine], *, now: datetime) -> None:
    """Pay lines in the run of their claim. The partial unique key refuses a line that is paid or due already."""
    last = _last(session, [line.id for line in lines])
    for line in lines:
        _add(
            session,
            claim,
            line,
            number=last.get(line.id, 0) + 1,
            state="paid",
            run_id=claim.run_id or "",
            now=now,
        )
    session.flush()


def end(session: Session, claim: Claim, *, now: datetime) -> None:
    """Let a whole claim come back from the bank: nothing of it is paid or due any more."""
    rows = select(Payment).where(Payment.claim_id == claim.id, Payment.state.in_(STANDING))
    for row in session.scalars(rows.with_for_update()):
        _step(row, "bank_return", now=now)
    session.flush()


def give_back(session: Session, claim: Claim, line: ClaimLine, *, reason: str, now: datetime) -> Payment:
    """Let a paid line come back from the bank; return the row by which it is due in the open run."""
    row = standing(session, [line.id]).get(line.id)
    if row is None:
        row = _add(session, claim, line, number=1, state="paid", run_id=claim.run_id or "", now=now)
        session.flush()
    _step(row, "return_line", now=now)
    row.reason = reason
    session.flush()
    run_id = settlement.open_run(session, claim, now=now).id
    due = _add(session, claim, line, number=row.number + 1, state="due", run_id=run_id, now=now)
    session.flush()
    return due


def pay_again(session: Session, row: Payment, *, now: datetime) -> None:
    """Pay a line that is due."""
    _step(row, "pay_line", now=now)
    session.flush()


def drop(session: Session, line: ClaimLine, *, now: datetime) -> bool:
    """Pay a line that leaves its claim no more; tell whether it was due."""
    row = standing(session, [line.id]).get(line.id)
    if row is None or row.state != "due":
        return False
    _step(row, "claw_back", now=now)
    session.flush()
    return True


def move_on(session: Session, run_id: str, claims: Iterable[Claim], *, now: datetime) -> dict[str, int]:
    """Let what is due in a run that was closed be due in the next one; return claim -> lines."""
    moved: dict[str, int] = {}
    for claim in claims:
        due = select(Payment).where(
            Payment.claim_id == claim.id, Payment.run_id == run_id, Payment.state == "due"
        )
        rows = list(session.scalars(due.with_for_update()))
        for row in rows:
            row.run_id = settlement.open_run(session, claim, now=now).id
        if rows:
            moved[claim.id] = len(rows)
    session.flush()
    return moved


def standing(session: Session, line_ids: Sequence[str]) -> dict[str, Payment]:
    """Return line id -> the payment that is paid or due now, for this package."""
    found: dict[str, Payment] = {}
    for start in range(0, len(line_ids), 400):
        rows = select(Payment).where(Payment.line_id.in_(line_ids[start : start + 400]))
        found |= {row.line_id: row for row in session.scalars(rows.where(Payment.state.in_(STANDING)))}
    return found


def reasons(session: Session, line_ids: Sequence[str]) -> dict[str, str]:
    """Return line id -> why the bank sent it back the last time."""
    found: dict[str, str] = {}
    for start in range(0, len(line_ids), 400):
        rows = select(Payment.line_id, Payment.reason).where(
            Payment.line_id.in_(line_ids[start : start + 400])
        )
        given = rows.where(Payment.state == "returned", Payment.reason != "").order_by(Payment.number)
        found |= {str(line_id): str(reason) for line_id, reason in session.execute(given)}
    return found


def held(session: Session, claim_ids: Sequence[str]) -> dict[str, Held]:
    """Return claim id -> what of it waits to be paid again."""
    found: dict[str, Held] = {}
    for start in range(0, len(claim_ids), 400):
        rows = (
            select(Payment.claim_id, func.count(), func.sum(Payment.amount_fen))
            .where(Payment.claim_id.in_(claim_ids[start : start + 400]), Payment.state == "due")
            .group_by(Payment.claim_id)
        )
        found |= {str(one): Held(int(lines), int(fen)) for one, lines, fen in session.execute(rows)}
    return found


def now_in() -> Subquery:
    """Return (line, run, state) of every payment that is paid or due, to ask in which run a line is."""
    wanted = select(Payment.line_id, Payment.run_id, Payment.state)
    return wanted.where(Payment.state.in_(STANDING)).subquery("payment_now")


def claims_in(session: Session, run_id: str) -> set[str]:
    """Return the claims of an open run and those with a line that is paid or due in it."""
    mine = select(Claim.id).where(Claim.run_id == run_id)
    lines = select(Payment.claim_id).where(Payment.run_id == run_id, Payment.state.in_(STANDING))
    return {*session.scalars(mine), *session.scalars(lines)}


def lines_in(session: Session, run_id: str) -> set[str]:
    """Return the claimed lines that an open run holds: those of its claims, without what is paid elsewhere, and what is paid again in it."""
    paid = now_in()
    rows = (
        select(ClaimLine.id)
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .outerjoin(paid, paid.c.line_id == ClaimLine.id)
        .where(ClaimLine.state == "claimed", func.coalesce(paid.c.run_id, Claim.run_id) == run_id)
    )
    return set(session.scalars(rows))


def _last(session: Session, line_ids: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(line_ids), 400):
        rows = (
            select(Payment.line_id, func.max(Payment.number))
            .where(Payment.line_id.in_(line_ids[start : start + 400]))
            .group_by(Payment.line_id)
        )
        found |= {str(line_id): int(number) for line_id, number in session.execute(rows)}
    return found


def _add(
    session: Session, claim: Claim, line: ClaimLine, *, number: int, state: str, run_id: str, now: datetime
) -> Payment:
    row = Payment(
        line_id=line.id,
        number=number,
        claim_id=claim.id,
        mode=claim.mode,
        fund=claim.fund,
        month_key=claim.month_key,
        run_id=run_id,
        amount_fen=line.amount_fen,
        state=state,
        state_ms=to_ms(now),
        reason="",
    )
    session.add(row)
    return row


def _step(row: Payment, act: str, *, now: datetime) -> None:
    row.state, row.state_ms = PAYMENT_NEXT[row.state, act], to_ms(now)
