"""Settle per month, mode and fund: the run that a funded claim belongs to, and what the runs add up to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import false, func, select
from sqlalchemy.orm import Session

from yanglao.kernel.actor import Scope
from yanglao.kernel.clock import to_ms
from yanglao.subsidy.models import Claim, SettlementRun


@dataclass(frozen=True)
class RunView:
    """A run and what its claims add up to, in fen; ``paid_fen`` of those paid out, ``owed_fen`` is owed back."""

    id: str
    division_code: str
    month_key: str
    mode: str
    fund: str
    claims: int
    people: int
    total_fen: int
    paid_fen: int
    owed_fen: int


def join(session: Session, claim: Claim, *, now: datetime) -> None:
    """Put a claim into the run of its division, month, mode and fund, opening it when it is the first."""
    where = {
        "division_code": claim.division_code,
        "month_key": claim.month_key,
        "mode": claim.mode,
        "fund": claim.fund,
    }
    run = session.scalar(select(SettlementRun).filter_by(**where))
    if run is None:
        run = SettlementRun(**where, opened_ms=to_ms(now))
        session.add(run)
        session.flush()
    claim.run_id = run.id
    session.flush()


def runs(session: Session, scope: Scope, *, month: str = "") -> list[RunView]:
    """List the runs of the divisions in ``scope``, the latest month first."""
    wanted = select(SettlementRun)
    if not scope.all:
        own = SettlementRun.division_code.in_(scope.divisions)
        wanted = wanted.where(own if scope.divisions else false())
    if month:
        wanted = wanted.where(SettlementRun.month_key == month)
    order = (
        SettlementRun.month_key.desc(),
        SettlementRun.division_code,
        SettlementRun.fund,
        SettlementRun.mode,
    )
    rows = list(session.scalars(wanted.order_by(*order).limit(500)))
    sums = _sums(session, [row.id for row in rows])
    return [
        RunView(row.id, row.division_code, row.month_key, row.mode, row.fund, *sums.get(row.id, (0,) * 5))
        for row in rows
    ]


def _sums(session: Session, run_ids: list[str]) -> dict[str, tuple[int, int, int, int, int]]:
    paid = func.sum(Claim.total_fen).filter(Claim.state == "paid")
    rows = session.execute(
        select(
            Claim.run_id,
            func.count(),
            func.sum(Claim.people),
            func.sum(Claim.total_fen),
            paid,
            func.sum(Claim.owed_fen),
        )
        .where(Claim.run_id.in_(run_ids))
        .group_by(Claim.run_id)
    )
    return {
        str(row[0]): (int(row[1]), int(row[2] or 0), int(row[3] or 0), int(row[4] or 0), int(row[5] or 0))
        for row in rows
    }
